"""Value, gradient and Hessian of objectives beside hyper-dual numbers in Arb."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from flint import arb

from certificates.arithmetic.arb import precision
from certificates.arithmetic.ball_array import BallArray
from certificates.arithmetic.ball_matrix import BallMatrix
from certificates.enclosures.objectives.hessian import gradient, hessian, objective_value
from certificates.enclosures.objectives.point import evaluate, sample_weights
from certificates.subjects import Decay
from tests.support.objective_nets import LOSSES, draw_network
from tests.twins.hyper_dual import parameters, second_derivative

CASES = [
    *(({"loss": loss, "weighted": True}) for loss in LOSSES),
    {"widths": (2, 3, 2, 2), "loss": "softmax"},
    {"widths": (2, 2, 2, 3, 1), "loss": "logistic", "activation": "sin"},
    {"widths": (2, 3, 2, 2), "loss": "squared", "frozen": (1,), "activation": "softplus"},
    {"widths": (2, 3, 2, 2), "loss": "softmax", "frozen": (0,), "biased": False},
    {"loss": "softmax", "frozen": (1,)},
    {"loss": "softmax", "frozen": (0,), "decay": False},
    {"loss": "softmax", "scale": 30.0},  # saturated
    {"loss": "logistic", "scale": 30.0},
]


def _inside(ball, mid: float, radius: float, slack: float = 0.0) -> bool:
    return bool(abs(ball - arb(float(mid))) <= arb(float(radius)) + slack)


@pytest.mark.parametrize("case", CASES, ids=lambda case: "-".join(map(str, case.values())))
def test_contains_the_derivatives_and_is_close(case):
    network = draw_network(3, **case)
    with precision(200):
        point = evaluate(network)
        value, slopes, matrix = objective_value(point), gradient(point), hessian(point)
        size = len(parameters(network))
        assert matrix.shape == (size, size) and slopes.shape == (1, size)
        assert np.array_equal(matrix.mid, matrix.mid.T) and np.array_equal(matrix.rad, matrix.rad.T)
        for i in range(size):
            for j in range(i + 1):
                truth = second_derivative(network, i, j)
                assert _inside(truth.d, matrix.mid[i, j], matrix.rad[i, j]), (i, j)
            assert _inside(truth.b, slopes.mid[0, i], slopes.rad[0, i]), i
        assert value.overlaps(truth.a)
    scale = case.get("scale", 1.0)  # weights of 30 turn roundings of logits of 60 into errors of gradients of 1
    assert matrix.radius <= 1e-12 * scale**2 * max(1.0, float(np.max(np.abs(matrix.mid))))
    assert slopes.radius <= 1e-13 * scale**2 * max(1.0, float(np.max(np.abs(slopes.mid))))


def test_blocks_of_samples_add_up(monkeypatch):
    network = draw_network(5, (2, 3, 2, 3), "softmax", samples=7)
    with precision(128):
        whole = hessian(evaluate(network))
        monkeypatch.setattr("certificates.enclosures.objectives.jacobian._BLOCK_ENTRIES", 1)
        streamed = hessian(evaluate(network))
    assert np.max(np.abs(whole.mid - streamed.mid)) <= whole.radius + streamed.radius


def _entry(point, field, index, signs=None):
    """The point with one of its arrays known to within 2⁻¹⁰ only, or moved by so much."""
    owner = point.loss if field in ("gradient", "roots") else point
    array = getattr(owner, field) if index is None else getattr(owner, field)[index]
    kind = BallArray if field in ("roots", "weights") else BallMatrix
    rad = 2.0**-10 if signs is None else 0.0
    changed = kind(array.mid if signs is None else array.mid + 2.0**-10 * signs(array.shape), rad)
    if index is not None:
        before = getattr(owner, field)
        changed = (*before[:index], changed, *before[index + 1 :])
    return replace(point, loss=replace(owner, **{field: changed})) if owner is point.loss else replace(
        point, **{field: changed}
    )  # fmt: skip


ARRAYS = [
    *((field, index) for field, count in (("inputs", 4), ("slopes", 3), ("bends", 3)) for index in range(count)),
    *(("gradient", None), ("roots", None), ("weights", None)),
]


@pytest.mark.parametrize("per_block", [pytest.param(1, marks=pytest.mark.slow), 1 << 22])
@pytest.mark.parametrize(("field", "index"), ARRAYS)
def test_contains_what_every_choice_of_points_gives(field, index, per_block, monkeypatch):
    """The radius of each array reaches the Hessian and the gradient, wherever the array is used."""
    monkeypatch.setattr("certificates.enclosures.objectives.jacobian._BLOCK_ENTRIES", per_block)
    rng = np.random.default_rng(2)
    with precision(128):
        point = evaluate(draw_network(5, (2, 2, 2, 2, 2), "logistic", samples=3))
        wide = _entry(point, field, index)
        found = hessian(wide), gradient(wide)
        for draw in range(6):
            signs = (np.ones, lambda shape: -np.ones(shape))[draw] if draw < 2 else lambda s: rng.choice([-1.0, 1.0], s)
            narrow = _entry(point, field, index, signs)
            for balls, other in zip(found, (hessian(narrow), gradient(narrow)), strict=True):
                assert (np.abs(balls.mid - other.mid) <= (balls.rad + other.rad) * (1 + 1e-9)).all()


@pytest.mark.parametrize("rate", [Fraction(2**60, 3), Fraction(2**53)])
def test_a_penalty_far_above_the_loss_pays_for_its_roundings(rate):
    """The first rate is no double; beside the second one an entry of the loss's Hessian is rounded to an integer."""
    plain = draw_network(3, loss="squared", decay=False)
    objective = replace(plain.objective, decay=(Decay("layers.0.weight", rate),))
    with precision(128):
        without, found = hessian(evaluate(plain)), hessian(evaluate(replace(plain, objective=objective)))
    for entry in range(plain.layers[0].weight.size):
        truth = Fraction(float(without.mid[entry, entry])) + rate
        allowed = Fraction(float(found.rad[entry, entry])) + Fraction(float(without.rad[entry, entry]))
        assert abs(Fraction(float(found.mid[entry, entry])) - truth) <= allowed


def test_weights_of_samples_are_rationals():
    network = draw_network(3, loss="squared", weighted=True)
    with precision(128):
        found = sample_weights(network)
    for weight, mid, rad in zip(network.objective.sample_weights, found.mid[:, 0], found.rad[:, 0], strict=True):
        assert abs(Fraction(float(mid)) - weight * network.objective.loss.scale) <= Fraction(float(rad))


def test_a_saturated_gradient_keeps_its_digits():
    """Entries of about e^{−200}: the radius is relative to them, not to 1."""
    network = draw_network(1, (1, 1, 2), "softmax", decay=False, samples=1, biased=False)
    layer = network.layers[1]
    object.__setattr__(layer, "weight", np.array([[300.0], [-300.0]]) * np.sign(network.targets[0, 0] - 0.5))
    with precision(128):
        slopes = gradient(evaluate(network))
    tiny = np.abs(slopes.mid[0, -2:])
    assert (tiny > 0).all() or not tiny.any()
    assert slopes.rad[0, -2:].max() <= 1e-10 * max(tiny.max(), 1e-300)
