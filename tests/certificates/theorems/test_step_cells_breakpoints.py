"""Slopes that jump and bend, and slopes whose limits are equal: every bound against quadrature, piece by piece."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise

import mpmath
import numpy as np
import pytest
from flint import arb

from certificates.arithmetic.arb import exact, lower, precision, upper
from certificates.enclosures.infinity.derivative_bounds import derivative_bound
from certificates.errors import EnclosureFailure
from certificates.expression import parse_activation
from certificates.theorems import step_cells
from certificates.theorems.step_cells import (
    Bessel,
    Envelope,
    far_constant,
    near_constant,
    third_term_far,
    third_term_near,
)

Array = np.ndarray
Slope = Callable[[Array], Array | float]
ALPHA, SCALE = 1.6732632423543772, 1.0507009873554805
# text, breakpoints of f, f on each piece, the envelope
SHAPES: dict[str, tuple[str, tuple[float, ...], tuple[Slope, ...], Envelope]] = {
    "relu6": ("piecewise(0, 0, z, 6, 6)", (0, 6), (lambda u: 0, lambda u: 1, lambda u: 0), Envelope(0, Fraction(2))),
    "hardtanh": (
        "piecewise(-1, -1, z, 1, 1)",
        (-1, 1),
        (lambda u: 0, lambda u: 1, lambda u: 0),
        Envelope(0, Fraction(2)),
    ),
    "hardswish": (
        "piecewise(0, -3, z*(z+3)/6, 3, z)",
        (-3, 3),
        (lambda u: 0, lambda u: (2 * u + 3) / 6, lambda u: 1),
        Envelope(0, Fraction(0)),
    ),
    "selu": (
        "1.0507009873554805*piecewise(1.6732632423543772*(exp(z)-1), 0, z)",
        (0,),
        (lambda u: ALPHA * SCALE * np.exp(u), lambda u: SCALE),
        Envelope(0, Fraction(0)),
    ),
    "bent": (
        "piecewise(0, -1, (z+1)^2/6, 2, z-1/2)",
        (-1, 2),
        (lambda u: 0, lambda u: (u + 1) / 3, lambda u: 1),
        Envelope(0, Fraction(0)),
    ),
    "tanhshrink": ("z-tanh(z)", (), (lambda u: np.tanh(u) ** 2,), Envelope(4, Fraction(7, 2))),
    "falling tanh": ("-tanh(z)", (), (lambda u: -(1 - np.tanh(u) ** 2),), Envelope(4, Fraction(4))),
}
PAIRS = step_cells._PAIRS
SIGMAS = (0.2, 0.45, 1.0, 2.2, 5.0)


NODES, WEIGHTS = np.polynomial.legendre.leggauss(60)


def alpha(name: str, i: int, j: int, sigma: float) -> float:
    """E[f(σz)ⁱ zʲ], each piece on its own interval, cut into parts on which it is smooth."""
    _, breakpoints, pieces, _ = SHAPES[name]
    ends = [-9.0, *(max(-9.0, min(9.0, b / sigma)) for b in breakpoints), 9.0]
    total = 0.0
    for piece, (left, right) in zip(pieces, pairwise(ends), strict=True):
        for low, high in pairwise(sorted({left, right, *(c for c in (-3.0, -1.0, 0.0, 1.0, 3.0) if left < c < right)})):
            z = (low + high) / 2 + (high - low) / 2 * NODES
            density = np.exp(-z * z / 2) / np.sqrt(2 * np.pi)
            total += float((high - low) / 2 * WEIGHTS @ (piece(sigma * z) ** i * z**j * density))
    return total


def terms(name: str, sigma: float) -> tuple[float, ...]:
    a10, a11, a12, a20, a22 = (alpha(name, i, j, sigma) for i, j in PAIRS)
    return a20 - a10**2 - a11**2, a22 - a11**2 - a12**2, a10 * a12 - a11**2


@pytest.mark.parametrize("name", SHAPES)
def test_the_drift_of_moments(name: str) -> None:
    """|α(σ ± r) − α(σ)| stays within what a cell of half width r allows."""
    phi, half = parse_activation(SHAPES[name][0]), Fraction(1, 64)
    for sigma in map(Fraction, SIGMAS):
        for i, j in PAIRS:
            drift = upper(step_cells._drift(phi, i, j, (sigma - half, sigma + half)))
            here = alpha(name, i, j, float(sigma))
            for end in (sigma - half, sigma + half):
                assert abs(alpha(name, i, j, float(end)) - here) <= drift * (1 + 1e-9) + 1e-12


def test_the_drift_of_an_indicator_is_attained() -> None:
    """f = 1 on (−1, 1): ∂α_{10} = −2x²n(x) at x = 1/σ, largest at x² = 2, and smaller for all σ < 1/√2."""
    phi = parse_activation(SHAPES["hardtanh"][0])
    assert upper(step_cells._moved(phi, 1, 0, Fraction(5))) == pytest.approx(
        float(4 * mpmath.npdf(mpmath.sqrt(2))), rel=1e-9
    )
    near = upper(step_cells._moved(phi, 1, 0, Fraction(1, 4)))
    assert near == pytest.approx(float(2 * 16 * mpmath.npdf(4)), rel=1e-9)
    slope = (alpha("hardtanh", 1, 0, 0.2501) - alpha("hardtanh", 1, 0, 0.2499)) / 0.0002
    assert -slope == pytest.approx(near, rel=1e-4)


@pytest.mark.parametrize("name", SHAPES)
def test_the_curvature_of_moments(name: str) -> None:
    """Second differences against the bound for all σ' ≥ σ."""
    phi, h = parse_activation(SHAPES[name][0]), 1 / 128
    for sigma in (0.26, 0.37, 0.5, 1.0, 2.2, 9.0):
        for i, j in PAIRS:
            values = [alpha(name, i, j, s) for s in (sigma - h, sigma, sigma + h)]
            bend = abs(values[0] - 2 * values[1] + values[2]) / h**2
            assert bend <= upper(step_cells._second_derivative(phi, i, j, Fraction(sigma - h))) * (1 + 1e-6) + 1e-8


