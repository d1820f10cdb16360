"""Many runs at once: each must do what it would do alone, and say truly how it ended."""

from __future__ import annotations

import numpy as np
import pytest

from verify.descent.armijo import descend_all


class _Bowl:
    """f_b(w) = ½ Σ_j c_j (w_j − 1)² + floor_b."""

    def __init__(self, curvature, floor):
        self.curvature, self.floor = curvature, floor

    def __call__(self, w):
        gradient = self.curvature * (w - 1)
        return 0.5 * (gradient * (w - 1)).sum(axis=1) + self.floor, gradient

    def restricted(self, chosen):
        return _Bowl(self.curvature, self.floor[chosen])


_CURVATURE = np.array([1.0, 30.0, 1000.0])
_START = np.random.default_rng(1).standard_normal((4, 3))


def _run(floor, budget=2_000, rows=slice(None)):
    floor = np.array(floor, dtype=float)[rows]
    return descend_all(_Bowl(_CURVATURE, floor), _START[rows], np.full(len(floor), 1e-12), budget)


def test_a_bowl_is_descended_to_the_target():
    run = _run([0, 0, 0, 0])
    assert run.outcomes == ("reached",) * 4
    assert (run.losses <= 1e-12).all()
    np.testing.assert_allclose(run.parameters, 1, atol=2e-6)
    assert (run.steps < 400).all()  # constant steps of 1/1000 need over 10,000


def test_a_minimum_above_the_target_is_a_stall_and_no_success():
    run = _run([0, 0.5, 0, 0.25])
    assert run.outcomes == ("reached", "stalled", "reached", "stalled")
    np.testing.assert_allclose(run.losses[[1, 3]], [0.5, 0.25], rtol=1e-12)
    assert (run.gradient_norms[[1, 3]] < 1e-6).all()


def test_a_spent_budget_is_called_so():
    run = _run([0, 0, 0, 0], budget=3)
    assert run.outcomes == ("budget",) * 4
    assert (run.steps <= 3).all()
    assert (run.losses < _Bowl(_CURVATURE, np.zeros(4))(_START)[0]).all()


def test_runs_do_not_see_each_other():
    together = _run([0, 0.5, 0, 0.25])
    for b in range(4):
        alone = _run([0, 0.5, 0, 0.25], rows=slice(b, b + 1))
        np.testing.assert_array_equal(alone.parameters[0], together.parameters[b])
        assert (alone.steps[0], alone.outcomes[0]) == (together.steps[b], together.outcomes[b])


def test_what_starts_at_the_target_makes_no_step():
    run = descend_all(_Bowl(_CURVATURE, np.zeros(1)), np.ones((1, 3)), np.zeros(1), 10)
    assert run.outcomes == ("reached",)
    assert run.steps[0] == 0


class _Cliff:
    """f = w⁴, not a number beyond |w| = 2: trial points there are refused."""

    def __call__(self, w):
        with np.errstate(invalid="ignore"):
            value = np.where(np.abs(w) > 2, np.nan, w**4)
        return value[:, 0], 4 * w**3

    def restricted(self, chosen):
        return self


def test_a_trial_point_that_is_no_number_is_refused():
    run = descend_all(_Cliff(), np.array([[1.9]]), np.array([1e-8]), 500)
    assert run.outcomes == ("reached",)
    assert run.losses[0] == pytest.approx(0, abs=1e-8)


def test_a_step_without_enough_decrease_is_halved():
    """From w = 5/4 the first step of f = (w − 1)² leads to 3/4, where f is the same; half of it to the minimum."""
    start = np.array([[1.25]])
    run = descend_all(_Bowl(np.array([2.0]), np.zeros(1)), start, np.array([1e-30]), 10)
    assert run.outcomes == ("reached",)
    assert run.steps[0] == 1


class _TwoWells:
    """f = w⁴/4 − w²/2 + 1/4, concave around 0."""

    def __call__(self, w):
        return ((w**2 - 1) ** 2 / 4)[:, 0], w**3 - w

    def restricted(self, chosen):
        return self


def test_where_the_function_is_concave_the_step_grows():
    run = descend_all(_TwoWells(), np.array([[1e-6]]), np.array([1e-12]), 60)
    assert run.outcomes == ("reached",)
    assert run.parameters[0, 0] == pytest.approx(1, abs=1e-5)
