"""The rule of radial trapping: honest claims pass, every stronger, tampered or hopeless one does not."""

from __future__ import annotations

import math
from dataclasses import fields, replace
from fractions import Fraction
from types import SimpleNamespace
from typing import get_args

import numpy as np
import pytest
from flint import arb

from certificates import Accepted, Dense, Network, Rejected, Undecided, decide
from certificates.checks import solvable
from certificates.checks.outcome import Refusal
from certificates.claims.zero_loss_convergence import Claim, Evidence
from certificates.enclosures.networks.curvature import CURVATURE_FORMS
from certificates.expression import parse_activation
from certificates.language.curvature_forms import CurvatureForm
from certificates.language.parts import Origin
from certificates.rules import zero_loss_convergence as rule
from certificates.subjects import ActivationProblem, Objective, Squared
from certificates.theorems.trapping import Trapping
from tests.support.naive import forward, jacobian, parameters, random_network
from verify.proposals.zero_loss_convergence import propose
from verify.search.estimates import estimates


@pytest.fixture(scope="module")
def honest():
    network = random_network(np.random.default_rng(1), (4, 24, 1), 6, residual=1e-5)
    found = propose(network)
    assert isinstance(found.verdict, Accepted), found.verdict.explanation()
    return network, found.claim, found.evidence


def test_an_honest_claim_is_accepted_on_both_arithmetics(honest):
    network, claim, evidence = honest
    for arithmetic in ("fast", "arb"):
        verdict = decide(claim, evidence, network, arithmetic=arithmetic)
        assert isinstance(verdict, Accepted) and not verdict.conditional
        assert verdict.arithmetic == arithmetic and verdict.ledger


WEAKER = {"radius": 2.0, "step_size_max": 0.5, "decrease_rate": 0.5, "distance_factor": 2.0}


@pytest.mark.parametrize("name", sorted(WEAKER))
def test_weakening_any_one_field_is_accepted(honest, name):
    network, claim, evidence = honest
    weaker = replace(claim, **{name: getattr(claim, name) * WEAKER[name]})
    assert isinstance(decide(weaker, evidence, network), Accepted)


@pytest.mark.parametrize("name", sorted(WEAKER))
def test_what_is_proved_is_accepted_and_one_ulp_more_is_not(honest, name):
    network, claim, evidence = honest
    proved = decide(claim, evidence, network).proved
    assert isinstance(decide(proved, evidence, network), Accepted)
    stronger_end = -math.inf if WEAKER[name] > 1 else math.inf
    stronger = replace(proved, **{name: math.nextafter(getattr(proved, name), stronger_end)})
    verdict = decide(stronger, evidence, network)
    assert isinstance(verdict, Undecided) and verdict.check == 8 and name in verdict.reason


@pytest.mark.parametrize("name", sorted(WEAKER))
@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_claims_that_are_not_finite_are_not_accepted(honest, name, value):
    network, claim, evidence = honest
    assert not isinstance(decide(replace(claim, **{name: value}), evidence, network), Accepted)


def test_gradient_descent_obeys_the_certificate(honest):
    network, claim, _ = honest
    rng = np.random.default_rng(2)
    scale, start = float(network.objective.loss.scale), parameters(network)
    w, steps = start.copy(), 300
    for _ in range(steps):
        error = (forward(network, w, "tanh") - network.targets).T.ravel()
        loss = scale * error @ error
        eta = claim.step_size_max * rng.uniform(0.5, 1)
        w = w - eta * 2 * scale * jacobian(network, w, "tanh").T @ error
        after = (forward(network, w, "tanh") - network.targets).ravel()
        assert np.linalg.norm(w - start) <= claim.radius
        assert scale * after @ after <= (1 - claim.decrease_rate * eta) * loss + 1e-30


TAMPERED = {
    "trapping_radius": lambda e: replace(e, trapping_radius=e.trapping_radius / 2),
    "epsilon above one": lambda e: replace(e, epsilon=1.0),
    "epsilon zero": lambda e: replace(e, epsilon=0.0),
    "epsilon NaN": lambda e: replace(e, epsilon=math.nan),
    "empty grid": lambda e: replace(e, grid=()),
    "grid not increasing": lambda e: replace(e, grid=(e.grid[-1], e.grid[0], e.grid[-1])),
    "grid with NaN": lambda e: replace(e, grid=(math.nan, *e.grid[1:])),
    "grid from a negative node": lambda e: replace(e, grid=(-1.0, *e.grid)),
    "grid with too many nodes": lambda e: replace(e, grid=tuple(e.grid[-1] * (k + 1) / 257 for k in range(257))),
    "grid longer than the radius": lambda e: replace(e, grid=(*e.grid, 2 * e.grid[-1])),
    "shift above the spectrum": lambda e: replace(e, kernel_shift_lower=2 * e.kernel_shift_lower),
    "shift NaN": lambda e: replace(e, kernel_shift_lower=math.nan),
    "negative shift": lambda e: replace(e, kernel_shift_lower=-1.0),
    "upper shift below the spectrum": lambda e: replace(e, kernel_shift_upper=e.kernel_shift_upper / 2),
    "upper shift infinite": lambda e: replace(e, kernel_shift_upper=math.inf),
    "unknown curvature": lambda e: replace(e, curvature="none"),
}


