"""Modules become the activation they compute or a refusal with its reason; classes are known by name alone."""

import math

import pytest

from certificates.errors import MalformedProblem
from certificates.expression import parse_activation
from verify.problems.modules import GELU_TANH, activation_of_module, refuse_module


def fake(name: str, *bases: type, **attributes: object) -> object:
    return type(name, bases, attributes)()


@pytest.mark.parametrize(
    ("module", "text"),
    [
        (fake("Tanh"), "tanh"),
        (fake("Sigmoid"), "sigmoid"),
        (fake("SiLU"), "silu"),
        (fake("Mish"), "mish"),
        (fake("Softsign"), "softsign"),
        (fake("ReLU"), "relu"),
        (fake("GELU", approximate="none"), "gelu"),
        (fake("GELU", approximate="tanh"), GELU_TANH),
        (fake("LeakyReLU", negative_slope=0.25), "leaky_relu(1/4)"),
        (fake("ELU", alpha=1.0), "elu"),
        (fake("ELU", alpha=0.5), "elu(1/2)"),
        (fake("Softplus", beta=1, threshold=20), "softplus"),
        (fake("Softplus", beta=2.5, threshold=20), "softplus(5/2)"),
        (fake("Softplus", beta=0.1, threshold=20), "softplus(3602879701896397/36028797018963968)"),
    ],
)
def test_activations_are_exact_and_parse(module: object, text: str) -> None:
    found = activation_of_module(module, "model.1")
    assert found is not None
    assert found.text == text
    parse_activation(text)
    assert ("threshold" in vars(type(module))) == bool(found.note)


def test_the_softplus_note_says_what_differs_and_where() -> None:
    found = activation_of_module(fake("Softplus", beta=2, threshold=15), "model.3")
    assert found is not None
    assert found.note.startswith("model.3: ")
    assert "βz > 15" in found.note


def test_parameters_must_be_finite() -> None:
    with pytest.raises(MalformedProblem, match="alpha is nan"):
        activation_of_module(fake("ELU", alpha=math.nan), "model.1")


@pytest.mark.parametrize(
    ("name", "bases", "words"),
    [
        ("Dropout", (), "random"),
        ("AlphaDropout", (), "random"),
        ("BatchNorm1d", (), "normalisation over a batch"),
        ("SyncBatchNorm", (), "normalisation over a batch"),
        ("LayerNorm", (), "normalisation layers"),
        ("CrossEntropyLoss", (), "cross-entropy"),
        ("BCEWithLogitsLoss", (), "cross-entropy"),
        ("L1Loss", (), "a loss module is no layer"),
        ("Softmax", (), "identity output"),
        ("LogSoftmax", (), "identity output"),
        ("Conv2d", (), "convolutions"),
        ("LSTM", (type("RNNBase", (), {}),), "is not covered"),
        ("PReLU", (), "slope is a trained parameter"),
        ("MyDropout", (type("Dropout", (), {}),), "random"),
        ("Whatever", (), "Whatever is not covered"),
    ],
)
def test_refusals_have_their_reason(name: str, bases: tuple[type, ...], words: str) -> None:
    module = fake(name, *bases)
    assert activation_of_module(module, "model.2") is None
    error = refuse_module(module, "model.2")
    assert words in error.what
    assert error.place == "model.2"
    assert error.remedy
