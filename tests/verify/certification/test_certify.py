"""From problem files to certificate files: what is written, when, and what is not."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace

import numpy as np
import pytest

import verify
from certificates import Accepted, check, check_bytes
from certificates.certificate import encode_certificate
from certificates.document.problem_file import encode_problem
from certificates.errors import Malformed, MalformedProblem
from tests.support.naive import random_network
from tests.support.shallow import shallow_problem
from verify.certification.choice import chosen_kind
from verify.search.proposal import Options


@pytest.fixture
def trained(tmp_path):
    network = random_network(np.random.default_rng(1), (4, 24, 1), 6, residual=1e-5)
    return verify.save_problem(network, tmp_path / "net.safetensors")


@pytest.fixture
def untrained(tmp_path):
    network = random_network(np.random.default_rng(1), (4, 24, 1), 6, residual=0.3)
    return verify.save_problem(network, tmp_path / "net.safetensors")


def test_writes_beside_the_problem_and_the_judge_accepts(trained):
    done = verify.certify(trained)
    assert done.certificate_path == trained.with_name("net.zero-loss-convergence.cert.json")
    verdict = check(done.certificate_path)
    assert isinstance(verdict, Accepted) and verdict.claim == done.certificate.claim
    assert isinstance(check(done.certificate_path, arithmetic="arb"), Accepted)


def test_same_input_gives_the_same_bytes(trained, tmp_path):
    first = verify.certify(trained).certificate_path.read_bytes()
    again = verify.certify(trained, output=tmp_path / "again.cert.json").certificate_path.read_bytes()
    assert first == again


def test_polishes_only_when_asked_and_names_the_origin(untrained):
    refused = verify.certify(untrained)
    assert not isinstance(refused.verdict, Accepted) and refused.certificate_path is None
    assert [path.name for path in untrained.parent.iterdir()] == ["net.safetensors"]
    done = verify.certify(untrained, polish=True)
    assert done.problem_path == untrained.with_name("net.polished.safetensors")
    claim = done.certificate.claim
    assert claim.origin.path == "net.safetensors" and claim.origin.distance >= done.polished.distance * (1 - 1e-9)
    assert isinstance(check(done.certificate_path), Accepted)


def test_a_missing_origin_is_malformed_not_skipped(untrained):
    done = verify.certify(untrained, polish=True)
    kept = untrained.rename(untrained.with_name("elsewhere"))
    with pytest.raises(Malformed, match=r"before polishing 'net\.safetensors' is missing; .*standalone") as caught:
        check(done.certificate_path)
    assert caught.value.place == "claim.origin.path"
    with pytest.raises(Malformed, match=r"before polishing with sha256 .* has another"):
        check(done.certificate_path, problem=done.problem_path)
    assert isinstance(check(done.certificate_path, problem=kept), Accepted)
    folder = untrained.parent / "both"
    folder.mkdir()
    for path, name in ((kept, untrained.name), (done.problem_path, done.problem_path.name)):
        path.rename(folder / name)
    assert isinstance(check(done.certificate_path, problem=folder), Accepted)


def test_the_files_named_are_what_a_check_elsewhere_needs(untrained, tmp_path):
    def works(files, name):
        folder = tmp_path / name
        folder.mkdir()
        for path in files:
            shutil.copy(path, folder)
        try:
            return isinstance(check(folder / files[0].name), Accepted)
        except Malformed:
            return False

    done = verify.certify(untrained, polish=True)
    assert [path.name for path in done.files] == [
        done.certificate_path.name,
        "net.polished.safetensors",
        "net.safetensors",
    ]
    assert works(done.files, "three") and not works(done.files[:2], "two")
    assert str(done).splitlines()[2] == "written: {}, about {}, polished from {}".format(*done.files)
    alone = verify.certify(untrained, polish=True, standalone=True, force=True)
    assert alone.certificate.claim.origin is None and alone.files == done.files[:2]
    assert works(alone.files, "alone") and not works(alone.files[:1], "one")
    assert verify.certify(alone.problem_path).files[1:] == (alone.problem_path,)


def test_standalone_belongs_to_polish(trained):
    with pytest.raises(MalformedProblem, match="--standalone: belongs to --polish"):
        verify.certify(trained, standalone=True)


def test_polishing_is_left_out_when_the_weights_are_good_enough(trained):
    assert verify.certify(trained, polish=True).polished is None


def test_an_asked_rate_polishes_weights_that_certify_with_less(untrained):
    least = verify.certify(untrained, polish=True)
    assert verify.certify(least.problem_path, polish=True, rate="1/100").polished is None
    faster = verify.certify(least.problem_path, polish=True, rate="9/10", force=True)
    assert faster.polished.residuals[0] == pytest.approx(least.polished.residuals[-1]) and not faster.notes
    gained = [done.certificate.claim.decrease_rate * done.certificate.claim.step_size_max for done in (least, faster)]
    assert gained[1] > 4 * gained[0]


def test_a_rate_that_no_weights_on_the_way_have_is_noted(untrained):
    done = verify.certify(untrained, polish=True, rate="0.9999999999")
    assert isinstance(done.verdict, Accepted)
    assert done.polished.ended == "floor" and "was asked for" in done.notes[0]


@pytest.mark.parametrize("polish", ["minimal", 1, None])
def test_a_polish_that_is_none_is_refused(trained, polish):
    with pytest.raises(MalformedProblem, match='expected True, False or "full"'):
        verify.certify(trained, polish=polish)


def test_the_radius_objective_gives_a_smaller_ball(trained, tmp_path):
    rate = verify.certify(trained).certificate.claim
    radius = verify.certify(trained, objective="radius", output=tmp_path / "r.json").certificate.claim
    assert radius.radius < rate.radius and radius.step_size_max < rate.step_size_max


def test_networks_in_memory_are_embedded():
    network = random_network(np.random.default_rng(1), (4, 24, 1), 6, residual=1e-5)
    done = verify.certify(network)
    assert done.certificate_path is None
    assert isinstance(check_bytes(encode_certificate(done.certificate)), Accepted)


def test_networks_too_large_to_embed_ask_for_a_file():
    network = random_network(np.random.default_rng(1), (400, 400, 1), 2, residual=1e-9)
    with pytest.raises(MalformedProblem, match="save_problem"):
        verify.certify(network)


def test_a_different_file_is_not_replaced(trained):
    target = trained.with_name("net.zero-loss-convergence.cert.json")
    target.write_text("mine")
    with pytest.raises(Malformed, match="--force"):
        verify.certify(trained)
    assert target.read_text() == "mine"
    verify.certify(trained, force=True)
    assert json.loads(target.read_text())["kind"] == "zero-loss-convergence"


def test_an_unknown_kind_is_refused(trained):
    with pytest.raises(MalformedProblem, match="zero-loss-convergence"):
        verify.certify(trained, kind="no-such-kind")


def test_interruption_while_polishing_leaves_no_file(untrained, monkeypatch):
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("verify.proposals.zero_loss_convergence.least_polish", interrupt)
    with pytest.raises(KeyboardInterrupt):
        verify.certify(untrained, polish=True)
    assert [path.name for path in untrained.parent.iterdir()] == ["net.safetensors"]


def test_transposed_arrays_are_certified_as_they_look():
    network = random_network(np.random.default_rng(1), (4, 24, 1), 6, residual=1e-5)
    first = np.asfortranarray(network.layers[0].weight)
    transposed = replace(network, layers=(replace(network.layers[0], weight=first), network.layers[1]))
    assert encode_problem(transposed) == encode_problem(network)


@pytest.mark.parametrize(("dimension", "kind"), [(4, "local-convergence"), (3, "zero-loss-convergence")])
def test_planted_labels_of_one_hidden_layer_ask_for_starts_around_the_teacher(dimension, kind):
    """With a second output, no claim about planted labels fits."""
    network = shallow_problem(np.random.default_rng(1), 4, 12, 6)
    if dimension == 3:
        doubled = tuple(np.vstack([layer.weight] * 2) for layer in network.layers[1:])
        layers = [network.layers[0].weight, *doubled]
        network = verify.from_arrays(layers, None, "tanh", network.inputs, teacher=layers)
    assert chosen_kind(network, None, Options()) == kind
    assert chosen_kind(network, "critical-point", Options()) == "critical-point"
