"""Gaussian moments against closed forms (theory 2.3), against each other, invariances and the ladder (theory 2.1)."""

import random
from fractions import Fraction
from math import factorial

import mpmath
import pytest
from flint import arb

from certificates.arithmetic.arb import exact, precision
from certificates.enclosures.gaussian.exact_moments import exact_moment
from certificates.enclosures.gaussian.moments import moment, moments
from certificates.enclosures.infinity.growth import Growth
from certificates.errors import EnclosureFailure
from certificates.expression import CATALOGUE, parse_activation

SIGMAS = [Fraction(3, 10), Fraction(1), Fraction(27, 10)]
SWEEP = [Fraction(1, 10**6), Fraction(1, 10), *SIGMAS, Fraction(10), Fraction(10**3), Fraction(10**9)]
ORDERS = [(i, j) for i in range(3) for j in range(5)]
NAMES = [f"{name}(1/10)" if name == "smooth_leaky_relu" else name for name in CATALOGUE]


def _half(j: int) -> arb:
    """E[z_+ʲ]."""
    return exact(2) ** (exact(j) / 2) * (exact(j + 1) / 2).gamma() / arb.pi().sqrt() / 2


def _power(x: arb, k: int) -> arb:
    result = exact(1)
    for _ in range(k):
        result = result * x
    return result


def _normal_cdf(x: arb) -> arb:
    return (-x / exact(2).sqrt()).erfc() / 2


# ---- closed forms, written as in theory 2.3 --------------------------------------------------------------------------


def _relu_like(a: Fraction):
    return lambda i, j, s: _half(j) * (1 + (-1) ** j * _power(exact(a), i))


def _squared_relu(i: int, j: int, s: arb) -> arb:
    return _power(2 * s, i) * _half(j + i)


def _erf0(i: int, j: int, s: arb) -> arb:
    if j % 2:
        return exact(0)
    double_factorial = factorial(j) // (2 ** (j // 2) * factorial(j // 2))
    return double_factorial / (1 + 2 * i * s * s).sqrt() ** (j + 1)


def _erf(i: int, j: int, s: arb) -> arb:
    return _erf0(i, j, s) * _power(2 / arb.pi().sqrt(), i)


def _elu(i: int, j: int, s: arb) -> arb:
    a = i * s
    k = [(a * a / 2).exp() * _normal_cdf(-a)]
    k.append(a * k[0] - 1 / (2 * arb.pi()).sqrt())
    for m in range(1, j):
        k.append(a * k[m] + m * k[m - 1])
    return _half(j) + k[j]


def _gelu(i: int, j: int, s: arb) -> arb:
    t = s * s
    return {
        (1, 0): exact(1) / 2,
        (1, 2): exact(1) / 2,
        (1, 1): s * (2 + t) / ((2 * arb.pi()).sqrt() * (1 + t) * (1 + t).sqrt()),
        (2, 0): exact(1) / 4
        + (t / (1 + t)).asin() / (2 * arb.pi())
        + t / (arb.pi() * (1 + t) * (1 + 2 * t).sqrt())
        + t / (2 * arb.pi() * (1 + 2 * t) * (1 + 2 * t).sqrt()),
    }[i, j]


def _arctan(i: int, j: int, s: arb) -> arb:
    t = s * s
    a = (arb.pi() / 2).sqrt() / s * (1 / (2 * t)).exp() * (1 / (s * exact(2).sqrt())).erfc()
    forms = {
        (1, 0): a,
        (1, 2): (1 - a) / t,
        (2, 0): ((t - 1) * a + 1) / (2 * t),
        (2, 2): ((t + 1) * a - 1) / (2 * t * t),
    }
    return forms[i, j]


def _sin(i: int, j: int, s: arb) -> arb:
    t = s * s
    bell, square = (-t / 2).exp(), (-2 * t).exp()
    forms = {(1, 0): bell, (1, 2): (1 - t) * bell, (2, 0): (1 + square) / 2, (2, 2): (1 + (1 - 4 * t) * square) / 2}
    return forms.get((i, j), exact(0))


