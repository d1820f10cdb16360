"""Theorems 6.2 and 6.3 on numbers: vector E to its digits, extremes, and the cells of constant steps."""

from __future__ import annotations

import numpy as np
import pytest
from flint import arb

from certificates.arithmetic.arb import exact, lower, precision, upper
from certificates.theorems.cross_entropy import (
    largest_step,
    log_two,
    loss_of,
    margin_after,
    margin_of,
    path_margin,
)


@pytest.fixture(autouse=True)
def _bits():
    with precision(128):
        yield


def test_vector_e():
    start = margin_of(exact(0.5))
    assert start.str(18, radius=False) == "0.432752129567188572"
    rate = (start / 2) ** 2
    for time, loss in ((1, "0.492831915585724034"), (100, "0.181033563231342201"), (10**6, "2.13628097690887891e-5")):
        assert loss_of(margin_after(start, rate * time)).str(18, radius=False) == loss


def test_the_asymptote_is_no_bound():
    start = margin_of(exact(0.5))
    rate = (start / 2) ** 2
    assert loss_of(margin_after(start, rate * 10**6)) > 1 / (rate * 10**6)


@pytest.mark.parametrize("loss", [1e-300, 1e-20, 1e-9, 0.1, 0.5, 0.693147])
def test_loss_and_margin_are_inverse_and_rounded_apart(loss):
    margin = margin_of(exact(loss))
    back = loss_of(margin)
    assert back >= exact(loss) and back <= exact(loss) * (1 + exact(2.0**-80))


def test_a_ball_counts_by_its_worse_end():
    wide = exact(0.25).union(exact(0.5))
    assert margin_of(wide) <= margin_of(exact(0.5)) and loss_of(wide) >= loss_of(exact(0.25))


def test_a_loss_of_log_two_has_no_positive_margin():
    assert not margin_of(log_two()) > 0
    assert margin_of(log_two() + exact(2.0**-100)) < 0


@pytest.mark.parametrize("start", [1e-12, 0.3, 5.0, 700.0, 5000.0])
@pytest.mark.parametrize("gained", [0.0, 1e-30, 1e-3, 1.0, 1e8, 1e300])
def test_the_envelope_is_solved_from_below(start, gained):
    margin = exact(start)
    found, least = margin_after(margin, exact(gained)), margin.exp() + margin + exact(gained)
    assert found >= margin and found.exp() + found <= least * (1 + exact(2.0**-100))
    beyond = found + (1 + found) * exact(2.0**-70)
    assert beyond.exp() + beyond > least


def test_a_wide_gain_counts_by_its_lower_end():
    found, least = (margin_after(exact(0.5), gained) for gained in (exact(1).union(exact(3)), exact(1)))
    assert found <= least * exact(1 + 2.0**-50)


def test_the_margin_after_a_path_has_the_exponent_of_the_theorem():
    assert path_margin(exact(2), exact(4), exact(0.5), exact(12)) == 4


def test_a_coarse_precision_still_moves():
    with precision(53):
        assert margin_after(exact(0.5), exact(1e6)) > 13


# ---- constant steps -------------------------------------------------------------------------------------------------


def test_the_step_of_frozen_features_is_that_of_the_start():
    """Derivatives that do not change: the loss is largest at the start, and η = 2ε/(f_0 𝒢²)."""
    margin = exact(1.0)
    step = largest_step(margin, exact(2), exact(0.25), exact(3), lambda _: exact(9), 0)
    best = exact(0.5) / (loss_of(margin) * 9)
    assert best * exact(0.9999) < step <= best * exact(1 + 2.0**-50)


def _quadratic(radius: arb) -> arb:
    return (1 + radius) ** 2


def test_no_path_length_breaks_the_condition():
    """At 4,000 lengths, the tail's among them; and some length nearly does."""
    margin, norm, epsilon = exact(0.3), exact(2), exact(0.2)
    first, second = (lambda s: 1 + s), (lambda s: s)
    step = largest_step(margin, norm, epsilon, exact(1), lambda s: first(s) ** 2 + second(s), 2)
    reach = 2 * epsilon / first(exact(0))
    worst = 0.0
    for length in np.geomspace(1e-6, 1e5, 4_000):
        s = exact(float(length))
        loss = (-path_margin(margin, norm, epsilon, s)).exp().log1p()
        worst = max(worst, upper(step * loss * (first(s + reach) ** 2 + second(s + reach)) / (2 * epsilon)))
    assert 0.85 < worst <= 1


def test_a_cell_counts_the_loss_at_its_start_and_the_curvature_at_its_end():
    """The curvature jumps within a cell, and the loss has fallen a lot where the cell ends."""
    margin, norm, epsilon, jump = exact(5), exact(0.1), exact(0.01), exact(0.507)
    step = largest_step(margin, norm, epsilon, exact(1e4), lambda s: exact(1e12) if s > jump else exact(1), 30)
    loss = (-path_margin(margin, norm, epsilon, jump)).exp().log1p()
    assert step * loss * exact(1e12) <= 2 * epsilon


def test_a_tail_that_never_decreases_gives_no_step():
    assert largest_step(exact(1e-3), exact(1), exact(0.1), exact(1), _quadratic, 10**40) is None


def test_derivatives_that_are_not_finite_give_no_step():
    nothing = arb("nan")
    assert largest_step(exact(1), exact(1), exact(0.1), nothing, _quadratic, 2) is None
    assert largest_step(exact(1), exact(1), exact(0.1), exact(1), lambda _: nothing, 2) is None


def test_a_larger_margin_allows_a_larger_step():
    steps = [lower(largest_step(exact(start), exact(1), exact(0.1), exact(1), _quadratic, 2)) for start in (0.1, 1, 5)]
    assert steps == sorted(steps) and steps[0] > 0


def test_the_first_cell_reaches_as_far_as_a_step():
    """From the start a step may be c long; the curvature jumps within its second half, where the loss has fallen."""
    margin, norm, epsilon = exact(5), exact(0.1), exact(0.01)
    jump = 2 * epsilon / exact(0.01) * exact(0.9)
    step = largest_step(margin, norm, epsilon, exact(0.01), lambda s: exact(1e12) if s > jump else exact(1), 30)
    assert step * loss_of(margin) * exact(1e12) <= 2 * epsilon


TAILS = {
    "a slow margin": (1.0, 0.9, 2.0, 1.0),  # (1 − ε)M̂ is far below M̂
    "a steep start": (5.0, 0.1, 2.0, 1000.0),  # s is far below a + s
    "a loss below e^−M": (0.28, 0.9, 0.03, 1.0),  # the loss falls more slowly than e^−M̂, K's growth for a while
}


@pytest.mark.parametrize("name", TAILS)
def test_no_length_beyond_the_cells_breaks_the_condition(name):
    """K(s) = (1 + bs)^D, and steps so short that they do not count."""
    start, slack, degree, steepness = TAILS[name]
    margin, norm, epsilon = exact(start), exact(1), exact(slack)

    def curvature(s):
        return (1 + exact(steepness) * s) ** exact(degree)

    step = largest_step(margin, norm, epsilon, exact(1e30), curvature, degree)
    for length in np.geomspace(1e-6, 1e12, 2_000):
        s = exact(float(length))
        loss = (-path_margin(margin, norm, epsilon, s)).exp().log1p()
        assert step * loss * curvature(s) <= 2 * epsilon
