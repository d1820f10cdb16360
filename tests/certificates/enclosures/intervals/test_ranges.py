"""Bounds of slope and curvature: the catalogue's closed forms proved by branch and bound, formulas by sampling."""

from __future__ import annotations

import math

import mpmath
import pytest
from flint import arb

from certificates.arithmetic.arb import exact, precision
from certificates.enclosures.intervals.derivatives import derivatives_arb
from certificates.enclosures.intervals.ranges import curvature_bound, slope_bound, supremum
from certificates.errors import EnclosureFailure
from certificates.expression import CATALOGUE, parse_activation, smooth_pieces

NAMES = [name for name in CATALOGUE if CATALOGUE[name].parameter is None]
NAMES += [
    "softplus(1)",
    "softplus(3)",
    "smooth_leaky_relu(1/10)",
    "smooth_leaky_relu(1)",
    "elu(1)",
    "elu(3)",
    "leaky_relu(2)",
]
FAR = 2.0**40


def closed_forms(name: str) -> list[tuple[int, float]]:
    activation = parse_activation(name)
    bounds = []
    for k, bound in ((1, slope_bound), (2, curvature_bound)):
        entry = CATALOGUE[str(activation.name)].bounds(*activation.parameters)[k - 1]
        if entry is not None and (k == 1 or not name.startswith(("elu(3", "leaky"))):
            bounds.append((k, bound(activation, -1.0, 1.0)))
    return bounds


@pytest.mark.parametrize("name", NAMES)
def test_closed_forms_hold_on_a_wide_interval_and_are_attained(name: str) -> None:
    # [-30, 30.5] as in theory 2.4, and the tails up to 2^40 by the same search
    expression = parse_activation(name).expression
    for k, bound in closed_forms(name):
        for low, high in ((-30.0, 30.5), (-FAR, -30.0), (30.5, FAR)):
            found = supremum(expression, k, exact(low), exact(high), tolerance=2e-6)
            assert found <= bound * (1 + 3e-6) + 1e-11, (k, low)
        assert supremum(expression, k, exact(-30.0), exact(30.5), tolerance=2e-6) >= bound * (1 - 1e-9), k


def climb(name: str, k: int) -> arb:
    """The largest |φ^(k)| that a grid and a ternary search at 200 bits find on [-30, 30.5]."""
    activation = parse_activation(name)

    def size(point: float | arb) -> arb:
        return abs(derivatives_arb(activation, arb(point).mid(), k)[k])

    best = max((-30 + 60.5 * t / 311 for t in range(312)), key=lambda point: float(size(point)))
    with precision(200):
        low, high = arb(best - 0.2), arb(best + 0.2)
        for _ in range(120):
            left, right = ((2 * low + high) / 3).mid(), ((low + 2 * high) / 3).mid()
            low, high = (left, high) if size(left) < size(right) else (low, right)
        return size(low)


@pytest.mark.parametrize("name", NAMES)
def test_no_closed_form_is_rounded_below_the_supremum(name: str) -> None:
    for k, bound in closed_forms(name):
        assert not climb(name, k) > exact(bound), k


@pytest.mark.parametrize(
    ("name", "k", "start", "bound"),
    [
        ("silu", 1, 2.4, "1.09983932012888"),
        ("mish", 1, 1.49, "1.08849816126"),
        ("mish", 2, -0.088, "0.64420463724"),
    ],
)
def test_rounded_suprema_are_rounded_up(name: str, k: int, start: float, bound: str) -> None:
    activation = parse_activation(name)
    with precision(200), mpmath.workdps(50):

        def slope(x: mpmath.mpf) -> mpmath.mpf:
            return mpmath.mpf(derivatives_arb(activation, arb(str(x)), k + 1)[k + 1].mid().str(40, radius=False))

        peak = mpmath.findroot(slope, (start, start + 0.01), tol=1e-60)
        ball = abs(derivatives_arb(activation, arb(mpmath.nstr(peak, 40)), k)[k])
        assert ball < arb(bound)
        assert arb(bound) - ball < arb("3e-11")


FORMULAS = [
    "z*tanh(log(1+exp(z)))", "z^3*exp(-z^2)", "log(1+z^2)", "sqrt(1+z^2)", "sin(z^2)/(1+z^2)", "z/(1+exp(-z))",
    "piecewise(z/(1-z), 0, z/(1+z))", "piecewise(softplus(z)-log(2), 0, z/2)",
    "piecewise(0, 1, (z-1)^2, 2, 2*z-3)",
    "quadratic", "squared_relu", "tanh", "z^5-3*z", "cos(3*z)*sigmoid(z)",
]  # fmt: skip


