"""Compiled activations against the judge's enclosures: every float value lies within 1e-12 of them."""

from __future__ import annotations

import numpy as np
import pytest

from certificates.arithmetic.ball_array import BallArray
from certificates.enclosures.intervals.array_derivatives import value_and_slope
from certificates.expression import CATALOGUE, parse_activation
from verify.numeric.activations import compile_activation

USER = ["z*tanh(log(1+exp(z)))", "piecewise(exp(z)-1, 0, z, 2, 2*z-2)", "sqrt(1+z^2)", "(z^3)/(1+z**2)", "cos(z)-z/3"]
NAMES = [name if entry.parameter is None else f"{name}(1/2)" for name, entry in CATALOGUE.items()]


@pytest.mark.parametrize("text", NAMES + USER)
def test_values_and_slopes_agree_with_the_judge(text):
    z = np.linspace(-6.1, 6.2, 83)
    activation = parse_activation(text)
    for mine, ball in zip(compile_activation(activation)(z), value_and_slope(activation, BallArray(z)), strict=True):
        assert (np.abs(mine - ball.mid) <= ball.rad + 1e-12 * (1 + np.abs(mine))).all()


def test_pieces_do_not_overflow_outside_their_interval():
    value, slope = compile_activation(parse_activation("elu(1)"))(np.array([1e4, -1e4]))
    assert value.tolist() == [1e4, -1.0] and slope.tolist() == [1.0, 0.0]