FOUR = [(1, 0), (1, 2), (2, 0), (2, 2)]
CLOSED = {
    "relu": (_relu_like(Fraction(0)), ORDERS[5:]),
    "leaky_relu(1/100)": (_relu_like(Fraction(1, 100)), ORDERS),
    "squared_relu": (_squared_relu, ORDERS[5:]),
    "erf0": (_erf0, ORDERS),
    "erf": (_erf, ORDERS),
    "elu": (_elu, ORDERS),
    "gelu": (_gelu, [(1, 0), (1, 1), (1, 2), (2, 0)]),
    "arctan": (_arctan, FOUR),
    "sin": (_sin, [*FOUR, (1, 1)]),
}


def _contains_closed_forms(name: str, quadrature: str) -> None:
    form, orders = CLOSED[name]
    for sigma in SIGMAS:
        found = moments(parse_activation(name), orders, sigma, 100, quadrature=quadrature)
        with precision(300):
            for (i, j), ball in zip(orders, found, strict=True):
                truth = form(i, j, exact(sigma))
                assert ball.overlaps(truth), (sigma, i, j)
                assert ball.rad() < 1e-24 * (1 + abs(truth))
                assert truth.rad() < 1e-40


@pytest.mark.parametrize("name", CLOSED)
def test_closed_forms_lie_in_the_enclosures(name):
    _contains_closed_forms(name, "integral")


@pytest.mark.parametrize("name", ["relu", "elu", "arctan", *(pytest.param(n, marks=pytest.mark.slow) for n in CLOSED)])
def test_closed_forms_lie_in_the_enclosures_by_taylor(name):
    _contains_closed_forms(name, "taylor")


@pytest.mark.parametrize("text", ["z^3/3-z", "quadratic", "z^4-z^2/2+5*z"])
def test_polynomials(text):
    """Exact rationals."""
    for sigma in SIGMAS:
        found = moments(parse_activation(text), ORDERS, sigma, 80)
        for (i, j), ball in zip(ORDERS, found, strict=True):
            truth = exact_moment(parse_activation(text), i, j, sigma).rational
            assert truth is not None
            with precision(200):
                assert ball.contains(exact(truth))
                assert ball.rad() < 1e-18 * max(1, float(abs(truth)))


# ---- independent quadratures meet ------------------------------------------------------------------------------------


def _all_meet(name: str, sigma: Fraction, orders: list[tuple[int, int]]) -> None:
    activation = parse_activation(name)
    found = {"integral": moments(activation, orders, sigma)}
    try:
        found["taylor"] = moments(activation, orders, sigma, quadrature="taylor")
    except EnclosureFailure:  # some 10⁴ and 10¹⁰ oscillations: cosⁱ against its mean, up to e^{−σ²/2} < 10⁻⁹⁹
        assert name == "sin"
        assert sigma >= 1000
        means = [exact(1), exact(0), exact(Fraction(1, 2))]
        found["mean"] = [means[i] * (2 * _half(j) if j % 2 == 0 else 0) + arb(0, 1e-99) for i, j in orders]
    try:
        found["trapezoid"] = moments(activation, orders, sigma, quadrature="trapezoid")
    except EnclosureFailure as refused:
        assert "strip lemma" in str(refused) or sigma > 10
    first, *others = found.values()
    for other in others:
        for order, mine, theirs in zip(orders, first, other, strict=True):
            assert mine.is_finite(), (name, sigma, order)
            assert mine.overlaps(theirs), (name, sigma, order, mine, theirs)


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_quadratures_meet_everywhere(name):
    """Every catalogue entry x (i ≤ 2, j ≤ 4) x eight σ from 10⁻⁶ to 10⁹."""
    for sigma in SWEEP:
        _all_meet(name, sigma, ORDERS)


@pytest.mark.parametrize("name", NAMES)
def test_quadratures_meet_on_a_sample(name):
    generator = random.Random(name)
    for sigma in generator.sample(SWEEP if name != "sin" else SWEEP[:-2], 2):
        _all_meet(name, sigma, generator.sample(ORDERS, 3))


