"""Theorems 2.1 and 2.2 and S5 as exact identities, and the polynomials of 5.3 against the judge's."""

from __future__ import annotations

from fractions import Fraction

import pytest
import sympy as sp

from certificates.expression import parse_activation
from certificates.theorems.erf_polynomials import numerators
from tests.twins.erf_bound import gap_numerators
from tests.twins.isserlis import polynomial_mean
from tests.twins.population import erf0_block, erf0_block_closed, erf0_gram, hessian_form, orthogonal_form
from tests.twins.structure import double_mean, hermite_sums, squared_distance, terms_from_moments
from verify.symbolic.derivation import derive
from verify.symbolic.expressions import SIGMA, Z

C = sp.symbols("c0:4", real=True)
CUBIC = sum(c * Z**k for k, c in enumerate(C))
ORDERS = [(1, 0), (1, 1), (1, 2), (2, 0), (2, 2)]


def test_terms_are_distances_and_a_double_mean() -> None:
    first, second, third = terms_from_moments(CUBIC)
    assert sp.expand(first - squared_distance(CUBIC)) == 0
    assert sp.expand(second - squared_distance(sp.expand(Z * CUBIC))) == 0
    assert sp.expand(third - double_mean(CUBIC)) == 0


def test_terms_as_hermite_sums() -> None:
    assert all(sp.expand(a - b) == 0 for a, b in zip(terms_from_moments(CUBIC), hermite_sums(CUBIC), strict=True))


def test_which_slopes_make_the_terms_vanish() -> None:
    affine = C[0] + C[1] * Z
    first, second, third = terms_from_moments(affine)
    assert (first, sp.expand(second - 2 * C[1] ** 2), sp.expand(third - C[0] ** 2 + C[1] ** 2)) == (0, 0, 0)


def polynomial_moments(slope: sp.Expr) -> dict[tuple[int, int], sp.Expr]:
    return {(i, j): polynomial_mean(sp.expand(slope.subs(Z, SIGMA * Z) ** i * Z**j)) for i, j in ORDERS}


def test_orthogonal_population_hessian() -> None:
    for d, k, slope in ((3, 2, C[0] + C[1] * Z + C[2] * Z**2), (2, 2, Z**3 - 2 * Z + 1), (3, 3, 1 + 2 * Z)):
        b = sp.Matrix(d, k, sp.symbols(f"b1:{d * k + 1}", real=True))
        difference = hessian_form(slope, b) - orthogonal_form(polynomial_moments(slope), b)
        assert sp.expand(difference) == 0, (d, k)


def test_a_wrong_coefficient_of_the_theorem_is_seen() -> None:
    b, slope = sp.Matrix(2, 1, sp.symbols("b1:3")), Z**2 + Z
    moments = polynomial_moments(slope)
    wrong = moments | {(2, 0): moments[2, 0] + 1}
    assert sp.expand(hessian_form(slope, b) - orthogonal_form(moments, b)) == 0
    assert sp.expand(hessian_form(slope, b) - orthogonal_form(wrong, b)) != 0


@pytest.mark.slow
def test_blocks_of_erf0() -> None:
    u, v = sp.Matrix(sp.symbols("u1:3", real=True)), sp.Matrix([sp.Rational(1, 2), -1])
    for a, b in zip(erf0_block(u, v), erf0_block_closed(u, v), strict=True):
        assert sp.cancel((a / b) ** 2) == 1  # equal up to a sign for every u
        assert abs((a - b).subs({u[0]: sp.Rational(1, 3), u[1]: -2}).evalf(30)) < 1e-28
    three = [sp.Matrix([1, 2, -1]) / 3, sp.Matrix([0, 1, 1]) / 2]
    assert (erf0_block(*three) - erf0_block_closed(*three)).applyfunc(sp.radsimp) == sp.zeros(3, 3)


def test_gram_of_erf0_at_orthogonal_weights_is_the_theorems_form() -> None:
    d, k = 3, 2
    a = sp.Matrix(d, k, sp.symbols("a1:7", real=True))
    outputs = sp.Matrix([1, -1])
    gram = erf0_gram(SIGMA * sp.eye(d)[:, :k], outputs)
    flat = sp.Matrix([a[p, j] for j in range(k) for p in range(d)])
    form = (flat.T * gram * flat)[0]
    b = sp.Matrix(d, k, lambda p, j: outputs[j] * a[p, j])
    closed = orthogonal_form(derive(parse_activation("erf0")).moments, b)
    difference = sp.Poly(sp.expand(form - closed), *a)
    assert all(sp.simplify(sp.factor(c)) == 0 for c in difference.coeffs())


def test_numerators_of_the_global_bound() -> None:
    terms = derive(parse_activation("erf0")).terms
    for c in (Fraction(1, 4), Fraction(2, 7)):
        found = gap_numerators(terms, sp.Rational(c.numerator, c.denominator))
        for polynomial, judged in zip(found, numerators(c), strict=True):
            ascending = [Fraction(int(a.p), int(a.q)) for a in reversed(polynomial.all_coeffs())]
            assert ascending == list(judged)[: len(ascending)]
            assert not any(judged[len(ascending) :])