def test_what_breakpoints_add_to_the_curvature_worked_by_hand() -> None:
    """Of 1 on (0, 6): ΔF = 1 at 6; of (u + 1)/3 on (−1, 2): ΔF' = 1/3 at both, (f²)' jumps by 2/3 at 2 alone."""
    root = mpmath.sqrt(2 * mpmath.pi)

    def weight(k: int) -> mpmath.mpf:
        return (k / mpmath.e) ** (mpmath.mpf(k) / 2) / root

    six, bent = (parse_activation(SHAPES[name][0]) for name in ("relu6", "bent"))
    for j in (0, 2):
        anywhere, far = step_cells._moved_twice(six, 1, j, Fraction(3))
        assert upper(anywhere) == pytest.approx(float(((j + 2) * weight(j + 3) + weight(j + 5)) / 36), rel=1e-9)
        wanted = ((j + 2) * 6 ** (j + 1) + mpmath.mpf(6) ** (j + 3) / 9) / mpmath.mpf(3) ** (j + 3) / root
        assert upper(far) == pytest.approx(float(wanted), rel=1e-9)
        anywhere, far = step_cells._moved_twice(bent, 1, j, Fraction(3))
        assert upper(anywhere) == pytest.approx(float(weight(j + 3) / 3 * (1 + 0.5)), rel=1e-9)
        assert upper(far) == pytest.approx(float((1 + 2 ** (j + 2)) / mpmath.mpf(3) ** (j + 4) / root), rel=1e-9)
        anywhere, _ = step_cells._moved_twice(bent, 2, j, Fraction(3))
        assert upper(anywhere) == pytest.approx(float(weight(j + 3) * 2 / 3 / 2), rel=1e-9)


@pytest.mark.parametrize("name", SHAPES)
@pytest.mark.parametrize("region", ["near", "middle", "far"])
def test_constants_hold_on_their_cells(name: str, region: str) -> None:
    """Each term on each of a few cells, thin and wide, at both ends and between."""
    text, _, _, envelope = SHAPES[name]
    phi, power = parse_activation(text), envelope.power
    choice = Bessel(2, 2), Bessel(3, 2)
    cells = [(Fraction(1, 8), Fraction(3, 16)), (Fraction(1, 2), Fraction(33, 64)), (Fraction(1), Fraction(5, 4))]
    for cell in cells:
        with precision(96):
            if region == "near":
                bounds = step_cells._near_terms(phi, envelope, *choice, cell, "integral")
            elif region == "middle":
                bounds = step_cells._middle_terms(phi, envelope, cell, "integral")
            else:
                bounds = step_cells._far_terms(phi, envelope, cell)
        for at in (cell[0], (cell[0] + 2 * cell[1]) / 3, cell[1]):
            sigma = float(1 / at if region == "far" else at)
            size = sigma**power / (1 + sigma**2) ** float(envelope.decay)
            for bound, term in zip(bounds, terms(name, sigma), strict=True):
                assert max(lower(bound), 0) * size <= term * (1 + 1e-8) + 1e-13


