"""Compiled formulas: derivatives against the jets, the API traps of theory 2.3.1, and refusals on branch cuts."""

import random
from fractions import Fraction
from math import factorial

import mpmath
import pytest
from flint import acb, arb, arb_series, ctx

from certificates.arithmetic.arb import exact, precision, series_length
from certificates.enclosures.formulas.ball_rings import arb_ring
from certificates.enclosures.formulas.dual_numbers import slope_of
from certificates.enclosures.formulas.jets import jet
from certificates.enclosures.formulas.power_series import compiled, complex_derivatives
from certificates.errors import EnclosureFailure
from certificates.expression import parse_expression

FORMULAS = [
    "z",
    "3",
    "z^3-2*z/7+1/3",
    "tanh(2*z)",
    "sigmoid(z)*z",
    "softplus(3*z)/3",
    "z*tanh(log(1+exp(z)))",
    "erf(z)*z",
    "atan(1/(3+z^2))",
    "sin(z)*cos(z)-exp(-z^2)",
    "log(2+z^2)*sqrt(1+z^2)",
    "(1+z^2)^-3",
    "(z^2+1)^0",
    "softplus(softplus(z))",
    "z/(1+exp(-z))",
    "2*(3-z)*4",
]


def real_derivatives(formula, x, order):
    """Taylor coefficients on a real ball, as the Taylor rule reads them off."""
    value = formula(arb_series([x, 1], order + 1))
    return [value[k] for k in range(order + 1)] if isinstance(value, arb_series) else [arb(value), *[arb(0)] * order]


@pytest.mark.parametrize("text", FORMULAS)
def test_real_series_meet_the_jets(text):
    """Two algorithms: FLINT's series, and recurrences from differential equations."""
    formula = parse_expression(text)
    with precision(100):
        for x in (-3.25, -0.5, 0.0, 0.75, 4.0):
            for mine, other in zip(
                real_derivatives(compiled(formula), arb(x), 6), jet(formula, arb(x), 6, arb_ring()), strict=True
            ):
                assert mine.overlaps(exact(0) if other is None else other)
                assert mine.rad() < 1e-15


@pytest.mark.parametrize("text", FORMULAS)
def test_complex_derivatives_contain_difference_quotients(text):
    """mpmath's numerical derivative in the complex plane, where the formula is analytic."""
    formula = parse_expression(text)
    values = {"sigmoid": lambda u: 1 / (1 + mpmath.exp(-u)), "softplus": lambda u: mpmath.log(1 + mpmath.exp(u))}
    names = {name: getattr(mpmath, name) for name in ("tanh", "exp", "log", "sqrt", "erf", "atan", "sin", "cos")}
    with mpmath.workdps(40), precision(120):
        for re, im in ((0.5, 0.25), (-1.5, -0.5)):
            python = text.replace("^", "**")
            truth = mpmath.diff(lambda z, p=python: eval(p, {**values, **names, "z": z}), mpmath.mpc(re, im))  # noqa: S307
            for found in (
                complex_derivatives(compiled(formula), acb(re, im), 1)[1],
                acb(slope_of(formula)(acb(re, im))),
            ):
                assert abs(found - acb(arb(mpmath.nstr(truth.real, 30)), arb(mpmath.nstr(truth.imag, 30)))) < 1e-20


@pytest.mark.parametrize("text", FORMULAS)
def test_balls_contain_the_slopes_of_their_points(text):
    formula, generator = parse_expression(text), random.Random(text)
    slope = slope_of(formula)
    for _ in range(40):
        centre, radius = (
            acb(generator.uniform(-3, 3), generator.uniform(-0.3, 0.3)),
            generator.choice([1e-6, 0.05, 0.4]),
        )
        ball = acb(arb(float(centre.real), radius), arb(float(centre.imag), radius))
        point = centre + acb(radius * generator.uniform(-1, 1), radius * generator.uniform(-1, 1))
        try:
            wide = (acb(slope(ball)), complex_derivatives(compiled(formula), ball, 1)[1])
        except EnclosureFailure:
            continue
        for found in wide:
            assert not found.is_finite() or found.overlaps(acb(slope(point)))


