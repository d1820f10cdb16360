"""Formulas that are defined on the whole line, and singularities of every kind and place."""

from __future__ import annotations

import pytest

from certificates.enclosures.infinity.analyticity import is_analytic_on_pieces
from certificates.expression import CATALOGUE, parse_activation


@pytest.mark.parametrize("name", CATALOGUE)
def test_the_catalogue_is_analytic_on_its_pieces(name: str) -> None:
    text = {"smooth_leaky_relu": "smooth_leaky_relu(1/10)"}.get(name, name)
    assert is_analytic_on_pieces(parse_activation(text))


@pytest.mark.parametrize(
    "text",
    [
        "sqrt(1+z^2)",
        "log(2+sin(z))",
        "log(1+z^2)*sin(log(1+z^2))",
        "exp(exp(z))",
        "1/(z^2+1/1000)",
        "piecewise(1/(z-1), 0, 1/(z+1))",
        "piecewise(log(1-z), 0, log(1+z))",
        "piecewise(0, 20, log(z))",
        "1/(1+exp(z/1000))",
    ],
)
def test_what_is_analytic(text: str) -> None:
    assert is_analytic_on_pieces(parse_activation(text))


@pytest.mark.parametrize(
    "text",
    [
        "1/z",
        "sqrt(z^2)",
        "log(z)",
        "z+0*log(z-3)",
        "1/(z-1/3)",
        "1/(z-16)",
        "1/(z+16)",
        "1/(z-1000)",
        "log(1000-z)",
        "sqrt(z+1000)",
        "log(-1-z^2)",
        "log(sin(z))",
        "1/(sin(z)-1/2)",
        "1/(log(1+z^2)-100)",
        "piecewise(1/(z-1), 1, z)",
        "piecewise(0, 20, log(z-21))",
        "piecewise(log(z+50), 0, 0)",
    ],
)
def test_what_is_not_analytic_somewhere(text: str) -> None:
    assert not is_analytic_on_pieces(parse_activation(text))
