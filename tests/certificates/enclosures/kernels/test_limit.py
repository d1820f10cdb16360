"""Limit kernels against arccos in Arb, closed forms by other routes, and positive definiteness of what series leave."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pytest
from flint import arb

from certificates.arithmetic.arb import exact, precision
from certificates.arithmetic.ball_array import BallArray
from certificates.enclosures.kernels import limit
from certificates.enclosures.kernels.limit import (
    LimitKernel,
    has_even_slope,
    has_limit,
    hermite_squares,
    limit_kernel,
)
from certificates.errors import EnclosureFailure
from certificates.expression import parse_activation
from certificates.kinds import KINDS
from tests.support.kernel_nets import limit_entry

CLOSED = {"relu": ("relu", 0), "leaky_relu(1/10)": ("relu", Fraction(1, 10)), "leaky_relu(3)": ("relu", 3)}


@pytest.fixture(autouse=True)
def _bits():
    with precision(200):
        yield


def _inputs(seed: int) -> np.ndarray:
    """Of several sizes, among them near neighbours, near opposites and multiples."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(9, 4)) * 10.0 ** rng.integers(-3, 3, size=(9, 1))
    x[1] = x[0] * (1 + 2.0**-40)
    x[2] = -x[0]
    x[3] = x[0] + 1e-7 * rng.normal(size=4) * np.linalg.norm(x[0])
    x[4] = -x[0] + 1e-9 * np.linalg.norm(x[0])
    x[5] = 2 * x[6]
    return x


@pytest.mark.parametrize("unit", [False, True])
@pytest.mark.parametrize("name", ["relu", "leaky_relu(1/10)", "leaky_relu(3)", "erf", "erf0", "identity"])
@pytest.mark.parametrize("seed", range(3))
def test_entries_contain_the_exact_ones(name, unit, seed):
    x = _inputs(seed)
    kernel = limit_kernel(x, parse_activation(name), unit=unit)
    family, leak = CLOSED.get(name, (name, 0))
    for rows, columns in ((slice(0, 9), slice(0, 9)), (slice(2, 5), slice(3, 9)), (slice(6, 8), slice(0, 2))):
        block = kernel.block(rows, columns)
        rad = np.broadcast_to(block.rad, block.shape)
        for i in range(block.shape[0]):
            for j in range(block.shape[1]):
                true = limit_entry(x[rows.start + i], x[columns.start + j], family, unit=unit, leak=leak)
                assert abs(true - exact(float(block.mid[i, j]))) < exact(float(rad[i, j])) * (1 + exact(2.0**-40))


def test_radii_are_small_where_inputs_are_apart():
    x = np.random.default_rng(0).normal(size=(30, 8))
    for name in ("relu", "erf"):
        block = limit_kernel(x, parse_activation(name), unit=True).block(slice(0, 30), slice(0, 30))
        assert np.max(block.rad) < 1e-13


def test_series_of_erf_meet_its_closed_form(monkeypatch):
    x = np.random.default_rng(1).normal(size=(6, 3))
    closed = limit_kernel(x, parse_activation("erf"), unit=True).block(slice(0, 6), slice(0, 6))
    monkeypatch.setattr(limit, "_CLOSED", ())
    squares, _, rest, rounded = hermite_squares(parse_activation("erf"))
    monkeypatch.undo()
    series = limit._series(limit.unit_rows(x).correlations(slice(0, 6), slice(0, 6)), squares)
    left = closed.mid - series.mid
    assert (np.abs(left) <= rest + rounded + closed.rad + series.rad).all()
    assert np.linalg.eigvalsh(left)[0] > -1e-13


@pytest.mark.parametrize(
    "name", ["tanh", "sigmoid", "softplus", "softplus(3)", "gelu", "silu", "mish", "arctan", "sin"]
)
def test_squares_of_coefficients_never_exceed_the_moment(name):
    squares, low, high, rounded = hermite_squares(parse_activation(name))
    assert min(squares) >= 0 and 0 <= low <= high < 1e-2 * sum(squares) and rounded < 1e-14


def test_coefficients_of_tanh_and_of_relu_are_the_known_ones():
    squares, low, high, _ = hermite_squares(parse_activation("tanh"))
    assert squares[:5] == pytest.approx([0.36688, 0, 0.06610, 0, 0.01956], abs=1e-5)
    assert sum(squares) + high == pytest.approx(0.46440, abs=1e-5) and low <= high
    found, below, above, _ = hermite_squares(parse_activation("relu"))
    factorials = [1 / (2 * np.pi), 1 / (2 * np.pi) * 2 / 4 / 3, 1 / (2 * np.pi) * 24 / 16 / 4 / 5]
    assert found[0] == 0.25 and found[2::2] == (0.0,) * 20 and found[1:6:2] == pytest.approx(factorials)
    assert pytest.approx(sum(found) + above) == 0.5 and below == pytest.approx(above)


