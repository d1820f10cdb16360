"""Tensors' names give the layers' order, or a refusal."""

import random

import numpy as np
import pytest

from certificates.errors import MalformedProblem
from verify.problems.names import layers_from_tensors


def tensors(*stems: str) -> dict[str, np.ndarray]:
    return {f"{stem}.weight": np.full((1, 1), float(index)) for index, stem in enumerate(stems)}


@pytest.mark.parametrize(
    "stems",
    [
        ["0", "2", "4", "10", "12"],
        ["layers.0", "layers.1", "layers.2"],
        ["net.0", "net.2", "net.10"],
        ["fc1", "fc2", "fc10"],
        ["0.0", "0.2", "1"],
        ["body.0.0", "body.0.2", "body.3"],
        ["0", "1.0", "1.2", "2"],
    ],
)
def test_numbers_order_the_layers_whatever_the_order_in_the_file(stems: list[str]) -> None:
    items = list(tensors(*stems).items())
    random.Random(0).shuffle(items)
    assert list(layers_from_tensors(dict(items), "net.pt").stems) == stems


@pytest.mark.parametrize("prefix", ["module.", "_orig_mod.", "module._orig_mod."])
def test_wrappers_are_removed_with_a_note(prefix: str) -> None:
    named = layers_from_tensors({prefix + name: value for name, value in tensors("0", "2").items()}, "net.pt")
    assert named.stems == ("0", "2")
    assert len(named.notes) == prefix.count(".")
    assert "prefix" in named.notes[0]


def test_biases_are_found_and_may_be_missing() -> None:
    named = layers_from_tensors(tensors("0", "2") | {"2.bias": np.zeros(1)}, "net.pt")
    assert named.biases[0] is None
    assert named.biases[1] is not None


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "holds no layers"),
        (tensors("encoder", "head"), "do not give the order"),
        (tensors("net.0", "net.2", "head"), "do not give the order"),
        ({"0.bias": np.zeros(1)}, "a bias and no weight"),
        (tensors("0") | {"1.running_mean": np.zeros(3)}, "batch normalisation"),
        (tensors("0") | {"1.num_batches_tracked": np.zeros(())}, "batch normalisation"),
        ({"0.weight": np.zeros((4, 1, 3, 3))}, "convolution"),
        ({"0.weight": np.zeros(4), "0.bias": np.zeros(4)}, "normalisation"),
        ({"rnn.weight_ih_l0": np.zeros((4, 4))}, "recurrent"),
        ({"0.parametrizations.weight.original0": np.zeros((4, 1))}, "spectral norm"),
        ({"0.weight_g": np.zeros((4, 1))}, "spectral norm"),
        (tensors("0") | {"optimizer": np.zeros(1)}, "belongs to no affine layer"),
    ],
)
def test_what_is_no_perceptron_is_refused(given: dict[str, np.ndarray], words: str) -> None:
    with pytest.raises(MalformedProblem, match=words) as caught:
        layers_from_tensors(given, "net.pt")
    assert caught.value.place == "net.pt"
