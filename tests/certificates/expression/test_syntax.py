"""Pieces of an expression: every formula without ``Piecewise`` equals the expression on its interval."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from certificates.expression import parse_expression, smooth_pieces
from certificates.expression.syntax import Expression, Number, Piecewise, Power, Product, Sum, Variable, walk

KNOTS = st.lists(st.integers(-4, 4), min_size=1, max_size=3, unique=True).map(sorted)


def _piecewise(inner: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    return KNOTS.flatmap(
        lambda knots: st.tuples(*[inner] * (len(knots) + 1)).map(
            lambda pieces: Piecewise(pieces, tuple(map(Fraction, knots)))
        )
    )


POLYNOMIALS = st.recursive(
    st.one_of(st.just(Variable()), st.integers(-3, 3).map(lambda n: Number(Fraction(n)))),
    lambda inner: st.one_of(
        st.builds(Sum, inner, inner),
        st.builds(Product, inner, inner),
        st.builds(Power, inner, st.just(2)),
        _piecewise(inner),
    ),
    max_leaves=10,
)


def evaluate(e: Expression, z: Fraction) -> Fraction:
    """A naive twin: choose pieces at every node."""
    match e:
        case Number(value):
            return value
        case Sum(left, right):
            return evaluate(left, z) + evaluate(right, z)
        case Product(left, right):
            return evaluate(left, z) * evaluate(right, z)
        case Power(base, exponent):
            return evaluate(base, z) ** exponent
        case Piecewise(pieces, breakpoints):
            index = next((k for k, b in enumerate(breakpoints) if z <= b), len(breakpoints))
            return evaluate(pieces[index], z)
        case _:
            return z


@settings(max_examples=150, deadline=None, derandomize=True)
@given(POLYNOMIALS, st.fractions(-5, 5, max_denominator=2))
def test_the_active_piece_has_the_value_of_the_expression(expression: Expression, z: Fraction) -> None:
    pieces, breakpoints = smooth_pieces(expression)
    assert not any(isinstance(node, Piecewise) for piece in pieces for node in walk(piece))
    active = pieces[sum(b < z for b in breakpoints)]
    assert evaluate(active, z) == evaluate(expression, z)


def test_breakpoints_of_nested_pieces_are_merged_in_order() -> None:
    expression = parse_expression("piecewise(0, 1, piecewise(z, 2, 1)) + piecewise(1, -3, z)")
    assert smooth_pieces(expression)[1] == (-3, 1, 2)
