from __future__ import annotations

import numpy as np
import pytest

from verify.experiments.soltanolkotabi_2018.logistic import Logistic, fit_logistic


def test_the_fit_maximises_the_likelihood():
    """Against a grid of all slopes and midpoints."""
    x, s = np.arange(6, 14), np.array([1, 1, 0, 0, 6, 10, 10, 10])
    fit = fit_logistic(x.tolist(), s.tolist(), 10)

    def cost(slope, midpoint):
        p = 1 / (1 + np.exp(-slope * (x - midpoint)))
        return -(s * np.log(p) + (10 - s) * np.log1p(-p)).sum() + 0.5e-4 * slope**2

    best = min((cost(a, m), a, m) for a in np.linspace(1, 2, 51) for m in np.linspace(9, 10.5, 76))
    assert cost(fit.slope, fit.midpoint) <= best[0] + 1e-9
    assert fit.slope == pytest.approx(best[1], abs=0.02)
    assert fit.midpoint == pytest.approx(best[2], abs=0.02)


def test_separated_points_have_a_finite_slope():
    fit = fit_logistic([1, 2, 3, 4], [0, 0, 10, 10], 10)
    assert fit.midpoint == pytest.approx(2.5, abs=1e-6)
    assert 5 < fit.slope < 100


@pytest.mark.parametrize("successes", [[0, 0, 0], [4, 4, 4], [4, 2, 0], []])
def test_without_a_rise_there_is_no_curve(successes):
    assert fit_logistic(range(len(successes)), successes, 4) is None


def test_the_crossing_is_where_the_curve_has_the_level():
    curve = Logistic(1.7, 4.2)
    for level in (0.05, 0.5, 0.95):
        assert curve(curve.crossing(level)) == pytest.approx(level)
