"""Numbers of any framework without rounding: arrays as binary64, in contiguous copies that may be frozen; rationals."""

from __future__ import annotations

import math
import re
from fractions import Fraction
from typing import Any

import numpy as np

from certificates.errors import MalformedProblem
from certificates.subjects import FloatArray

__all__ = ["address", "exact_array", "exact_rational"]

_SHORT = 10**9

_EXACT_INTEGER = 2**53
_NUMBER = re.compile(r"-?[0-9]{1,100}(?:/[0-9]{1,100}|(?:\.[0-9]{1,100})?(?:[eE][-+]?[0-9]{1,3})?)")
_EXTENSION_FLOATS = ("bfloat16", "float8_e4m3fn", "float8_e5m2")


def exact_array(values: Any, place: str) -> FloatArray:
    """Copy numbers into a fresh C-contiguous binary64 array without changing any of them.

    Parameters
    ----------
    values
        A NumPy array, nested list, pandas frame or PyTorch tensor. float64, float32, float16 and bfloat16 are
        taken as they are; integers and booleans when binary64 holds them exactly.
    place
        The name used in errors.

    Raises
    ------
    MalformedProblem
        Ragged, masked, complex, textual or object entries; integers above 2⁵³ that binary64 would round.

    Examples
    --------
    >>> exact_array([[1, 2], [3, 4]], "inputs")
    array([[1., 2.],
           [3., 4.]])
    """
    array = _as_numpy(values, place)
    if array.dtype.kind in "iu":
        _refuse_rounded_integers(array, place)
    elif array.dtype.kind == "f" and array.dtype.itemsize > np.dtype(np.float64).itemsize:
        _refuse_rounded_floats(array, place)
    elif array.dtype.kind not in "fb" and array.dtype.name not in _EXTENSION_FLOATS:
        raise MalformedProblem(
            f"expected real numbers, got entries of type {array.dtype}",
            place=place,
            remedy="convert the array to float64, float32 or float16",
        )
    return np.array(array, dtype=np.float64, order="C", copy=True)


def exact_rational(value: Any, place: str) -> Fraction:
    """Give the rational that a number stands for.

    Parameters
    ----------
    value
        A Fraction, an integer, a text such as ``"1/200"`` or ``"1e-4"``, or a floating-point number: the decimal that
        was typed where it is short (0.01 is 1/100), the exact value of the binary number otherwise.
    place
        The name used in errors.

    Raises
    ------
    MalformedProblem
        It is not finite, or no number.

    Examples
    --------
    >>> exact_rational(1e-4, "alpha"), exact_rational("3/7", "alpha")
    (Fraction(1, 10000), Fraction(3, 7))
    """
    try:
        if isinstance(value, int | Fraction):
            return Fraction(value)
        if isinstance(value, str):
            return _typed(value)
        number = float(value)
        typed = Fraction(repr(number)) if math.isfinite(number) else None
    except (TypeError, ValueError, ZeroDivisionError, OverflowError):
        typed, number = None, value
    if typed is None:
        raise MalformedProblem(f"expected a finite number, got {ascii(number)[:60]}", place=place)
    return typed if max(abs(typed.numerator), typed.denominator) <= _SHORT else Fraction(number)


def _typed(text: str) -> Fraction:
    # Fraction would build the integer of any exponent.
    if not _NUMBER.fullmatch(text.strip()):
        raise ValueError
    return Fraction(text.strip())


def address(tensor: Any) -> int:
    """Where a PyTorch tensor's numbers lie in memory; 0 for what has no such place, and for other arrays."""
    try:
        return int(tensor.data_ptr())
    except (AttributeError, RuntimeError):  # without memory of its own: refused when its numbers are read
        return 0


def _as_numpy(values: Any, place: str) -> np.ndarray[Any, np.dtype[Any]]:
    if hasattr(values, "detach") and hasattr(values, "is_floating_point"):
        return _tensor_as_numpy(values, place)
    if isinstance(values, np.ma.MaskedArray) and np.ma.is_masked(values):
        raise MalformedProblem("has masked entries", place=place, remedy="remove or impute them")
    try:
        return np.asarray(values)
    except ValueError as error:
        raise MalformedProblem(
            "rows have different lengths", place=place, remedy="give a rectangular array of numbers"
        ) from error


def _tensor_as_numpy(tensor: Any, place: str) -> np.ndarray[Any, np.dtype[Any]]:
    # NumPy has no bfloat16: every floating tensor goes through double precision, which holds all of them.
    try:
        plain = tensor.detach().cpu()
        return np.asarray((plain.double() if plain.is_floating_point() else plain).numpy())
    except (RuntimeError, TypeError, NotImplementedError) as error:
        raise MalformedProblem(
            f"a tensor of type {tensor.dtype} cannot be read",
            place=place,
            remedy="give a dense tensor of real numbers that is not on the meta device",
        ) from error


def _refuse_rounded_integers(array: np.ndarray[Any, np.dtype[Any]], place: str) -> None:
    # Compared as Python integers: NumPy would promote both sides to binary64 and see no difference.
    for value in array[(array > _EXACT_INTEGER) | (array < -_EXACT_INTEGER)].ravel().tolist():
        if int(float(value)) != value:
            raise MalformedProblem(
                f"binary64 does not hold the integer {value} exactly",
                place=place,
                remedy="scale or round the data",
            )


def _refuse_rounded_floats(array: np.ndarray[Any, np.dtype[Any]], place: str) -> None:
    with np.errstate(over="ignore"):
        rounded = array.astype(np.float64).astype(array.dtype)
    if not np.array_equal(rounded, array, equal_nan=True):
        raise MalformedProblem(
            f"binary64 does not hold these {array.dtype} numbers exactly",
            place=place,
            remedy="convert them to float64 yourself, so that the rounding is yours",
        )
