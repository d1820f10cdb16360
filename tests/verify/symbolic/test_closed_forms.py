"""Derived moments and terms against the judge's enclosures, and the guard against formulas SymPy would not finish."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import mpmath
import pytest
import sympy as sp
from flint import arb

from certificates.arithmetic.arb import exact, precision
from certificates.enclosures.gaussian.moments import moments
from certificates.enclosures.gaussian.rho_terms import zhong_terms
from certificates.expression import parse_activation
from tests.twins.half_powers import positive_power_moment
from tests.twins.lowering import to_mpmath
from verify.symbolic.closed_forms import gaussian_mean, moment, tidy
from verify.symbolic.derivation import derive
from verify.symbolic.expressions import SIGMA, NoClosedForm, Z, slope_pieces

CLOSED = [
    "identity", "quadratic", "erf", "erf0", "gelu", "elu", "elu(1/3)", "arctan", "sin", "relu", "leaky_relu(1/100)",
    "squared_relu",
]  # fmt: skip
QUICK = ["quadratic", "erf0", "gelu", "elu", "arctan", "sin", "relu"]
FORMULAS = [
    "z+z^3/3", "piecewise(0, 0, z^3)", "piecewise(-1, -1, z, 1/2, 1/2)", "z*erf(z)",
    "atan(2*z)+z^2", "piecewise(exp(z), 0, 1+z-z^2)",
]  # fmt: skip
SIGMAS = [Fraction(3, 10), Fraction(1), Fraction(27, 10)]
ORDERS = [(1, 0), (1, 1), (1, 2), (2, 0), (2, 1), (2, 2)]


def ball(formula: sp.Expr, sigma: Fraction) -> arb:
    """The formula's value at 40 correct digits, computed with 90, as an interval of radius 10⁻³⁵."""
    with mpmath.workdps(90):
        value = to_mpmath(formula)(mpmath.mpf(sigma.numerator) / sigma.denominator)
        text = mpmath.nstr(mpmath.mpmathify(value), 60)
    return arb(text) + exact(Fraction(1, 10**35)).union(-exact(Fraction(1, 10**35)))


def check(name: str, sigma: Fraction) -> None:
    activation = parse_activation(name)
    derivation = derive(activation)
    assert not any(term.atoms(sp.core.function.AppliedUndef) for term in derivation.terms)
    enclosed = moments(activation, ORDERS, sigma, 100)
    with precision(200):
        for order, truth in zip(ORDERS, enclosed, strict=True):
            assert truth.rad() < 1e-25
            assert ball(derivation.moments[order], sigma).overlaps(truth), (order, derivation.moments[order])
        for term, truth in zip(derivation.terms, zhong_terms(activation, sigma, 100).all, strict=True):
            assert ball(term, sigma).overlaps(truth), term


@pytest.mark.parametrize("name", QUICK)
def test_catalogue_at_one_sigma(name: str) -> None:
    check(name, SIGMAS[QUICK.index(name) % 3])


@pytest.mark.slow
@pytest.mark.parametrize("sigma", SIGMAS)
@pytest.mark.parametrize("name", CLOSED + FORMULAS)
def test_derived_formulas_meet_the_enclosures(name: str, sigma: Fraction) -> None:
    check(name, sigma)


@pytest.mark.slow
@pytest.mark.parametrize("name", CLOSED + FORMULAS)
def test_second_moments_by_the_ladder_are_the_direct_integrals(name: str) -> None:
    activation = parse_activation(name)
    for i in (1, 2):
        direct = moment(slope_pieces(activation), i, 2).value
        with precision(200):
            assert ball(direct, Fraction(7, 5)).overlaps(ball(derive(activation).moments[i, 2], Fraction(7, 5)))


@pytest.mark.slow
def test_a_slope_of_exponential_growth_which_the_judge_does_not_bound() -> None:
    derivation = derive(parse_activation("exp(z/2)*sin(z)"))
    with mpmath.workdps(20):
        for (i, j), formula in derivation.moments.items():
            truth = mpmath.quad(
                lambda z, i=i, j=j: (
                    (mpmath.exp(z / 2) * (mpmath.sin(z) / 2 + mpmath.cos(z))) ** i * z**j * mpmath.npdf(z)
                ),
                [-14, -5, 0, 5, 14],
            )
            assert abs(to_mpmath(formula)(mpmath.mpf(1)) - truth) < 1e-15, (i, j)