@pytest.mark.parametrize("name", sorted(TAMPERED))
@pytest.mark.parametrize("arithmetic", ["fast", "arb"])
def test_tampered_evidence_is_not_accepted(honest, name, arithmetic):
    network, claim, evidence = honest
    verdict = decide(claim, TAMPERED[name](evidence), network, arithmetic=arithmetic)
    assert not isinstance(verdict, Accepted) and verdict.check in (2, 6)
    assert isinstance(verdict, Rejected) or verdict.check != 2


@pytest.mark.parametrize("curvature", ["one-hidden-layer", "another"])
def test_a_curvature_bound_for_other_networks_is_rejected(honest, curvature):
    _, claim, evidence = honest
    deep = random_network(np.random.default_rng(1), (4, 5, 5, 1), 6)
    verdict = decide(claim, replace(evidence, curvature=curvature), deep)
    assert isinstance(verdict, Rejected) and verdict.check == 2


def test_an_inflated_radius_lets_the_jacobian_degenerate(honest):
    network, claim, evidence = honest
    huge = 1e3
    inflated = replace(evidence, trapping_radius=huge, grid=(huge,))
    verdict = decide(replace(claim, radius=huge), inflated, network)
    assert isinstance(verdict, Undecided) and verdict.check == 7


def test_evidence_of_another_problem_is_not_accepted(honest):
    _, claim, evidence = honest
    other = random_network(np.random.default_rng(9), (4, 24, 1), 6, residual=1e-2)
    assert not isinstance(decide(claim, evidence, other), Accepted)


def test_another_activation_is_not_accepted(honest):
    network, claim, evidence = honest
    other = replace(network, activations=(parse_activation("sigmoid"),))
    assert not isinstance(decide(claim, evidence, other), Accepted)


def test_flipped_targets_are_not_accepted(honest):
    network, claim, evidence = honest
    verdict = decide(claim, evidence, replace(network, targets=-network.targets))
    assert isinstance(verdict, Undecided) and verdict.check == 7 and "polish" in verdict.advice


# ---- refusals that say why --------------------------------------------------------------------------------------


def _refusal(network):
    verdict = propose(network).verdict
    assert not isinstance(verdict, Accepted)
    return verdict


def test_identical_samples_with_different_targets_are_rejected():
    network = random_network(np.random.default_rng(3), (3, 20, 1), 4)
    inputs = network.inputs.copy()
    inputs[2] = inputs[0]
    verdict = _refusal(replace(network, inputs=inputs))
    assert isinstance(verdict, Rejected) and verdict.check == 3 and "samples 0 and 2" in verdict.reason


def test_signed_zeros_do_not_hide_identical_samples():
    network = random_network(np.random.default_rng(3), (3, 20, 1), 4)
    inputs = network.inputs.copy()
    inputs[1] = 0.0
    inputs[3] = -0.0
    verdict = _refusal(replace(network, inputs=inputs))
    assert verdict.check == 3 and "samples 1 and 3" in verdict.reason


def test_nearly_identical_samples_are_not_accepted():
    network = random_network(np.random.default_rng(3), (3, 20, 1), 4)
    inputs = network.inputs.copy()
    inputs[2] = np.nextafter(inputs[0], 10)
    assert _refusal(replace(network, inputs=inputs)).check in (6, 7)


def test_more_equations_than_parameters_are_rejected():
    verdict = _refusal(random_network(np.random.default_rng(4), (2, 2, 1), 40))
    assert isinstance(verdict, Rejected) and verdict.check == 1 and "N = 40" in verdict.seen


@pytest.mark.parametrize("trained", [(True, False), (True, True)])
def test_dead_hidden_units_are_not_accepted(trained):
    """Frozen zero output weights: K = 0. Trained: K has rank one."""
    network = random_network(np.random.default_rng(5), (3, 20, 1), 4, bias=False)
    dead = (Dense(np.zeros((20, 3)), None, trained[0]), Dense(np.zeros((1, 20)), None, trained[1]))
    verdict = _refusal(replace(network, layers=dead))
    assert verdict.check == 6


