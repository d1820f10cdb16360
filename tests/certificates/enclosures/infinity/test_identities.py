"""Identities that are shown hold at points, on random formulas too; those of the catalogue are shown; traps are not."""

from __future__ import annotations

from fractions import Fraction

import pytest
from flint import arb
from hypothesis import HealthCheck, assume, given, reject, settings
from hypothesis import strategies as st

from certificates.arithmetic.arb import exact, precision
from certificates.enclosures.formulas.ball_rings import ArbRing
from certificates.enclosures.formulas.jets import jet
from certificates.enclosures.infinity.identities import (
    affine_pieces,
    even_part_is_quadratic,
    homogeneity,
    is_curvature_continuous,
    is_slope_even,
    is_slope_odd,
    odd_part_slope,
)
from certificates.errors import EnclosureFailure, MalformedExpression
from certificates.expression import Activation, Expression, parse_activation, smooth_pieces
from certificates.expression.printing import to_text
from certificates.expression.syntax import (
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

POINTS = [Fraction(1, 8), Fraction(3, 4), Fraction(3, 2), Fraction(3), Fraction(7), Fraction(30), Fraction(100)]


def taylor(activation: Activation, point: Fraction, order: int) -> list[arb]:
    pieces, breakpoints = smooth_pieces(activation.expression)
    series = jet(pieces[sum(b < point for b in breakpoints)], exact(point), order, ArbRing())
    return [exact(0) if c is None else c for c in series]


# ---- what is known about the catalogue (theory 2.2) ----------------------------------------------------------------

EVEN = {"tanh", "sigmoid", "erf", "erf0", "arctan", "softsign", "sin", "identity", "z+sin(z)", "z^3*exp(-z^2)"}
ODD = {"quadratic", "z*tanh(z)", "sqrt(1+z^2)", "log(1+z^2)", "cos(z)", "exp(-z^2)", "softplus(z)+softplus(-z)"}
NEITHER = {"gelu", "silu", "mish", "softplus", "elu", "relu", "leaky_relu(1/100)", "smooth_leaky_relu(1/10)", "exp(z)"}
ODD_PARTS = {
    "gelu": 1,
    "silu": 1,
    "softplus": 1,
    "softplus(5/2)": 1,
    "relu": 1,
    "smooth_leaky_relu(1/10)": Fraction(11, 10),
    "leaky_relu(1/100)": Fraction(101, 100),
    "identity": 2,
    "quadratic": 0,
    "3*z+cos(z)": 6,
}


@pytest.mark.parametrize("text", sorted(EVEN | ODD | NEITHER))
def test_parity_of_slopes(text: str) -> None:
    activation = parse_activation(text)
    assert is_slope_even(activation) == (text in EVEN)
    assert is_slope_odd(activation) == (text in ODD)


def test_a_zero_slope_is_even_and_odd() -> None:
    constant = parse_activation("3")
    assert is_slope_even(constant)
    assert is_slope_odd(constant)


@pytest.mark.parametrize(("text", "slope"), ODD_PARTS.items())
def test_odd_parts_that_are_linear(text: str, slope: Fraction) -> None:
    found = odd_part_slope(parse_activation(text))
    assert found is not None
    assert found.rational == slope


@pytest.mark.parametrize("text", ["tanh", "mish", "elu", "squared_relu", "z+sin(z)", "z^3", "exp(z)"])
def test_odd_parts_that_are_not_linear(text: str) -> None:
    assert odd_part_slope(parse_activation(text)) is None


@pytest.mark.parametrize(
    ("text", "is_quadratic"),
    [
        ("tanh", True),
        ("z+z^2", True),
        ("quadratic", True),
        ("5*z^2+sin(z)", True),
        ("softsign", True),
        ("identity", True),
        ("gelu", False),
        ("relu", False),
        ("squared_relu", True),
        ("z^4", False),
        ("cos(z)", False),
        ("abs", False),
    ],
)
def test_even_parts(text: str, is_quadratic: bool) -> None:
    text = "piecewise(-z, 0, z)" if text == "abs" else text
    assert even_part_is_quadratic(parse_activation(text)) is is_quadratic


@pytest.mark.parametrize(
    ("text", "breakpoints"),
    [
        ("relu", (0,)),
        ("leaky_relu(1/100)", (0,)),
        ("identity", ()),
        ("3", ()),
        ("piecewise(z, 1, 2*z-1)", (1,)),
        ("(z+1)^2-z^2", ()),
        ("piecewise(-1, -1, z, 1, 1)", (-1, 1)),
        ("log(exp(z))", ()),
        ("softplus(z)-softplus(-z)", ()),
    ],
)
def test_affine_pieces(text: str, breakpoints: tuple[int, ...]) -> None:
    assert affine_pieces(parse_activation(text)) == breakpoints


@pytest.mark.parametrize(
    "text",
    ["elu", "quadratic", "sqrt(z^2)", "exp(log(z))", "z^2/z", "tanh", "1/z", "z+1/z-1/z", "piecewise(0, 1, 1/z)"],
)
def test_what_is_not_affine_on_the_whole_line(text: str) -> None:
    assert affine_pieces(parse_activation(text)) is None


@pytest.mark.parametrize(
    ("text", "degree", "left", "right"),
    [
        ("relu", 1, 0, 1),
        ("leaky_relu(1/100)", 1, Fraction(-1, 100), 1),
        ("squared_relu", 2, 0, 1),
        ("identity", 1, -1, 1),
        ("piecewise(-3*z^3, 0, z^3)", 3, 3, 1),
        ("quadratic", 2, 1, 1),
        ("piecewise(0, 0, z^2*exp(log(2)))", 2, 0, 2),
    ],
)
def test_homogeneity(text: str, degree: int, left: Fraction, right: Fraction) -> None:
    found = homogeneity(parse_activation(text))
    assert found is not None
    assert (found.degree, found.left.rational, found.right.rational) == (degree, left, right)


@pytest.mark.parametrize(
    "text",
    [
        "tanh",
        "softplus",
        "elu",
        "z+z^2",
        "3",
        "z+1",
        "exp(2*log(z))",
        "sqrt(z^2)",
        "z^3/z",
        "piecewise(z^2, 0, z)",
        "piecewise(0, 1, z)",
        "piecewise(0, 0, 1/z)",
        "piecewise(1, 0, z)",
    ],
)
def test_what_is_not_shown_to_be_homogeneous(text: str) -> None:
    assert homogeneity(parse_activation(text)) is None


@pytest.mark.parametrize(
    ("text", "is_continuous"),
    [
        ("elu", False),
        ("softsign", False),
        ("relu", False),
        ("squared_relu", False),
        ("tanh", True),
        ("identity", True),
        ("piecewise(z, 0, sin(z))", True),
        ("piecewise(z, 0, tanh(z))", True),
        ("piecewise(exp(z), 0, 1+z+z^2/2)", True),
        ("piecewise(z^2, 1, 2*z-1)", False),
        ("piecewise(0, 0, z^3)", True),
        ("piecewise(0, 1, log(z))", False),
    ],
)
def test_continuity_of_the_curvature(text: str, is_continuous: bool) -> None:
    assert is_curvature_continuous(parse_activation(text)) is is_continuous


# ---- an identity on [1, 2] is no identity on the line --------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "z+log(30-z)-log(30-z)",
        "z+0*log(z+5)",
        "z+1/(z-30)-1/(z-30)",
        "z+sqrt((z-30)^2)-sqrt((z-30)^2)",
        "z+0*log(1/2-z)",
        "z+0/(z-1/2)",
        "z+0*sqrt(1000-z)",
        "z+0/(sin(z)+cos(z))",
    ],
)
def test_previous_bug_03_a_formula_undefined_far_away_has_no_identities(text: str) -> None:
    """φ was said to be homogeneous, affine and odd: the difference of logarithms is 0 on [1, 2]."""
    activation = parse_activation(text)
    assert homogeneity(activation) is None
    assert affine_pieces(activation) is None
    assert odd_part_slope(activation) is None
    assert not is_slope_even(activation)
    assert not even_part_is_quadratic(activation)