def test_a_wrong_formula_is_seen() -> None:
    truth = moments(parse_activation("gelu"), [(2, 0)], Fraction(1), 100)[0]
    right = derive(parse_activation("gelu")).moments[2, 0]
    with precision(200):
        assert ball(right, Fraction(1)).overlaps(truth)
        assert not ball(right + sp.Rational(1, 10**24), Fraction(1)).overlaps(truth)


def test_printed_closed_forms() -> None:
    s = SIGMA
    gelu = derive(parse_activation("gelu"))
    arcsine = sp.asin(s**2 / (1 + s**2)) / (2 * sp.pi)
    printed = sp.Rational(1, 4) + arcsine + s**2 / (sp.pi * (1 + s**2) * sp.sqrt(1 + 2 * s**2))
    printed += s**2 / (2 * sp.pi * (1 + 2 * s**2) ** sp.Rational(3, 2))
    with precision(200):
        assert ball(gelu.moments[2, 0] - printed, Fraction(8, 3)).overlaps(exact(0))
    assert sp.simplify(gelu.terms[2] - sp.Rational(1, 4) + s**2 * (2 + s**2) ** 2 / (2 * sp.pi * (1 + s**2) ** 3)) == 0
    relu = derive(parse_activation("relu")).terms
    assert all(sp.expand(term) == sp.Rational(1, 4) - 1 / (2 * sp.pi) for term in relu)
    squared = derive(parse_activation("squared_relu")).terms
    assert [sp.expand(t / s**2) for t in squared] == [1 - 2 / sp.pi, 5 - 8 / sp.pi, 4 / sp.pi - 1]
    assert derive(parse_activation("quadratic")).terms == (0, 8 * s**2, -4 * s**2)
    assert sp.expand(derive(parse_activation("sin")).terms[2] - (1 - s**2) * sp.exp(-(s**2))) == 0


def test_positive_powers_with_a_symbolic_exponent() -> None:
    r = sp.Symbol("r", positive=True)  # φ = z₊^r: α_{i,j} = (rσ^{r−1})ⁱ m_{j+i(r−1)}
    for i, j in ((1, 1), (2, 0), (2, 2)):
        general = (r * SIGMA ** (r - 1)) ** i * positive_power_moment(j + i * (r - 1))
        for degree in (2, 3):
            activation = parse_activation(f"piecewise(0, 0, z^{degree})")
            assert sp.simplify(general.subs(r, degree) - derive(activation).moments[i, j]) == 0


@pytest.mark.parametrize(
    ("formula", "said"),
    [
        (1 / (1 + sp.exp(-Z)), "no power"),
        (sp.tanh(Z) ** 2, "no power"),
        (sp.erf(Z + 1), "offset"),
        (sp.erf(Z) ** 4, "power 4"),
        (sp.exp(Z**2 / 2), "exist"),
        (sp.exp(Z**3), "tilt"),
        (1 / (1 + Z + Z**2), "quadratic"),
        (1 / ((1 + Z**2) * (2 + Z**2)), "quadratic"),
    ],
)
def test_outside_the_classes_is_refused(formula: sp.Expr, said: str) -> None:
    with pytest.raises(NoClosedForm, match=said):
        gaussian_mean(formula)


def test_parts_of_the_line() -> None:
    assert gaussian_mean(Z**2, sp.Integer(0), sp.oo).value == sp.Rational(1, 2)
    cuts = [-sp.oo, sp.Integer(-1), sp.Integer(2), sp.oo]
    parts = [gaussian_mean(Z**3 * sp.exp(Z), *ends).value for ends in pairwise(cuts)]
    assert sp.simplify(sum(parts) - gaussian_mean(Z**3 * sp.exp(Z)).value) == 0
    with pytest.raises(NoClosedForm, match="part of the line"):
        gaussian_mean(sp.erf(Z), sp.Integer(0), sp.oo)
    with pytest.raises(NoClosedForm, match="part of the line"):
        gaussian_mean(1 / (1 + Z**2), sp.Integer(0), sp.oo)


def test_tidy_keeps_the_value() -> None:
    value = (1 + SIGMA) ** 3 - SIGMA**3 - 3 * SIGMA**2 - 3 * SIGMA
    assert tidy(value) == 1