@pytest.mark.parametrize("name", ["relu", "leaky_relu(1/100)", "elu(1/2)"])
def test_activations_with_a_jump_in_the_slope_are_refused(name):
    network = random_network(np.random.default_rng(6), (3, 20, 1), 4)
    verdict = _refusal(replace(network, activations=(parse_activation(name),)))
    assert verdict.check == 4 and "jumps" in verdict.reason


@pytest.mark.parametrize(
    "name",
    ["gelu", "softsign", "elu(1)", "squared_relu", "quadratic", "z*tanh(log(1+exp(z)))", "softplus(2)", "sin"],
)
def test_lipschitz_gradients_are_enough(name):
    base = random_network(np.random.default_rng(7), (6, 40, 1), 4, "tanh", bias=True)
    blank = replace(base, activations=(parse_activation(name),))
    found = propose(_with_own_outputs(blank))
    assert isinstance(found.verdict, Accepted), found.verdict.explanation()


def _with_own_outputs(network: Network) -> Network:
    """Targets equal to the rounded outputs: the residual is of the size of the rounding errors."""
    from verify.numeric.mlp import FloatNetwork

    net = FloatNetwork(network)
    return replace(network, targets=np.ascontiguousarray(net.residual(net.initial()) + network.targets))


def test_too_large_a_residual_names_the_numbers():
    verdict = _refusal(random_network(np.random.default_rng(8), (4, 24, 1), 6, residual=10.0))
    assert verdict.check == 7 and "‖e‖" in verdict.required and "λ_min(K)" in verdict.seen


def test_work_beyond_the_budget_is_undecided_with_the_estimate(honest):
    network, claim, evidence = honest
    verdict = decide(claim, evidence, network, budget=1e8)
    assert isinstance(verdict, Undecided) and verdict.check == 5 and "operations" in verdict.seen


@pytest.mark.parametrize("weights", [[[1.0], [1.0]], [[1.0], [2.0]]])
@pytest.mark.parametrize("arithmetic", ["fast", "arb"])
def test_a_residual_that_is_zero_up_to_rounding_proves_on_both_arithmetics(weights, arithmetic):
    """tanh(1) − tanh(1) + ½ − ½, enclosed by a ball around 0, has a norm."""
    layers = (Dense(np.array(weights), None), Dense(np.array([[1.0, -1.0]]), np.array([0.5])))
    targets = np.array([[0.5]]) if weights[0] == weights[1] else np.array([[math.tanh(1) - math.tanh(2) + 0.5]])
    network = Network(
        layers, (parse_activation("tanh"),), np.array([[1.0]]), targets, Objective(Squared(Fraction(1, 2)))
    )
    claim, evidence = Claim(0.1, 5e-324, 0.0, 1e300), Evidence(0.1, 0.5, (0.1,), 1.0, 20.0, "one-hidden-layer")
    assert isinstance(decide(claim, evidence, network, arithmetic=arithmetic), Accepted)


@pytest.mark.parametrize("form", ["recursion", "adjoint", "sample-centre"])
@pytest.mark.parametrize("arithmetic", ["fast", "arb"])
def test_previous_bug_02_a_norm_beyond_the_doubles_is_not_zero(form, arithmetic):
    """2 tanh does not reach 4; with ‖W₂‖ = 2⁵²⁰ taken for 0, the Jacobian of 2 tanh(W₂w) seemed to be constant."""
    big = 2.0**520
    weights = {1.0: True, big: False, 2.0: False}
    layers = tuple(Dense(np.array([[weight]]), None, trained) for weight, trained in weights.items())
    activations = (parse_activation("z"), parse_activation("tanh"))
    network = Network(layers, activations, np.array([[1 / big]]), np.array([[4.0]]), Objective(Squared(Fraction(1, 2))))
    claim, evidence = Claim(10.0, 1e-3, 0.0, 1e300), Evidence(10.0, 0.5, (10.0,), 0.7, 0.71, form)
    assert isinstance(decide(claim, evidence, network, arithmetic=arithmetic), Undecided)


