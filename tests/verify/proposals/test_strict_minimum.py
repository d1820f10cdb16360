"""From weights that are near no minimum to a certificate: polishing, its origin, test sets, and what is in the way."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

import verify
from certificates import Accepted, Dense, check
from certificates.errors import MalformedProblem
from certificates.subjects import Logistic, SoftmaxCrossEntropy, Squared
from tests.support.minima import classifier, decays, problem
from verify.proposals.strict_minimum import propose


@pytest.fixture
def rough(tmp_path):
    """Three classes in the plane, at random weights."""
    rng = np.random.default_rng(3)
    network = classifier(rng, (2, 3, 3), 12, SoftmaxCrossEntropy(Fraction(1, 12)), Fraction(1, 200))
    return network, verify.save_problem(network, tmp_path / "net.safetensors")


def test_weights_as_they_come_are_refused_with_the_way_to_a_minimum(rough):
    found = propose(rough[0])
    assert found.claim is None and found.verdict.check == 5
    assert "--polish" in found.verdict.advice


def test_polished_weights_certify_with_their_origin(rough):
    path = rough[1]
    done = verify.certify(path, polish=True)
    claim = done.certificate.claim
    assert done.verdict.kind == "strict-minimum" and isinstance(check(done.certificate_path), Accepted)
    assert claim.origin.path == "net.safetensors" and claim.origin.distance >= done.polished.distance * (1 - 1e-9)
    assert [file.name for file in done.files] == [
        "net.strict-minimum.cert.json",
        "net.polished.safetensors",
        "net.safetensors",
    ]
    alone = verify.certify(path, polish=True, standalone=True, output=path.with_name("alone.cert.json"))
    assert alone.certificate.claim.origin is None and len(alone.files) == 2
    again = verify.certify(done.problem_path, polish=True)
    assert again.polished is None and claim.radius == pytest.approx(again.certificate.claim.radius, rel=1e-3)


def test_a_test_set_travels_with_its_certificate(rough, tmp_path):
    network, path = rough
    other = replace(network, inputs=-network.inputs)
    test = verify.save_problem(other, tmp_path / "test.safetensors")
    done = verify.certify(path, kind="certified-accuracy", polish=True, data=test)
    claim = done.certificate.claim
    assert (claim.samples, claim.right + claim.wrong) == (12, 12) and claim.data.path == "test.safetensors"
    assert done.files[-1].name == "test.safetensors" and isinstance(check(done.certificate_path), Accepted)
    with pytest.raises(MalformedProblem, match="belongs to --kind certified-accuracy"):
        verify.certify(path, kind="strict-minimum", data=test)


def test_numbers_have_no_accuracy():
    network = classifier(np.random.default_rng(0), (1, 1, 1), 5, Squared(Fraction(1)), Fraction(1, 10))
    with pytest.raises(MalformedProblem, match="certified-accuracy does not cover it"):
        verify.certify(network, kind="certified-accuracy")


def test_a_dead_unit_is_named():
    layers = (Dense(np.array([[0.8], [0.1]]), np.zeros(2)), Dense(np.array([[0.9, 0.1]]), np.zeros(1)))
    inputs = np.linspace(-2, 2, 9)[:, None]
    loss = Logistic(Fraction(1, 9))
    penalised = decays("3", "layers.0.weight", "layers.1.weight")
    network = problem(layers, inputs, (inputs + 0.9 * np.sin(5 * inputs) > 0).astype(float), loss, penalised)
    done = verify.certify(network, polish=True)
    assert done.verdict.check == 5
    assert "unit" in done.verdict.reason and "remove" in done.verdict.advice
