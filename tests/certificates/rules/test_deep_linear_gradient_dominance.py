"""The rule of `deep-linear-gradient-dominance`: sharp cases by hand, saddles that have no constant, both routes."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from certificates import Accepted, Rejected, Undecided, decide
from certificates.claims.deep_linear_gradient_dominance import Claim, Evidence
from certificates.errors import MalformedCertificate
from tests.support.linear import (
    best_product,
    exact_gradient_square,
    exact_loss,
    linear_problem,
    linear_weights,
    near_best,
    rational_matrix,
)
from verify.proposals.deep_linear_gradient_dominance import propose

F = Fraction
HALF = F(1, 2)
WEAKEST = Claim(5e-324)


def _line(first=2.0, second=3.0, scale=HALF):
    """F = s(w_2 w_1 x − y)², x = 1, y = 0: ‖∇f‖² = 4s²(w_1² + w_2²)(w_1w_2)², so μ = 2s(w_1² + w_2²) is sharp."""
    return linear_problem([[[first]], [[second]]], [[1.0]], [[0.0]], scale)


@pytest.mark.parametrize("scale", [F(1, 2), F(3)])
def test_the_constant_of_the_line_is_sharp(scale):
    network = _line(scale=scale)
    evidence = Evidence("end", 1.0, (9.0, 1.0), (1.0, 4.0))
    verdict = decide(Claim(float(26 * scale)), evidence, network)
    assert isinstance(verdict, Accepted) and verdict.proved.constant == 26 * scale
    assert exact_gradient_square(network) == 2 * 26 * scale * exact_loss(network)
    for changes in ({"inputs": 1.0 + 2**-52}, {"above": (9.000001, 1.0)}, {"below": (1.0, 4.000001)}):
        verdict = decide(WEAKEST, replace(evidence, **changes), network)
        assert isinstance(verdict, Rejected) and verdict.check == 4


def test_frozen_layers_do_not_count():
    network = _line()
    frozen = replace(network, layers=(network.layers[0], replace(network.layers[1], trained=False)))
    evidence = Evidence("end", 1.0, (9.0, 1.0), (1.0, 4.0))
    assert decide(WEAKEST, evidence, frozen).proved.constant == 9.0
    narrow = _plane(0.1)
    half = replace(narrow, layers=(narrow.layers[0], replace(narrow.layers[1], trained=False)))
    assert decide(WEAKEST, propose(narrow).evidence, half).check == 2


def _plane(turn=0.0):
    """Y = diag(3, 1), X = I, one unit between: near its minimum."""
    return linear_problem([[[3.0, turn]], [[1.0], [turn]]], np.eye(2), np.diag([3.0, 1.0]))


def test_the_constant_of_the_plane_is_that_of_the_formula():
    """At the minimum Σ = diag(9, 1), ς = α = 1, β = 9, η = 8: μ = 1/(1 + 18/8) = 4/13, up to the bound outside."""
    far = 2.0**30
    evidence = Evidence("interior", 1.0, (1.0,), (9.0,), 9.0, 1.0, 9.0, far, ((3.0, 0.0), (0.0, 1.0)))
    verdict = decide(WEAKEST, evidence, _plane())
    assert isinstance(verdict, Accepted) and verdict.proved.constant == pytest.approx(4 / 13, rel=1e-15)
    for changes in (
        {"inside": np.nextafter(9.0, 10)},
        {"outside": np.nextafter(1.0, 0)},
        {"norm": np.nextafter(9.0, 0)},
        {"solution": ((3.0, 0.0), (0.0, 1.0 + 2**-20))[::-1]},
        {"above": (1.0 + 2**-50,)},
        {"below": (9.0 + 2**-48,)},
    ):
        verdict = decide(WEAKEST, replace(evidence, **changes), _plane())
        assert isinstance(verdict, Rejected) and verdict.check == 4


def test_a_saddle_has_no_constant():
    """The second singular vectors instead of the first: ∇f = 0, f − min f = 4."""
    saddle = linear_problem([[[0.0, 1.0]], [[0.0], [1.0]]], np.eye(2), np.diag([3.0, 1.0]))
    assert exact_gradient_square(saddle) == 0 and propose(saddle).verdict.check == 4
    evidence = Evidence("interior", 1.0, (1.0,), (1.0,), 1.0, 9.0, 9.0, 1.0, ((3.0, 0.0), (0.0, 1.0)))
    for inside in (1.0, 9.0, 10.0):
        assert decide(WEAKEST, replace(evidence, inside=inside), saddle).check == 4
    zero = linear_problem([np.zeros((1, 2)), np.zeros((2, 1))], np.eye(2), np.diag([3.0, 1.0]))
    verdict = propose(zero).verdict
    assert verdict.check == 4 and "rank R" in verdict.required


def test_inputs_that_do_not_span_their_space_have_no_interior_constant():
    inputs = np.array([[1.0, 0.0], [2.0, 0.0]])
    network = linear_problem([[[3.0, 0.0]], [[1.0], [0.0]]], inputs, np.eye(2))
    evidence = Evidence("interior", 0.0, (1.0,), (9.0,), 9.0, 1.0, 9.0, 1.0, ((0.0, 0.0), (0.0, 0.0)))
    assert decide(WEAKEST, evidence, network).required == "ς > 0"


@pytest.mark.parametrize("seed", range(6))
def test_what_is_proved_is_below_the_true_quotient(seed):
    rng = np.random.default_rng(seed)
    widths = [(3, 2, 4), (3, 1, 2, 3), (2, 4, 3), (4, 5, 2), (3, 4, 2, 3), (1, 1, 1, 1)][seed]
    x, y = rng.normal(size=(8, widths[0])), rng.normal(size=(8, widths[-1]))
    network = near_best(linear_problem(linear_weights(rng, widths), x, y, F(1, 8)), 0.02, seed)
    found = propose(network)
    best = exact_loss(network, [rational_matrix(factor) for factor in best_product(network)])
    quotient = exact_gradient_square(network) / (2 * (exact_loss(network) - best))
    assert isinstance(found.verdict, Accepted)
    assert quotient / 1000 < F(found.claim.constant) <= quotient
    assert decide(Claim(float(np.nextafter(found.claim.constant, 1e9))), found.evidence, network).check == 6


def test_numbers_that_are_none_and_too_much_work_are_refused():
    evidence = Evidence("end", 1.0, (9.0, 1.0), (1.0, 4.0))
    assert decide(WEAKEST, replace(evidence, inputs=np.nan), _line()).check == 2
    verdict = decide(WEAKEST, evidence, _line(), budget=1.0)
    assert isinstance(verdict, Undecided) and verdict.check == 3
    with pytest.raises(MalformedCertificate, match="constant"):
        Claim(0.0)