@pytest.mark.parametrize("form", ["recursion", "adjoint", "sample-centre"])
@pytest.mark.parametrize("arithmetic", ["fast", "arb"])
def test_previous_bug_12_a_form_whose_eigenvector_floats_do_not_find_is_no_crash(form, arithmetic):
    """An entry of 1.2e308 in the form of β: LAPACK got twice that, which is infinite, and did not converge."""
    layers = tuple(Dense(np.array([[weight]]), None) for weight in (1e-308, 1.0, 1e-200))
    network = Network(
        layers,
        (parse_activation("z"),) * 2,
        np.array([[1.2e308]]),
        np.array([[1e-200]]),
        Objective(Squared(Fraction(1))),
    )
    tangent = (1e-200 * 1.2e308) ** 2
    evidence = Evidence(1e-320, 0.5, (1e-320,), tangent / 10, 2 * tangent, form)
    assert isinstance(decide(Claim(1e308, 5e-324, 0.0, 1e308), evidence, network, arithmetic=arithmetic), Undecided)


def test_huge_numbers_are_undecided_not_wrong():
    network = random_network(np.random.default_rng(10), (3, 20, 1), 4)
    huge = replace(network, inputs=network.inputs * 1e200)
    verdict = _refusal(huge)
    assert isinstance(verdict, Undecided)


def test_subnormal_weights_are_not_accepted_as_positive():
    network = random_network(np.random.default_rng(11), (3, 20, 1), 4, bias=False)
    tiny = (Dense(network.layers[0].weight * 1e-310, None), Dense(network.layers[1].weight * 1e-310, None))
    assert not isinstance(propose(replace(network, layers=tiny)).verdict, Accepted)


@pytest.mark.parametrize("step", [0.0, -0.0, -5e-324, -math.inf])
def test_a_claim_about_no_step_is_rejected(honest, step):
    network, claim, evidence = honest
    verdict = decide(replace(claim, step_size_max=step), evidence, network)
    assert isinstance(verdict, Rejected) and verdict.check == 2
    assert isinstance(decide(replace(claim, step_size_max=5e-324), evidence, network), Accepted)


# ---- origin -----------------------------------------------------------------------------------------------------


def _moved(network, by):
    first = Dense(network.layers[0].weight + by, network.layers[0].bias, network.layers[0].trained)
    return replace(network, layers=(first, *network.layers[1:]))


def test_the_distance_to_the_origin_is_checked(honest):
    network, claim, evidence = honest
    origin, name = _moved(network, 0.25), "0" * 64
    truth = 0.25 * math.sqrt(network.layers[0].weight.size)
    near = replace(claim, origin=Origin(name, "given.safetensors", truth * (1 + 1e-9)))
    assert isinstance(decide(near, evidence, network, origin=origin), Accepted)
    too_near = replace(claim, origin=Origin(name, "given.safetensors", truth * (1 - 1e-9)))
    verdict = decide(too_near, evidence, network, origin=origin)
    assert isinstance(verdict, Undecided) and verdict.check == 8 and "origin.distance" in verdict.reason


@pytest.mark.parametrize("arithmetic", ["fast", "arb"])
def test_the_distance_that_is_proved_is_never_below_the_exact_one(honest, arithmetic):
    network, claim, evidence = honest
    for by in (0.25, 0.1, 1 / 3) if arithmetic == "fast" else (1 / 3,):
        origin = _moved(network, by)
        pairs = zip(network.layers[0].weight.ravel(), origin.layers[0].weight.ravel(), strict=True)
        square = sum((Fraction(float(a)) - Fraction(float(b))) ** 2 for a, b in pairs)
        stated = replace(claim, origin=Origin("0" * 64, "o", 1e9))
        proved = decide(stated, evidence, network, origin=origin, arithmetic=arithmetic).proved.origin.distance
        assert square <= Fraction(proved) ** 2 <= square * (1 + Fraction(1, 10**9 if arithmetic == "fast" else 2**50))


@pytest.mark.parametrize("change", ["targets", "inputs", "objective", "activations", "missing"])
def test_an_origin_that_is_another_problem_is_rejected(honest, change):
    network, claim, evidence = honest
    values = {
        "targets": network.targets + 1,
        "inputs": network.inputs + 1,
        "objective": Objective(Squared(Fraction(1, 3))),
        "activations": (parse_activation("sin"),),
    }
    origin = None if change == "missing" else replace(network, **{change: values[change]})
    verdict = decide(replace(claim, origin=Origin("0" * 64, "o", 1e9)), evidence, network, origin=origin)
    assert isinstance(verdict, Rejected) and verdict.check == 9