NASTY = {
    "sqrt(1+z^2)": lambda w: w / mpmath.sqrt(1 + w * w),
    "log(exp(z))": lambda w: mpmath.mpf(1),
    "log(1+z^2)": lambda w: 2 * w / (1 + w * w),
    "sqrt(z^2+1/10000)": lambda w: w / mpmath.sqrt(w * w + mpmath.mpf(1) / 10000),
    "1/(1+z^2)": lambda w: -2 * w / (1 + w * w) ** 2,
    "sin(z)*exp(-z^2)": lambda w: (mpmath.cos(w) - 2 * w * mpmath.sin(w)) * mpmath.exp(-w * w),
    "softplus(z)^2": lambda w: 2 * mpmath.log(1 + mpmath.exp(w)) / (1 + mpmath.exp(-w)),
    "tanh(z^3)": lambda w: 3 * w * w * mpmath.sech(w**3) ** 2,
    "piecewise(z, 1, 2*z-1, 3, 5)": lambda w: mpmath.mpf(1 if w < 1 else 2 if w < 3 else 0),
    "piecewise(1/z, -1, -1)": lambda w: -1 / w**2 if w < -1 else mpmath.mpf(0),
}


def _meets_mpmath(text: str, sigma: Fraction) -> None:
    slope, orders = NASTY[text], [(1, 1), (2, 2)]
    with mpmath.workdps(18):
        s = mpmath.mpf(sigma.numerator) / sigma.denominator
        cuts = {mpmath.mpf(c) for c in range(-9, 10, 3)} | {b / s for b in (-1, 1, 3) if abs(b / s) < 9}
        cuts |= {sign * mpmath.mpf(k) / 100 / s for k in (1, 3, 10, 50) for sign in (-1, 1)}
        truths = [
            mpmath.quad(lambda z, i=i, j=j: slope(s * z) ** i * z**j * mpmath.npdf(z), sorted(cuts)) for i, j in orders
        ]
    for quadrature in ("integral", "taylor"):
        found = moments(parse_activation(text), orders, sigma, 60, quadrature=quadrature)
        for truth, ball in zip(truths, found, strict=True):
            assert abs(float(ball) - float(truth)) < 1e-10 * (1 + abs(float(truth)))
            assert ball.rad() < 1e-14 * (1 + abs(ball))


@pytest.mark.slow
@pytest.mark.parametrize("sigma", [Fraction(1, 5), Fraction(3), Fraction(7)])
@pytest.mark.parametrize("text", NASTY)
def test_users_formulas_meet_mpmath(text, sigma):
    """Branch points near the real axis, compositions, breakpoints away from 0 and beyond T: a float oracle."""
    _meets_mpmath(text, sigma)


@pytest.mark.parametrize("text", ["sqrt(1+z^2)", "log(exp(z))", "1/(1+z^2)", "piecewise(z, 1, 2*z-1, 3, 5)"])
def test_some_users_formulas_meet_mpmath(text):
    _meets_mpmath(text, Fraction(3))


SINGULAR = ["1/(z-1/3)", "atan(1/z)", "1/z", "log(z^2)", "piecewise(0,0,sqrt(z))", "tanh(z)/z", "z^-2"]


@pytest.mark.parametrize("quadrature", ["integral", "taylor"])
@pytest.mark.parametrize(
    "text", [*(pytest.param(t, marks=pytest.mark.slow) for t in SINGULAR), "sqrt(z^2)", "1/(z-1/3)"]
)
def test_trap_1_singular_formulas_are_refused(text, quadrature):
    """√(z²) is the theory's trap: a flag that is not forwarded gives a wrong finite number."""
    with pytest.raises(EnclosureFailure):
        moment(parse_activation(text), 1, 1, Fraction(1), 53, quadrature=quadrature)


@pytest.mark.parametrize("text", ["exp(z^2)", "exp(z^2/8)", "exp(z)", "z*exp(z)", "sin(z)*exp(z)"])
def test_slopes_without_a_power_bound_are_refused(text):
    for quadrature in ("integral", "taylor"):
        with pytest.raises(EnclosureFailure, match=r"grows faster|does not say that it grows"):
            moment(parse_activation(text), 1, 0, Fraction(1, 10), 53, quadrature=quadrature)


def test_unknown_quadratures_are_refused():
    with pytest.raises(EnclosureFailure, match="simpson"):
        moment(parse_activation("tanh"), 1, 0, Fraction(1), quadrature="simpson")


def test_the_tail_is_counted():
    """A given bound of φ' enters with its Gaussian tail: a constant of 10²⁰ must widen the ball, at 53 bits."""
    honest = moments(parse_activation("tanh"), [(1, 0)], Fraction(1), 53)[0]
    wide = moments(parse_activation("tanh"), [(1, 0)], Fraction(1), 53, growth=Growth(exact(10**40), exact(0), 0))[0]
    assert wide.rad() > 10**10 * honest.rad()
    assert wide.contains(honest.mid())


