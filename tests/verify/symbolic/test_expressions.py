"""Activations in SymPy: the same function, the same slope, and a guard on size."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import sympy as sp

from certificates.expression import parse_activation, smooth_pieces
from certificates.expression.catalogue import CATALOGUE
from tests.twins.lowering import to_numpy
from verify.numeric.activations import compile_activation
from verify.symbolic.expressions import NoClosedForm, Z, slope_pieces, to_sympy

NAMES = [name if name != "smooth_leaky_relu" else "smooth_leaky_relu(1/10)" for name in CATALOGUE]


@pytest.mark.parametrize(
    "text", [*NAMES, "sqrt(2+cos(z))-z^-2/7", "log(3+z^2)*sigmoid(z)", "piecewise(1, 1/2, -z, 2, 4)"]
)
def test_value_and_slope_are_those_of_the_numeric_code(text: str) -> None:
    activation = parse_activation(text)
    pieces, breakpoints = smooth_pieces(activation.expression)
    ends = [-4.0, *(float(b) for b in breakpoints), 4.0]
    slopes = slope_pieces(activation)
    for formula, slope, (low, high) in zip(pieces, slopes, pairwise(ends), strict=True):
        z = np.linspace(low + 0.01, high - 0.013, 7)
        value, rate = compile_activation(activation)(z)
        np.testing.assert_allclose(to_numpy(to_sympy(formula), Z)(z), value, rtol=1e-13, atol=1e-15)
        np.testing.assert_allclose(to_numpy(slope.formula, Z)(z), rate, rtol=1e-12, atol=1e-14)
    assert [s.upper for s in slopes[:-1]] == [sp.Rational(b.numerator, b.denominator) for b in breakpoints]


@pytest.mark.parametrize("text", ["z^40", "((1+z)^8)^8", "(z+exp(z)+sin(z)+2)^9", "(1+2^64)^33*z"])
def test_what_would_explode_is_refused_at_once(text: str) -> None:
    with pytest.raises(NoClosedForm, match="too large"):
        slope_pieces(parse_activation(text))
