"""Zhong et al. 2017: what is printed."""
