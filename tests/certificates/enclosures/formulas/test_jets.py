"""Jets of the catalogue against SymPy's derivatives at 60 digits, and of random formulas against mpmath."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import mpmath
import pytest
import sympy as sp
from flint import arb
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from certificates.arithmetic.arb import exact, precision
from certificates.enclosures.formulas.ball_rings import arb_ring
from certificates.enclosures.formulas.jets import jet
from certificates.enclosures.intervals.derivatives import derivatives_arb
from certificates.errors import EnclosureFailure
from certificates.expression import Expression, parse_activation, parse_expression
from certificates.expression.syntax import (
    FUNCTIONS,
    Apply,
    Difference,
    Negative,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
    Variable,
)

z = sp.Symbol("z", real=True)
_LOGISTIC = 1 / (1 + sp.exp(-z))
_SOFTPLUS = sp.log(1 + sp.exp(z))

# name -> (formula for z <= 0, formula for z > 0), typed in from theory 2.2
TRUTH: dict[str, tuple[sp.Expr, sp.Expr]] = {
    "identity": (z, z),
    "quadratic": (z**2, z**2),
    "tanh": (sp.tanh(z),) * 2,
    "sigmoid": (_LOGISTIC,) * 2,
    "softplus(1)": (_SOFTPLUS,) * 2,
    "softplus(5/2)": (sp.log(1 + sp.exp(sp.Rational(5, 2) * z)) * sp.Rational(2, 5),) * 2,
    "erf": (sp.erf(z),) * 2,
    "erf0": (sp.erf(z) * sp.sqrt(sp.pi) / 2,) * 2,
    "gelu": (z * (1 + sp.erf(z / sp.sqrt(2))) / 2,) * 2,
    "silu": (z * _LOGISTIC,) * 2,
    "mish": (z * sp.tanh(_SOFTPLUS),) * 2,
    "softsign": (z / (1 - z), z / (1 + z)),
    "arctan": (sp.atan(z),) * 2,
    "smooth_leaky_relu(1/10)": (z / 10 + sp.Rational(9, 10) * (_SOFTPLUS - sp.log(2)),) * 2,
    "sin": (sp.sin(z),) * 2,
    "relu": (sp.Integer(0), z),
    "leaky_relu(1/100)": (z / 100, z),
    "squared_relu": (sp.Integer(0), z**2),
    "elu(1)": (sp.exp(z) - 1, z),
    "elu(3/2)": (sp.Rational(3, 2) * (sp.exp(z) - 1), z),
}
POINTS = [-30.0, -12.125, -3.5, -1.0, -0.3, -1e-8, -(2.0**-60), 2.0**-60, 1e-8, 0.1, 1.0, 2.39936, 7.75, 30.0]

Scalar = Callable[[mpmath.mpf], mpmath.mpf]


def truths(name: str) -> list[list[Scalar]]:
    """For each side of 0, the functions φ, φ', φ'', φ'''."""
    return [[sp.lambdify(z, sp.diff(side, z, k), "mpmath") for k in range(4)] for side in TRUTH[name]]


def contains(ball: arb, value: mpmath.mpf, slack: float = 1e-40) -> bool:
    """Whether the ball, widened by the truth's own error, contains the value."""
    truth = arb(mpmath.nstr(value, 58)) + arb(0, slack * (1 + abs(float(value))))
    return bool(ball.overlaps(truth))


@pytest.mark.parametrize("name", TRUTH)
def test_catalogue_derivatives_are_contained_and_sharp(name: str) -> None:
    activation, sides = parse_activation(name), truths(name)
    with mpmath.workdps(90):
        for point in POINTS:
            values = [f(mpmath.mpf(point)) for f in sides[point > 0]]
            with precision(200):
                balls = derivatives_arb(activation, exact(point), 3)
                assert all(contains(b, v) for b, v in zip(balls, values, strict=True)), point
                assert all(float(b.rad()) < 1e-45 * (1 + abs(float(v))) for b, v in zip(balls, values, strict=True))


@pytest.mark.parametrize("name", TRUTH)
def test_balls_across_zero_contain_both_sides(name: str) -> None:
    activation, sides = parse_activation(name), truths(name)
    balls = derivatives_arb(activation, arb(1e-4, 1e-3), 3)
    with mpmath.workdps(60):
        for point in (-0.0009, -1e-30, 1e-30, 0.001):
            for ball, f in zip(balls, sides[point > 0], strict=True):
                assert contains(ball, f(mpmath.mpf(point)))


def test_a_coarser_precision_gives_a_wider_ball() -> None:
    widths = []
    for bits in (30, 53, 200):
        with precision(bits):
            widths.append(float(derivatives_arb(parse_activation("mish"), exact(0.7), 3)[3].rad()))
    assert widths[0] > 1e3 * widths[1] > 1e6 * widths[2] > 0


# ---- random formulas ----