@pytest.mark.parametrize("name", ["relu6", "tanhshrink", "falling tanh"])
def test_far_constants_of_equal_limits_are_sharp_at_infinity(name: str) -> None:
    """On a cell that shrinks to v = 0, h_{20}/√(2π) and so on: what σT₁, σ³T₂ and σ⁴T₃ (or T₃) tend to."""
    phi, envelope = parse_activation(SHAPES[name][0]), SHAPES[name][3]
    with precision(96):
        found = [
            lower(c)
            for c in step_cells._far_terms(
                phi, Envelope(envelope.power, envelope.decay), (Fraction(0), Fraction(1, 2**30))
            )
        ]
    root = mpmath.sqrt(2 * mpmath.pi)
    first = {"relu6": 6, "tanhshrink": mpmath.mpf(4) / 3, "falling tanh": mpmath.mpf(4) / 3}[name] / root
    second = {"relu6": 72, "tanhshrink": (mpmath.pi**2 - 6) / 9, "falling tanh": (mpmath.pi**2 - 6) / 9}[name] / root
    third = {"relu6": (6 * 72 - 18**2) / root**2, "tanhshrink": 1, "falling tanh": mpmath.pi / 6}[name]
    # a term that falls more slowly than the envelope has a huge constant on such a cell
    falls = 2 * envelope.decay - envelope.power
    wanted = [(first, 1), (second, 3), (third, 0 if name == "tanhshrink" else 4)]
    for constant, (limit, order) in zip(found, wanted, strict=True):
        assert constant * mpmath.mpf(2) ** (-30 * float(falls - order)) == pytest.approx(float(limit), rel=1e-6)


def test_far_terms_of_a_slope_that_falls_to_its_limit() -> None:
    """On a thin cell at v = 1/8, f = 1 + sech²: the remainder has the sign that leaves the bounds just below T_k."""
    phi, envelope = parse_activation("z+tanh(z)"), Envelope(0, Fraction(3, 2))
    with precision(96):
        bounds = step_cells._far_terms(phi, envelope, (Fraction(1, 8), Fraction(1, 8) + Fraction(1, 2**30)))
    shape = ("z+tanh(z)", (), (lambda u: 2 - np.tanh(u) ** 2,), envelope)
    with pytest.MonkeyPatch.context() as patched:
        patched.setitem(SHAPES, "rising tanh", shape)
        truth = terms("rising tanh", 8.0)
    for bound, term, slack in zip(bounds, truth, (3e-4, 1e-6, 1e-4), strict=True):
        assert term - slack <= lower(bound) / 65**1.5 <= term


@pytest.mark.parametrize("name", ["relu6", "hardtanh", "hardswish", "bent", "selu", "falling tanh"])
def test_third_terms_hold(name: str) -> None:
    phi = parse_activation(SHAPES[name][0])
    falls = name in {"relu6", "hardtanh", "falling tanh"}
    for k in range(6):
        cell = (Fraction(k, 4), Fraction(k, 4) + Fraction(1, 8))
        near, far = third_term_near(phi, cell, "integral"), third_term_far(phi, cell)
        for at in (cell[0] + Fraction(1, 64), cell[1]):
            assert lower(near) <= terms(name, float(at))[2] + 1e-12
            assert lower(far) <= terms(name, float(1 / at))[2] / (float(at) ** 4 if falls else 1) + 1e-9


def test_the_third_term_far_out_tends_to_the_square_of_the_common_limit() -> None:
    """f = 1/8 + sech²: T₃ tends to 1/64 although that of sech², over v⁴, tends to π/6; only the latter falls to 0."""
    raised, falling = parse_activation("tanh(z)+z/8"), parse_activation("tanh")
    cell = (Fraction(0), Fraction(1, 64))
    assert 0.015 < lower(third_term_far(raised, cell)) <= 1 / 64
    assert 0.5 < lower(third_term_far(falling, cell)) <= float(mpmath.pi) / 6
    assert step_cells.slope_tends_to_zero(falling) and not step_cells.slope_tends_to_zero(raised)


