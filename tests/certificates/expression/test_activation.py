"""Activations: catalogue names, parameters, recognition and canonical spelling."""

from __future__ import annotations

from bisect import bisect_left
from fractions import Fraction

import pytest

from certificates.errors import MalformedExpression
from certificates.expression import CATALOGUE, Activation, parse_activation, parse_expression, to_text
from certificates.expression.parser import DEEPEST_TREE
from certificates.expression.syntax import Apply, Negative, Number, Product, Variable
from tests.campaigns.formulas import attempt

NAMES = [name if name != "smooth_leaky_relu" else "smooth_leaky_relu(1/10)" for name in CATALOGUE]


@pytest.mark.parametrize(
    "text",
    [
        *NAMES, "softplus(2)", "leaky_relu(0.2)", "elu(3/2)", "z*tanh(exp(z))", "piecewise(0, 1, z-1)",
        "(softplus(2))", "(tanh(2))", "(sigmoid(1/3))", "(erf(1))", "sin((1))*sin(2)", "tanh(-1)^2", "exp(1)",
        "(tanh(piecewise(1, 0, 2)))", "(sin(exp(1)))", "softplus(0.5)", "(softplus(0.5))",
        f"softplus({'9' * 100}/{'7' * 100})",
        f"{'9' * 100}/({'7' * 99}/3)", "-(1/3)^-2*z", "z--2", "z/-2", "--z", "1/3/z", "z^-0",
    ],
)  # fmt: skip
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


def test_a_constant_is_not_the_catalogue_entry_of_its_spelling() -> None:
    constant, named = parse_activation("(softplus(2))"), parse_activation("softplus(2)")
    assert constant.expression == Apply("softplus", Number(Fraction(2))) and constant.text == "(softplus(2))"
    assert named.name == "softplus" and named != constant
    with pytest.raises(MalformedExpression, match=r"\(tanh\(2\)\) for a constant"):
        parse_activation("tanh(2)")


@pytest.mark.parametrize("inner", ["(z*-0.5)", "z+(z*-.1)", "(-0.5)^-1", "-1/3", "piecewise(z,-.5,z)"])
@pytest.mark.parametrize("wrap", ["-{}", "exp({})", "({})^-1", "z-({})", "-(z*{})", "piecewise(0,0,{})"])
def test_the_deepest_text_reads_back(inner: str, wrap: str) -> None:
    def nested(levels: int) -> str:
        return inner if levels == 0 else wrap.format(nested(levels - 1))

    def is_read(levels: int) -> bool:
        try:
            parse_expression(nested(levels))
        except MalformedExpression:
            return False
        activation = parse_activation(nested(levels))
        assert parse_activation(activation.text) == activation
        return True

    beyond = bisect_left(range(DEEPEST_TREE + 9), True, key=lambda levels: not is_read(levels))
    assert 30 < beyond <= DEEPEST_TREE + 1


def test_an_activation_whose_text_says_something_else_cannot_be_built() -> None:
    constant = Apply("softplus", Number(Fraction(2)))
    with pytest.raises(MalformedExpression, match="does not read back"):
        Activation("softplus(2)", None, (), constant)
    with pytest.raises(MalformedExpression, match="does not read back"):
        Activation("-2", None, (), Negative(Number(Fraction(2))))
    with pytest.raises(MalformedExpression, match="too many digits"):
        to_text(Number(Fraction(10**5000)))
    assert isinstance(
        Activation("z*(1/2)", None, (), Product(Variable(), Number(0.5))).expression.right.value, Fraction
    )


def test_random_formulas_read_back() -> None:
    """The first of the campaign; also as files, and as programs build them."""
    assert {attempt(number) for number in range(400)} == {"built", "refused"}


def test_parameters_are_exact() -> None:
    assert parse_activation("leaky_relu(0.1)").parameters == (Fraction(1, 10),)


@pytest.mark.parametrize(
    ("name", "read", "refused"),
    [
        ("softplus", ("1/1000", "1", "1000"), ("0", "-1")),
        ("elu", ("1/1000", "1", "1000"), ("0", "-1")),
        ("leaky_relu", ("0", "1/1000", "1000"), ("-1/1000",)),
        ("smooth_leaky_relu", ("1/1000", "1"), ("0", "1001/1000")),
    ],
)
def test_where_parameters_end(name: str, read: tuple[str, ...], refused: tuple[str, ...]) -> None:
    for value in read:
        assert parse_activation(f"{name}({value})").parameters == (Fraction(value),)
    for value in refused:
        with pytest.raises(MalformedExpression, match=r"<|>"):
            parse_activation(f"{name}({value})")


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
