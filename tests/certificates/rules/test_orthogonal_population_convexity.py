"""The rule of the orthogonal Hessian: against the quadratic form itself, and each field a hair stronger."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from flint import arb

from certificates import Accepted, Rejected, Undecided
from certificates.claims.orthogonal_population_convexity import Claim, Evidence
from certificates.enclosures.gaussian.rho_terms import ZhongTerms
from certificates.rules import orthogonal_population_convexity as rule
from tests.support.activations import TINY, TREACHEROUS, judge

INTEGRAL, EXACT = Evidence("integral", 64), Evidence("exact", 53)
LOW = Fraction(-1)


def claim_about(weights: tuple[str, ...] = ("1",), dimension: int = 4, sigma: str = "1") -> Claim:
    return Claim(Fraction(sigma), tuple(map(Fraction, weights)), dimension, LOW)


def smallest_eigenvalue(slope, weights, dimension: int, sigma: float) -> float:
    """λ_min of E[(Σ_j v_jφ'(σx_j)xᵀa_j)²] by Gauss–Hermite moments, with no use of theorem 2.2."""
    nodes, mass = np.polynomial.hermite_e.hermegauss(120)
    mass = mass / mass.sum()
    f, k = slope(sigma * nodes), len(weights)
    mean = lambda i, j: float(mass @ (f**i * nodes**j))  # noqa: E731
    form = np.zeros((k * dimension, k * dimension))
    for a in range(k):
        for b in range(k):
            for p in range(dimension):
                for q in range(dimension):
                    value = 1.0
                    for r in range(dimension):
                        value *= mean((r == a) + (r == b), (r == p) + (r == q))
                    form[a * dimension + p, b * dimension + q] = weights[a] * weights[b] * value
    return float(np.linalg.eigvalsh(form)[0])


SLOPES = {
    "tanh": lambda w: 1 / np.cosh(w) ** 2,
    "softplus(1)": lambda w: 1 / (1 + np.exp(-w)),
    "sin": np.cos,
    "arctan": lambda w: 1 / (1 + w * w),
    "quadratic": lambda w: 2 * w,
}


@pytest.mark.parametrize("name", SLOPES)
@pytest.mark.parametrize(("weights", "dimension"), [(("1", "-2"), 3), (("1", "1/2", "-1"), 3), (("3",), 2)])
def test_what_is_proved_is_below_the_smallest_eigenvalue(name, weights, dimension):
    verdict = judge(name, claim_about(weights, dimension), INTEGRAL)
    assert isinstance(verdict, Accepted) and not verdict.conditional
    truth = smallest_eigenvalue(SLOPES[name], [float(Fraction(v)) for v in weights], dimension, 1.0)
    assert float(verdict.proved.curvature) <= truth + 1e-9
    if len(weights) == 3 and len({abs(Fraction(v)) for v in weights}) == 1:
        assert float(verdict.proved.curvature) >= truth - 1e-9


def test_equal_weights_in_three_dimensions_attain_the_first_term():
    verdict = judge("softplus", claim_about(("1", "1", "-1"), 3), INTEGRAL)
    assert abs(float(verdict.proved.curvature) - smallest_eigenvalue(SLOPES["softplus(1)"], [1, 1, -1], 3, 1.0)) < 1e-9


def test_a_hair_more_is_undecided_and_a_negative_bound_is_accepted():
    proved = judge("gelu", claim_about(), INTEGRAL).proved
    assert isinstance(judge("gelu", proved, INTEGRAL), Accepted)
    verdict = judge("gelu", replace(proved, curvature=proved.curvature + TINY), INTEGRAL)
    assert isinstance(verdict, Undecided) and verdict.check == 3 and verdict.proved == proved


@pytest.mark.parametrize("name", ["gelu", "tanh", "relu"])
def test_what_is_proved_is_the_lower_end(name):
    rough, fine = (judge(name, claim_about(), Evidence("integral", bits)).proved.curvature for bits in (53, 256))
    assert rough < fine < rough + Fraction(1, 2**40)


def test_the_smallest_outer_weight_counts_also_a_zero_one():
    proved = judge("gelu", claim_about(("1", "1")), INTEGRAL).proved.curvature
    half = judge("gelu", claim_about(("1", "-1/2")), INTEGRAL).proved.curvature
    assert half <= proved / 4 and proved / 4 - half < Fraction(1, 2**60)
    dead = judge("gelu", claim_about(("1", "0")), INTEGRAL).proved
    assert dead.curvature == 0
    assert not isinstance(judge("gelu", replace(dead, curvature=TINY), INTEGRAL), Accepted)


def test_linear_and_quadratic_have_no_curvature_to_spare():
    for name in ("identity", "quadratic"):
        verdict = judge(name, claim_about(), EXACT)
        assert verdict.proved.curvature == 0
        assert not isinstance(judge(name, replace(claim_about(), curvature=TINY), EXACT), Accepted)


def test_more_for_another_sigma_or_activation_is_not_accepted():
    proved = judge("relu", claim_about(), INTEGRAL).proved
    assert isinstance(judge("relu", replace(proved, sigma=Fraction(1, 7)), INTEGRAL), Accepted | Undecided)
    assert not isinstance(judge("tanh", proved, INTEGRAL), Accepted)
    tanh = judge("tanh", claim_about(), INTEGRAL).proved
    assert not isinstance(judge("tanh", replace(tanh, sigma=Fraction(10)), INTEGRAL), Accepted)


@pytest.mark.parametrize("text", [*TREACHEROUS, "piecewise(0, 0, 1)"])
def test_formulas_that_jump_or_are_not_defined_have_no_hessian(text):
    assert not isinstance(judge(text, claim_about(), INTEGRAL), Accepted)


@pytest.mark.parametrize("terms", [(2, 4), (4, 2)])
def test_the_smaller_term_by_its_lower_end_times_the_least_square(monkeypatch, terms):
    """T₁, T₂ ± 1/2 with v = (−2, 3): 4·(2 − 1/2)."""
    balls = ZhongTerms(*(arb(term, 0.5) for term in terms), arb(9))
    monkeypatch.setattr(rule, "_terms", lambda *_: (balls, ()))
    verdict = judge("tanh", claim_about(("-2", "3")), INTEGRAL)
    assert float(verdict.proved.curvature) == pytest.approx(6.0)
    assert [(fact.symbol, fact.lower) for fact in verdict.facts[::2]] == [
        ("T₁", pytest.approx(terms[0] - 0.5)),
        ("v_min", 2),
    ]


def test_jumps_are_rejected():
    verdict = judge("piecewise(0, 0, 1)", claim_about(), INTEGRAL)
    assert isinstance(verdict, Rejected) and verdict.check == 1