def test_sin_at_unit_inputs_has_a_closed_form():
    """E cos u cos v = cosh(ρ)/e for standard normal u, v of correlation ρ."""
    x = np.random.default_rng(2).normal(size=(7, 3))
    kernel = limit_kernel(x, parse_activation("sin"), unit=True)
    block = kernel.block(slice(0, 7), slice(0, 7))
    for i in range(7):
        for j in range(7):
            true = limit_entry(x[i], x[j], "sin", unit=True)
            spare = exact(kernel.rest) + exact(kernel.rounded) + exact(float(np.broadcast_to(block.rad, (7, 7))[i, j]))
            assert abs(true - exact(float(block.mid[i, j]))) <= spare


def test_what_has_no_limit():
    assert not has_limit(parse_activation("elu"), unit=True)
    assert not has_limit(parse_activation("tanh"), unit=False) and has_limit(parse_activation("tanh"), unit=True)
    with pytest.raises(EnclosureFailure, match="no kernel of"):
        limit_kernel(np.ones((2, 2)), parse_activation("tanh"), unit=False)
    with pytest.raises(EnclosureFailure, match="zero"):
        limit_kernel(np.zeros((2, 2)), parse_activation("relu"), unit=False)
    assert "tangent-kernel" in KINDS


@pytest.mark.parametrize("name", ["tanh", "sigmoid", "erf", "erf0", "arctan", "sin", "identity"])
def test_even_slopes_are_even(name):
    activation = parse_activation(name)
    assert has_even_slope(activation)
    for other in ("relu", "softplus", "gelu", "silu", "mish", "leaky_relu(1/10)"):
        assert not has_even_slope(parse_activation(other))
    squares = hermite_squares(activation).below
    assert not any(squares[1::2])


@pytest.mark.parametrize("scale", [2.0**-300, 2.0**200, 2.0**-1000, 2.0**600])
def test_hostile_sizes(scale):
    x = np.random.default_rng(3).normal(size=(4, 3)) * scale
    unit = limit_kernel(x, parse_activation("relu"), unit=True).block(slice(0, 4), slice(0, 4))
    assert np.max(unit.rad) < 1e-13
    try:
        stored = limit_kernel(x, parse_activation("relu"), unit=False).block(slice(0, 4), slice(0, 4))
    except EnclosureFailure:
        return
    true = limit_entry(x[1], x[2], "relu")
    assert abs(true - exact(float(stored.mid[1, 2]))) <= exact(float(stored.rad[1, 2]))


def test_the_identity_tells_kernels_apart():
    x = np.random.default_rng(3).normal(size=(4, 3))
    kernels = [
        limit_kernel(x, parse_activation("relu"), unit=True),
        limit_kernel(x, parse_activation("relu"), unit=False),
        limit_kernel(x, parse_activation("tanh"), unit=True),
        limit_kernel(x + 1, parse_activation("relu"), unit=True),
        limit_kernel(2 * x, parse_activation("relu"), unit=False),
    ]
    assert len({kernel.identity for kernel in kernels}) == 5
    assert kernels[0].identity == limit_kernel(x.copy(), parse_activation("relu"), unit=True).identity


@dataclass
class Given:
    """Correlations and norms that are known badly, in place of those of inputs."""

    mid: float
    radius: float
    relative: float = 0.0
    rows = np.zeros((1, 1))

    def correlations(self, rows, columns) -> BallArray:
        return BallArray(np.array([[self.mid]]), self.radius, magnitude=1.0)

    def norm_balls(self, rows) -> BallArray:
        return BallArray(np.array([3.0]), np.array([3.0 * self.relative]))


OFF_DIAGONAL = slice(1, 2), slice(0, 1)


def _of_correlation(rho, leak: Fraction):
    a = exact(leak)
    return rho * (a + (1 - a) ** 2 * (exact(Fraction(1, 4)) + rho.asin() / (2 * arb.pi())))


@pytest.mark.parametrize("leak", [Fraction(0), Fraction(1, 10), Fraction(3)])
@pytest.mark.parametrize("mid", [0.0, 0.5, -0.7, 0.985])
def test_both_ends_of_a_correlation_are_contained_and_not_much_more(leak, mid):
    radius = 2.0**-10
    block = LimitKernel(Given(mid, radius), True, "", leak=leak).block(*OFF_DIAGONAL)
    ends = [_of_correlation(exact(mid) + sign * exact(radius), leak) for sign in (-1, 1)]
    furthest = max(float(abs(end - exact(float(block.mid[0, 0])))) for end in ends)
    assert furthest <= block.rad[0, 0] < 2.0**-9 * max(1.0, float(leak) ** 2)


@pytest.mark.parametrize("leak", [Fraction(0), Fraction(1, 10), Fraction(3)])
def test_roundings_are_in_the_radius(leak):
    """By the formula of ``_both`` where ρ = 0 is known exactly: nothing else is left."""
    block = LimitKernel(Given(0.0, 0.0), True, "", leak=leak).block(*OFF_DIAGONAL)
    a, u = float(leak), 2.0**-53
    of_chance = (2.0**-48 + u) / (2 * np.pi) + 2 * u
    of_slope = of_chance if not leak else (1 - a) ** 2 * of_chance + 16 * u * max(1.0, a * a)
    largest = 0.5 if not leak else max(1.0, a * a)
    assert block.rad[0, 0] == pytest.approx(of_slope + 2 * u * largest, rel=1e-6, abs=0)