@pytest.mark.parametrize("text", FORMULAS)
@pytest.mark.parametrize(("low", "high"), [(-3.0, 4.0), (0.25, 0.5), (1.0, 1.0), (-2.5, 0.0)])
def test_samples_never_exceed_the_bound_and_come_close(text: str, low: float, high: float) -> None:
    activation = parse_activation(text)
    points = [low + (high - low) * t / 400 for t in range(401)]
    values = [derivatives_arb(activation, exact(point), 2) for point in points]
    breaks = set(map(float, smooth_pieces(activation.expression)[1]))
    for k in (1, 2):
        found = supremum(activation.expression, k, exact(low), exact(high))
        sampled = max(float(abs(v[k]).lower()) for v in values)
        assert sampled <= found
        if not breaks & {low, high}:  # at an end, the curvature on the other side counts too
            assert found <= 1.002 * sampled + 0.02 * (high - low)
    assert slope_bound(activation, low, high) >= max(float(abs(v[1]).lower()) for v in values)
    assert curvature_bound(activation, low, high) >= max(float(abs(v[2]).lower()) for v in values)


def test_the_range_decides_where_the_global_bound_is_infinite() -> None:
    assert slope_bound(parse_activation("squared_relu"), -100.0, 1.5) == 3.0
    assert slope_bound(parse_activation("squared_relu"), -100.0, -1.0) == 0.0
    assert 11.0 <= slope_bound(parse_activation("quadratic"), arb(-5, 0.5), arb(3)) <= 11.0001


def test_pieces_do_not_reach_beyond_the_range() -> None:
    assert slope_bound(parse_activation("piecewise(z^2, 10, 20*z-100)"), -1.0, 1.5) == 3.0


def test_a_jump_has_no_curvature_bound() -> None:
    for text in ("relu", "leaky_relu", "elu(2)", "piecewise(tanh(z), 1, z/2+tanh(1)-1/2)"):
        with pytest.raises(EnclosureFailure, match="jumps"):
            curvature_bound(parse_activation(text), 2.0, 3.0)
        assert math.isfinite(slope_bound(parse_activation(text), -2.0, 3.0))
    with pytest.raises(EnclosureFailure, match="jump"):
        slope_bound(parse_activation("piecewise(z, 0, z+1e-30)"), -1.0, 1.0)


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("1/z", -1.0, 2.0),
        ("log(z)", 0.0, 1.0),
        ("sqrt(1-z^2)", -1.0, 1.0),
        ("piecewise(1/z, 1, 2-z)", -1.0, 3.0),
        ("exp(exp(exp(exp(z))))", 0.0, 9.0),
        ("z/(z-z)", 0.0, 1.0),
        ("exp(z)", 0.0, 1e5),
    ],
)
def test_singularities_in_the_range_are_refused(text: str, low: float, high: float) -> None:
    for bound in (slope_bound, curvature_bound):
        with pytest.raises(EnclosureFailure):
            bound(parse_activation(text), low, high)


def test_singularities_outside_the_range_do_not_matter() -> None:
    assert 1.0 <= slope_bound(parse_activation("piecewise(1/z, 1, 2-z)"), 0.5, 3.0) <= 4.01


@pytest.mark.parametrize(("low", "high"), [(1.0, -1.0), (math.nan, 1.0), (-math.inf, 1.0), (0.0, arb("inf"))])
def test_ranges_that_are_no_intervals_are_refused(low: float, high: float) -> None:
    with pytest.raises(EnclosureFailure, match="range"):
        slope_bound(parse_activation("tanh"), low, high)


def test_dependency_makes_the_bound_loose_but_never_wrong() -> None:
    assert 0.0 <= curvature_bound(parse_activation("tanh(z)-tanh(z)+z"), -3.0, 3.0) < 1e-3


def test_an_end_that_is_not_enclosed_never_counts_as_zero(monkeypatch):
    """previous_bug_01: on monotone cells an end without an enclosure was taken for an exact zero."""
    from flint import arb

    from certificates.enclosures.formulas.jets import jet
    from certificates.enclosures.intervals import ranges
    from certificates.errors import EnclosureFailure
    from certificates.expression import parse_expression

    def failing_at_points(piece, x, order, ring):
        if isinstance(x, arb) and x.is_exact():
            raise EnclosureFailure("no value at a point")
        return jet(piece, x, order, ring)

    monkeypatch.setattr(ranges, "jet", failing_at_points)
    with pytest.raises(EnclosureFailure):  # it used to return 0
        ranges.supremum(parse_expression("exp(z)"), 1, arb(0), arb(1))


@pytest.mark.parametrize(("text", "low", "high", "bound"), [
    ("z-(z-3/2)^2/6", 1.0, 2.0, 7 / 6),
    ("z+(z+3/2)^2/6", -2.0, -1.0, 7 / 6),
    ("3*z-z^2", 0.5, 0.75, 2.0),
])  # fmt: skip
def test_slopes_that_fall_where_they_are_positive(text, low, high, bound):
    """The mean-value form about a centre that is not 0, on cells where it alone decides."""
    assert bound <= slope_bound(parse_activation(text), low, high) <= bound * 1.001


def test_both_pieces_count_where_the_range_ends_at_their_breakpoint():
    activation = parse_activation("piecewise(0, 1, (z-1)^2)")
    assert curvature_bound(activation, 0.0, 1.0) == 2.0
    assert curvature_bound(parse_activation("piecewise((z-1)^2, 1, 0)"), 1.0, 2.0) == 2.0
