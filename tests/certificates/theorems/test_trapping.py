"""The radial trapping theorem: closed forms, monotonicity, refusals, and gradient descent as a witness."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from certificates.arithmetic.arb import exact, lower, precision, upper
from certificates.theorems.trapping import trap


@pytest.fixture(autouse=True)
def _bits():
    with precision(128):
        yield


def _trap(residual=0.01, smallest=1.0, largest=2.0, beta=1.0, radius=0.5, cells=8, epsilon=0.25, scale=Fraction(1, 2)):
    grid = tuple(radius * (k + 1) / cells for k in range(cells))
    return trap(exact(residual), exact(smallest), exact(largest), scale, epsilon, grid, [exact(beta)] * cells)


@pytest.mark.parametrize("cells", [1, 2, 32])
def test_constant_curvature_gives_the_closed_form_on_any_grid(cells):
    trapping = _trap(cells=cells)
    assert trapping.available.overlaps(exact(0.75) * (exact(0.5) - exact(0.125)))
    assert trapping.slope_at_radius.overlaps(exact(0.5))
    assert trapping.smoothness.overlaps(exact(2.5) ** 2 + exact(0.01))
    assert trapping.decrease_rate.overlaps(exact(2) * exact(0.75) * exact(0.25))
    assert trapping.step_size.overlaps(exact(0.5) / trapping.smoothness)
    assert trapping.distance_factor.overlaps(1 / (exact(0.75) * exact(0.5)))


def test_the_threshold_of_the_residual_is_strict():
    available = _trap().available
    threshold = lower(available)
    assert _trap(residual=float(np.nextafter(threshold, 0))).holds
    assert not _trap(residual=upper(available)).holds


def test_refuses_when_the_jacobian_may_degenerate_inside():
    assert not _trap(residual=1e-9, radius=1.0).holds  # σ(r) = 0
    assert not _trap(residual=1e-9, radius=1.5).holds


def test_refuses_a_nan():
    assert not _trap(residual=float("nan")).holds
    assert not _trap(smallest=float("nan")).holds


def test_scale_cancels_from_the_criterion_and_multiplies_the_rate():
    half, tenth = _trap(scale=Fraction(1, 2)), _trap(scale=Fraction(1, 10))
    assert half.available.overlaps(tenth.available) and half.step_size < tenth.step_size
    assert (half.decrease_rate * half.step_size).overlaps(tenth.decrease_rate * tenth.step_size)


def test_growing_curvature_is_charged_at_the_far_end_of_each_cell():
    grid, betas = (0.25, 0.5), [exact(1), exact(2)]
    trapping = trap(exact(0.01), exact(1), exact(2), Fraction(1, 2), 0.5, grid, betas)
    # ∫σ over [0, ¼] of 1 − ρ, then of ¾ − 2(ρ − ¼)
    first, second = Fraction(1, 4) - Fraction(1, 32), Fraction(3, 16) - Fraction(2, 32)
    assert trapping.available.overlaps(exact((first + second) / 2))
    assert trapping.slope_at_radius.overlaps(exact(Fraction(1, 4)))


def test_gradient_descent_in_one_dimension_obeys_the_conclusion():
    """F(w) = w + w²/2, y = 0 from w_0 = 0.2: K = 1.44, β = 1; random steps up to 2ε/L."""
    rng = np.random.default_rng(1)
    start = 0.2
    residual = start + start**2 / 2
    trapping = trap(exact(residual), exact(1.2), exact(1.2), Fraction(1, 2), 0.3, (0.5,), [exact(1)])
    assert trapping.holds
    step, rate, factor = lower(trapping.step_size), lower(trapping.decrease_rate), upper(trapping.distance_factor)
    w = start
    for _ in range(400):
        error = w + w**2 / 2
        assert abs(w - 0.0) <= factor * abs(error) + 1e-15 and abs(w - start) < 0.5
        eta = step * rng.uniform(0.05, 1.0)
        w -= eta * error * (1 + w)
        assert (w + w**2 / 2) ** 2 <= (1 - rate * eta) * error**2 + 1e-300


def test_the_smoothness_bounds_the_second_derivative_across_the_valley():
    """F(w) = w + w³/6 from w_0 = 0 with label E = F(1)/2: at w = 1 the residual is +E again, J = 3/2 and J' = 1.

    β grows from 0 to 1 on [0, 1]: the Lipschitz constant of ∇f needs the one at the *end* of the grid.
    """
    cells, scale = 64, Fraction(1, 2)
    grid = tuple((k + 1) / cells for k in range(cells))
    residual = Fraction(7, 12)
    betas = [exact(node) for node in grid]  # sup |F''| up to each node
    trapping = trap(exact(residual), exact(1), exact(1), scale, 0.25, grid, betas)
    second = 2 * scale * (Fraction(3, 2) ** 2 + residual * 1)  # f''(1) = 2s(J² + e J')
    assert trapping.smoothness >= exact(second)
    assert trapping.step_size <= exact(2 * Fraction(1, 4) / second)
