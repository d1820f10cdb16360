"""Gaussian integrals of activations, by quadratures that share no formula."""
