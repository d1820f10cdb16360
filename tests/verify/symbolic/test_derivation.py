"""Derivations: what is known for each catalogue entry, what is said where nothing is, and how it is printed."""

from __future__ import annotations

import re

import pytest
import sympy as sp

from certificates.enclosures.infinity.identities import is_slope_even, odd_part_slope
from certificates.expression import parse_activation
from certificates.expression.catalogue import CATALOGUE
from verify.symbolic.derivation import derive, to_latex, to_text
from verify.symbolic.expressions import slope_pieces
from verify.symbolic.parity import slope_parity
from verify.symbolic.rendering import alpha

NAMES = [name if name != "smooth_leaky_relu" else "smooth_leaky_relu(1/10)" for name in CATALOGUE]
OPEN = {"tanh", "sigmoid", "softplus", "silu", "mish", "softsign", "smooth_leaky_relu(1/10)"}


@pytest.mark.parametrize("name", [*NAMES, "z-tanh(z)", "z^2-cos(z)", "piecewise(0, 1, z-1)", "log(exp(z)+exp(-z))"])
def test_parity_agrees_with_the_judges_identities(name: str) -> None:
    activation = parse_activation(name)
    parity = slope_parity(slope_pieces(activation))
    assert parity.is_even == is_slope_even(activation) or name == "log(exp(z)+exp(-z))"
    kappa = odd_part_slope(activation)
    if kappa is not None:
        assert kappa.rational is not None
        assert parity.reflected_sum == sp.Rational(kappa.rational.numerator, kappa.rational.denominator)


def test_parity_of_a_formula_that_needs_rewriting() -> None:
    assert slope_parity(slope_pieces(parse_activation("log(exp(z)+exp(-z))"))).reflected_sum == 0


@pytest.mark.parametrize("name", sorted(OPEN))
def test_open_ones_say_so(name: str) -> None:
    derivation = derive(parse_activation(name))
    assert any(term.atoms(sp.core.function.AppliedUndef) for term in derivation.terms)
    assert "no elementary closed form is known here" in to_text(derivation)
    assert sum(step.title == "Ladder" for step in derivation.steps) == 2
    assert derivation.moments[2, 0] == alpha(2, 0)


def test_identities_that_remain() -> None:
    assert derive(parse_activation("tanh")).moments[1, 1] == 0
    silu = derive(parse_activation("silu"))
    assert silu.moments[1, 0] == silu.moments[1, 2] == sp.Rational(1, 2)
    assert silu.terms[2] == sp.Rational(1, 4) - alpha(1, 1) ** 2
    leaky = derive(parse_activation("smooth_leaky_relu(1/10)"))
    assert leaky.moments[1, 0] == sp.Rational(11, 20)
    assert leaky.moments[2, 1] == sp.Rational(11, 10) * alpha(1, 1)


@pytest.mark.parametrize("name", ["relu", "erf", "sin", "tanh", "mish", "z^40", "1/z+exp(z^2)", "elu"])
def test_both_printings_are_complete(name: str) -> None:
    derivation = derive(parse_activation(name))
    text, latex = to_text(derivation), to_latex(derivation)
    assert len(re.findall(r"^\d+\. ", text, re.MULTILINE)) == len(derivation.steps) == latex.count(r"\item ")
    assert text.splitlines()[-1].startswith("     T₃ = ")
    for stranger in ("**", "sigma", "alpha", "Derivative", "Integral"):
        assert stranger not in text
    assert latex.count("{") == latex.count("}")
    assert latex.count("$") % 2 == 0
    assert latex.isascii()
    assert "operatorname{alpha}" not in latex


def test_text_of_relu() -> None:
    text = to_text(derive(parse_activation("relu")))
    assert "f(z) = 0 for z ≤ 0; 1 otherwise" in text
    assert "α₁₁(σ) = sqrt(2)/(2*sqrt(pi))" in text
    assert "T₁ = (1 - 2/pi)/4" in text