def test_an_origin_with_other_frozen_weights_is_rejected():
    network = random_network(np.random.default_rng(12), (4, 30, 1), 4, trained=(True, False), residual=1e-6)
    found = propose(network)
    assert isinstance(found.verdict, Accepted)
    last = Dense(network.layers[1].weight * 2, network.layers[1].bias, False)
    other = replace(network, layers=(network.layers[0], last))
    claim = replace(found.claim, origin=Origin("0" * 64, "o", 1e9))
    verdict = decide(claim, found.evidence, network, origin=other)
    assert isinstance(verdict, Rejected) and verdict.check == 9


def test_every_field_of_the_claim_has_a_direction(honest):
    _, claim, _ = honest
    undirected = [spec.name for spec in fields(claim) if "weaker" not in spec.metadata]
    assert undirected == ["origin", "by_distance"]


def test_planted_labels_are_refused_with_the_reason(honest):
    network, claim, evidence = honest
    planted = replace(network, targets=None, teacher=tuple(Dense(each.weight, None, False) for each in network.layers))
    verdict = decide(claim, evidence, planted)
    assert isinstance(verdict, Undecided) and verdict.check == 1 and "planted" in verdict.reason


def test_an_origin_with_planted_labels_is_another_problem(honest):
    network, claim, evidence = honest
    planted = replace(network, targets=None, teacher=tuple(Dense(each.weight, None, False) for each in network.layers))
    verdict = decide(replace(claim, origin=Origin("0" * 64, "o", 1e9)), evidence, network, origin=planted)
    assert isinstance(verdict, Rejected) and verdict.check == 9


def test_another_teacher_makes_another_problem(honest):
    from certificates.enclosures.networks.distance import differs_in_trained_weights_only

    network = honest[0]
    teacher = tuple(Dense(each.weight, None, False) for each in network.layers)
    other = (Dense(2 * teacher[0].weight, None, False), *teacher[1:])
    planted = replace(network, targets=None, teacher=teacher)
    assert differs_in_trained_weights_only(planted, replace(planted, teacher=tuple(teacher)))
    assert not differs_in_trained_weights_only(planted, replace(planted, teacher=other))


# ---- one weight: F(w) = w, K = 1, β = 0 ---------------------------------------------------------------------

LINE = Network(
    (Dense(np.array([[1.0]]), None), Dense(np.array([[1.0]]), None, False)),
    (parse_activation("z"),),
    np.array([[1.0]]),
    np.array([[1.0]]),
    Objective(Squared(Fraction(1, 2))),
)
DEEP = replace(LINE, layers=(LINE.layers[0], *LINE.layers[1:] * 2), activations=LINE.activations * 2)
ANYTHING = Claim(1e300, 5e-324, 0.0, 1e300)
FLAT = Evidence(0.5, 0.5, (0.5,), 0.75, 1.25, "one-hidden-layer")
OUTCOMES = {
    "as many equations as parameters": (LINE, FLAT, Accepted, 0),
    "256 nodes": (LINE, replace(FLAT, grid=tuple(k / 512 for k in range(1, 257))), Accepted, 0),
    "a recursion for two layers": (LINE, replace(FLAT, curvature="recursion"), Accepted, 0),
    "a recursion for three": (DEEP, replace(FLAT, curvature="recursion"), Accepted, 0),
    "one hidden layer for three": (DEEP, FLAT, Rejected, 2),
    "units for two layers": (LINE, replace(FLAT, curvature="per-unit"), Accepted, 0),
    "units for three": (DEEP, replace(FLAT, curvature="per-unit"), Rejected, 2),
    "the centre for three": (DEEP, replace(FLAT, curvature="sample-centre"), Accepted, 0),
    "the centre for two": (LINE, replace(FLAT, curvature="sample-centre"), Rejected, 2),
    "the centre where φ'' jumps": (
        replace(DEEP, activations=(parse_activation("elu"),) * 2),
        replace(FLAT, curvature="sample-centre"),
        Undecided,
        4,
    ),
    "no form": (LINE, replace(FLAT, curvature="none"), Rejected, 2),
    "λ_min ≥ 0 only": (LINE, replace(FLAT, kernel_shift_lower=0.0), Undecided, 6),
    "λ_min below 0": (LINE, replace(FLAT, kernel_shift_lower=-0.5625), Undecided, 6),
    "no λ_min": (LINE, replace(FLAT, kernel_shift_lower=2.0), Undecided, 6),
    "no λ_max": (LINE, replace(FLAT, kernel_shift_upper=0.5), Undecided, 6),
    "ε = 0": (LINE, replace(FLAT, epsilon=0.0), Rejected, 2),
    "ε < 0": (LINE, replace(FLAT, epsilon=-0.5), Rejected, 2),
    "ε = 1": (LINE, replace(FLAT, epsilon=1.0), Rejected, 2),
    "ε > 1": (LINE, replace(FLAT, epsilon=1.5), Rejected, 2),
    "no nodes": (LINE, replace(FLAT, grid=(), trapping_radius=0.0), Rejected, 2),
    "a node twice": (LINE, replace(FLAT, grid=(0.5, 0.5)), Rejected, 2),
    "a node at 0": (LINE, replace(FLAT, grid=(0.0, 0.5)), Rejected, 2),
    "a node back": (LINE, replace(FLAT, grid=(0.25, 0.75, 0.5)), Rejected, 2),
    "a node beyond the radius": (LINE, replace(FLAT, grid=(0.5, 0.75)), Rejected, 2),
    "an infinite radius": (LINE, replace(FLAT, grid=(math.inf,), trapping_radius=math.inf), Rejected, 2),
    "a shift that is no number": (LINE, replace(FLAT, kernel_shift_upper=math.nan), Rejected, 2),
}


