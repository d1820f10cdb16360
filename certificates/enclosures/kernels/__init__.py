"""Kernels of given inputs, enclosed block by block: tangent kernels of infinitely wide layers (theory 5.3)."""