@pytest.mark.parametrize("text", ["z+sqrt((z-30)^2)", "sqrt((z-30)^2)", "sqrt(z^2)", "sqrt((z-3)^2)*sqrt((z-3)^2)"])
def test_roots_of_squares_are_not_polynomials(text: str) -> None:
    activation = parse_activation(text)
    assert homogeneity(activation) is None
    assert affine_pieces(activation) is None


def test_a_breakpoint_other_than_zero_has_no_parity() -> None:
    activation = parse_activation("piecewise(z, 5, 2*z-5)")
    assert not is_slope_even(activation)
    assert odd_part_slope(activation) is None


# ---- whatever is shown holds at points -----------------------------------------------------------------------------

_NUMBERS = st.sampled_from([Fraction(n, d) for n in range(-3, 4) for d in (1, 2)])
_LEAVES = st.one_of(st.just(Variable()), st.just(Variable()), st.builds(Number, _NUMBERS))
_FUNCTIONS = ("exp", "log", "sqrt", "tanh", "sigmoid", "softplus", "erf", "atan", "sin", "cos")


def _nodes(inner: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    return st.one_of(
        *(st.builds(kind, inner, inner) for kind in (Sum, Difference, Product, Quotient)),
        st.builds(lambda e: Sum(e, _mirrored(e)), inner),
        st.builds(lambda e: Difference(e, _mirrored(e)), inner),
        st.builds(Negative, inner),
        st.builds(Power, inner, st.sampled_from([-1, 2, 3])),
        st.builds(Apply, st.sampled_from(_FUNCTIONS), inner),
    )


def _mirrored(e: Expression) -> Expression:
    """The formula at −z."""
    match e:
        case Variable():
            return Negative(e)
        case Negative(operand):
            return Negative(_mirrored(operand))
        case Sum(left, right) | Difference(left, right) | Product(left, right) | Quotient(left, right):
            return type(e)(_mirrored(left), _mirrored(right))
        case Power(base, exponent):
            return Power(_mirrored(base), exponent)
        case Apply(function, argument):
            return Apply(function, _mirrored(argument))
        case _:
            return e


_SMOOTH = st.recursive(_LEAVES, _nodes, max_leaves=4)
FORMULAS = st.one_of(_SMOOTH, st.builds(lambda a, b: Piecewise((a, b), (Fraction(0),)), _SMOOTH, _SMOOTH))


def check(expression: Expression) -> None:
    """Every identity that is shown, at points where 400 bits decide."""
    try:
        activation = parse_activation(to_text(expression))
    except MalformedExpression:  # z/0
        reject()
    shown = {
        "even": is_slope_even(activation),
        "odd": is_slope_odd(activation),
        "sum": odd_part_slope(activation),
        "quadratic": even_part_is_quadratic(activation),
    }
    found, affine = homogeneity(activation), affine_pieces(activation)
    assume(found or affine is not None or any(shown.values()))
    ratio = None
    with precision(400):
        for t in POINTS:
            try:
                plus, minus = taylor(activation, t, 2), taylor(activation, -t, 2)
            except EnclosureFailure:
                continue  # a quotient of what is tiny
            assert not shown["even"] or plus[1].overlaps(minus[1])
            assert not shown["odd"] or plus[1].overlaps(-minus[1])
            assert shown["sum"] is None or (plus[1] + minus[1]).overlaps(shown["sum"].enclose())
            assert affine is None or (plus[2].contains(0) and minus[2].contains(0))
            if shown["quadratic"]:
                ratio = (plus[1] - minus[1]) / exact(t) if ratio is None else ratio
                assert ratio.overlaps((plus[1] - minus[1]) / exact(t))
            if found is not None:
                assert plus[0].overlaps(found.right.enclose() * exact(t**found.degree))
                assert minus[0].overlaps(found.left.enclose() * exact(t**found.degree))


_SETTINGS = {"suppress_health_check": [HealthCheck.filter_too_much, HealthCheck.too_slow]}


@settings(max_examples=60, **_SETTINGS)
@given(FORMULAS)
def test_identities_of_random_formulas_hold_at_points(expression: Expression) -> None:
    check(expression)


@pytest.mark.slow
@settings(max_examples=5_000, **_SETTINGS)
@given(FORMULAS)
def test_campaign_of_identities_of_random_formulas(expression: Expression) -> None:
    check(expression)