@pytest.mark.parametrize("name", OUTCOMES)
def test_every_evidence_has_its_outcome(name):
    problem, evidence, kind, check = OUTCOMES[name]
    verdict = decide(ANYTHING, evidence, problem, arithmetic="arb")
    assert isinstance(verdict, kind) and (kind is Accepted or verdict.check == check), verdict.explanation()


def test_every_number_of_one_weight_by_hand():
    """σ₀² = 3/4 and S₀² = 5/4 by the shifts, e = 0: L = 2sS₀², η = 2ε/L, κ = 4s(1 − ε)σ², c = 1/((1 − ε)σ)."""
    verdict = decide(ANYTHING, FLAT, LINE, arithmetic="arb")
    near, sigma = pytest.approx, 0.75**0.5
    assert verdict.proved == Claim(0.5, near(0.8), near(0.75), near(2 / sigma))
    ends = {fact.symbol: (fact.lower, fact.upper) for fact in verdict.facts}
    assert ends["N"] == ends["p"] == (1.0, 1.0) and ends["λ_min(K)"] == (0.75, math.inf)
    assert ends["λ_max(K)"] == (0.0, 1.25) and ends["‖e₀‖"] == ends["criterion left"] == (0.0, 0.0)
    assert ends["σ₀"] == ends["σ(r)"] == (near(sigma), math.inf) and ends["S₀"] == (0.0, near(1.25**0.5))
    assert ends["criterion right"] == (near(sigma / 4), math.inf) and ends["L"] == (0.0, near(1.25))


def test_every_number_enters_by_its_weak_end(monkeypatch):
    """Wide balls for what is enclosed."""
    whole = [arb(value, 1) for value in (4, 8, 2, 9, 3, 5, 7)]
    monkeypatch.setattr(rule, "trap", lambda *_: Trapping(whole[0], whole[1], *whole[2:]))
    monkeypatch.setattr(rule, "_check_kernel", lambda *_: (arb(4, 1), arb(9, 1)))
    monkeypatch.setattr(rule, "curvature", lambda point, activations, node, form: arb(node + 2, 1))
    near = pytest.approx
    verdict = decide(ANYTHING, replace(FLAT, grid=(0.25, 0.5)), LINE)
    assert verdict.proved == Claim(0.5, near(2.0), near(4.0), near(8.0))
    above = {"‖e₀‖": 5, "λ_max(K)": 10, "S₀": 10**0.5, "β(0)": 3, "β(r)": 3.5, "criterion left": 5, "L": 10}
    below = {"λ_min(K)": 3, "σ₀": 3**0.5, "σ(r)": 1, "criterion right": 7}
    ends = {fact.symbol: (fact.lower, fact.upper) for fact in verdict.facts}
    assert all(ends[name] == (0.0, near(value)) for name, value in above.items()), ends
    assert all(ends[name] == (near(value), math.inf) for name, value in below.items()), ends


def test_what_is_missing_for_the_criterion_is_said():
    """λ_min(K)/2β(0) = 12/4: how large the residual may be about."""
    trapping = Trapping(*(arb(value) for value in (4, 3, 1, 1, 1, 1, 1)))
    with pytest.raises(Refusal) as caught:
        rule._check_criterion(trapping, arb(12), arb(2), (), None)
    assert caught.value.check == 7 and not caught.value.certain
    assert "λ_min(K)/2β(0) = 3" in caught.value.fields["seen"]


