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
        (fake("Softplus", beta=0.1, threshold=20), "softplus(1/10)"),
        (fake("LeakyReLU", negative_slope=0.01), "leaky_relu(1/100)"),
        (fake("LeakyReLU", negative_slope=1 / 3), "leaky_relu(6004799503160661/18014398509481984)"),
    ],
)
def test_activations_are_exact_and_parse(module: object, text: str) -> None:
    found = activation_of_module(type(module).__name__, module, "model.1")
    assert found is not None
    assert found.text == text
    parse_activation(text)
    assert ("Softplus" in found.note) == ("threshold" in vars(type(module)))


def test_the_softplus_note_says_what_differs_and_where() -> None:
    found = activation_of_module("Softplus", fake("Softplus", beta=2, threshold=15), "model.3")
    assert found is not None
    assert "βz > 15" in found.note
    assert math.log1p(math.exp(-15)) / 2 <= found.slack.amount <= 1.6e-7
    assert 7.49 < found.slack.beyond <= 7.5


@pytest.mark.parametrize(
    ("module", "words"),
    [
        (fake("LeakyReLU", negative_slope=0.01), "number is 1/100; PyTorch computes with the binary64 number nearest"),
        (fake("LeakyReLU", negative_slope=1 / 3), "nearest to 0.3333333333333333, 6004799503160661/18014398509481984"),
        (fake("LeakyReLU", negative_slope=0.25), ""),
        (fake("ELU", alpha=0.1), "ELU(alpha=0.1): the certified number is 1/10"),
        (fake("GELU", approximate="tanh"), "not the GELU of the error function"),
        (fake("Tanh"), ""),
    ],
)
def test_notes_say_where_the_certified_function_is_another(module: object, words: str) -> None:
    found = activation_of_module(type(module).__name__, module, "model.1")
    assert found is not None
    assert words in found.note
    assert bool(words) == bool(found.note)


def test_parameters_must_be_finite() -> None:
    with pytest.raises(MalformedProblem, match=r"model.1.alpha: expected a finite number, got nan"):
        activation_of_module("ELU", fake("ELU", alpha=math.nan), "model.1")


@pytest.mark.parametrize(
    ("name", "bases", "words"),
    [
        ("Dropout", (), "random"),
        ("AlphaDropout", (), "random"),
        ("BatchNorm1d", (), "normalisation over a batch"),
        ("SyncBatchNorm", (), "normalisation over a batch"),
        ("LayerNorm", (), "normalisation layers"),
        ("CrossEntropyLoss", (), "a loss module is no layer"),
        ("L1Loss", (), "a loss module is no layer"),
        ("Softmax", (), "identity output"),
        ("LogSoftmax", (), "identity output"),
        ("Conv2d", (), "convolutions"),
        ("LSTM", (type("RNNBase", (), {}),), "is not covered"),
        ("AveragedModel", (), "running average of weights"),
        ("PReLU", (), "slope is a trained parameter"),
        ("MyDropout", (type("Dropout", (), {}),), "random"),
        ("Whatever", (), "Whatever is not covered"),
    ],
)
def test_refusals_have_their_reason(name: str, bases: tuple[type, ...], words: str) -> None:
    module = fake(name, *bases)
    assert activation_of_module(type(module).__name__, module, "model.2") is None
    error = refuse_module(module, "model.2")
    assert words in error.what
    assert error.place == "model.2"
    assert error.remedy
