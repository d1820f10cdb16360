"""Compiled activations against the judge's enclosures: every float value lies within 1e-12 of them."""

from __future__ import annotations

import numpy as np
import pytest
from flint import arb

from certificates.arithmetic.arb import exact, precision
from certificates.arithmetic.ball_array import BallArray
from certificates.enclosures.intervals.array_derivatives import derivatives
from certificates.enclosures.intervals.derivatives import derivatives_arb
from certificates.expression import CATALOGUE, parse_activation
from verify.numeric.activations import compile_activation, compile_twice

USER = ["z*tanh(log(1+exp(z)))", "piecewise(exp(z)-1, 0, z, 2, 2*z-2)", "sqrt(1+z^2)", "(z^3)/(1+z**2)", "cos(z)-z/3"]
NAMES = [name if entry.parameter is None else f"{name}(1/2)" for name, entry in CATALOGUE.items()]


@pytest.mark.parametrize("text", NAMES + USER)
def test_values_slopes_and_bends_agree_with_the_judge(text):
    z = np.linspace(-6.1, 6.2, 83)
    activation = parse_activation(text)
    for mine, ball in zip(compile_twice(activation)(z), derivatives(activation, BallArray(z), 2), strict=True):
        assert (np.abs(mine - ball.mid) <= ball.rad + 1e-12 * (1 + np.abs(mine))).all()


def test_pieces_do_not_overflow_outside_their_interval():
    value, slope = compile_activation(parse_activation("elu(1)"))(np.array([1e4, -1e4]))
    assert value.tolist() == [1e4, -1.0] and slope.tolist() == [1.0, 0.0]


@pytest.mark.skipif(np.finfo(np.longdouble).nmant < 60, reason="longdouble is no wider than binary64 here")
@pytest.mark.parametrize("text", ["gelu", "softplus(1)", "sin", "z*tanh(log(1+exp(z)))", "elu(1)", "atan(z)/3", "erf"])
def test_wide_arguments_give_wide_values(text):
    activation, z = parse_activation(text), np.array([-7.5, -1.0, 0.5, 6.0, 9.0]) / np.longdouble(3)
    for at, *mine in zip(z, *compile_twice(activation)(z), strict=True):
        with precision(128):
            exact_ones = derivatives_arb(activation, _exact(at), 2)
            errors = [abs(float(_exact(a) - b)) for a, b in zip(mine, exact_ones, strict=True)]
        assert max(errors) < 2e-18


def _exact(number: np.longdouble) -> arb:
    high = np.float64(number)
    return exact(float(high)) + exact(float(number - high))