def _nodes(inner: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    return st.one_of(
        st.builds(Negative, inner),
        st.builds(Sum, inner, inner),
        st.builds(Difference, inner, inner),
        st.builds(Product, inner, inner),
        st.builds(Quotient, inner, inner),
        st.builds(Power, inner, st.integers(-4, 5)),
        st.builds(Apply, st.sampled_from(FUNCTIONS), inner),
    )


FORMULAS = st.recursive(
    st.one_of(st.just(Variable()), st.fractions(-3, 3, max_denominator=5).map(Number)), _nodes, max_leaves=6
)

_MP: dict[str, Scalar] = {
    "exp": mpmath.exp, "log": mpmath.log, "sqrt": mpmath.sqrt, "tanh": mpmath.tanh, "erf": mpmath.erf,
    "atan": mpmath.atan, "sin": mpmath.sin, "cos": mpmath.cos,
    "sigmoid": lambda x: 1 / (1 + mpmath.exp(-x)), "softplus": lambda x: mpmath.log(1 + mpmath.exp(x)),
}  # fmt: skip


def evaluate(e: Expression, x: mpmath.mpf) -> mpmath.mpf:
    """A naive twin in mpmath."""
    match e:
        case Number(value):
            return mpmath.mpf(value.numerator) / value.denominator
        case Negative(operand):
            return -evaluate(operand, x)
        case Sum(left, right):
            return evaluate(left, x) + evaluate(right, x)
        case Difference(left, right):
            return evaluate(left, x) - evaluate(right, x)
        case Product(left, right):
            return evaluate(left, x) * evaluate(right, x)
        case Quotient(left, right):
            return evaluate(left, x) / evaluate(right, x)
        case Power(base, exponent):
            return evaluate(base, x) ** exponent
        case Apply(function, argument):
            return _MP[function](evaluate(argument, x))
        case _:
            return x


@settings(max_examples=80, deadline=None, derandomize=True)
@given(
    FORMULAS,
    st.fractions(-3, 3, max_denominator=8),
    st.sampled_from([0.0, 1e-6, 0.05]),
    st.sampled_from([-1, 0, 1]),
)
def test_random_formulas_contain_values_and_numerical_derivatives(
    formula: Expression, centre: Fraction, radius: float, side: int
) -> None:
    x = float(centre)
    try:
        with precision(150):
            series = jet(formula, arb(x, radius), 3, arb_ring())
            balls = [exact(0) if c is None else c for c in series]
    except EnclosureFailure:
        assume(False)
    assume(all(b.is_finite() and abs(b) < 1e6 for b in balls))
    with mpmath.workdps(80):
        point = mpmath.mpf(x) + side * mpmath.mpf(radius) * mpmath.mpf("0.999")
        values = mpmath.taylor(lambda t: evaluate(formula, t), point, 3)
        for ball, value in zip(balls, values, strict=True):
            assert contains(ball, value, 1e-15)


@pytest.mark.parametrize(
    ("formula", "low", "high"),
    [
        ("1/z", -1.0, 1.0),
        ("z^-2", 0.0, 1.0),
        ("log(z)", 0.0, 1.0),
        ("log(z)", -2.0, -1.0),
        ("sqrt(z)", 0.0, 1.0),
        ("sqrt(z-1)", 0.0, 0.5),
        ("0*log(z)", -1.0, 1.0),
        ("(1/z)^0", -1.0, 1.0),
        ("0/z", -1.0, 1.0),
        ("sin(1/z)", -1.0, 1.0),
        ("1/(z-z)", 1.0, 1.0),
    ],
)
def test_what_is_not_defined_on_the_ball_is_refused(formula: str, low: float, high: float) -> None:
    with pytest.raises(EnclosureFailure):
        jet(parse_expression(formula), arb(low).union(arb(high)), 2, arb_ring())


@pytest.mark.parametrize("text", ["sqrt(z)", "sqrt(z^2)", "sqrt(z^4)"])
def test_the_square_root_of_the_exact_zero_has_a_value_and_no_slope(text: str) -> None:
    """√z² = |z|, although z² is a constant up to the first order."""
    value = jet(parse_expression(text), None, 0, arb_ring())[0]
    assert value is None or value.is_zero()
    with pytest.raises(EnclosureFailure, match="vanishes"):
        jet(parse_expression(text), None, 1, arb_ring())


@pytest.mark.parametrize("text", ["exp(z^2)-1", "z+sqrt(1-1)", "sin(z^2)"])
def test_other_functions_have_slopes_where_their_argument_is_exactly_zero(text: str) -> None:
    slope = jet(parse_expression(text), None, 1, arb_ring())[1]
    assert (exact(0) if slope is None else slope).contains(exact(int("z+" in text)))


def test_overflow_is_refused() -> None:
    with pytest.raises(EnclosureFailure, match="overflowed"):
        derivatives_arb(parse_activation("exp(exp(z))"), exact(2.0**900), 1)


def test_squares_of_balls_around_zero_are_not_negative() -> None:
    for radius in (0.5, 2):
        for text in ("1/(1+z^2)", "1/(1+z^4)", "1/(1+z^6)"):
            value = jet(parse_expression(text), arb(0, radius), 0, arb_ring())[0]
            assert value is not None
            assert value < 1.01
            assert value > 0