# ---- the other traps of theory 2.3.1 ---------------------------------------------------------------------------------


def test_trap_6_sigma_is_an_exact_rational():
    """At 200 bits the moment at 1/10 and at the double 0.1 are told apart."""
    exact_tenth = moment(parse_activation("erf0"), 1, 0, Fraction(1, 10), 200)
    double = moment(parse_activation("erf0"), 1, 0, Fraction(0.1), 200)
    assert not exact_tenth.overlaps(double)
    with precision(400):
        assert exact_tenth.overlaps(1 / (1 + exact(Fraction(2, 100))).sqrt())


def test_trap_7_a_printed_midpoint_is_no_enclosure():
    ball = moment(parse_activation("gelu"), 1, 1, Fraction(1), 100)
    with precision(200):
        assert not ball.contains(arb(ball.str(10, radius=False)))


def test_trap_8_a_failed_integral_is_a_refusal():
    with pytest.raises(EnclosureFailure, match="no finite enclosure"):
        moment(parse_activation("1/(z-1/3)"), 2, 0, Fraction(1), 53)


def test_precision_sharpens():
    for name, quadrature in (("tanh", "integral"), ("tanh", "taylor"), ("softplus", "trapezoid"), ("elu", "taylor")):
        radii = [
            moment(parse_activation(name), 2, 2, Fraction(1), bits, quadrature=quadrature).rad()
            for bits in (53, 100, 200)
        ]
        assert radii[0] < 1e-14
        assert radii[1] < 1e-27
        assert radii[2] < 1e-57


# ---- invariances and the ladder --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["tanh", "gelu", "elu", "softsign", "mish"])
def test_ladder(name):
    """α_{i,j+2} = (j + 1)α_{i,j} + σα'_{i,j}: a symmetric difference, off by 10⁻²⁴ times the third derivative.

    |∂³_σ α_{i,j}| stays below 10⁴ for these activations at σ = 1.
    """
    step = Fraction(1, 10**12)
    orders = [(1, 0), (1, 1), (1, 2), (1, 3), (2, 0), (2, 1), (2, 2), (2, 3)]
    at = {o: moments(parse_activation(name), orders, 1 + o * step, 140) for o in (-1, 0, 1)}
    values = {o: dict(zip(orders, found, strict=True)) for o, found in at.items()}
    with precision(250):
        for i, j in ((1, 0), (1, 1), (2, 0), (2, 1)):
            slope = (values[1][i, j] - values[-1][i, j]) / exact(2 * step) + arb(0, 1e-20)
            assert slope.rad() < 1e-19
            assert values[0][i, j + 2].overlaps((j + 1) * values[0][i, j] + slope)


def test_reflection_changes_signs_only():
    """(I4): φ(−z) has α_{i,j} times (−1)^{i+j}."""
    for text, mirrored in (("z*sigmoid(z)+z^2/3", "-z*sigmoid(-z)+z^2/3"), ("elu", "piecewise(-z, 0, exp(-z)-1)")):
        mine, theirs = (moments(parse_activation(t), ORDERS, Fraction(13, 10)) for t in (text, mirrored))
        for (i, j), a, b in zip(ORDERS, mine, theirs, strict=True):
            assert a.overlaps((-1) ** (i + j) * b)


def test_odd_slopes_have_constant_means():
    """softplus, sleaky, gelu, silu: φ' − κ/2 is odd, so α_{1,0} = α_{1,2} = κ/2 for every σ."""
    for name, kappa in (("softplus", 1), ("gelu", 1), ("silu", 1), ("smooth_leaky_relu(1/4)", Fraction(5, 4))):
        for sigma in (Fraction(1, 7), Fraction(20)):
            for ball in moments(parse_activation(name), [(1, 0), (1, 2)], sigma):
                assert ball.contains(exact(Fraction(kappa) / 2))
                assert ball.rad() < 1e-15


def test_step_functions_are_the_limit():
    """At σ = 10⁹ gelu is relu to 10⁻⁸, and not nearer than 10⁻¹⁹."""
    smooth, step = (moments(parse_activation(n), [(2, 0), (2, 1)], Fraction(10**9)) for n in ("gelu", "relu"))
    for a, b in zip(smooth, step, strict=True):
        assert abs(a - b) < 1e-8
    assert not smooth[1].overlaps(step[1])