@pytest.mark.parametrize(("certain", "kind"), [(True, Rejected), (False, Undecided)])
def test_a_slope_that_jumps_is_rejected_one_that_may_jump_undecided(monkeypatch, certain, kind):
    found = SimpleNamespace(is_certainly_c11=False, is_certainly_not_c11=certain, reason="a kink")
    monkeypatch.setattr(solvable, "smoothness", lambda activation: found)
    verdict = decide(ANYTHING, FLAT, LINE)
    assert isinstance(verdict, kind) and verdict.check == 4


def test_samples_that_are_near_are_not_the_same():
    apart = replace(LINE, inputs=np.array([[1e-20], [2e-20]]), targets=np.zeros((2, 1)))
    solvable.require_different_inputs(3, apart)
    with pytest.raises(Refusal, match="samples 0 and 1 have identical inputs"):
        solvable.require_different_inputs(3, replace(apart, inputs=np.array([[0.0], [-0.0]])))


@pytest.mark.parametrize(
    ("network", "form"),
    [(DEEP, "recursion"), (DEEP, "adjoint"), (DEEP, "sample-centre"), (LINE, "one-hidden-layer"), (LINE, "per-unit")],
)
def test_norms_are_charged_where_they_are_needed(monkeypatch, network, form):
    seen, charge = [], rule.network_workload

    def watched(problem, **wanted):
        seen.append(wanted)
        return charge(problem, **wanted)

    monkeypatch.setattr(rule, "network_workload", watched)
    decide(ANYTHING, replace(FLAT, curvature=form), network)
    norms = {"adjoint": ("jacobians",), "sample-centre": ("jacobians", "hessians"), "per-unit": ("units",)}
    assert seen == [{"norms": norms.get(form, ()), "curvatures": 2}]


@pytest.mark.parametrize("origin", [None, ActivationProblem(parse_activation("z"))])
def test_an_origin_that_is_no_network_is_rejected(origin):
    claim = replace(ANYTHING, origin=Origin("0" * 64, "o", 1e9))
    verdict = decide(claim, FLAT, LINE, origin=origin)
    assert isinstance(verdict, Rejected) and verdict.check == 9


def test_the_fields_that_say_too_much_are_named_with_both_numbers():
    verdict = decide(replace(ANYTHING, radius=0.25), FLAT, LINE)
    assert verdict.check == 8 and verdict.required == "radius = 0.25" and verdict.seen == "radius = 0.5"


def test_evidence_can_name_every_bound_of_curvature_and_no_other():
    assert set(get_args(CurvatureForm)) == set(CURVATURE_FORMS)


def test_polished_weights_are_not_told_to_be_polished():
    trapping = Trapping(*(arb(value) for value in (4, 3, 1, 1, 1, 1, 1)))
    for origin, polishes in ((None, True), (Origin("0" * 64, "given.safetensors", 1.0), False)):
        with pytest.raises(Refusal) as caught:
            rule._check_criterion(trapping, arb(12), arb(2), (), origin)
        assert ("--polish" in caught.value.fields["advice"]) is polishes


# ---- by the distance to the nearest zero ----------------------------------------------------------------------------


def _along(direction: int, times: float) -> Network:
    """A residual of so many times what trapping admits, along an eigenvector of K."""
    network = random_network(np.random.default_rng(3), (4, 30, 1), 6, residual=0.0)
    slopes = jacobian(network, parameters(network), "tanh")
    vector = np.linalg.eigh(slopes @ slopes.T)[1][:, direction]
    return replace(network, targets=network.targets + times * estimates(network).needed * vector[:, None])


@pytest.fixture(scope="module")
def by_distance():
    found = propose(_along(-1, 2.0))
    assert isinstance(found.verdict, Accepted) and found.verdict.rule == "distance to the nearest zero"
    return found.problem, found.claim, found.evidence


def test_trapping_goes_first_and_the_verdict_says_which():
    found = propose(_along(-1, 0.5))
    assert found.verdict.rule == "radial trapping" and found.claim.by_distance is None
    assert propose(_along(0, 2.0)).verdict.check == 7  # along the smallest eigenvector neither does


def test_what_a_distance_proves_in_both_arithmetics(by_distance):
    network, claim, evidence = by_distance
    for arithmetic in ("fast", "arb"):
        assert isinstance(decide(claim, evidence, network, arithmetic=arithmetic), Accepted)
    assert "need not fall" in claim.sentence() and "P_k" in claim.sentence()