# ---- the traps of theory 2.3.1 ---------------------------------------------------------------------------------------


AROUND_ZERO, AROUND_I = acb(arb(0, 0.1), arb(0, 0.1)), acb(arb(0, 0.5), arb(1.25, 0.5))
CUT = [("log(z)", AROUND_ZERO), ("sqrt(z)", AROUND_ZERO), ("sqrt(z^2)", AROUND_ZERO), ("1/z", AROUND_ZERO)]
CUT += [
    ("z^-3", AROUND_ZERO),
    ("atan(1/z)", AROUND_ZERO),
    ("sqrt(z^2+1/1000)", AROUND_ZERO),
    ("tanh(z)/z", AROUND_ZERO),
]
CUT += [("atan(z)*z", AROUND_I), ("log(1+z^2)", AROUND_I), ("1/(1+z^2)", AROUND_I), ("sqrt(1+z^2)", AROUND_I)]
CUT += [
    ("tanh(z)", acb(0, 1.57079633)),
    ("sigmoid(z)", acb(arb(0, 0.1), 3.14159265)),
    ("log(exp(z))", acb(0, arb(3.1, 0.2))),
]


@pytest.mark.parametrize(("text", "ball"), CUT)
def test_trap_1_what_may_not_be_analytic_is_refused_without_a_flag(text, ball):
    """A branch point, a cut or a pole meets each of these balls, once it is a little wider."""
    formula, ball = parse_expression(text), ball + acb(arb(0, 1e-6), arb(0, 1e-6))
    with pytest.raises(EnclosureFailure):
        slope_of(formula)(ball)
    with pytest.raises(EnclosureFailure):
        complex_derivatives(compiled(formula), ball, 1)


@pytest.mark.parametrize(("text", "ball"), [("log(z)", AROUND_I), ("1/z", AROUND_I), ("log(1+z^2)", AROUND_ZERO)])
def test_balls_off_the_cuts_are_accepted(text, ball):
    """So the refusals above are not blanket refusals."""
    assert slope_of(parse_expression(text))(ball).is_finite()
    assert complex_derivatives(compiled(parse_expression(text)), ball, 1)[1].is_finite()


@pytest.mark.parametrize("text", ["z*softplus(z)", "softplus(z)^2", "exp(softplus(z))", "softplus(softplus(z))"])
def test_trap_1_softplus_beyond_its_branch_points_has_a_slope_but_no_value(text):
    """At 1 + 4i the principal log(1 + e^w) is not the continuation from the real line: off by 2πi."""
    beyond = acb(1, 4)
    continued = slope_of(parse_expression("softplus(z)"))(beyond)
    assert abs(continued - 1 / (1 + (-beyond).exp())) < 1e-12
    assert complex_derivatives(compiled(parse_expression("softplus(z)")), beyond, 1)[1].overlaps(continued)
    formula = parse_expression(text)
    for evaluate in (slope_of(formula), lambda w: complex_derivatives(compiled(formula), w, 1)[1]):
        try:
            found = evaluate(beyond)
        except EnclosureFailure:
            continue
        assert not found.is_finite()


def test_the_cuts_of_atan_are_exactly_i_times_1_to_infinity():
    """±1 + 2i is off them, on either side; 2i is on one, −i/2 on none."""
    atan = compiled(parse_expression("atan(z)"))
    for point in (acb(1, 2), acb(-1, 2), acb(1, -3), acb(-1, -3), acb(0, -0.5)):
        found, slope = complex_derivatives(atan, point, 1)
        assert abs(slope - 1 / (1 + point * point)) < 1e-12 and abs(found - point.atan()) < 1e-12
    for point in (acb(0, 2), acb(0, -2), acb(0, 1)):
        with pytest.raises(EnclosureFailure):
            complex_derivatives(atan, point, 1)


