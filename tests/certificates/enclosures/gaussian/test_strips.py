"""The strip lemmas, held against balls of φ' that cover the strip, and against points that nearly attain them."""

import math
import random
from fractions import Fraction

import pytest
from flint import acb, arb

from certificates.arithmetic.arb import exact, precision
from certificates.enclosures.formulas.power_series import compiled, complex_derivatives
from certificates.enclosures.gaussian.strips import strip
from certificates.expression import parse_activation

NAMES = ["tanh", "sigmoid", "softplus(1)", "softplus(5/2)", "arctan", "erf0", "erf", "silu", "gelu", "mish", "sin"]
NAMES += ["smooth_leaky_relu(1/10)", "smooth_leaky_relu(1)", "identity"]


def _slope(name: str, w: acb) -> acb:
    return complex_derivatives(compiled(parse_activation(name).expression), w, 1)[1]


@pytest.mark.parametrize("name", NAMES)
def test_no_point_of_the_strip_exceeds_the_bound(name):
    lemma, generator = strip(parse_activation(name)), random.Random(name)
    assert lemma is not None
    widest = float(lemma.half_width) if lemma.half_width is not None else 3.0
    for _ in range(300):
        width = widest * generator.choice([1.0, generator.random()])
        x = generator.gauss(0, 1) * generator.choice([0.3, 2, 8])
        y = width * generator.choice([1.0, -1.0, generator.uniform(-1, 1)])
        assert not abs(_slope(name, acb(x, y))) > lemma.bound(arb(width))


@pytest.mark.parametrize(
    ("name", "y"), [("tanh", 1.5), ("sigmoid", 3.0), ("arctan", 0.9375), ("erf0", 2.0), ("sin", 2.0)]
)
def test_sharp_bounds_are_attained_on_the_edge(name, y):
    """So a bound that were smaller by a thousandth would be false."""
    bound = strip(parse_activation(name)).bound(arb(y))
    at = acb(math.pi, y) if name == "sin" else acb(0, y)
    assert abs(_slope(name, at)) > bound * 0.999 or name == "sin"
    if name == "sin":  # |cos(x + iy)|² = cos²x + sinh²y
        assert abs(_slope(name, at)) > bound * 0.99


@pytest.mark.parametrize("name", ["silu", "gelu", "mish", "softplus(2)"])
def test_balls_that_tile_a_strip_stay_below_the_bound(name):
    """Arb's own enclosures on squares, bisected until they decide, at half the width."""
    lemma = strip(parse_activation(name))
    top = 0.75 if lemma.half_width is None else float(lemma.half_width) / 2
    bound = lemma.bound(arb(top))
    waiting = [(k, k + 1.0, y, y + top / 2) for k in range(-12, 12) for y in (-top, -top / 2, 0.0, top / 2)]
    while waiting:
        left, right, down, up = waiting.pop()
        assert right - left > 2**-9, (left, down)
        if abs(_slope(name, acb(exact(left).union(exact(right)), exact(down).union(exact(up))))) < bound:
            continue
        x, y = (left + right) / 2, (down + up) / 2
        waiting += [(a, b, c, d) for a, b in ((left, x), (x, right)) for c, d in ((down, y), (y, up))]


def _decided(holds, left: float, right: float) -> None:
    """Bisect [left, right] until ``holds`` is certain on every part."""
    waiting = [(left, right)]
    while waiting:
        a, b = waiting.pop()
        assert b - a > 2**-20, f"not below the constant near {a}"
        if not holds(exact(a).union(exact(b))):
            waiting += [(a, (a + b) / 2), ((a + b) / 2, b)]


def _mish_slope(x: arb) -> arb:
    """4r(r + 1)/(r⁴ + 4) with r = e^x."""
    r = x.exp()
    return 4 * r * (r + 1) / (r * r * r * r + 4)


def test_the_constants_of_the_mish_lemma():
    """Between −8 and 8 by bisection; beyond, at most 8e^x on the left and 8e^{−2x} on the right."""
    _decided(lambda x: _mish_slope(x) < exact(Fraction(9, 5)), -8.0, 8.0)
    _decided(lambda x: abs(x) * _mish_slope(x) < exact(Fraction(13, 10)), -8.0, 8.0)
    assert 8 * 8 * arb(-8).exp() < 1.3  # |x|e^{−|x|} decreases from |x| = 1 on
    assert _mish_slope(arb(0.2)) > 1.73  # and 1.8 is not far from sharp
    for y in (0.0, 0.5, 1.5):  # |t| + (|x| + y)|t'| ≤ 2 + 1.3 + 1.8y
        assert (
            not strip(parse_activation("mish")).bound(arb(y)) < 2 + exact(Fraction(13, 10)) + exact(Fraction(9, 5)) * y
        )


def test_the_bound_of_gelu_on_the_line():
    lemma = strip(parse_activation("gelu"))
    assert lemma is not None
    assert float(lemma.bound(arb(0))) == pytest.approx(1 + math.exp(-1 / 2) / math.sqrt(2 * math.pi), rel=1e-15)


def test_the_constant_of_the_silu_lemma():
    """|x| sech²(x/2) < 0.9; beyond 16 it is below 4|x|e^{−|x|}."""
    _decided(lambda x: abs(x) / (x / 2).cosh() ** 2 < exact(Fraction(9, 10)), 0.0, 16.0)
    assert 4 * 16 * arb(-16).exp() < 0.9


def test_a_softplus_strip_shrinks_with_beta_and_stays_below_the_first_pole():
    for beta in (Fraction(1, 3), Fraction(1), Fraction(40)):
        lemma = strip(parse_activation(f"softplus({beta})"))
        assert lemma.half_width * beta < Fraction(314159, 200000)  # π/2


def test_widths_stay_inside_the_region_of_each_lemma():
    with precision(80):
        for name in ("tanh", "silu", "mish", "smooth_leaky_relu(1/2)"):
            assert exact(strip(parse_activation(name)).half_width) < arb.pi() / 2
        assert exact(strip(parse_activation("sigmoid")).half_width) < arb.pi()
        assert strip(parse_activation("arctan")).half_width < 1


@pytest.mark.parametrize("name", ["relu", "elu", "softsign", "squared_relu", "quadratic", "z*tanh(z)", "tanh(2*z)"])
def test_no_lemma_for_other_formulas(name):
    assert strip(parse_activation(name)) is None
