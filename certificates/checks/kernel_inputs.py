"""Inputs that make a tangent kernel singular, named as a pair of rows."""

from __future__ import annotations

import numpy as np

from certificates.arithmetic.rounding import FloatArray
from certificates.checks.outcome import Refusal
from certificates.subjects import Network

__all__ = ["kernel_inputs", "require_distinct"]


def kernel_inputs(network: Network) -> FloatArray:
    """The inputs of the first layer, with a last column of ones if it has a bias."""
    if network.layers[0].bias is None:
        return network.inputs
    return np.hstack([network.inputs, np.ones((network.sample_count, 1))])


def require_distinct(check: int, inputs: FloatArray, *, opposite: bool, zero: bool) -> None:
    """Refuse equal rows, ``opposite`` rows and rows of zeros, if they matter; equal as real vectors, −0 = 0.

    Raises
    ------
    Refusal
        Rejected: the kernel is singular by structure.
    """
    seen: dict[bytes, int] = {}
    for index, row in enumerate(inputs + 0.0):
        if zero and not row.any():
            raise _singular(check, f"sample {index} has an input of zeros", f"inputs[{index}] = 0")
        for sign in (1.0, -1.0) if opposite else (1.0,):
            other = seen.get((sign * row + 0.0).tobytes())
            if other is not None:
                how = "identical" if sign > 0 else "opposite"
                sides = f"inputs[{other}] = {'' if sign > 0 else '−'}inputs[{index}]"
                raise _singular(check, f"samples {other} and {index} have {how} inputs", sides)
        seen[row.tobytes()] = index


def _singular(check: int, what: str, seen: str) -> Refusal:
    return Refusal.rejected(
        check,
        f"{what}: the kernel is singular",
        required="inputs that differ, none of them zero, and no opposite ones where φ' is even",
        seen=seen,
        advice="remove such samples (`verify problem select PROBLEM --different -o OUT` for equal ones)",
    )
