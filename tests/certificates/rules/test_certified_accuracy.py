"""The rule of `certified-accuracy`: counts against those in floats, ties, and samples of another file."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from scipy.optimize import brentq

from certificates import Accepted, Rejected, check, check_bytes, decide
from certificates.arithmetic.arb import precision
from certificates.certificate import Certificate, encode_certificate
from certificates.claims.certified_accuracy import Claim
from certificates.document import ProblemReference, sha256_hex
from certificates.document.problem_file import encode_problem
from certificates.enclosures.objectives.derivatives import outputs_and_movements
from certificates.errors import MalformedCertificate
from certificates.language.minimum import MinimumEvidence
from certificates.language.parts import DataFile
from certificates.subjects import Logistic, Objective
from tests.support.minima import classifier, fitted, vector
from verify.numeric.mlp import Perceptron
from verify.numeric.smooth_objective import FloatObjective
from verify.proposals.certified_accuracy import propose

NAME = DataFile("0" * 64, "test.safetensors")


def _fitted_labels():
    rng = np.random.default_rng(5)
    return fitted(classifier(rng, (2, 2, 2), 12, Logistic(Fraction(1, 12)), Fraction(1, 100)))


@pytest.mark.parametrize("network", [vector("A"), vector("C"), vector("D"), _fitted_labels()])
def test_counts_are_those_of_floats(network):
    outputs = FloatObjective(network).outputs(FloatObjective(network).initial())
    if outputs.shape[1] == 3:
        right = int(np.sum(outputs.argmax(axis=1) == network.targets.argmax(axis=1)))
    else:
        right = int(np.all((outputs > 0) == (network.targets == 1), axis=1).sum())
    claim = propose(network).claim
    assert (claim.right, claim.wrong, claim.samples) == (right, len(outputs) - right, len(outputs))


def test_ties_are_neither():
    """Without biases an input of 0 has outputs of 0, whatever the weights."""
    network = vector("C")
    other = replace(network, inputs=np.array([[0.0], [1.0], [5e-324]]), targets=np.eye(3)[[0, 2, 1]])
    claim = propose(network, data=(NAME, other)).claim
    assert (claim.right, claim.wrong, claim.samples) == (1, 0, 3)
    labels = replace(vector("A"), inputs=np.zeros((1, 1)))
    claim = propose(vector("A"), data=(NAME, labels)).claim
    assert (claim.right, claim.wrong) == (0, 0)


@pytest.mark.parametrize(("share", "counted"), [(0.0, 0), (1.3, 0), (1.5, 1)])
def test_a_lead_of_root_two_times_what_outputs_move_decides(share, counted):
    """Where classes 0 and 2 of vector D change places: the lead over δ decides at √2, for and against the sample."""
    network = vector("D")
    moved = replace(
        network, layers=(replace(network.layers[0], weight=network.layers[0].weight + 1e-4), network.layers[1])
    )
    evidence = MinimumEvidence(2e-3, 2e-3, 0.0487, 0.6)
    claim = Claim(1, 0, 0, 2e-3, 2e-3, ("output.bias shift",), NAME)
    plain = replace(moved, inputs=np.array([[1.0]]), targets=np.eye(3)[[0]])
    distance = decide(claim, evidence, moved, origin=plain).proved.distance
    objective = FloatObjective(moved)

    def lead(x):
        samples = Perceptron(replace(moved, inputs=np.array([[x]]), targets=np.eye(3)[[0]]))
        outputs = samples.outputs(objective.initial())[0]
        with precision(128):
            slope = outputs_and_movements(moved, np.array([[x]]), distance)[1][0]
        return (outputs[2] - outputs[0]) / (slope * distance)

    x = brentq(lambda x: lead(x) - share, 0.1, 3.0)
    for label, counts in ((2, (counted, 0)), (0, (0, counted))):
        other = replace(moved, inputs=np.array([[x]]), targets=np.eye(3)[[label]])
        proved = decide(claim, evidence, moved, origin=other).proved
        assert (proved.right, proved.wrong) == counts


@pytest.mark.parametrize(("share", "counted"), [(0.95, 0), pytest.param(1.05, 1, marks=pytest.mark.slow)])
def test_a_label_of_its_own_is_decided_at_what_its_output_moves(share, counted):
    network = _fitted_labels()
    last = replace(network.layers[1], bias=network.layers[1].bias + 1e-8)
    moved = replace(network, layers=(network.layers[0], last))
    seen = propose(network).evidence
    size = seen.radius / 2
    evidence = MinimumEvidence(size, size, 0.9 * seen.shift_lower, 1.1 * seen.shift_upper)
    claim = Claim(1, 0, 0, size, size, (), NAME)
    distance = decide(claim, evidence, moved, origin=_one(moved, [0.0, 0.0], [1.0, 1.0])).proved.distance

    def outputs(t):
        samples = _one(moved, [t, 0.5], [1.0, 1.0])
        with precision(128):
            slope = outputs_and_movements(moved, samples.inputs, distance)[1][0]
        return Perceptron(samples).outputs(FloatObjective(moved).initial())[0] / (slope * distance)

    grid = np.linspace(-3, 3, 200)
    signs = np.array([outputs(t)[0] for t in grid])
    crossing = int(np.flatnonzero(np.sign(signs[:-1]) != np.sign(signs[1:]))[0])
    up = np.sign(signs[crossing + 1])
    t = brentq(lambda t: up * outputs(t)[0] - share, grid[crossing], grid[crossing + 1])
    first, second = float(up > 0), float(outputs(t)[1] > 0)
    right = decide(claim, evidence, moved, origin=_one(moved, [t, 0.5], [first, second])).proved
    wrong = decide(claim, evidence, moved, origin=_one(moved, [t, 0.5], [1 - first, second])).proved
    assert (right.right, right.wrong) == (counted, 0) and (wrong.right, wrong.wrong) == (0, counted)


def _one(network, sample, labels):
    """The network with one sample."""
    objective = Objective(network.objective.loss)
    return replace(network, inputs=np.array([sample]), targets=np.array([labels]), objective=objective)


def test_what_leads_by_no_more_than_outputs_may_move_is_not_counted():
    """Two outputs between which an input decides: √2 times what a vector of outputs moves by, not once."""
    network = vector("D")
    first, last = network.layers
    moved = replace(network, layers=(first, replace(last, bias=last.bias + np.array([1e-4, -1e-4, 0.0]))))
    best = propose(moved, data=(NAME, network))
    asked, distance = replace(best.claim, samples=1, right=0, wrong=0), best.verdict.proved.distance

    def lead(x):
        outputs, slopes = outputs_and_movements(moved, np.array([[x]]), distance)
        return (outputs.mid[0, 2] - outputs.mid[0, 0]) / (slopes[0] * distance)

    for wanted, counted in ((0.5, 0), (1.2, 0), (1.6, 1)):
        low, high = 0.5, 1.2
        for _ in range(25):
            middle = (low + high) / 2
            low, high = (middle, high) if lead(middle) < wanted else (low, middle)
        for own, name in ((2, "right"), (0, "wrong")):
            other = replace(network, inputs=np.array([[high]]), targets=np.eye(3)[[own]])
            proved = decide(asked, best.evidence, moved, origin=other).proved
            assert (proved.right, proved.wrong) == ((counted, 0) if name == "right" else (0, counted))


def test_several_labels_a_row_are_no_classes_of_softmax():
    network = vector("C")
    best = propose(network, data=(NAME, network))
    for rows in ([[1, 1, 0], [0, 0, 1], [0, 1, 0]], [[0, 0, 0], [0, 0, 1], [0, 1, 0]]):
        labels = np.array(rows, dtype=np.float64)
        other = replace(network, targets=labels, objective=Objective(Logistic(Fraction(1))))
        verdict = decide(replace(best.claim, right=0, wrong=0), best.evidence, network, origin=other)
        assert verdict.check == 8 and "row 0" in verdict.seen


def test_data_that_do_not_fit():
    network = vector("C")
    best = propose(network, data=(NAME, network))
    claim, evidence = best.claim, best.evidence
    soft = replace(network, targets=np.full((3, 3), [0.5, 0.25, 0.25]))
    for other in (None, vector("A"), soft):
        verdict = decide(claim, evidence, network, origin=other)
        assert verdict.check == 8 and not isinstance(verdict, Accepted)
    assert isinstance(decide(replace(claim, samples=4), evidence, network, origin=network), Rejected)
    assert isinstance(decide(claim, evidence, network, origin=network), Accepted)


def test_samples_of_another_file(tmp_path):
    network = vector("C")
    other = replace(network, inputs=-network.inputs)
    data, test = encode_problem(network), encode_problem(other)
    name = DataFile(sha256_hex(test), "test.safetensors")
    best = propose(network, data=(name, other))
    reference = ProblemReference("network", sha256_hex(data), None, data)
    certificate = encode_certificate(Certificate("certified-accuracy", reference, best.claim, best.evidence, {}))
    path = tmp_path / "net.cert.json"
    path.write_bytes(certificate)
    with pytest.raises(MalformedCertificate, match=r"claim\.data\.path") as missing:
        check(path)
    assert "samples" in str(missing.value)
    (tmp_path / "test.safetensors").write_bytes(test)
    assert isinstance(check(path), Accepted)
    assert isinstance(check_bytes(certificate, origin=test), Accepted)
    (tmp_path / "test.safetensors").write_bytes(data)
    with pytest.raises(MalformedCertificate, match=r"claim\.data\.sha256"):
        check(path)
    with pytest.raises(MalformedCertificate, match=r"claim\.data"):
        check_bytes(certificate)
    with pytest.raises(MalformedCertificate, match=r"claim\.data\.path"):
        encode_certificate(replace(Certificate("certified-accuracy", reference, best.claim, best.evidence, {}),
                                   claim=replace(best.claim, data=DataFile(name.sha256, "../test"))))  # fmt: skip


def test_counts_that_no_samples_have():
    for right, wrong in ((-1, 0), (2, 2), (0, 4)):
        with pytest.raises(MalformedCertificate, match="right"):
            Claim(3, right, wrong, 1.0, 0.5)
    with pytest.raises(MalformedCertificate, match="distance"):
        Claim(3, 1, 1, 0.5, 1.0)
