"""The grammar: what a text means, that printing inverts parsing, and that hostile text is refused cheaply."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from certificates.errors import MalformedExpression
from certificates.expression import Expression, parse_expression, to_text
from certificates.expression.parser import DEEPEST_TREE
from certificates.expression.syntax import (
    FUNCTIONS,
    Apply,
    Difference,
    Negative,
    Number,
    Piecewise,
    Power,
    Product,
    Quotient,
    Sum,
    Variable,
)

Z = Variable()


def number(value: int | str) -> Number:
    return Number(Fraction(value))


def _negative(e: Expression) -> Expression:
    return Number(-e.value) if isinstance(e, Number) else Negative(e)


def _quotient(pair: tuple[Expression, Expression]) -> Expression:
    left, right = pair
    if isinstance(right, Number):
        return Quotient(left, Z) if right.value == 0 or isinstance(left, Number) else Quotient(left, right)
    return Quotient(left, right)


def _apply(name: str, argument: Expression) -> Expression:
    return argument if name == "log" and isinstance(argument, Sum) else Apply(name, argument)


def _nodes(inner: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    pair = st.tuples(inner, inner)
    return st.one_of(
        inner.map(_negative),
        pair.map(lambda p: Sum(*p)),
        pair.map(lambda p: Difference(*p)),
        pair.map(lambda p: Product(*p)),
        pair.map(_quotient),
        st.builds(Power, inner, st.integers(-64, 64)),
        st.builds(_apply, st.sampled_from(FUNCTIONS), inner),
        st.builds(
            lambda pieces, b: Piecewise(tuple(pieces), (b, b + 1)),
            st.lists(inner, min_size=3, max_size=3),
            FRACTIONS,
        ),
    )


FRACTIONS = st.fractions(-20, 20, max_denominator=30)
EXPRESSIONS = st.recursive(st.one_of(st.just(Z), FRACTIONS.map(Number)), _nodes, max_leaves=12)


@settings(max_examples=120, deadline=None, derandomize=True)
@given(EXPRESSIONS)
def test_printed_text_parses_back_to_the_same_tree(expression: Expression) -> None:
    assert parse_expression(to_text(expression)) == expression


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("-z^2", Negative(Power(Z, 2))),
        ("2**-1", Power(number(2), -1)),
        ("-2*z", Product(number(-2), Z)),
        ("z-z-z", Difference(Difference(Z, Z), Z)),
        ("z/2/z", Quotient(Quotient(Z, number(2)), Z)),
        ("1/3*z", Product(number("1/3"), Z)),
        ("z*1/3", Quotient(Product(Z, number(1)), number(3))),
        (".5e1 + 1.25E-2", Sum(number(5), number("1/80"))),
        ("+z", Z),
        ("log(1+exp(z))", Apply("softplus", Z)),
        ("log(exp(2*z) + 1)", Apply("softplus", Product(number(2), Z))),
        (
            "piecewise(0, -1/2, z, 1e-1, 1)",
            Piecewise((number(0), Z, number(1)), (Fraction(-1, 2), Fraction(1, 10))),
        ),
    ],
)
def test_meaning_of_texts(text: str, tree: Expression) -> None:
    assert parse_expression(text) == tree


@pytest.mark.parametrize(
    ("text", "column", "what"),
    [
        ("", 1, "empty"),
        ("  \t", 1, "empty"),
        ("z" * 2001, 2001, "2001 characters"),
        ("__import__('os')", 1, "underscore"),
        ("z.__class__", 2, "attribute access"),
        ("z+_x", 3, "underscore"),
        ("1_000*z", 2, "underscore"),
        ("\u0661+z", 1, "ASCII digits"),
        ("z\uff0b1", 2, "grammar"),
        ("2z", 2, "2*z"),
        ("z z", 3, "write the multiplication"),
        ("z**z**z", 7, "integer exponent"),
        ("z^2^3", 3, "integer exponent"),
        ("z^0.5", 3, "sqrt"),
        ("z^65", 3, "64"),
        ("tanh(z", 7, "end of the text"),
        ("tanh(z))", 8, "expected"),
        ("tanh(z, z)", 7, "one argument"),
        ("tanh*z", 1, "write tanh(z)"),
        ("tanhh(z)", 1, "did you mean tanh"),
        ("gelu(z)", 1, "catalogue name"),
        ("eval(z)", 1, "the functions are"),
        ("|z|", 1, "piecewise(-z, 0, z)"),
        ("z/0", 2, "division by zero"),
        ("1e999", 1, "digits"),
        ("9" * 300, 1, "digits"),
        ("1e" + "9" * 500, 1, "digits"),
        ("1.2.3", 4, "second decimal point"),
        ("piecewise(z)", 1, "0 breakpoints"),
        ("piecewise(z, 0)", 15, "ends with a breakpoint"),
        ("piecewise(z, z, z)", 14, "rational constant"),
        ("piecewise(z, 1, z, 1, z)", 20, "increase"),
        ("piecewise(" + ",".join(f"z,{k}" for k in range(40)) + ",z)", 1, "40 breakpoints"),
        ("\x1b[31mz", 1, r"'\x1b'"),
        ("z\n", 2, r"'\n'"),
        ("nan", 1, "unknown name"),
        ("inf", 1, "unknown name"),
    ],
)
def test_refusals_name_the_column_and_the_remedy(text: str, column: int, what: str) -> None:
    with pytest.raises(MalformedExpression) as caught:
        parse_expression(text)
    assert caught.value.place == f"expression, column {column}"
    assert what in str(caught.value)
    assert str(caught.value).isascii()


@pytest.mark.parametrize(
    "text",
    [
        "(" * 900 + "z" + ")" * 900,
        "-" * 1999 + "z",
        "+" * 1999 + "z",
        "+".join("z" * 900),
        "*".join("z" * 900),
        "sin(" * 390 + "z" + ")" * 390,
        "z^" + "(" * 900 + "2" + ")" * 900,
        "z^" + "-" * 1500 + "2",
        "piecewise(" * 150 + "z",
        "piecewise(0," * 150 + "z",
    ],
)
def test_deep_texts_are_refused_and_do_not_exhaust_the_stack(text: str) -> None:
    with pytest.raises(MalformedExpression, match=f"at most {DEEPEST_TREE} levels"):
        parse_expression(text)


def test_the_deepest_allowed_tree_is_read() -> None:
    text = "sin(" * (DEEPEST_TREE - 1) + "z" + ")" * (DEEPEST_TREE - 1)
    assert to_text(parse_expression(text)) == text
    absorbed = text.replace("z", "1/3")  # one numeral, as deep as z
    assert to_text(parse_expression(absorbed)) == f"({absorbed})"
    with pytest.raises(MalformedExpression, match="group long sums"):
        parse_expression("+".join(["z"] * (DEEPEST_TREE + 1)))


@settings(max_examples=120, deadline=None, derandomize=True)
@given(st.text(alphabet="z0123456789.+-*/^(),e_ tanhlogexpiecws\u0663\x00", max_size=40) | st.text(max_size=20))
def test_any_text_is_an_expression_or_malformed(text: str) -> None:
    try:
        expression = parse_expression(text)
    except MalformedExpression as refusal:
        assert refusal.place.startswith("expression, column ")
    else:
        assert parse_expression(to_text(expression)) == expression
