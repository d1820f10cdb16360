"""Activations: catalogue names, parameters, recognition and canonical spelling."""

from __future__ import annotations

from fractions import Fraction

import pytest

from certificates.errors import MalformedExpression
from certificates.expression import CATALOGUE, parse_activation, to_text

NAMES = [name if name != "smooth_leaky_relu" else "smooth_leaky_relu(1/10)" for name in CATALOGUE]


@pytest.mark.parametrize(
    "text", [*NAMES, "softplus(2)", "leaky_relu(0.2)", "elu(3/2)", "z*tanh(exp(z))", "piecewise(0, 1, z-1)"]
)
def test_the_canonical_text_and_the_formula_parse_back(text: str) -> None:
    activation = parse_activation(text)
    assert parse_activation(activation.text) == activation
    assert parse_activation(to_text(activation.expression)) == activation


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("z", "identity"),
        (" tanh ", "tanh"),
        ("tanh(z)", "tanh"),
        ("softplus", "softplus(1)"),
        ("log(1+exp(z))", "softplus(1)"),
        ("softplus(2*z)/2", "softplus(2)"),
        ("softplus(0.5)", "softplus(1/2)"),
        ("z * tanh( log(1+exp(z)) )", "mish"),
        ("elu", "elu(1)"),
        ("piecewise(exp(z)-1, 0, z)", "elu(1)"),
        ("piecewise(z/100, 0, z)", "piecewise(z/100, 0, z)"),
        ("leaky_relu", "leaky_relu(1/100)"),
        ("tanh(2*z)", "tanh(2*z)"),
        ("3", "3"),
    ],
)
def test_spellings(text: str, canonical: str) -> None:
    assert parse_activation(text).text == canonical


def test_parameters_are_exact() -> None:
    assert parse_activation("leaky_relu(0.1)").parameters == (Fraction(1, 10),)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("swish", "did you mean silu"),
        ("gleu", "did you mean gelu"),
        ("exp", "write exp(z)"),
        ("something", "the catalogue has"),
        ("tanh(2)", "takes no parameter"),
        ("softplus(0)", "beta > 0"),
        ("elu(-1)", "alpha > 0"),
        ("smooth_leaky_relu", "needs its parameter"),
        ("smooth_leaky_relu(2)", "0 < a <= 1"),
        ("softplus(exp(1))", "rational constant"),
        ("softplus()", "empty"),
        ("softplus(-@)", "column 11"),
        ("__import__('os').system('true')", "underscore"),
        ("os.system", "attribute access"),
        ("1/(3-3.0", "expected"),
        (" foo(1)", "column 2"),
        ("", "empty"),
    ],
)
def test_refusals(text: str, what: str) -> None:
    with pytest.raises(MalformedExpression) as caught:
        parse_activation(text)
    assert what in str(caught.value)


def test_a_formula_whose_exact_spelling_is_too_long_is_refused() -> None:
    balanced = "1e-90*z"
    for _ in range(5):
        balanced = f"({balanced}+{balanced})"
    with pytest.raises(MalformedExpression, match="characters"):
        parse_activation(balanced)
