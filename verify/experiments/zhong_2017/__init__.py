"""Tables of Zhong et al. 2017."""
