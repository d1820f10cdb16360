"""The rule of wide-gradient-dominance: sharp cases by hand, what is refused, and the weights in a ball."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from certificates import Accepted, Dense, Network, Rejected, Undecided, decide
from certificates.claims.wide_gradient_dominance import Claim, Evidence
from certificates.errors import MalformedCertificate
from certificates.expression import parse_activation
from certificates.subjects import Objective, Squared
from tests.support.wide import nearly_fitted, wide_net
from verify.numeric.mlp import FloatNetwork
from verify.proposals.wide_gradient_dominance import propose

TINY = 5e-324
BOTH = ["fast", "arb"]


def _line(*weights: float, scale: Fraction = Fraction(1, 2), activation: str = "identity") -> Network:
    """f = s(w_H ⋯ w_1 · 1 − 0)², one unit a layer."""
    layers = tuple(Dense(np.array([[w]]), None) for w in weights)
    hidden = (parse_activation(activation),) * (len(weights) - 1)
    return Network(layers, hidden, np.ones((1, 1)), np.zeros((1, 1)), Objective(Squared(scale)))


@pytest.mark.parametrize("arithmetic", BOTH)
@pytest.mark.parametrize("scale", [Fraction(1, 2), Fraction(3), Fraction(1, 1000)])
@pytest.mark.parametrize("way", ["samples", "layers"])
def test_the_constant_of_the_line_is_sharp(arithmetic, scale, way):
    """By the first of w = (2, 3, 5): f' = 2s w_3w_2 · 30, so f'²/f = 4s · 15² = 900 s."""
    shifts = {"samples": 224.99} if way == "samples" else {"layers": (8.9999, 24.9999)}
    verdict = decide(
        Claim(0, TINY), Evidence(0.9999, **shifts), _line(2.0, 3.0, 5.0, scale=scale), arithmetic=arithmetic
    )
    assert isinstance(verdict, Accepted)
    assert 0.999 * 900 * scale < Fraction(verdict.proved.constant) <= 900 * scale
    facts = {fact.symbol: fact for fact in verdict.facts}
    assert Fraction(facts["f(w₀)"].lower) <= 900 * scale <= Fraction(facts["f(w₀)"].upper)
    assert facts["‖∇f(w₀)‖"].upper == pytest.approx(float(2 * scale * 15 * 30), rel=1e-12)
    assert facts["‖∇f‖²/c"].upper == pytest.approx(float(900 * scale), rel=1e-3)
    assert facts["√(c f)"].lower == pytest.approx(float(2 * scale * 15 * 30), rel=1e-3)


@pytest.mark.parametrize("arithmetic", BOTH)
def test_the_ball_of_the_line_has_its_least_constant_at_its_edge(arithmetic):
    """On |w − (1, 3, 5)| ≤ 1 by layers: 4s · (3 − 1)²(5 − 1)²; the true least of w_2w_3 there is larger."""
    evidence = Evidence(0.9999999, None, (8.9999999, 24.9999999), 1.0)
    verdict = decide(Claim(0, TINY), evidence, _line(1.0, 3.0, 5.0), arithmetic=arithmetic)
    assert 0.999 * 128 < verdict.proved.constant <= 128 and verdict.proved.radius == 1.0
    frozen = _line(1.0, 3.0, 5.0)
    frozen = replace(frozen, layers=(frozen.layers[0], *(replace(each, trained=False) for each in frozen.layers[1:])))
    assert 0.999 * 450 < decide(Claim(0, TINY), evidence, frozen, arithmetic=arithmetic).proved.constant <= 450


def test_a_bound_that_is_lost_is_0_before_it_is_squared():
    """σ_min(W_2) − ρ = −6 and its square 36 is no bound."""
    verdict = decide(Claim(0, TINY), Evidence(0.99, None, (3.99, 24.99), 8.0), _line(1.0, 2.0, 5.0))
    assert isinstance(verdict, Undecided) and verdict.check == 7
    verdict = decide(Claim(0, TINY), Evidence(0.99, 3.9, None, 1e3), _line(1.0, 2.0))
    assert isinstance(verdict, Undecided) and verdict.check == 7


def test_a_bias_above_the_layer_is_no_part_of_what_lies_above():
    """With its bias column (0, 10⁶) the last layer would have a huge σ_min; J_i has none of it."""
    network = wide_net((2, 6, 3, 2), 4)
    last = network.layers[2]
    loud = replace(network, layers=(*network.layers[:2], replace(last, bias=np.array([1e6, -1e6]))))
    evidence = propose(network).evidence
    small, large = (decide(Claim(1, TINY), replace(evidence, radius=0.0), each) for each in (network, loud))
    assert small.proved.constant == pytest.approx(large.proved.constant, rel=1e-12)


@pytest.mark.parametrize("seed", range(3))
def test_no_weights_of_the_ball_have_less(seed):
    network = nearly_fitted(wide_net((2, 7, 3, 2), 4, seed=seed), 0.05)
    found = propose(network)
    layer = found.claim.layer
    verdict = decide(Claim(layer, TINY), replace(found.evidence, radius=1e-5), network)
    plain, rng, radius = FloatNetwork(network), np.random.default_rng(seed), verdict.proved.radius
    sizes = [each.parameter_count for each in network.layers]
    part = slice(sum(sizes[:layer]), sum(sizes[: layer + 1]))
    for _ in range(20):
        step = rng.normal(size=sum(sizes))
        loss, slope = plain.loss_and_gradient(plain.initial() + radius * step / np.linalg.norm(step))
        assert np.sum(slope[part] ** 2) >= verdict.proved.constant * loss


def test_each_number_is_monotone_alone():
    network = nearly_fitted(wide_net((2, 8, 1), 4), 2.0**-12)
    found = propose(network)
    proved = decide(found.claim, found.evidence, network).proved
    assert isinstance(decide(proved, found.evidence, network), Accepted)
    weaker = {"constant": proved.constant / 2, "radius": 0.0, "distance": 2 * proved.distance}
    for name, value in weaker.items():
        assert isinstance(decide(replace(proved, **{name: value}), found.evidence, network), Accepted)
    assert isinstance(decide(replace(proved, distance=None), found.evidence, network), Accepted)
    for name, end in (("constant", np.inf), ("radius", np.inf), ("distance", -np.inf)):
        stronger = replace(proved, **{name: float(np.nextafter(getattr(proved, name), end))})
        assert decide(stronger, found.evidence, network).check == 9


def test_the_flow_is_claimed_where_it_is_shorter_than_the_ball_is_wide():
    """One weight over a frozen feature 1: f = ½(w − ¾)² from w = 1, c = 2, and the minimum is ¼ = 2√(f/c) away."""
    network = replace(_line(1.0, 1.0), targets=np.array([[0.75]]))
    network = replace(network, layers=(replace(network.layers[0], trained=False), network.layers[1]))
    weakest = Claim(1, TINY, 0.0, 1e308)
    held = decide(weakest, Evidence(0.9999999, radius=0.2501), network)
    assert isinstance(held, Accepted) and held.proved.distance == pytest.approx(0.25, rel=1e-6)
    for radius in (0.25, 0.0):
        left = decide(weakest, Evidence(0.9999999, radius=radius), network)
        assert isinstance(left, Undecided) and left.check == 8
        assert (
            decide(replace(weakest, distance=None), Evidence(0.9999999, radius=radius), network).proved.distance is None
        )


def test_a_moving_feature_takes_from_the_constant_on_the_ball():
    """f = ½(w_2w_1 − ¾)²: by w_2, c = 2w_1² is 2(1 − ρ)² at least where w_1 moves, and 2 where it does not."""
    network = replace(_line(1.0, 1.0), targets=np.array([[0.75]]))
    moved = decide(Claim(1, TINY), Evidence(0.9999999, radius=0.25), network).proved.constant
    assert 0.999 * 1.125 < moved <= 1.125


def test_what_is_refused_for_its_structure():
    reason = decide(Claim(0, TINY), Evidence(1.0, 1.0), wide_net((2, 6, 1), 4)).reason
    assert reason == "layers.0 has 3 inputs, its bias counted, for 4 samples: 1 too few"
    relu = decide(Claim(0, TINY), Evidence(1.0, 1.0), wide_net((4, 6, 1), 4, "relu"))
    assert isinstance(relu, Rejected) and relu.check == 1 and "φ' jumps from 0 to 1" in relu.reason
    grows = decide(Claim(1, TINY), Evidence(1.0, None, (1.0, 1.0)), wide_net((2, 6, 2, 3, 1), 4))
    assert grows.check == 3 and grows.required == "d_2 ≥ d_3 ≥ d_4" and grows.seen == "d_2 = 2, d_3 = 3, d_4 = 1"
    wider = decide(Claim(1, TINY), Evidence(1.0, None, (1.0,)), wide_net((2, 6, 9, 2), 4))
    assert wider.check == 5  # d_2 > d_1 is no obstacle
    narrow = decide(Claim(1, TINY), Evidence(1.0, 1.0), wide_net((2, 6, 1, 2), 4))
    assert narrow.check == 3 and narrow.seen == "d_2 = 1"


def test_relu_below_the_layer_is_no_obstacle_where_it_does_not_move():
    network = wide_net((2, 7, 1), 4, "relu")
    assert isinstance(decide(Claim(1, TINY), propose(network).evidence, network), Accepted)
    on_ball = replace(propose(network).evidence, radius=1e-6)
    assert decide(Claim(1, TINY), on_ball, network).check == 1
    frozen = replace(network, layers=(replace(network.layers[0], trained=False), network.layers[1]))
    assert isinstance(decide(Claim(1, TINY), on_ball, frozen), Accepted)


def test_claims_that_claim_nothing():
    for arguments in ((-1, 1.0), (0, 0.0), (0, float("nan")), (0, 1.0, -1.0), (0, 1.0, 0.0, -1.0)):
        with pytest.raises(MalformedCertificate):
            Claim(*arguments)


def test_the_work_is_estimated_before_it_starts():
    verdict = decide(Claim(1, TINY), Evidence(1.0), wide_net((2, 6, 1), 4), budget=10.0)
    assert (verdict.check, verdict.cause, verdict.options) == (4, "budget", "a larger --budget")


def test_planted_labels_and_other_objectives_are_not_covered():
    network = wide_net((2, 6, 1), 4, bias=False)
    teacher = tuple(Dense(layer.weight, None, False) for layer in network.layers)
    assert decide(Claim(1, TINY), Evidence(1.0), replace(network, targets=None, teacher=teacher)).check == 1
    weights = (Fraction(1), Fraction(2), Fraction(1), Fraction(1))
    weighted = replace(network, objective=replace(network.objective, sample_weights=weights))
    assert decide(Claim(1, TINY), Evidence(1.0), weighted).check == 0


@pytest.mark.parametrize("shift", [0.0, -1.0, float("inf"), float("nan")])
def test_shifts_that_are_none(shift):
    network = wide_net((2, 6, 3, 2), 4)
    for evidence in (
        Evidence(shift, 1.0),
        Evidence(1.0, shift),
        Evidence(1.0, None, (shift,)),
        Evidence(1.0, 1.0, None, shift),
    ):
        verdict = decide(Claim(1, TINY), evidence, network)
        assert verdict.check == 2 or (shift == 0.0 and evidence.radius == 0.0 and evidence.features == 1.0)


@pytest.mark.parametrize("size", [2.0**-1000, 2.0**-500, 2.0**500, 2.0**-40])
def test_hostile_sizes(size):
    network = wide_net((2, 6, 1), 4, "identity")
    for changed in (replace(network, inputs=network.inputs * size), replace(network, targets=network.targets * size)):
        verdict = decide(Claim(1, TINY), Evidence(1e-6, radius=1e-9), changed)
        assert isinstance(verdict, Accepted) or verdict.check == 5 or verdict.cause == "enclosure"
