"""Problem files."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from certificates.document import problem_file
from certificates.document.problem_file import decode_problem, encode_problem
from certificates.document.tensors import decode_tensors, encode_tensors
from certificates.errors import Malformed, MalformedProblem
from certificates.subjects import Dense, Objective, Squared
from tests.support.naive import random_network


@pytest.mark.parametrize(("bias", "trained"), [(True, None), (False, (True, False, True))])
def test_round_trip_bit_for_bit(bias, trained):
    network = random_network(np.random.default_rng(1), (3, 4, 5, 2), 6, "gelu", bias=bias, trained=trained)
    network = replace(network, objective=Objective(Squared(Fraction(3, 7))))
    again = decode_problem(encode_problem(network))
    assert again.activations == network.activations and again.objective.loss.scale == network.objective.loss.scale
    for mine, theirs in zip(again.layers, network.layers, strict=True):
        assert mine.trained == theirs.trained and mine.weight.tobytes() == theirs.weight.tobytes()
        assert (mine.bias is None) == (theirs.bias is None)
    assert again.inputs.tobytes() == network.inputs.tobytes() and again.targets.tobytes() == network.targets.tobytes()


def test_notes_round_trip_and_leave_files_without_them_as_they_were():
    network = random_network(np.random.default_rng(1), (3, 4, 1), 5)
    assert b"notes" not in encode_problem(network)
    noted = replace(network, notes=('<b>"φ" & \\x</b>', "x" * 1_000) * 16)
    assert decode_problem(encode_problem(noted)).notes == noted.notes
    assert encode_problem(replace(noted, notes=())) == encode_problem(network)


def _parts():
    tensors, metadata = decode_tensors(encode_problem(random_network(np.random.default_rng(2), (3, 4, 1), 5)))
    return dict(tensors), json.loads(metadata["gradcert"])


def _decode(tensors, settings):
    return decode_problem(encode_tensors(tensors, {"gradcert": json.dumps(settings)}))


def _with_tensor(name, value):
    tensors, settings = _parts()
    tensors[name] = value
    return _decode(tensors, settings)


def _without_tensor(name):
    tensors, settings = _parts()
    del tensors[name]
    return _decode(tensors, settings)


def _with_setting(name, value):
    tensors, settings = _parts()
    return _decode(tensors, settings | {name: value})


def _planted(changes, drop=None):
    """The problem with a teacher of 7 hidden units instead of targets, and with these changes."""
    tensors, settings = _parts()
    del tensors["targets"]
    tensors |= {"teacher.layers.0.weight": np.ones((7, 3)), "teacher.layers.1.weight": np.ones((1, 7))} | changes
    tensors.pop(drop, None)
    return _decode(tensors, settings)


def test_planted_labels_round_trip_bit_for_bit():
    network = _planted({})
    assert network.targets is None and network.residual_count == 5
    again = decode_problem(encode_problem(network))
    assert again.targets is None and again.teacher is not None
    for mine, theirs in zip(again.teacher, network.teacher, strict=True):
        assert mine.weight.tobytes() == theirs.weight.tobytes() and not mine.trained and mine.bias is None
    assert encode_problem(again) == encode_problem(network)


def test_planted_labels_are_not_given_ones():
    with pytest.raises(MalformedProblem, match="planted by a teacher"):
        _ = _planted({}).given_targets


def test_a_teacher_with_a_bias_or_to_be_trained_is_refused():
    network = _planted({})
    first = network.teacher[0]
    for layer in (Dense(first.weight, np.ones(7), False), Dense(first.weight, None, True)):
        with pytest.raises(MalformedProblem, match="frozen and have no bias"):
            replace(network, teacher=(layer, network.teacher[1]))


BAD = {
    "layers.1.weight": lambda: _with_tensor("layers.1.weight", np.ones((1, 3))),
    "layers.0.bias": lambda: _with_tensor("layers.0.bias", np.ones(3)),
    "layers.2.weight": lambda: _with_tensor("layers.3.weight", np.ones((1, 1))),
    "layers.00.weight": lambda: _with_tensor("layers.00.weight", np.ones((4, 3))),
    "stranger": lambda: _with_tensor("stranger", np.ones(1)),
    "targets both": lambda: _planted({"targets": np.zeros((5, 1))}),
    "targets neither": lambda: _without_tensor("targets"),
    "teacher": lambda: _planted({"teacher.layers.2.weight": np.ones((1, 1))}),
    "teacher.layers.1.weight": lambda: _planted({"teacher.layers.1.weight": np.ones((1, 6))}),
    "teacher.layers.0.bias": lambda: _planted({"teacher.layers.0.bias": np.ones(7)}),
    "teacher.layers.0.weight inputs": lambda: _planted({"teacher.layers.0.weight": np.ones((7, 2))}),
    "teacher.layers.0.weight nan": lambda: _planted({"teacher.layers.0.weight": np.full((7, 3), np.nan)}),
    "teacher.layers.0.weight axes": lambda: _planted({"teacher.layers.0.weight": np.ones(7)}),
    "teacher.layers.0.weight missing": lambda: _planted({}, drop="teacher.layers.0.weight"),
    "teacher outputs": lambda: _planted({"teacher.layers.1.weight": np.ones((2, 7))}),
    "teacher.layers.00.weight": lambda: _planted({"teacher.layers.00.weight": np.ones((7, 3))}),
    "teacher.stranger": lambda: _planted({"teacher.stranger": np.ones(1)}),
    "inputs": lambda: _with_tensor("inputs", np.full((5, 3), np.nan)),
    "targets": lambda: _with_tensor("targets", np.full((5, 1), np.inf)),
    "targets rows": lambda: _with_tensor("targets", np.ones((4, 1))),
    "targets axes": lambda: _with_tensor("targets", np.ones(5)),
    "inputs empty": lambda: _with_tensor("inputs", np.ones((0, 3))),
    "inputs missing": lambda: _without_tensor("inputs"),
    "layers.0.weight": lambda: _without_tensor("layers.0.weight"),
    "gradcert.format": lambda: _with_setting("format", "gradcert-problem/3"),
    "gradcert.type": lambda: _with_setting("type", "population"),
    "gradcert.type unknown": lambda: _with_setting("type", "planet"),
    "gradcert.trained": lambda: _with_setting("trained", ["1", "0"]),
    "gradcert.trained next": lambda: _with_setting("trained", ["0", "2"]),
    "gradcert.trained beyond": lambda: _with_setting("trained", ["0", "7"]),
    "trained": lambda: _with_setting("trained", []),
    "gradcert.loss_scale": lambda: _with_setting("loss_scale", "2/4"),
    "gradcert.loss_scale list": lambda: _with_setting("loss_scale", ["1"]),
    "gradcert.loss_scale object": lambda: _with_setting("loss_scale", {"a": "1"}),
    "loss_scale": lambda: _with_setting("loss_scale", "-1/2"),
    "loss_scale zero": lambda: _with_setting("loss_scale", "0"),
    "gradcert.trained number": lambda: _with_setting("trained", ["01"]),
    "expression": lambda: _with_setting("activations", ["no_such_function(z)"]),
    "expression forbidden": lambda: _with_setting("activations", ["__import__('os')"]),
    "gradcert.activations counted": lambda: _with_setting("activations", ["tanh", "tanh"]),
    "gradcert.activations": lambda: _with_setting("activations", "tanh"),
    "gradcert": lambda: _with_setting("colour", "red"),
    "gradcert.notes": lambda: _with_setting("notes", []),
    "gradcert.notes text": lambda: _with_setting("notes", "red"),
    "gradcert.notes lists": lambda: _with_setting("notes", [["x"]]),
    "notes": lambda: _with_setting("notes", ["x"] * 33),
    "notes.0": lambda: _with_setting("notes", [""]),
    "notes.1": lambda: _with_setting("notes", ["x", "x" * 1_001]),
    "notes.0 line end": lambda: _with_setting("notes", ["a\nb"]),
    "notes.0 escape": lambda: _with_setting("notes", ["\x1b[2J"]),
    "notes.0 bidirectional": lambda: _with_setting("notes", ["\u202egnp"]),
    "$.notes[0] surrogate": lambda: _with_setting("notes", ["\ud800"]),
}


@pytest.mark.parametrize("place", sorted(BAD))
def test_every_defect_is_named_with_its_place(place):
    with pytest.raises(MalformedProblem) as caught:
        BAD[place]()
    assert place.split(" ")[0] in caught.value.place


@pytest.mark.parametrize("metadata", [{}, {"other": "{}"}, {"gradcert": "{"}, {"gradcert": "[]"}])
def test_foreign_metadata_is_refused(metadata):
    tensors, _ = _parts()
    with pytest.raises(Malformed):
        decode_problem(encode_tensors(tensors, metadata))


def test_messages_stay_short():
    with pytest.raises(MalformedProblem) as caught:
        _with_setting("format", "x" * 100_000)
    assert len(str(caught.value)) < 300


def test_activations_are_counted_before_they_are_parsed(monkeypatch):
    monkeypatch.setattr(problem_file, "parse_activation", None)
    with pytest.raises(MalformedProblem, match="expected one between each pair of 2 layers, got 1000"):
        _with_setting("activations", ["tanh"] * 1000)


def test_a_tensor_without_a_name_has_a_place_too():
    with pytest.raises(MalformedProblem, match="unknown tensor") as caught:
        _with_tensor("", np.ones((1, 1)))
    assert caught.value.place == "''"