def test_trap_2_powers_of_balls_around_zero():
    assert not (arb(0, 1) ** 2).is_finite()
    for exponent in (2, 3, 5, 8):
        value, slope = real_derivatives(compiled(parse_expression(f"z^{exponent}")), arb(0, 1), 1)
        assert value.contains(1)
        assert slope.contains(exponent)
        assert slope_of(parse_expression(f"z^{exponent}"))(arb(0, 1)).contains(exponent)


def test_trap_3_comparisons_are_certain_or_false():
    """The cut is refused for a ball that is neither certainly right of 0 nor certainly left of it."""
    straddling = arb(0, 1)
    assert not straddling > 0
    assert not straddling <= 0
    with pytest.raises(EnclosureFailure):
        real_derivatives(compiled(parse_expression("log(z)")), straddling, 1)


def test_trap_4_division_by_what_may_vanish_is_a_refusal_of_ours():
    with pytest.raises(ValueError):
        1 / arb_series([arb(0, 1), 1], 3)
    with pytest.raises(EnclosureFailure, match="contains 0"):
        real_derivatives(compiled(parse_expression("1/z")), arb(0, 1), 1)


def test_trap_5_wide_balls_never_give_a_wrong_slope():
    """e^x of a wide ball contains negative numbers: then the evaluation fails, or contains all slopes."""
    assert not arb(0, 20).exp() > 0
    for text in ("sigmoid(z)", "tanh(z)", "softplus(z)", "z*tanh(softplus(z))"):
        for radius in (1, 5, 20):
            try:
                slope = slope_of(parse_expression(text))(arb(0, radius))
            except EnclosureFailure:
                continue
            for point in (-radius, 0, radius):
                assert slope.overlaps(slope_of(parse_expression(text))(arb(point)))


@pytest.mark.parametrize("text", ["sigmoid(z)", "tanh(softplus(z))"])
@pytest.mark.parametrize("side", [-1, 1])
def test_each_side_of_zero_has_the_spelling_that_is_tight_there(text, side):
    """The other one contains e^{±u} twice, where it is large: of a wide ball it says next to nothing."""
    formula = compiled(parse_expression(text))
    wide, low, high = (
        real_derivatives(formula, x, 1)[0] for x in (arb(5 * side, 1), arb(5 * side - 1), arb(5 * side + 1))
    )
    assert wide.contains(low) and wide.contains(high)
    assert wide.rad() < 50 * (high - low)


def test_trap_8_not_finite_is_no_number():
    with precision(53):
        assert not real_derivatives(compiled(parse_expression("exp(exp(exp(exp(z))))")), arb(100), 1)[1].is_finite()


# ---- precision and caps ---------------------------------------------------------------------------------------------


def test_constants_are_enclosed_anew_at_each_precision():
    formula = parse_expression("z/3")
    with precision(30):
        coarse = slope_of(formula)(arb(1))
    with precision(200):
        fine = slope_of(formula)(arb(1))
        assert fine.rad() < 1e-50
        assert coarse.overlaps(fine)
        assert real_derivatives(compiled(formula), arb(1), 1)[1].rad() < 1e-50


def test_long_series_need_a_raised_cap_and_the_cap_is_restored():
    formula = compiled(parse_expression("exp(z)"))
    before = ctx.cap
    with pytest.raises(EnclosureFailure, match="cut off"):
        complex_derivatives(formula, acb(0), 30)
    with series_length(31):
        assert (complex_derivatives(formula, acb(0), 30)[30] * factorial(30)).real.contains(1)
    with pytest.raises(ZeroDivisionError), series_length(99):
        _ = 1 // 0
    assert ctx.cap == before


def test_a_rational_is_no_binary_double():
    """API trap 6, on the side of formulas: 1/10 is not the double 0.1."""
    with precision(120):
        slope = slope_of(parse_expression("z/10"))(arb(1))
        assert slope.contains(exact(Fraction(1, 10)))
        assert not slope.contains(arb(0.1))
