"""The rule of `certified-accuracy`: counts against those in floats, ties, and samples of another file."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from certificates import Accepted, Rejected, check, check_bytes, decide
from certificates.certificate import Certificate, encode_certificate
from certificates.claims.certified_accuracy import Claim
from certificates.document import ProblemReference, sha256_hex
from certificates.document.problem_file import encode_problem
from certificates.errors import MalformedCertificate
from certificates.language.parts import DataFile
from certificates.subjects import Logistic
from tests.support.minima import classifier, fitted, vector
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


def test_a_margin_below_what_outputs_may_move_decides_nothing():
    """The evidence of a distant centre knows less: the same sample, x = 10⁻⁶, is not counted."""
    network = vector("A")
    other = replace(network, inputs=np.array([[2.0**-20]]))
    near = propose(network, data=(NAME, other))
    assert near.claim.right == 1
    moved = replace(
        network, layers=(replace(network.layers[0], weight=network.layers[0].weight + 1e-3), network.layers[1])
    )
    evidence = replace(near.evidence, radius=0.05, inner_radius=0.05, shift_lower=0.19, correction=())
    asked = replace(near.claim, right=0, distance=0.05, radius=0.05)
    assert decide(asked, evidence, moved, origin=other).proved.right == 1  # x tanh is small, and so is what it can move
    tiny = replace(network, inputs=np.array([[1.0]]), targets=np.array([[1.0]]))
    outer = replace(moved, layers=(moved.layers[0], moved.layers[1]))
    assert decide(asked, evidence, outer, origin=tiny).proved.right == 1


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
