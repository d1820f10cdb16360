"""Cross-entropy below log 2: units of time and step, refusals with their numbers, runs beside what is proved."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest

from certificates import Accepted, Rejected, Undecided, decide
from certificates.claims.cross_entropy_convergence import Claim, Evidence, LossAt, Steps
from certificates.errors import MalformedCertificate
from certificates.expression import parse_activation
from certificates.subjects import Logistic, Objective, SoftmaxCrossEntropy
from tests.support.classifiers import classifier, outputs, summed_loss
from verify.numeric.smooth_objective import FloatObjective
from verify.proposals.cross_entropy_convergence import summed_loss as found_sum

TINY, HUGE = 5e-324, 1e308
HALF = Evidence(0.25)


def _weakest(network, **parts):
    weights = network.objective.sample_weights
    return Claim(min(weights, default=Fraction(1)) * network.objective.loss.scale, TINY, TINY, **parts)


def _proved(network, evidence=HALF, **parts):
    verdict = decide(_weakest(network, **parts), evidence, network)
    assert isinstance(verdict, Accepted), verdict.explanation()
    return verdict.proved


def _norm(network):
    last = network.layers[-1]
    return math.hypot(np.linalg.norm(last.weight), 0.0 if last.bias is None else np.linalg.norm(last.bias))


@pytest.mark.parametrize("loss", ["softmax", "logistic"])
def test_margin_and_rate_are_those_of_the_formulas(loss):
    network = classifier(0, loss=loss, gain=8, hidden=(12,))
    margin = -math.log(math.expm1(summed_loss(network)))
    proved = _proved(network)
    assert 0 < margin - proved.margin < 1e-9 * margin
    assert 0 < 1 - proved.rate * 6 * (_norm(network) / margin) ** 2 < 1e-9


def test_the_margin_is_below_that_of_every_sample():
    network = classifier(0)
    z, own = outputs(network), network.targets.argmax(axis=1)
    margins = [row[c] - np.delete(row, c).max() for row, c in zip(z, own, strict=True)]
    assert _proved(network).margin <= min(margins)


def test_scale_and_weights_rescale_time_and_step_and_nothing_else():
    """F is the same; f = c f' has the same path, c times as fast, and steps 1/c as long."""
    mean = classifier(0)
    total = replace(mean, objective=Objective(SoftmaxCrossEntropy(Fraction(5))))
    parts = {"loss_at": LossAt(3e5, HUGE), "steps": Steps(TINY, 0.999)}
    slow, fast = _proved(mean, **parts), _proved(total, **parts | {"loss_at": LossAt(1e4, HUGE)})
    assert math.isclose(fast.rate, 30 * slow.rate, rel_tol=1e-12) and fast.margin == slow.margin
    assert math.isclose(fast.steps.step_size_max, slow.steps.step_size_max / 30, rel_tol=1e-12)
    assert math.isclose(fast.loss_at.loss, 30 * slow.loss_at.loss, rel_tol=1e-9)


def test_a_sample_that_counts_twice_is_two_samples():
    network = classifier(1, gain=12)
    doubled = replace(
        network,
        inputs=np.vstack([network.inputs, network.inputs[:1]]),
        targets=np.vstack([network.targets, network.targets[:1]]),
    )
    weighted = replace(
        network, objective=Objective(network.objective.loss, sample_weights=(Fraction(2), *[Fraction(1)] * 5))
    )
    one, two = _proved(doubled), _proved(weighted)
    assert math.isclose(one.margin, two.margin, rel_tol=1e-10) and math.isclose(one.rate, two.rate, rel_tol=1e-10)


def test_vector_e_as_a_network():
    """One sample, θ = (1, −1)·√2, an input that makes f = ½; the flow moves θ alone."""
    margin = -math.log(math.expm1(0.5))
    size = math.sqrt(2)
    base = classifier(0, outputs=2, trained=(False, True), bias=False, scale=Fraction(1))
    first = replace(base.layers[0], weight=np.array([[margin / (2 * size)]]))
    last = replace(base.layers[1], weight=np.array([[size], [-size]]))
    network = replace(
        base,
        layers=(first, last),
        activations=(parse_activation("identity"),),
        inputs=np.ones((1, 1)),
        targets=np.array([[1.0, 0.0]]),
    )
    for time, loss in ((1.0, 0.492831915585724), (100.0, 0.181033563231342), (1e6, 2.13628097690888e-5)):
        proved = _proved(network, loss_at=LossAt(time, HUGE))
        assert math.isclose(proved.loss_at.loss, loss, rel_tol=1e-12)
    assert math.isclose(proved.margin, 0.432752129567188, rel_tol=1e-12)


# ---- refusals -----------------------------------------------------------------------------------------------------


def _refused(network, check, match, *, certain=False, **parts):
    verdict = decide(_weakest(network, **parts), HALF, network)
    assert isinstance(verdict, Rejected if certain else Undecided) and verdict.check == check
    assert match in verdict.explanation()
    return verdict


@pytest.mark.parametrize("gain", [1.0, 2.5, 2.75])
def test_a_sum_above_log_2_says_by_how_much(gain):
    network = classifier(0, gain=gain)
    excess = summed_loss(network) - math.log(2)
    verdict = _refused(network, 5, f"{excess:.4g} above")
    assert "f/ω" in verdict.reason and "1/6" in verdict.reason
    assert verdict.facts[0].lower <= summed_loss(network) <= verdict.facts[0].upper


