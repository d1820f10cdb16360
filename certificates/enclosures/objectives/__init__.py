"""Objectives in balls: value, gradient and Hessian at the weights, and how fast the Hessian turns around them."""