def test_descent_keeps_what_is_said_of_distances(by_distance):
    network, claim, _ = by_distance
    scale, start = float(network.objective.loss.scale), parameters(network)
    rng, w, left, visited = np.random.default_rng(0), start.copy(), 1.0, []
    for _ in range(400):
        e = (forward(network, w, "tanh") - network.targets).T.ravel()
        visited.append((w, np.linalg.norm(e), left))
        assert scale * e @ e <= claim.by_distance.loss_bound * left + 1e-30
        assert np.linalg.norm(w - start) <= claim.radius
        eta = claim.step_size_max * rng.uniform(0.5, 1)
        w, left = w - eta * 2 * scale * jacobian(network, w, "tanh").T @ e, left * (1 - eta * claim.decrease_rate)
    for at, norm, rest in visited[:300:20]:
        assert np.linalg.norm(at - w) <= claim.distance_factor * (norm + visited[-1][1])
        zero = at  # Newton's method of least norm: a zero that is no nearer than the nearest
        for _ in range(6):
            e = (forward(network, zero, "tanh") - network.targets).T.ravel()
            zero = zero - np.linalg.pinv(jacobian(network, zero, "tanh")) @ e
        assert np.linalg.norm(zero - at) <= 1.1 * claim.by_distance.distance_bound * np.sqrt(rest) + 1e-12


FIELDS_BY_DISTANCE = {"radius": 2.0, "step_size_max": 0.5, "decrease_rate": 0.5, "distance_factor": 2.0}


@pytest.mark.parametrize("name", [*FIELDS_BY_DISTANCE, "distance_bound", "loss_bound"])
def test_weaker_by_distance_is_accepted_and_one_ulp_more_is_not(by_distance, name):
    network, claim, evidence = by_distance
    proved = decide(claim, evidence, network).proved
    factor = FIELDS_BY_DISTANCE.get(name, 2.0)

    def changed(base, change):
        if name in FIELDS_BY_DISTANCE:
            return replace(base, **{name: change(getattr(base, name))})
        return replace(base, by_distance=replace(base.by_distance, **{name: change(getattr(base.by_distance, name))}))

    assert isinstance(decide(changed(claim, lambda x: x * factor), evidence, network), Accepted)
    end = 0.0 if factor > 1 else math.inf
    verdict = decide(changed(proved, lambda x: math.nextafter(x, end)), evidence, network)
    assert isinstance(verdict, Undecided) and verdict.check == 8 and name in verdict.reason


def test_a_distance_is_no_loss(by_distance, honest):
    """What is proved of distances says nothing of the loss at every step, and the other way round."""
    network, claim, evidence = by_distance
    for bent in ((replace(claim, by_distance=None), evidence), (claim, replace(evidence, by_distance=None))):
        verdict = decide(*bent, network)
        assert isinstance(verdict, Rejected) and verdict.check == 2 and "by_distance" in verdict.required
    trapped, told, trapping = honest
    assert decide(replace(told, by_distance=claim.by_distance), trapping, trapped).check == 2


@pytest.mark.parametrize(
    ("check", "changes"),
    [
        (2, {"step_size": 0.0}),
        (2, {"step_size": math.nan}),
        (2, {"step_size": math.inf}),
        (2, {"cells": 0}),
        (2, {"cells": 257}),
        (2, {"multipliers": ((0.0,) * 5,)}),
        (2, {"multipliers": ((math.nan,) * 6,)}),
        (7, {"multipliers": ((0.0,) * 6,)}),
        (7, {"step_size": 10.0}),
    ],
)
def test_distance_evidence_that_does_not_do(by_distance, check, changes):
    network, claim, evidence = by_distance
    bent = replace(evidence, by_distance=replace(evidence.by_distance, **changes))
    verdict = decide(claim, bent, network)
    assert not isinstance(verdict, Accepted) and verdict.check == check


@pytest.mark.parametrize("ball", [0.7, 100.0])
def test_another_ball(by_distance, ball):
    """Too small for the iterates, or so large that the network bends too much on it."""
    network, claim, evidence = by_distance
    radius = evidence.trapping_radius * ball
    assert decide(claim, replace(evidence, trapping_radius=radius, grid=(radius,)), network).check == 7


def test_one_cell_is_the_plain_theorem(by_distance):
    network, claim, evidence = by_distance
    single = replace(evidence, by_distance=replace(evidence.by_distance, cells=1))
    proved = [decide(replace(claim, decrease_rate=0.0), each, network).proved for each in (single, evidence)]
    assert proved[0].decrease_rate <= proved[1].decrease_rate


def test_other_targets_are_refused_by_distance(by_distance):
    network, claim, evidence = by_distance
    far = replace(network, targets=network.targets + 1.0)
    assert decide(claim, evidence, far).check == 7
