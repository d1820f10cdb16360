"""What the search finds is the best of its ε; where it fits, what excludes it, and that `certify` chooses it."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

import verify
from certificates import Accepted, decide
from certificates.claims.cross_entropy_convergence import Claim, Evidence, Steps
from certificates.expression import parse_activation
from certificates.subjects import Decay, Objective, SoftmaxCrossEntropy
from tests.support.classifiers import classifier
from tests.support.classifiers import summed_loss as naive
from verify.certification.choice import chosen_kind
from verify.proposals.cross_entropy_convergence import SEARCH, propose, smallest_weight, summed_loss
from verify.search.proposal import Options

KIND = "cross-entropy-convergence"
WEIGHTS = (Fraction(1), Fraction(3, 2), Fraction(2), Fraction(1), Fraction(5), Fraction(1))


@pytest.mark.parametrize(
    "options",
    [{"loss": "logistic", "gain": 10, "hidden": (12,)}, {"weights": WEIGHTS, "gain": 10, "scale": Fraction(3)}],
)
def test_what_is_found_is_nearly_what_is_proved(options):
    network = classifier(0, **options)
    found = propose(network)
    assert isinstance(found.verdict, Accepted) and found.claim == found.verdict.claim
    proved = found.verdict.proved
    for mine, best in (
        (found.claim.margin, proved.margin),
        (found.claim.rate, proved.rate),
        (found.claim.steps.step_size_max, proved.steps.step_size_max),
        (proved.loss_at.loss, found.claim.loss_at.loss),
    ):
        assert best * (1 - 1e-5) < mine < best
    assert found.claim.steps.epsilon == found.evidence.epsilon


def test_the_step_is_the_fastest_of_those_tried():
    network = classifier(0)
    found = propose(network)
    speed = (1 - found.evidence.epsilon) * found.verdict.proved.steps.step_size_max
    weakest = Claim(Fraction(1, 6), 5e-324, 5e-324, steps=Steps(5e-324, 0.99))
    for epsilon in (0.05, 0.1, 0.25, 0.5):
        other = decide(weakest, Evidence(epsilon), network).proved.steps
        assert (1 - epsilon) * other.step_size_max <= speed


def test_the_named_time_leaves_a_tenth():
    network = classifier(0)
    found = propose(network).claim
    value = float(smallest_weight(network)) * summed_loss(network)
    assert 0.9 < 10 * found.loss_at.loss / value < 1.001


def test_sums_in_float64():
    for network in (classifier(0), classifier(1, weights=WEIGHTS), classifier(2, loss="logistic", outputs=2)):
        assert abs(summed_loss(network) - naive(network)) < 1e-9 * naive(network)


def test_kinks_have_a_flow_and_no_steps():
    found = propose(classifier(5, "relu", hidden=(12,)))
    assert found.claim.flow == "clarke" and found.claim.steps is None and found.claim.loss_at is not None
    assert "Clarke" in found.claim.sentence() and "backtracking" not in found.claim.sentence()


def test_frozen_kinks_are_features():
    assert propose(classifier(5, "relu", hidden=(12,), trained=(False, True))).claim.steps is not None


def test_where_steps_are_not_proved_the_flow_is_and_a_note_says_why():
    network = replace(classifier(0, gain=8), activations=(parse_activation("tanh(z)+z*z/2^40"),))
    found = propose(network)
    assert isinstance(found.verdict, Accepted) and found.claim.steps is None
    assert "no bounds of φ'" in found.notes[0]


def test_a_refusal_has_the_number():
    found = propose(classifier(0, gain=1.0))
    assert found.claim is None and found.verdict.check == 5 and "above" in found.verdict.seen


def test_where_it_fits():
    assert SEARCH.fits(classifier(0)) and SEARCH.fits(classifier(0, gain=1.0)) is None
    network = classifier(0)
    penalised = replace(network.objective, decay=(Decay("layers.0.weight", Fraction(1)),))
    assert SEARCH.fits(replace(network, objective=penalised)) is None
    assert SEARCH.excludes(network) is None and SEARCH.excludes(classifier(0, gain=1.0)) is None
    first, last = network.layers
    assert "output layer" in SEARCH.excludes(replace(network, layers=(first, replace(last, trained=False))))


def test_what_may_have_a_minimum_is_another_kinds():
    network = classifier(0)
    soft = replace(network, targets=np.full((6, 3), [0.5, 0.25, 0.25]))
    options = Options()
    assert chosen_kind(network, None, options) == KIND
    assert {chosen_kind(soft, None, options), chosen_kind(network, None, Options(polish=True))} == {"strict-minimum"}
    rows = tuple(tuple(Fraction(8 if i == j else 1, 10) for j in range(3)) for i in range(3))
    smooth = replace(network, objective=Objective(SoftmaxCrossEntropy(Fraction(1), rows)))
    assert chosen_kind(smooth, None, options) == "strict-minimum"


def test_certify_chooses_it(tmp_path):
    path = verify.save_problem(classifier(0), tmp_path / "net.safetensors")
    done = verify.certify(path)
    assert done.verdict.kind == KIND and isinstance(verify.check(done.certificate_path), Accepted)
