"""Hermite coefficients and second moments of slopes, against closed forms; each error term decides somewhere."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from math import factorial

import numpy as np
import pytest
from flint import arb

from certificates.arithmetic.arb import exact, precision
from certificates.enclosures.gaussian import hermite as module
from certificates.enclosures.gaussian.hermite import laguerre, parseval_rest, slope_table, working_bits
from certificates.errors import Contradiction, EnclosureFailure
from certificates.expression import parse_activation
from tests.support.population import SMOOTH

ERF, SIN = parse_activation("erf0"), parse_activation("sin")


def gaussian_coefficient(square: Fraction, n: int) -> arb:
    """E[e^{−σ²z²}He_n]/√n! = (−σ²/s)^k (2k)!/(k!√(2k)!) /√s for n = 2k, s = 1 + 2σ², from the generating function."""
    if n % 2:
        return exact(0)
    spread, k = 1 + 2 * square, n // 2
    return exact((-square / spread) ** k / factorial(k)) * exact(factorial(n)).sqrt() / exact(spread).sqrt()


def cosine_coefficient(square: Fraction, n: int) -> arb:
    """E[cos(σz)He_n]/√n! = (−σ²)^k e^{−σ²/2}/√n!."""
    if n % 2:
        return exact(0)
    return exact((-square) ** (n // 2)) * exact(-square / 2).exp() / exact(factorial(n)).sqrt()


@pytest.mark.parametrize(("activation", "truth"), [(ERF, gaussian_coefficient), (SIN, cosine_coefficient)])
@pytest.mark.parametrize("bits", [6, 64])
def test_coefficients_contain_the_closed_form(activation, truth, bits):
    squares = [Fraction(1, 9), Fraction(1), Fraction(5)]
    with precision(working_bits(40, bits)):
        table = slope_table(activation, [exact(square).sqrt() for square in squares], 40, bits)
        for square, found in zip(squares, table.coefficients(), strict=True):
            for n, ball in enumerate(found):
                assert ball.overlaps(truth(square, n)) and ball.rad() < 2.0**-bits


def test_the_errors_of_a_coarse_rule_are_needed():
    """Without them the sums miss: the error of discretisation, and what lies beyond the last node."""
    with precision(working_bits(6, 2)):
        table = slope_table(ERF, [exact(2)], 6, 2)
        coarse = replace(table, coefficient_error=exact(0), moment_errors=(exact(0), exact(0)))
        assert not coarse.coefficients()[0][0].overlaps(gaussian_coefficient(Fraction(4), 0))
        truth = 1 / exact(17).sqrt()
        assert table.moments(0, 0)[0].overlaps(truth) and not coarse.moments(0, 0)[0].overlaps(truth)


def test_what_lies_beyond_the_last_node_is_counted(monkeypatch):
    """Nodes up to 3 only, of a slope that stays 1: the rest is erfc's, in coefficients and in moments."""
    monkeypatch.setattr(module, "isqrt", lambda _: 0)
    with precision(working_bits(8, 64)):
        table = slope_table(parse_activation("identity"), [exact(1)], 8, 64)
        assert 3 <= table.nodes[-1] < 3.5
        found = table.coefficients()[0]
        assert found[0].contains(1) and all(ball.contains(0) for ball in found[1:])
        plain, square = table.moments(0, 0)
        assert plain.contains(1) and square.contains(1)
        assert plain.rad() < 0.01 and square.rad() < 0.1 and found[8].rad() < 0.2


def test_the_bound_of_the_slope_and_cramers_constant_count(monkeypatch):
    """Two nodes only, close to 0: nearly all of the means lies beyond them, and φ' is nearly its bound 2/√π there."""
    monkeypatch.setattr(module, "isqrt", lambda _: -1.5)
    square = Fraction(1, 10**4)
    with precision(500):
        table = slope_table(parse_activation("erf"), [exact(square).sqrt()], 0, 400)
        found, truth = table.coefficients()[0][0], 2 / arb.pi().sqrt() * gaussian_coefficient(square, 0)
        assert len(table.nodes) == 2 and found.overlaps(truth) and (truth - found).mid() / found.rad() > 0.5
        spread, (plain, bent) = exact(1 + 4 * square), table.moments(0, 0)
        assert plain.overlaps(4 / arb.pi() / spread.sqrt()) and bent.overlaps(4 / arb.pi() / spread.sqrt() / spread)


@pytest.mark.parametrize("name", ["gelu", "softplus(2)", "tanh", "mish"])
@pytest.mark.parametrize("sign", [1, -1])
def test_moments_of_products(name, sign):
    """Of two σ, with one of them turned: Gauss's rule of 200 nodes in floats."""
    nodes, mass = np.polynomial.hermite_e.hermegauss(200)
    slope, sigmas = SMOOTH[name], (0.5, 1.25)
    product = slope(sigmas[0] * nodes) * slope(sign * sigmas[1] * nodes) * mass / mass.sum()
    with precision(working_bits(2, 60)):
        table = slope_table(parse_activation(name), [exact(s) for s in sigmas], 2, 60)
        plain, square = table.moments(0, 1, sign)
    assert abs(float(plain.mid()) - product.sum()) < 1e-9 and plain.rad() < 1e-15
    assert abs(float(square.mid()) - (product * nodes**2).sum()) < 1e-9 and square.rad() < 1e-15


@pytest.mark.parametrize(("degree", "width"), [(0, 1.0), (3, 0.5), (12, 1.5)])
def test_laguerre_is_the_mean_square_on_a_shifted_line(degree, width):
    nodes, mass = np.polynomial.hermite_e.hermegauss(60)
    values = np.polynomial.hermite_e.hermeval(nodes + 1j * width, [0] * degree + [1])
    mean = (np.abs(values) ** 2 * mass).sum() / mass.sum() / factorial(degree)
    assert float(laguerre(degree, exact(width)).mid()) == pytest.approx(mean, rel=1e-9)


def test_parsevals_rest_is_not_negative_and_a_contradiction_is_told():
    assert parseval_rest(arb(1), [arb(1), arb(0)]) == 0
    assert parseval_rest(arb(1, 0.5), [arb(1)]) >= 0.5
    with pytest.raises(Contradiction):
        parseval_rest(arb(1), [arb(1), arb(1) / 4])


def test_a_wrong_derivative_is_told(monkeypatch):
    monkeypatch.setattr(module, "series_slope", lambda _: lambda w: w)
    with pytest.raises(Contradiction, match="two derivatives of tanh"):
        slope_table(parse_activation("tanh"), [exact(1)], 2, 53)


def test_slopes_that_are_not_analytic_and_large_norms_are_refused():
    with pytest.raises(EnclosureFailure, match="strip lemma"):
        slope_table(parse_activation("elu"), [exact(1)], 4, 53)
    with pytest.raises(EnclosureFailure, match="too fine a step"):
        slope_table(parse_activation("tanh"), [exact(10**7)], 4, 53)
