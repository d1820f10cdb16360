"""h(R) of the judge against the twin on paper, against exact Hessians on the ball, and at its limits."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from certificates import Dense, Network
from certificates.arithmetic.arb import precision, upper
from certificates.enclosures.objectives import one_hidden_layer
from certificates.enclosures.objectives.derivatives import output_derivatives
from certificates.enclosures.objectives.point import evaluate
from certificates.enclosures.objectives.reach import ActivationBounds, BreakpointReached
from certificates.enclosures.objectives.turning import turning
from certificates.errors import EnclosureFailure
from certificates.expression import parse_activation
from certificates.subjects import Decay, Objective, SoftmaxCrossEntropy, Squared
from tests.support.naive import ACTIVATIONS, random_network
from tests.support.turning_attack import climb_hessian, random_objective
from tests.twins.curvature_forms import THIRD
from tests.twins.objective_turning import turned

RELU = (ActivationBounds(1.0, 0.0, 0.0),)


def _judged(network, radius, *arguments, **options):
    with precision(128):
        return turning(evaluate(network), radius, *arguments, **options)


@pytest.mark.parametrize("seed", range(14))
def test_contains_what_stands_on_paper_and_is_no_larger(seed, monkeypatch):
    monkeypatch.setattr(one_hidden_layer, "MOST_PAIRS", 0)  # what it brings is tested there
    rng = np.random.default_rng((seed, 2))
    network, name = random_objective(rng)
    radius = 10.0 ** rng.uniform(-5, -2 if seed % 2 else 0)
    with precision(128):
        found = turning(evaluate(network), radius)
        bounds = output_derivatives(evaluate(network), radius).activations
    twin = turned(network, name, radius, bounds=[(m.slope, m.bend, m.bend_change) for m in bounds])
    for ours, theirs, slack in (
        (found.first, twin.outputs_first, 1e-3),
        (upper(found.by_samples), twin.by_samples, 3e-3),
        (upper(found.by_sums) if found.by_sums is not None else np.inf, twin.by_sums, 4e-2),
    ):
        assert np.all(ours >= np.multiply(theirs, 1 - 1e-11))
        assert np.all(ours <= np.multiply(theirs, 1 + slack) + 1e-200)
    assert found.by_sums is None or upper(found.h) == min(upper(found.by_samples), upper(found.by_sums))


@pytest.mark.parametrize("seed", range(5))
def test_hessians_on_the_ball_stay_below(seed):
    rng = np.random.default_rng((seed, 5))
    network, name = random_objective(rng, tiny=seed % 2 == 0)
    radius = 10.0 ** rng.uniform(-3, 0)
    found = _judged(network, radius)
    for bound in (found.by_samples, found.by_sums):
        assert bound is None or climb_hessian(rng, network, name, radius, max(upper(bound), 1e-300), 15) <= 1


def test_a_bilinear_net_attains_both_bounds():
    """F = v w x at v = w, fitted: the difference is 6 ‖J‖ R to first order, and h₁ and h₂ are."""
    layers = (Dense(np.full((1, 1), 2.0), None), Dense(np.full((1, 1), 2.0), None))
    network = Network(
        layers, (parse_activation("relu"),), np.ones((1, 1)), np.full((1, 1), 4.0), Objective(Squared(Fraction(1)))
    )
    radius = 1e-6
    found = _judged(network, radius)
    first_order = 6 * np.sqrt(8.0) * radius
    for bound, slack in ((found.by_samples, 1e-3), (found.by_sums, 1.5e-2)):
        assert first_order <= upper(bound) <= first_order * (1 + slack)


def test_the_vector_on_kinks():
    """Test vector F: three samples of F = v(wx + b)₊, one on the kink; h₁ for every pattern of slopes."""
    layers = (Dense(np.ones((1, 1)), np.zeros(1)), Dense(np.ones((1, 1)), None))
    inputs = np.array([[1.0], [0.0], [-1.0]])
    network = Network(
        layers,
        (parse_activation("relu"),),
        inputs,
        np.array([[1.1], [-0.25], [0.0]]),
        Objective(Squared(Fraction(1, 2)), tuple(_decays(Fraction(1, 10)))),
    )
    found = _judged(network, 0.01, RELU, by_jacobians=False)
    assert found.by_sums is None and upper(found.h) == pytest.approx(0.165225594242093, rel=1e-12)
    assert upper(_judged(network, 1 / 80, RELU, by_jacobians=False).h) > 0.2
    with pytest.raises(BreakpointReached):
        _judged(network, 0.01)


def _decays(rate):
    return [Decay(name, rate) for name in ("layers.0.weight", "layers.0.bias", "layers.1.weight")]


def test_a_saturated_softmax_turns_as_little_as_it_may():
    """At 1 − p of 10⁻³⁰ the bounds follow: a bound from p − p² would be 10¹⁴ times as large."""
    network = random_network(np.random.default_rng(3), (2, 3, 3), 4)
    bias = np.array([70.0, 0.0, 0.0])
    layers = (network.layers[0], Dense(network.layers[1].weight, bias))
    targets = np.tile([1.0, 0.0, 0.0], (4, 1))
    network = replace(network, layers=layers, targets=targets, objective=Objective(SoftmaxCrossEntropy(Fraction(1))))
    found = _judged(network, 1e-3)
    assert 0 < upper(found.h) < 1e-27
    assert climb_hessian(np.random.default_rng(1), network, "tanh", 1e-3, upper(found.h), 30) <= 1


def test_far_away_the_loss_is_bounded_by_its_largest_curvature():
    network, _ = random_objective(np.random.default_rng(2))
    network = replace(network, targets=np.eye(network.widths[-1])[np.zeros(network.sample_count, int)])
    loss = SoftmaxCrossEntropy(Fraction(1)) if network.widths[-1] > 1 else network.objective.loss
    found = _judged(replace(network, objective=Objective(loss)), 1e4)
    assert found.by_sums is None and upper(found.h) < np.inf and (found.curvature <= 2).all()


def test_grows_with_the_radius_from_zero():
    network, _ = random_objective(np.random.default_rng(5))
    values = [upper(_judged(network, radius).h) for radius in (0.0, 1e-6, 1e-3, 1e-1)]
    assert values[0] == 0 and values == sorted(values) and values[1] > 0


@pytest.mark.parametrize("seed", range(4))
def test_smaller_balls_have_their_share(seed):
    rng = np.random.default_rng((seed, 9))
    network, _ = random_objective(rng)
    radius = 10.0 ** rng.uniform(-3, 1)
    with precision(128):
        whole = turning(evaluate(network), radius)
        for share in (1.0, 0.5, 1e-2, 1e-5):
            smaller, scaled = turning(evaluate(network), share * radius), whole.within(share * radius)
            assert upper(smaller.h) <= upper(scaled) * (1 + 1e-2)  # of searches for M_k
            assert upper(scaled) <= upper(whole.h) * (1 if whole.is_capped else share) * (1 + 1e-12)


def test_capped_curvature_is_not_scaled():
    """Far from w_0, where e^{ςδ} is beyond P_max: half the ball has the same ΔP."""
    network, _ = random_objective(np.random.default_rng(2))
    labels = np.eye(network.widths[-1])[np.zeros(network.sample_count, int)]
    network = replace(network, targets=labels, objective=Objective(SoftmaxCrossEntropy(Fraction(1))))
    whole = _judged(network, 1e4)
    assert whole.is_capped and whole.by_sums is None
    with precision(128):
        assert upper(whole.within(5e3)) == upper(whole.h)
        with pytest.raises(ValueError, match="between"):
            whole.within(2e4)


def test_what_is_left_out_costs_sharpness_alone():
    network = random_network(np.random.default_rng(8), (4, 6, 5, 2), 20)
    whole, norms, plain = (
        _judged(network, 1e-4, **options) for options in ({}, {"sums": False}, {"by_jacobians": False})
    )
    assert norms.by_sums is None and plain.by_sums is None
    assert upper(whole.h) < upper(norms.h) == upper(whole.by_samples) < upper(plain.h)


def test_penalties_do_not_turn():
    network = random_network(np.random.default_rng(6), (2, 3, 1), 4)
    penalised = replace(network, objective=Objective(network.objective.loss, (Decay("layers.0.weight", Fraction(5)),)))
    assert upper(_judged(network, 0.1).h) == upper(_judged(penalised, 0.1).h)


@pytest.mark.parametrize("scale", [1e80, 1e155])
def test_what_overflows_is_refused(scale):
    network = random_network(np.random.default_rng(6), (2, 3, 3, 1), 3)
    layers = tuple(Dense(scale * layer.weight, layer.bias) for layer in network.layers)
    with pytest.raises(EnclosureFailure):
        _judged(replace(network, layers=layers), 1.0)


def _cell_radius(network, most: float) -> float:
    """Nearly the largest radius of a ball without a breakpoint."""
    low, high = 0.0, most
    for _ in range(8):
        middle = (low + high) / 2
        try:
            _judged(network, middle, sums=False)
            low = middle
        except BreakpointReached:
            high = middle
    return low


@pytest.mark.parametrize("seed", range(3))
def test_hessians_inside_a_cell_stay_below(seed, monkeypatch):
    """Leaky ReLU: what bends is the product of layers alone, and no pre-activation changes its sign on the ball."""
    leaky = (lambda z: np.where(z > 0, z, z / 4), lambda z: np.where(z > 0, 1, 0.25), np.zeros_like)
    monkeypatch.setitem(ACTIVATIONS, "leaky", leaky)
    monkeypatch.setitem(THIRD, "leaky", np.zeros_like)
    rng = np.random.default_rng((seed, 6))
    smooth, _ = random_objective(rng, depth=2 + seed % 3)
    activations = (parse_activation("leaky_relu(1/4)"),) * len(smooth.activations)
    network = replace(smooth, activations=activations)
    radius = _cell_radius(network, 1.0)
    found = _judged(network, radius)
    for bound in (found.by_samples, found.by_sums):
        assert bound is None or climb_hessian(rng, network, "leaky", radius, max(upper(bound), 1e-300), 25) <= 1
