"""Errata about wide networks and their tangent kernels."""

from __future__ import annotations

from verify.theory.erratum import Erratum

__all__ = ["WIDE"]

_ESSAY = "Golikov 2021, An essay on optimization mystery of deep learning"

WIDE = (
    Erratum(
        key="GOL12",
        source=f"{_ESSAY}, after Du et al.: λ₀ > 0 if no two inputs are parallel",
        printed="non-parallel inputs, as the condition for the limit kernel of a ReLU layer to be positive definite",
        holds="it suffices and is not needed. For unit inputs λ₀ > 0 if and only if no two are equal and one input of "
        "each opposite pair, taken together, are linearly independent (theory 5.3.1)",
        proof="x and −x of norm 1 are parallel, and their kernel is ½I: certified is 0.49 < λ_min ≤ 0.5001",
        certificates=("relu-opposite-inputs-kernel",),
    ),
)
