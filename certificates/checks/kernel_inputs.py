"""Inputs that make a tangent kernel singular, named as a pair of rows."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from certificates.arithmetic.effort import spend
from certificates.arithmetic.rounding import FloatArray
from certificates.checks.outcome import Refusal
from certificates.subjects import Network

__all__ = ["kernel_inputs", "require_distinct"]


def kernel_inputs(network: Network) -> FloatArray:
    """The inputs of the first layer, with a last column of ones if it has a bias."""
    if network.layers[0].bias is None:
        return network.inputs
    return np.hstack([network.inputs, np.ones((network.sample_count, 1))])


def require_distinct(check: int, inputs: FloatArray, *, opposite: bool, zero: bool, lengths: bool = True) -> None:
    """Refuse equal rows, ``opposite`` rows and rows of zeros, if they matter; equal as real vectors, −0 = 0.

    Parameters
    ----------
    check
        Its number.
    inputs
        (n, d).
    opposite, zero
        Whether K is singular with x and −x; with 0.
    lengths
        Whether it is regular with x and 2x. If not, x and cx count as equal for every c > 0.

    Raises
    ------
    Refusal
        Rejected: the kernel is singular by structure.
    """
    seen: dict[bytes, int] = {}
    for index, row in enumerate(inputs + 0.0 if lengths else _directions(inputs)):
        if zero and not row.any():
            raise _singular(check, f"sample {index} has an input of zeros", f"inputs[{index}] = 0")
        for sign in (1.0, -1.0) if opposite else (1.0,):
            other = seen.get((sign * row + 0.0).tobytes())
            if other is not None and _are_parallel(inputs[other], sign * inputs[index]):
                raise _singular(check, *_pair(inputs, other, index, sign))
        seen[row.tobytes()] = index


def _directions(inputs: FloatArray) -> FloatArray:
    """Rows over their largest |entries|: the same bits for x and cx, as quotients are rounded correctly."""
    largest = np.max(np.abs(inputs), axis=1, keepdims=True)
    with np.errstate(all="ignore"):  # what underflows is rounded correctly, too
        directions: FloatArray = inputs / np.where(largest > 0, largest, 1.0) + 0.0
    return directions


def _are_parallel(first: FloatArray, second: FloatArray) -> bool:
    """Exactly: equal, or x_iy_k = y_ix_k for all i, |x_k| the largest."""
    if np.array_equal(first, second):
        return True
    spend(200 + 20 * first.size)
    k = int(np.argmax(np.abs(first)))
    x, y = ([Fraction(a) for a in row.tolist()] for row in (first, second))
    return all(a * y[k] == b * x[k] for a, b in zip(x, y, strict=True))


def _pair(inputs: FloatArray, first: int, second: int, sign: float) -> tuple[str, str]:
    """What is said of two rows, and how they are related."""
    minus, samples = "" if sign > 0 else "−", f"samples {first} and {second} have"
    if np.array_equal(inputs[first], sign * inputs[second]):
        how = "identical" if sign > 0 else "opposite"
        return f"{samples} {how} inputs", f"inputs[{first}] = {minus}inputs[{second}]"
    how = "in the same direction" if sign > 0 else "in opposite directions"
    what = f"{samples} inputs {how}, which their lengths do not tell apart"
    return what, f"inputs[{first}] = {minus}c inputs[{second}], c > 0"


def _singular(check: int, what: str, seen: str) -> Refusal:
    return Refusal.rejected(
        check,
        f"{what}: the kernel is singular",
        required="inputs that differ, none of them zero, and no opposite ones where φ' is even",
        seen=seen,
        advice="remove such samples (`verify problem select PROBLEM --different -o OUT` for equal ones)",
    )
