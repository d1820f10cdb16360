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
        ({"attn.in_proj_weight": np.zeros((4, 4))}, "attention"),
        ({"in_proj_bias": np.zeros(4)}, "attention"),
        ({"layers.0.self_attn.out_proj.weight": np.zeros((4, 4))}, "attention"),
        ({"0.parametrizations.weight.original0": np.zeros((4, 1))}, r"remove_parametrizations\(module, 'weight'\)"),
        ({"0.weight_g": np.zeros((4, 1)), "0.weight_v": np.zeros((4, 1))}, r"remove_weight_norm\(module, 'weight'\)"),
        (tensors("0") | {"1.weight_orig": np.zeros((1, 1)), "1.weight_u": np.zeros(1)}, "remove_spectral_norm"),
        ({"0.weight_orig": np.zeros((1, 1)), "0.weight_mask": np.zeros((1, 1))}, r"prune.remove\(module, 'weight'\)"),
        ({"0.bias_orig": np.zeros(1), "0.bias_mask": np.zeros(1)}, r"prune.remove\(module, 'bias'\)"),
        (tensors("0") | {"2.bias": np.zeros(1)}, "leave out a weight that two layers share"),
        (tensors("0") | {"optimizer": np.zeros(1)}, "belongs to no affine layer"),
    ],
)
def test_what_is_no_perceptron_is_refused(given: dict[str, np.ndarray], words: str) -> None:
    with pytest.raises(MalformedProblem, match=words) as caught:
        layers_from_tensors(given, "net.pt")
    assert caught.value.place == "net.pt"


class Stored:
    """What is used of a tensor whose numbers lie somewhere."""

    shape = (2, 2)

    def __init__(self, where: int) -> None:
        self.where = where

    def data_ptr(self) -> int:
        return self.where


def test_one_memory_under_two_names_is_refused() -> None:
    with pytest.raises(MalformedProblem, match=r"tensor '2.weight' is '0.weight' once more"):
        layers_from_tensors({"0.weight": Stored(64), "2.weight": Stored(64)}, "net.pt")
    assert layers_from_tensors({"0.weight": Stored(64), "2.weight": Stored(128)}, "net.pt").stems == ("0", "2")
    assert layers_from_tensors({"0.weight": Stored(0), "2.weight": Stored(0)}, "net.pt").stems == ("0", "2")


def test_linear_layers_may_be_called_projections() -> None:
    """Not nn.MultiheadAttention's in_proj_weight."""
    assert layers_from_tensors(tensors("lin_proj1", "lin_proj2"), "net.pt").stems == ("lin_proj1", "lin_proj2")
    assert layers_from_tensors(tensors("in_proj.0", "in_proj.1"), "net.pt").stems == ("in_proj.0", "in_proj.1")


def test_what_compiling_and_averaging_add_is_removed_with_a_note() -> None:
    inner = layers_from_tensors(tensors("0._orig_mod", "2"), "net.pt")
    assert inner.stems == ("0", "2") and "torch.compile" in inner.notes[0]
    averaged = layers_from_tensors(tensors("module.0", "module.2") | {"n_averaged": np.array(3)}, "net.pt")
    assert averaged.stems == ("0", "2")
    counter, prefix = averaged.notes
    assert "'n_averaged'" in counter and "'module'" in prefix
    with pytest.raises(MalformedProblem, match="do not give the order"):
        layers_from_tensors(tensors("0._orig_mod", "0"), "net.pt")  # two tensors stay two


BRANCHES = [
    "experts.0", "members.1", "heads.0", "head1", "shortcut", "layer1.0.downsample.0", "skip", "residual.0",
    "branch2.0", "ensemble.0.fc", "models.0", "ActorCritic.0", "resBlock.1", "moe.experts.3.w1",
]  # fmt: skip


@pytest.mark.parametrize("stem", BRANCHES)
def test_names_of_branches_are_refused_unless_said_to_be_a_chain(stem: str) -> None:
    given = {f"{stem}.weight": np.zeros((3, 3)), f"{stem}.bias": np.zeros(3)}
    with pytest.raises(MalformedProblem, match="seldom a plain chain") as caught:
        layers_from_tensors(given, "net.pt")
    assert "--chain" in caught.value.remedy
    assert "as was said" in layers_from_tensors(given, "net.pt", chain=True).notes[0]


def test_blocks_are_refused_where_something_may_be_added_to_them() -> None:
    square = {"blocks.0.weight": np.zeros((3, 3)), "blocks.1.weight": np.zeros((1, 3))}
    with pytest.raises(MalformedProblem, match="'blocks'"):
        layers_from_tensors(square, "net.pt")
    assert layers_from_tensors(square, "net.pt", chain=True).stems == ("blocks.0", "blocks.1")
    narrowing = {"blocks.0.weight": np.zeros((2, 3)), "blocks.1.weight": np.zeros((1, 2))}
    assert layers_from_tensors(narrowing, "net.pt").notes == ()


@pytest.mark.parametrize("stem", ["layers.0", "net.0", "fc1", "hidden.3", "0", "model.2", "linear1", "dense_1"])
def test_ordinary_names_are_not(stem: str) -> None:
    assert layers_from_tensors({f"{stem}.weight": np.zeros((3, 3))}, "net.pt").notes == ()