def test_the_third_term_near_a_zero_of_the_slope() -> None:
    """Tanhshrink: f = w²q, T₃/σ⁴ tends to E[z²]E[z⁴] − 0 = 3; at order 2, not 1 or 3."""
    phi, cell = parse_activation("z-tanh(z)"), (Fraction(0), Fraction(1, 2**20))
    with precision(96):
        found = step_cells._near_terms(phi, SHAPES["tanhshrink"][3], Bessel(2, 2), Bessel(3, 2), cell, "integral")
    assert lower(found[2]) == pytest.approx(3, rel=1e-3)
    with pytest.raises(EnclosureFailure, match="fit"):
        near_constant(phi, SHAPES["tanhshrink"][3], Bessel(3, 3), Bessel(3, 2), cell, "integral")


def test_the_drift_of_a_slope_over_its_zero(monkeypatch: pytest.MonkeyPatch) -> None:
    """f = w² + w³ on [0, 1/8]: Q = 1, 3σ, 3 at σ = 1/16, q' = 1, so they drift by M₃, M₄, M₅ times 1/16."""
    phi, h = parse_activation("z^3/3+z^4/4"), Fraction(1, 16)
    monkeypatch.setattr(step_cells, "derivative_bound", lambda _, k: exact({4: 6}[k]))
    values = {j: exact(h * h * q) for j, q in enumerate((Fraction(1), 3 * h, Fraction(3)))}
    found = step_cells._third_term_of_a_zero(phi, 2, (Fraction(0), 2 * h), values)
    third, fifth = (float(2 * k * mpmath.sqrt(2 / mpmath.pi)) / 16 for k in (1, 4))
    a_times_c = 3 - 3 * third - fifth - third * fifth  # a product of balls
    assert lower(found) == pytest.approx(a_times_c - (6 / 16) ** 2, rel=1e-6)


def test_without_the_jumps_false_bounds_would_follow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hardtanh on [1/8, 1]: T₃ without its drift exceeds the truth at σ = 1."""
    phi, cell = parse_activation(SHAPES["hardtanh"][0]), (Fraction(1, 8), Fraction(1))
    truth = terms("hardtanh", 1.0)[2]
    assert lower(third_term_near(phi, cell, "integral")) <= truth
    monkeypatch.setattr(step_cells, "_joints", lambda _: ())
    assert lower(third_term_near(phi, cell, "integral")) > truth


def test_algebraic_tails_far_out() -> None:
    """Squareplus: on [0, 1/32] in 1/σ its terms are near those of ReLU, by the crude distance."""
    phi = parse_activation("(z+sqrt(z^2+4))/2")
    with precision(96):
        found = far_constant(phi, Envelope(6, Fraction(3)), (Fraction(0), Fraction(1, 32)))
    assert 0.03 < lower(found) < 1 / 4 - 1 / (2 * 3.141592)
    assert isinstance(found, arb) and exact(0) < found


def test_the_third_term_near_a_zero_moves_by_the_third_derivative_of_the_slope() -> None:
    """|Q_j'| ≤ sup|f'''|/3! M_{j+3}, M₃, M₄, M₅ = 2√(2/π), 3, 8√(2/π): the product of the balls, by hand."""
    phi, cell = parse_activation("z-tanh(z)"), (Fraction(7, 16), Fraction(9, 16))
    values = {j: exact(alpha("tanhshrink", 1, j, 0.5)) for j in range(3)}
    half, m = float(upper(derivative_bound(phi, 4))) / 6 / 16, np.sqrt(2 / np.pi)
    a, b, c = (alpha("tanhshrink", 1, j, 0.5) / 0.25 for j in range(3))
    da, db, dc = half * 2 * m, half * 3, half * 8 * m
    wanted = a * c - a * dc - c * da - da * dc - (abs(b) + db) ** 2
    found = lower(step_cells._third_term_of_a_zero(phi, 2, cell, values))
    assert found == pytest.approx(wanted, rel=1e-6)