def test_a_sum_that_is_no_mean_says_nothing_of_means():
    network = classifier(0, gain=1.0, scale=Fraction(1))
    assert "the theorem needs f/ω" not in _refused(network, 5, "log 2").reason


def test_labels_between_0_and_1():
    network = classifier(0)
    targets = network.targets.copy()
    targets[4] = [0.5, 0.5, 0.0]
    _refused(replace(network, targets=targets), 1, "sample 4", certain=True)
    rows = tuple(tuple(Fraction(8 if i == j else 1, 10) for j in range(3)) for i in range(3))
    smooth = Objective(SoftmaxCrossEntropy(Fraction(1, 6), rows))
    _refused(replace(network, objective=smooth), 1, "label smoothing")


def test_structure():
    network = classifier(0)
    first, last = network.layers
    _refused(replace(network, layers=(first, replace(last, trained=False))), 2, "train the output layer")
    _refused(classifier(0, "relu"), 3, "Clarke", certain=True)
    pole = replace(network, activations=(parse_activation("64/(64-z)"),))
    _refused(pole, 3, "where the flow may go")
    _refused(classifier(0, "quadratic", inputs=2), 3, "Armijo", steps=Steps(TINY, 0.5))


def test_a_pole_before_frozen_layers_is_no_matter():
    network = classifier(0, trained=(False, True), gain=10)
    features = replace(network, activations=(parse_activation("piecewise(tanh(z), 100, 1/z)"),))
    assert math.isclose(_proved(features).margin, _proved(network).margin, rel_tol=1e-9)


def test_claims_and_evidence_that_say_nothing_are_malformed():
    for bad in (
        lambda: Claim(Fraction(1), 0.0, 1.0),
        lambda: Claim(Fraction(1), 1.0, math.nan),
        lambda: Claim(Fraction(0), 1.0, 1.0),
        lambda: Claim(Fraction(1), 1.0, 1.0, "clarke", steps=Steps(1.0, 0.5)),
        lambda: LossAt(-1.0, 1.0),
        lambda: LossAt(1.0, 0.0),
        lambda: Steps(0.0, 0.5),
        lambda: Steps(1.0, 1.0),
        lambda: Evidence(0.0),
    ):
        with pytest.raises(MalformedCertificate):
            bad()


def test_a_weak_loss_or_another_weight_of_a_sample():
    network = classifier(0)
    claim = replace(_weakest(network), smallest_weight=Fraction(1, 3))
    verdict = decide(claim, HALF, network)
    assert isinstance(verdict, Rejected) and verdict.check == 1


@pytest.mark.parametrize("scale", [Fraction(2) ** 1090 + 1, Fraction(1, 2**1090)])
def test_weights_beyond_floats_are_exact_and_can_be_said(scale):
    network = classifier(0, scale=scale)
    assert decide(_weakest(network), HALF, network).outcome == ("accepted" if scale > 1 else "undecided")
    verdict = decide(replace(_weakest(network), smallest_weight=Fraction(1)), HALF, network)
    assert verdict.check == 1 and "about " in verdict.required
    assert math.isclose(found_sum(network), found_sum(classifier(0)), rel_tol=1e-12)


def test_the_work_is_estimated_first():
    network = classifier(0, samples=500)
    verdict = decide(_weakest(network), HALF, network, budget=5e8)
    assert isinstance(verdict, Undecided) and verdict.check == 4 and verdict.cause == "budget"


# ---- runs ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("epsilon", [0.05, 0.5])
@pytest.mark.parametrize("loss", ["softmax", "logistic"])
def test_the_largest_certified_step_decreases_as_claimed(epsilon, loss):
    network = classifier(2, loss=loss, outputs=2, gain=10, hidden=(12,))
    proved = _proved(network, Evidence(epsilon), steps=Steps(TINY, 0.999))
    objective = FloatObjective(network)
    w, omega, step = objective.initial(), float(proved.smallest_weight), proved.steps.step_size_max
    values = []
    for _ in range(50):
        value, slope = objective.value_and_gradient(w)
        values.append((value, float(slope @ slope)))
        w = w - step * slope
    for (now, square), (after, _) in pairwise(values):
        assert after <= now - (1 - epsilon) * step * square + 1e-14
    margins = [-math.log(math.expm1(value / omega)) for value, _ in values]
    assert margins[0] >= proved.margin and margins == sorted(margins)


def test_steps_are_those_of_the_epsilon_they_were_computed_with():
    network = classifier(2, gain=10, hidden=(12,))
    step = _proved(network, steps=Steps(TINY, 0.999)).steps.step_size_max
    for epsilon, accepted in ((HALF.epsilon, True), (math.nextafter(HALF.epsilon, 0), False)):
        verdict = decide(_weakest(network, steps=Steps(step, epsilon)), HALF, network)
        assert isinstance(verdict, Accepted) is accepted
    assert verdict.check == 7 and "steps.epsilon" in verdict.reason


def test_logistic_labels_are_samples_of_their_own():
    """Two outputs against two networks with one each, the hidden part frozen: the losses add up."""
    network = classifier(3, loss="logistic", outputs=2, gain=12, hidden=(12,), trained=(False, True))
    assert isinstance(network.objective.loss, Logistic)
    z, y = outputs(network), network.targets
    assert _proved(network).margin <= ((2 * y - 1) * z).min()