@pytest.mark.parametrize("name", ["identity", "leaky"])
def test_norms_that_err_both_ways_are_contained(name):
    """ρ = 1 on the diagonal: K = ‖x‖² for the identity, (1 + 3²)/2 of it for slope 3."""
    columns = 2**15
    inputs = Given(1.0, 0.0)
    inputs.rows = np.zeros((1, columns))
    kernel = LimitKernel(inputs, False, "", leak=None if name == "identity" else Fraction(3))
    block = kernel.block(slice(0, 1), slice(0, 1))
    relative = exact(Fraction(columns, 2) + 6) * exact(2.0**-53)
    for sign in (-1, 1):
        true = (5 if name == "leaky" else 1) * (3 * (1 + sign * relative)) ** 2
        assert abs(true - exact(float(block.mid[0, 0]))) <= exact(float(block.rad[0, 0]))


@pytest.mark.parametrize("coefficients", [(1.0, 0.0, 2.0), (1.0, 0.5, 2.0)])
@pytest.mark.parametrize("mid", [0.3, -0.9, 0.999])
def test_series_of_a_correlation_known_badly(coefficients, mid):
    radius = 2.0**-10
    block = limit._series(BallArray(np.array([mid]), radius, magnitude=1.0), coefficients)
    for sign in (-1, 1):
        end = exact(mid) + sign * exact(radius)
        true = sum((exact(a) * end ** (k + 1) for k, a in enumerate(coefficients)), exact(0))
        assert abs(true - exact(float(block.mid[0]))) <= exact(block.radius)
    slopes = sum(a * (k + 1) for k, a in enumerate(coefficients))
    assert block.radius == pytest.approx(slopes * radius, rel=1e-6, abs=0)
    known = limit._series(BallArray(np.array([mid]), 0.0, magnitude=1.0), coefficients)
    assert known.radius == pytest.approx(20 * 2.0**-53 * sum(coefficients), rel=1e-6, abs=0)


class Table:
    """Coefficients 1, 0 and 2 within 0.01, a second moment of 8 within 1."""

    def moments(self, i: int, j: int):
        return arb(8, 1), arb(0)

    def coefficients(self):
        return [[arb(1, 0.01), arb(0, 0.01), arb(2, 0.01)]]


def test_uncertain_coefficients_are_taken_from_the_side_that_is_safe(monkeypatch):
    monkeypatch.setattr(limit, "slope_table", lambda *_: Table())
    below, low, high, rounded = hermite_squares(parse_activation("tanh"))
    assert below == pytest.approx((0.99**2, 0.0, 1.99**2), abs=1e-3) and below[0] <= 0.99**2 and below[2] <= 1.99**2
    assert low <= 7 - 1.01**2 - 2.01**2 and high >= 9 - 0.99**2 - 1.99**2
    assert rounded >= 1.01**2 - 0.99**2 + 0.01**2 + 2.01**2 - 1.99**2
    assert low == pytest.approx(7 - 1.01**2 - 2.01**2, abs=1e-3)
    assert high == pytest.approx(9 - 0.99**2 - 1.99**2, abs=1e-3)


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("distance", [1e-3, 1e-6, 1e-9, 1e-12, 1e-15])
def test_near_neighbours_and_near_opposites_are_told_apart(sign, distance):
    rng = np.random.default_rng(5)
    x = rng.normal(size=(2, 6))
    x[1] = sign * (x[0] + distance * rng.normal(size=6))
    block = limit_kernel(x, parse_activation("relu"), unit=True).block(slice(0, 2), slice(0, 2))
    true = limit_entry(x[0], x[1], "relu", unit=True)
    assert abs(true - exact(float(block.mid[1, 0]))) <= exact(float(block.rad[1, 0]))
    assert block.rad[1, 0] < 1e-14


def test_many_near_neighbours_are_looked_at_in_parts(monkeypatch):
    monkeypatch.setattr(limit, "_PAIRS", 3)
    rng = np.random.default_rng(6)
    x = np.ones(4) + 1e-8 * rng.normal(size=(5, 4))
    block = limit_kernel(x, parse_activation("relu"), unit=True).block(slice(0, 5), slice(0, 5))
    assert np.max(block.rad) < 1e-14
    for i in range(5):
        for j in range(5):
            true = limit_entry(x[i], x[j], "relu", unit=True)
            assert abs(true - exact(float(block.mid[i, j]))) <= exact(float(block.rad[i, j]))


def test_entries_that_underflow_are_not_0():
    found = limit_kernel(np.array([[1e-165, 0.0], [1e-165, 1e-165]]), parse_activation("relu"), unit=False)
    block = found.block(slice(0, 2), slice(0, 2))
    assert (block.lower() <= 0).all() and (block.upper() > 0).all()


def test_what_coefficients_are_rounded_by_is_kept():
    squares = hermite_squares(parse_activation("tanh"))
    found = limit_kernel(np.eye(2), parse_activation("tanh"), unit=True)
    assert 0 < found.rounded == squares.rounded and found.rest == squares.rest_above
