"""Witnesses of negative curvature against exact rationals and the naive Hessian; what is no witness is not accepted."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from certificates import Accepted, Dense, Rejected, Undecided, decide
from certificates.claims.negative_curvature import Claim, Evidence
from certificates.errors import MalformedCertificate
from certificates.expression import parse_activation
from certificates.subjects import Objective, Squared
from tests.support import quadratic as naive
from verify.proposals.negative_curvature import propose

BOTH = pytest.mark.parametrize("arithmetic", ["fast", "arb"])
WEAKEST = Claim(5e-324, 1e300, 0.0)


def _parts(problem):
    return (
        problem.layers[0].weight,
        problem.layers[1].weight[0],
        problem.inputs,
        problem.given_targets[:, 0],
    )


@pytest.fixture(scope="module")
def honest():
    problem = naive.random_problem(np.random.default_rng(0), 5, 3, 12, "mixed", gain=0.3)
    found = propose(problem)
    assert isinstance(found.verdict, Accepted), found.verdict.explanation()
    return problem, found.claim, found.evidence


def _moved(problem, evidence, step):
    w, v, x, y = _parts(problem)
    return naive.exact_loss_at(w, evidence.units, evidence.inputs, step, v, x, y)


@BOTH
def test_an_honest_witness_is_accepted(honest, arithmetic):
    problem, claim, evidence = honest
    verdict = decide(claim, evidence, problem, arithmetic=arithmetic)
    assert isinstance(verdict, Accepted) and claim.descent > 0 and verdict.ledger


@BOTH
@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("signs", ["positive", "mixed"])
def test_the_numbers_are_those_of_exact_rationals(seed, signs, arithmetic):
    """Curvature by the exact second difference of a quartic, decrease by two exact losses, gradient by the twin."""
    rng = np.random.default_rng(seed)
    problem = naive.random_problem(rng, 4, 3, 6, signs, gain=0.3 if seed % 2 else 1.0)
    u, b, t = rng.normal(size=4), rng.normal(size=3), float(rng.normal())
    evidence = Evidence(tuple(u.tolist()), tuple(b.tolist()), t)
    values = [_moved(problem, evidence, Fraction(k)) for k in (-2, -1, 0, 1, 2)]
    if seed % 2:  # a step that descends
        t = math.copysign(0.125, _moved(problem, evidence, Fraction(-1, 8)) - _moved(problem, evidence, Fraction(1, 8)))
        evidence = replace(evidence, step=t)
    # the second derivative at 0 of a polynomial of degree 4, exactly
    second = (-values[0] + 16 * values[1] - 30 * values[2] + 16 * values[3] - values[4]) / 12
    size = sum(Fraction(c) ** 2 for c in evidence.units) * sum(Fraction(c) ** 2 for c in evidence.inputs)
    exact = -second / size
    verdict = decide(WEAKEST, evidence, problem, arithmetic=arithmetic)
    if exact <= 0:
        assert isinstance(verdict, Rejected) and verdict.check == 4
        return
    assert verdict.facts[1].lower == 0.0 and verdict.proved.descent == max(0.0, verdict.facts[3].lower)
    curvature, gained = verdict.facts[2], verdict.facts[3]
    assert Fraction(curvature.lower) <= exact <= Fraction(curvature.upper) <= exact * (1 + Fraction(1, 10**9))
    assert Fraction(gained.lower) <= values[2] - _moved(problem, evidence, Fraction(t)) <= Fraction(gained.upper)
    # what is proved is never beyond the truth, in exact arithmetic
    squared = naive.exact_gradient_square(*_parts(problem))
    assert Fraction(verdict.proved.curvature) <= exact and Fraction(verdict.proved.gradient_norm) ** 2 >= squared
    assert Fraction(verdict.proved.descent) <= max(values[2] - _moved(problem, evidence, Fraction(t)), 0)
    assert Fraction(verdict.facts[0].lower) <= values[2] <= Fraction(verdict.facts[0].upper)
    assert verdict.facts[1].lower == 0.0 and Fraction(verdict.facts[1].upper) ** 2 >= squared
    assert verdict.proved.gradient_norm == pytest.approx(float(squared) ** 0.5, rel=1e-9)
    bottom = np.linalg.eigvalsh(naive.hessian(*_parts(problem)))[0]
    assert float(exact) <= -bottom + 1e-6


@BOTH
@pytest.mark.parametrize(
    ("name", "towards"), [("curvature", math.inf), ("gradient_norm", -math.inf), ("descent", math.inf)]
)
def test_one_ulp_more_than_proved_is_not_accepted(honest, name, towards, arithmetic):
    problem, claim, evidence = honest
    proved = decide(claim, evidence, problem, arithmetic=arithmetic).proved
    assert isinstance(decide(proved, evidence, problem, arithmetic=arithmetic), Accepted)
    stronger = replace(proved, **{name: math.nextafter(getattr(proved, name), towards)})
    verdict = decide(stronger, evidence, problem, arithmetic=arithmetic)
    assert isinstance(verdict, Undecided) and verdict.check == 5 and name in verdict.reason
    for value in (math.nan, math.inf):
        assert not isinstance(decide(replace(proved, **{name: value}), evidence, problem), Accepted)


def test_the_numbers_are_the_problem_s_own(honest):
    problem, claim, evidence = honest
    unit = decide(claim, evidence, problem).proved
    summed = decide(WEAKEST, evidence, replace(problem, objective=Objective(Squared(Fraction(1))))).proved
    for name in ("curvature", "gradient_norm", "descent"):
        assert getattr(summed, name) == pytest.approx(24 * getattr(unit, name), rel=1e-9)


def test_curvature_is_divided_by_the_norms_of_both_factors(honest):
    """Trap: the Frobenius metric of U = ubᵀ; a longer direction proves the same."""
    problem, claim, evidence = honest
    longer = Evidence(tuple(8 * c for c in evidence.units), tuple(4 * c for c in evidence.inputs), evidence.step / 32)
    here, there = (decide(claim, e, problem).proved for e in (evidence, longer))
    assert here.curvature == pytest.approx(there.curvature, rel=1e-12)
    assert here.descent == pytest.approx(there.descent, rel=1e-12)


def test_the_theorem_s_descent_is_reached():
    """u in the kernel: the best step gains (bᵀGb)²/(2 m₄)."""
    problem = naive.network_problem([[1.0, 0.0], [0.0, 0.0]], [1.0, 1.0], np.eye(2), [1.0, 2.0])
    evidence = Evidence((0.0, 1.0), (0.0, 1.0), math.sqrt(2.0))
    proved = decide(WEAKEST, evidence, problem, arithmetic="arb").proved
    # G = diag(0, −1), m₄ = 1/2: a decrease of 1, and a curvature of 2
    assert proved.descent == pytest.approx(1.0, rel=1e-12) and proved.curvature == pytest.approx(2.0, rel=1e-15)
    assert proved.gradient_norm == 0.0


@pytest.mark.parametrize("evidence", [((0.0, 0.0), (1.0,)), ((1.0,), (0.0, -0.0)), ((), (1.0,)), ((1.0,), ())])
def test_no_direction_is_malformed(evidence):
    with pytest.raises(MalformedCertificate):
        Evidence(*evidence, 0.0)


@pytest.mark.parametrize("fields", [(0.0, 1.0, 0.0), (-1.0, 1.0, 0.0), (1.0, -1.0, 0.0), (1.0, 1.0, -1.0)])
def test_claims_out_of_range_are_malformed(fields):
    with pytest.raises(MalformedCertificate):
        Claim(*fields)


TAMPERED = {
    "u too short": lambda e: replace(e, units=e.units[:-1]),
    "b too long": lambda e: replace(e, inputs=(*e.inputs, 0.0)),
    "u and b exchanged": lambda e: Evidence(e.inputs, e.units, e.step),
    "NaN in u": lambda e: replace(e, units=(math.nan, *e.units[1:])),
    "infinity in b": lambda e: replace(e, inputs=(math.inf, *e.inputs[1:])),
    "NaN step": lambda e: replace(e, step=math.nan),
    "another u": lambda e: replace(e, units=tuple(reversed(e.units))),
    "another b": lambda e: replace(e, inputs=tuple(reversed(e.inputs))),
    "no step": lambda e: replace(e, step=0.0),
    "a huge step": lambda e: replace(e, step=1e3 * e.step),
}


@BOTH
@pytest.mark.parametrize("name", sorted(TAMPERED))
def test_tampered_evidence_is_not_accepted(honest, name, arithmetic):
    problem, claim, evidence = honest
    verdict = decide(claim, TAMPERED[name](evidence), problem, arithmetic=arithmetic)
    assert not isinstance(verdict, Accepted) and verdict.check in (2, 4, 5)


ALONG = Evidence((1.0,), (1.0,), 0.0)
OUTCOMES = {  # x = v = 1: D²L[1, 1] = 6w² − 2y
    "exactly flat": (1.0, 3.0, ALONG, Rejected, 4),
    "curved upwards": (1.0, 2.75, ALONG, Rejected, 4),
    "curved downwards": (1.0, 3.25, ALONG, Accepted, 0),
    "too little to be written": (0.0, 5e-324, replace(ALONG, inputs=(5e-324,), units=(5e-324,)), Accepted, 0),
    "u of another size": (1.0, 3.25, replace(ALONG, units=(1.0, 0.0)), Rejected, 2),
    "b of another size": (1.0, 3.25, replace(ALONG, inputs=(1.0, 0.0)), Rejected, 2),
    "not a number": (1.0, 3.25, replace(ALONG, inputs=(math.nan,)), Rejected, 2),
    "an infinite step": (1.0, 3.25, replace(ALONG, step=math.inf), Rejected, 2),
}


@pytest.mark.parametrize("name", OUTCOMES)
def test_every_direction_has_its_outcome(name):
    weight, label, evidence, kind, check = OUTCOMES[name]
    problem = naive.network_problem([[weight]], [1.0], [[1.0]], [label])
    verdict = decide(WEAKEST, evidence, problem, arithmetic="arb")
    assert isinstance(verdict, kind) and (kind is Accepted or verdict.check == check), verdict.explanation()


def test_a_form_whose_sign_is_not_known_is_undecided():
    """6w² − 2y for w² near 0.01 and y = 3w²: 0 up to the last bits."""
    problem = naive.network_problem([[0.1]], [1.0], [[1.0]], [0.03])
    verdict = decide(WEAKEST, ALONG, problem, arithmetic="fast")
    assert isinstance(verdict, Undecided) and verdict.check == 4 and "negative curvature" in verdict.reason


def test_a_curvature_that_underflows_is_not_claimed():
    problem = naive.network_problem([[0.0]], [1.0], [[1e-170]], [1.0])
    verdict = decide(WEAKEST, ALONG, problem, arithmetic="arb")
    assert isinstance(verdict, Undecided) and verdict.check == 4 and "too small" in verdict.reason


OTHERS = {
    "relu": lambda p: replace(p, activations=(parse_activation("relu"),)),
    "trained second layer": lambda p: replace(p, layers=(p.layers[0], replace(p.layers[1], trained=True))),
    "a bias": lambda p: replace(p, layers=(replace(p.layers[0], bias=np.zeros(5)), p.layers[1])),
    "flipped outer weights": lambda p: replace(p, layers=(p.layers[0], Dense(-p.layers[1].weight, None, False))),
    "other labels": lambda p: replace(p, targets=p.given_targets - 10),
    "other weights": lambda p: replace(p, layers=(Dense(10 * p.layers[0].weight, None), p.layers[1])),
}


@pytest.mark.parametrize("name", sorted(OTHERS))
def test_another_problem_is_not_accepted(honest, name):
    problem, claim, evidence = honest
    verdict = decide(claim, evidence, OTHERS[name](problem))
    assert not isinstance(verdict, Accepted)
    if name in ("relu", "trained second layer", "a bias"):
        assert isinstance(verdict, Rejected) and verdict.check == 1


def test_a_minimum_has_no_witness():
    problem = naive.trained(naive.random_problem(np.random.default_rng(3), 4, 3, 20))
    found = propose(problem)
    assert found.claim is None or found.claim.curvature < 1e-5


def test_units_without_an_outer_weight_have_no_entry_in_u():
    rng = np.random.default_rng(4)
    problem = naive.network_problem(
        0.1 * rng.normal(size=(4, 3)), [1.0, 0.0, 1.0, 0.0], rng.normal(size=(9, 3)), 1 + rng.uniform(size=9)
    )
    found = propose(problem)
    assert isinstance(found.verdict, Accepted) and len(found.evidence.units) == 2


@BOTH
@pytest.mark.parametrize("size", [1e200, 5e-324])
def test_huge_and_subnormal_entries(size, arithmetic):
    """x = 1, w = size, y = 1, v = 1: D²L = 6w² − 2 is −2 for tiny w, positive for huge ones."""
    problem = naive.network_problem([[size]], [1.0], [[1.0]], [1.0])
    verdict = decide(WEAKEST, Evidence((1.0,), (1.0,), 0.0), problem, arithmetic=arithmetic)
    assert isinstance(verdict, Accepted) == (size < 1)


def test_planted_labels():
    rng = np.random.default_rng(5)
    teacher = (Dense(rng.normal(size=(2, 3)), None, False), Dense(np.ones((1, 2)), None, False))
    given = naive.random_problem(rng, 4, 3, 10, gain=0.1)
    assert isinstance(propose(replace(given, targets=None, teacher=teacher)).verdict, Accepted)


def test_the_sentence_rounds_in_the_weak_direction():
    text = Claim(0.1234569, 0.1234561, 0.1234569).sentence()
    assert "−0.123456 ‖U‖²" in text and "≤ 0.123457" in text and "f(W) − 0.123456" in text
    assert "W'" not in Claim(1.0, 0.0, 0.0).sentence()
