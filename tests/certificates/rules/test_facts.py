"""The numbers that a verdict shows beside what is proved: each holds, and is close to what float64 finds by itself."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest

from certificates import Accepted, decide
from certificates.claims import negative_curvature, optimality_gap, second_order_stationary
from tests.support import quadratic as naive
from tests.support.naive import forward, jacobian, parameters, random_network
from tests.support.planted import random_planted
from verify.proposals.gradient_dominance import propose as propose_dominance
from verify.proposals.optimality_gap import propose as propose_gap
from verify.proposals.orbit_convergence import propose as propose_orbit
from verify.proposals.second_order_stationary import propose as propose_point
from verify.proposals.zero_loss_convergence import propose as propose_trapping

BOTH = pytest.mark.parametrize("arithmetic", ["fast", "arb"])
SCALES = pytest.mark.parametrize("scale", [None, Fraction(3)])
CLOSE = 1e-7


def _facts(verdict):
    assert isinstance(verdict, Accepted), verdict
    return {fact.symbol: fact for fact in verdict.facts}


def _holds(fact, truth, *, close=CLOSE):
    """The truth lies between the ends, and every finite end that is not a bare 0 is near it."""
    room = 1e-11 * (1 + abs(truth))
    assert fact.lower - room <= truth <= fact.upper + room, fact
    ends = [end for end in (fact.lower, fact.upper) if math.isfinite(end) and end != 0]
    assert (ends or truth == 0) and all(abs(end - truth) <= close * abs(truth) + 1e-9 for end in ends), (fact, truth)


def _holds_exactly(fact, truth: Fraction):
    """The rational truth lies between the ends, to the last bit."""
    assert Fraction(fact.lower) <= truth <= Fraction(fact.upper), fact
    assert fact.upper - fact.lower <= CLOSE * float(abs(truth))


@pytest.fixture(scope="module", params=["positive", "mixed"])
def quadratic(request):
    problem = naive.random_problem(np.random.default_rng(2), 3, 2, 12, request.param, gain=0.5)
    w, v = problem.layers[0].weight, problem.layers[1].weight[0]
    return w, v, problem.inputs, problem.given_targets[:, 0]


@pytest.fixture(scope="module")
def best(quadratic):
    """What descent finds, in the scaling of L."""
    return naive.loss(naive.trained(naive.network_problem(*quadratic)).layers[0].weight, *quadratic[1:])


def _scaled(quadratic, scale):
    """The problem, and f/L: f = s‖·‖² and L = ‖·‖²/(2n), as a rational and a double."""
    problem = naive.network_problem(*quadratic, scale)
    return problem, 2 * len(quadratic[2]) * problem.objective.loss.scale


@BOTH
@SCALES
def test_facts_about_an_optimality_gap(quadratic, best, scale, arithmetic):
    problem, ratio = _scaled(quadratic, scale)
    factor = float(ratio)
    evidence = propose_gap(problem).evidence
    facts = _facts(decide(optimality_gap.Claim(1e300), evidence, problem, arithmetic=arithmetic))
    loss = factor * naive.loss(*quadratic)
    _holds_exactly(facts["f(W)"], ratio * naive.exact_loss(*quadratic))
    _holds(facts["‖∇f(W)‖"], factor * float(np.linalg.norm(naive.gradient(*quadratic))))
    gap = facts["f(W) − inf f"].upper
    assert facts["inf f"].lower == pytest.approx(loss - gap, rel=CLOSE) and facts["inf f"].upper >= loss * (1 - 1e-11)
    assert facts["inf f"].lower <= factor * best * (1 + 1e-9)


@BOTH
@SCALES
def test_facts_about_a_second_order_point(quadratic, best, scale, arithmetic):
    problem, ratio = _scaled(quadratic, scale)
    factor = float(ratio)
    evidence = propose_point(problem).evidence
    claim = second_order_stationary.Claim(1e300, 1e300, 1e300)
    verdict = decide(claim, evidence, problem, arithmetic=arithmetic)
    facts, values = _facts(verdict), np.linalg.eigvalsh(naive.force(*quadratic))
    loss = factor * naive.loss(*quadratic)
    _holds_exactly(facts["f(W)"], ratio * naive.exact_loss(*quadratic))
    _holds(facts["‖∇f(W)‖"], factor * float(np.linalg.norm(naive.gradient(*quadratic))))
    _holds(facts["−λ_min(G)"], max(0.0, -float(values[0])), close=1e-3)
    _holds(facts["λ_max(G)"], max(0.0, float(values[-1])), close=1e-3)
    curvature = max(0.0, -factor * float(np.linalg.eigvalsh(naive.hessian(*quadratic))[0]))
    assert facts["ε_H"].upper >= curvature * (1 - 1e-5)
    rows = [fact for fact in verdict.facts if fact.symbol == "gap"]
    assert rows and all(row.upper >= (loss - factor * best) * (1 - 1e-9) for row in rows)
    assert min(row.upper for row in rows) == pytest.approx(verdict.proved.gap, rel=1e-12)


@BOTH
@SCALES
def test_facts_about_negative_curvature(quadratic, scale, arithmetic):
    problem, ratio = _scaled(quadratic, scale)
    factor = float(ratio)
    w, v, x, y = quadratic
    direction = np.linalg.eigh(naive.hessian(w, v, x, y))[1][:, 0].reshape(w.shape)
    left, _, right = np.linalg.svd(direction)
    u, b = left[:, 0], right[0]
    evidence = negative_curvature.Evidence(tuple(u.tolist()), tuple(b.tolist()), 0.125)
    verdict = decide(negative_curvature.Claim(5e-324, 1e300, 0.0), evidence, problem, arithmetic=arithmetic)
    facts, move = _facts(verdict), np.outer(u, b)
    _holds_exactly(facts["f(W)"], ratio * naive.exact_loss(*quadratic))
    _holds(facts["‖∇f(W)‖"], factor * float(np.linalg.norm(naive.gradient(w, v, x, y))))
    after = naive.exact_loss_at(w, evidence.units, evidence.inputs, Fraction(1, 8), v, x, y)
    _holds_exactly(facts["f(W) − f(W + tU)"], ratio * (naive.exact_loss(*quadratic) - after))
    form = move.ravel() @ naive.hessian(w, v, x, y) @ move.ravel()
    curvature = facts["−D²f[U, U]/‖U‖²"]  # against differences of gradients
    assert curvature.lower == pytest.approx(-factor * form, rel=1e-6) == curvature.upper


@BOTH
def test_facts_about_trapping(arithmetic):
    network = random_network(np.random.default_rng(1), (4, 24, 1), 6, residual=1e-5)
    found = propose_trapping(network)
    facts = _facts(decide(found.claim, found.evidence, network, arithmetic=arithmetic))
    w = parameters(network)
    singular = np.linalg.svd(jacobian(network, w, "tanh"), compute_uv=False)
    _holds(facts["N"], 6.0)
    _holds(facts["p"], float(len(w)))
    residual = float(np.linalg.norm(forward(network, w, "tanh") - network.targets))
    _holds(facts["‖e₀‖"], residual)
    _holds(facts["criterion left"], residual)
    _holds(facts["λ_min(K)"], float(singular[-1] ** 2), close=1e-2)
    _holds(facts["σ₀"], float(singular[-1]), close=1e-2)
    _holds(facts["λ_max(K)"], float(singular[0] ** 2), close=0.2)
    _holds(facts["S₀"], float(singular[0]), close=0.2)
    assert facts["β(0)"].upper < facts["β(r)"].upper
    assert 0 < facts["σ(r)"].lower < facts["σ₀"].lower and facts["criterion right"].lower > residual
    # the Hessian of f on the way is at most L: at w itself, Gauss–Newton and a part of the size of the residual
    assert facts["L"].upper >= 2 * float(network.objective.loss.scale) * singular[0] ** 2 * (1 - 1e-9)


@BOTH
def test_facts_about_an_orbit(arithmetic):
    """𝒬(H) = (1/m)Σ(x_iᵀHᵀW°x_i)² on H with HW°ᵀ symmetric; c₄ from below by directions."""
    rng = np.random.default_rng(1)
    network = random_planted(rng, 4, 2, 400)
    found = propose_orbit(network, step_size=Fraction(1, 100))
    facts = _facts(decide(found.claim, found.evidence, network, arithmetic=arithmetic))
    planted, x = network.teacher[0].weight, network.inputs
    rows = np.array([np.outer(planted @ row, row).ravel() for row in x])
    form = rows.T @ rows / len(x)
    turn = (np.array([[0.0, 1.0], [-1.0, 0.0]]) @ planted).ravel()
    turn /= np.linalg.norm(turn)
    across = np.linalg.svd(np.eye(form.shape[0]) - np.outer(turn, turn))[0][:, :-1]
    _holds(facts["λ"], float(np.linalg.eigvalsh(across.T @ form @ across)[0]), close=1e-2)
    _holds(facts["Λ"], float(np.linalg.eigvalsh(form)[-1]), close=1e-2)
    directions = rng.normal(size=(4_000, 4))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    fourth = float(np.max(np.mean((directions @ x.T) ** 4, axis=1)))
    assert fourth <= facts["c₄"].upper <= 2 * fourth
    _holds(facts["μ"], 0.01)
    assert facts["h₀"].lower == pytest.approx(math.sqrt(facts["λ"].lower / facts["c₄"].upper), rel=1e-9)


def test_the_path_of_gradient_dominance_is_in_the_facts():
    """2√(2f(W₀)/μ), as long as descent is claimed."""
    rng = np.random.default_rng(8)
    problem = naive.random_problem(rng, 4, 3, 3, noise=0.0, gain=2.0)
    w, v, x = problem.layers[0].weight, problem.layers[1].weight[0], problem.inputs
    y = naive.residual(w, v, x, np.zeros(3)) + 1e-3 * rng.normal(size=3)
    near = naive.network_problem(w, v, x, y)
    found = propose_dominance(near)
    facts = _facts(found.verdict)
    path = facts["2√(2f(W_0)/μ)"].upper
    constant = found.verdict.proved.constant
    assert path == pytest.approx(2 * math.sqrt(2 * naive.loss(w, v, x, y) / constant), rel=1e-6)
