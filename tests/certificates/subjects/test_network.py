"""What is no network: each refusal names its tensor; and what stands just inside each limit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from certificates.errors import MalformedProblem
from certificates.subjects import LONGEST_NOTE, MOST_NOTES, Dense
from tests.support.naive import random_network

NETWORK = random_network(np.random.default_rng(1), (3, 5, 2), 4)
FIRST, LAST = NETWORK.layers
TEACHER = (Dense(np.ones((2, 3)), None, trained=False), Dense(np.ones((2, 2)), None, trained=False))
PLANTED = replace(NETWORK, targets=None, teacher=TEACHER)


def _layers(first=FIRST, last=LAST):
    return {"layers": (first, last)}


REFUSED = {
    "no labels": (NETWORK, {"targets": None}, "targets"),
    "labels twice": (NETWORK, {"teacher": TEACHER}, "targets"),
    "a teacher with a bias": (
        PLANTED, {"teacher": (replace(TEACHER[0], bias=np.ones(2)), TEACHER[1])}, "teacher.layers.0"),
    "a trained teacher": (PLANTED, {"teacher": (TEACHER[0], replace(TEACHER[1], trained=True))}, "teacher.layers.1"),
    "a teacher of another depth": (PLANTED, {"teacher": (*TEACHER, TEACHER[1])}, "teacher"),
    "a teacher with other outputs": (
        PLANTED, {"teacher": (TEACHER[0], Dense(np.ones((3, 2)), None, False))}, "teacher"),
    "a teacher of other inputs": (PLANTED, {"teacher": (Dense(np.ones((2, 4)), None, False), TEACHER[1])},
                                  "teacher.layers.0.weight"),
    "single precision": (NETWORK, {"inputs": NETWORK.inputs.astype(np.float32)}, "inputs"),
    "a vector of inputs": (NETWORK, {"inputs": NETWORK.inputs[0]}, "inputs"),
    "no inputs": (NETWORK, {"inputs": np.ones((4, 0))}, "inputs"),
    "no samples": (NETWORK, {"inputs": np.ones((0, 3)), "targets": np.ones((0, 2))}, "inputs"),
    "a unit less": (NETWORK, _layers(last=replace(LAST, weight=np.ones((2, 4)))), "layers.1.weight"),
    "an input less": (NETWORK, _layers(first=replace(FIRST, weight=np.ones((5, 2)))), "layers.0.weight"),
    "a bias too short": (NETWORK, _layers(first=replace(FIRST, bias=np.ones(4))), "layers.0.bias"),
    "a bias too long": (NETWORK, _layers(last=replace(LAST, bias=np.ones(3))), "layers.1.bias"),
    "a matrix of biases": (NETWORK, _layers(last=replace(LAST, bias=np.ones((1, 2)))), "layers.1.bias"),
    "one layer": (NETWORK, {"layers": (FIRST,), "activations": ()}, "layers"),
    "no activation": (NETWORK, {"activations": ()}, "layers"),
    "a sample without a target": (NETWORK, {"targets": np.ones((3, 2))}, "targets"),
    "an output too many": (NETWORK, {"targets": np.ones((4, 3))}, "targets"),
    "a target that is infinite": (NETWORK, {"targets": np.full((4, 2), np.inf)}, "targets"),
    "nothing trained": (NETWORK, _layers(replace(FIRST, trained=False), replace(LAST, trained=False)), "trained"),
    "a note too many": (NETWORK, {"notes": ("x",) * (MOST_NOTES + 1)}, "notes"),
    "an empty note": (NETWORK, {"notes": ("x", "")}, "notes.1"),
    "a note too long": (NETWORK, {"notes": ("x" * (LONGEST_NOTE + 1),)}, "notes.0"),
    "a note of two lines": (NETWORK, {"notes": ("x\ny",)}, "notes.0"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_network_is_refused_with_its_place(name):
    network, change, place = REFUSED[name]
    with pytest.raises(MalformedProblem) as caught:
        replace(network, **change)
    assert caught.value.place == place


@pytest.mark.parametrize(
    "change",
    [
        _layers(first=replace(FIRST, bias=None)),
        _layers(first=replace(FIRST, trained=False)),
        {"notes": ("x" * LONGEST_NOTE,) * MOST_NOTES},
        {"targets": None, "teacher": TEACHER},
    ],
)
def test_what_is_a_network_is_kept_as_it_is(change):
    network = replace(NETWORK, **change)
    assert network.widths == (3, 5, 2) and network.residual_count == 8
    assert network.trained_parameter_count == sum(
        layer.weight.size + (0 if layer.bias is None else layer.bias.size) for layer in network.layers if layer.trained
    )
    with pytest.raises(ValueError, match="read-only"):
        network.inputs[0, 0] = 1.0


def test_networks_of_other_numbers_are_not_equal():
    assert replace(NETWORK, inputs=2 * NETWORK.inputs) != NETWORK
    assert len({NETWORK, PLANTED}) == 2
