"""The rule of `replicated-minimum`: the counterexample to Yu and Chen by hand, and minima of other shapes."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from certificates import Accepted, Rejected, Undecided, decide
from certificates.claims.replicated_minimum import Evidence
from certificates.errors import MalformedCertificate
from certificates.expression import parse_activation
from certificates.subjects import ActivationProblem
from tests.support.replicated import BOTH_BIASES, HIDDEN_BIAS, NEGATIVE, OF_TANH
from verify.proposals.replicated_minimum import YU_CHEN, propose

SIGMOID = ActivationProblem(parse_activation("sigmoid"))
POINTS = {"yu-chen": YU_CHEN, "hidden": HIDDEN_BIAS, "both": BOTH_BIASES, "negative": NEGATIVE, "tanh": OF_TANH}


def _found(name):
    return propose(parse_activation("tanh" if name == "tanh" else "sigmoid"), POINTS[name])


def test_the_counterexample_with_the_weights_that_were_printed():
    """Labels 2, 36/5, 11, loss 25/2; units (1, 2, 3) ln 2 fit them with these output weights."""
    claim = propose(parse_activation("sigmoid")).claim
    assert claim.labels == (Fraction(2), Fraction(36, 5), Fraction(11)) and claim.loss == Fraction(25, 2)
    printed = (Fraction(13093, 616), Fraction(164645, 2464), Fraction(-363831, 4928))
    verdict = decide(claim, Evidence(((1,), (2,), (3,)), printed), SIGMOID)
    assert isinstance(verdict, Accepted) and verdict.proved == claim
    assert (claim.better, claim.better_from) == (0, 3)


@pytest.mark.parametrize("name", POINTS)
@pytest.mark.parametrize("width", [1, 4])
def test_no_weights_near_by_are_better(name, width):
    point, rng = POINTS[name], np.random.default_rng(width)
    phi = np.tanh if name == "tanh" else lambda z: 1 / (1 + np.exp(-z))
    claim = _found(name).claim
    rows, labels = np.array(point.rows, dtype=float), np.array([float(y) for y in claim.labels])
    theta = np.tile(np.array(point.unit) * np.log(2), (width, 1))
    shares = rng.dirichlet(np.ones(width)) * float(claim.outer)

    def loss(units, outer, offset):
        return 0.5 * np.sum((phi(rows @ units.T) @ outer + offset - labels) ** 2)

    here = loss(theta, shares, float(claim.offset))
    assert here == pytest.approx(float(claim.loss), rel=1e-9)
    for size in 10.0 ** rng.uniform(-6, -3, size=200):
        moved = theta + size * rng.normal(size=theta.shape), shares * (1 + 0.5 * size * rng.normal(size=width))
        offset = float(claim.offset) + (size * rng.normal() if claim.has_output_bias else 0.0)
        assert loss(*moved, offset) >= here * (1 - 1e-12)


def test_last_digits_count():
    found = propose(parse_activation("sigmoid"))
    claim, evidence, tiny = found.claim, found.evidence, Fraction(1, 10**40)
    for field, value in (("labels", (*claim.labels[:2], claim.labels[2] + tiny)), ("outer", claim.outer + tiny)):
        verdict = decide(replace(claim, **{field: value}), evidence, SIGMOID)
        assert isinstance(verdict, Rejected) and verdict.check == 4
    verdict = decide(replace(claim, loss=claim.loss - tiny), evidence, SIGMOID)
    assert isinstance(verdict, Undecided) and verdict.check == 7
    assert isinstance(decide(replace(claim, better=tiny, better_from=9), evidence, SIGMOID), Accepted)


def test_an_output_bias_needs_residuals_that_add_up_to_0():
    hidden = _found("hidden")
    verdict = decide(replace(hidden.claim, biases="both"), hidden.evidence, SIGMOID)
    assert isinstance(verdict, Rejected) and verdict.check == 4 and "Σe" in verdict.seen


def test_large_multiples_and_long_numbers_cost_what_they_may():
    found = propose(parse_activation("sigmoid"))
    assert decide(replace(found.claim, unit=(4_097,)), found.evidence, SIGMOID).check == 3
    long = replace(found.claim, outer=Fraction(10**3_900 + 1, 10**3_900))
    assert decide(long, found.evidence, SIGMOID, budget=1.0).check in (0, 3)


@pytest.mark.parametrize("better", [Fraction(25, 2), Fraction(13), Fraction(-1)])
def test_a_better_loss_is_better(better):
    with pytest.raises(MalformedCertificate):
        replace(propose(parse_activation("sigmoid")).claim, better=better)
