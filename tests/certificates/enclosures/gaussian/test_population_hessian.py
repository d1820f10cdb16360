"""The population Hessian against a rule on a grid, arcs of homogeneous slopes, and the spectrum at orthonormal rows."""

from __future__ import annotations

from fractions import Fraction
from math import sqrt

import numpy as np
import pytest

from certificates.arithmetic.arb import exact, precision
from certificates.arithmetic.ordered_spectrum import ordered_spectrum
from certificates.enclosures.gaussian.blocks import products
from certificates.enclosures.gaussian.closed_blocks import closed_block
from certificates.enclosures.gaussian.moments import moments
from certificates.enclosures.gaussian.population_hessian import population_hessian
from certificates.enclosures.gaussian.row_spectrum import row_spectrum
from certificates.errors import EnclosureFailure
from certificates.expression import parse_activation
from tests.support.population import HOMOGENEOUS, SMOOTH, planar_forms

F = Fraction
ROWS = ((F(1), F(0)), (F(3, 5), F(4, 5)), (F(-1, 3), F(3, 2)), (F(-3, 2), F(0)), (F(1, 2), F(0)))
OUTER = (F(1), F(-2), F(1, 2), F(3), F(-1))
ANALYTIC = [name for name in SMOOTH if name != "quadratic"]


@pytest.mark.parametrize("name", [*HOMOGENEOUS, *ANALYTIC])
def test_every_entry_agrees_with_an_independent_rule(name):
    """Slanted, opposite and parallel rows; the units' order and the inputs' within a unit."""
    truth = planar_forms(name, ROWS, OUTER)[0]
    found = population_hessian(parse_activation(name), ROWS, OUTER, 96, 64)
    radius = max(float(ball.rad()) for ball in found.entries())
    assert radius < 1e-8
    assert np.abs(found.midpoint() - truth).max() <= radius + 1e-11 * np.abs(truth).max()


@pytest.mark.parametrize("name", ["relu", "squared_relu"])
def test_units_that_are_never_active_together_have_no_block(name):
    """Opposite rows: exactly 0, at every precision."""
    block = closed_block(parse_activation(name))(products((F(1), F(1, 3)), (F(-3), F(-1))))
    assert all(ball == 0 for ball in (block.identity, block.first, block.second, block.mixed))


def test_closed_forms_and_series_overlap_in_every_entry(monkeypatch):
    """Erf has both."""
    activation = parse_activation("erf")
    closed = population_hessian(activation, ROWS, OUTER, 2, 80)
    monkeypatch.setattr("certificates.enclosures.gaussian.population_hessian.closed_block", lambda _: None)
    for degree in (10, 64):
        series = population_hessian(activation, ROWS, OUTER, degree, 80)
        assert all(a.overlaps(b) for a, b in zip(closed.entries(), series.entries(), strict=True))


def orthonormal_spectrum(alpha, k: int, d: int) -> list[float]:
    """The distinct eigenvalues at rows e₁, …, e_k and v = 1 (theory 4.1.4)."""
    a, b, c, q0, q2 = alpha
    p, r, t = sqrt((k - 2) / 2), sqrt(k / 2), sqrt(k - 1)
    values = [q0 - a * a, q0 + (k - 1) * a * a] if d > k else []
    values += [q0 - a * a - b * b] if k > 2 else []
    values += [q0 - a * a + b * b] if k > 3 else []
    small = np.array([[q2 + (k - 1) * b * b, a * c * t], [a * c * t, q0 + b * b + (k - 2) * a * a]])
    large = np.array(
        [
            [q2 - b * b, a * c * p, a * c * r],
            [a * c * p, q0 - a * a + b * b + a * a * p * p, a * a * p * r],
            [a * c * r, a * a * p * r, q0 - a * a - b * b + a * a * r * r],
        ]
    )
    large = large[np.ix_([0, 2], [0, 2])] if k == 2 else large
    return sorted([*values, *np.linalg.eigvalsh(small), *np.linalg.eigvalsh(large)])


@pytest.mark.parametrize("name", ["relu", "squared_relu", "erf0", "gelu"])
@pytest.mark.parametrize(("k", "d"), [(2, 3), (3, 3), (4, 5)])
def test_the_spectrum_at_orthonormal_rows(name, k, d):
    activation = parse_activation(name)
    rows = tuple(tuple(F(p == j) for p in range(d)) for j in range(k))
    alpha = [float(ball.mid()) for ball in moments(activation, [(1, 0), (1, 1), (1, 2), (2, 0), (2, 2)], F(1))]
    with precision(104):
        found = ordered_spectrum(population_hessian(activation, rows, (F(1),) * k, 64, 64))
    values = sorted(float(ball.mid()) for ball in found)
    distinct = [value for i, value in enumerate(values) if i == 0 or value - values[i - 1] > 1e-9]
    expected = orthonormal_spectrum(alpha, k, d)
    unique = [value for i, value in enumerate(expected) if i == 0 or value - expected[i - 1] > 1e-9]
    assert distinct == pytest.approx(unique, abs=1e-10)


def test_relu_at_orthonormal_rows_has_the_curvature_of_the_literature():
    rows = tuple(tuple(F(p == j) for p in range(3)) for j in range(3))
    least = ordered_spectrum(population_hessian(parse_activation("relu"), rows, (F(1),) * 3, 2, 64))[0]
    assert abs(least - 0.0908450569081047) < 1e-13  # 1/4 − 1/(2π)


def test_what_has_neither_a_closed_form_nor_a_strip_is_refused():
    for text in ("elu", "softsign", "quadratic", "tanh(z)^2"):
        assert closed_block(parse_activation(text)) is None
        with pytest.raises(EnclosureFailure):
            population_hessian(parse_activation(text), ROWS[:2], OUTER[:2], 8, 64)


def test_singular_values_of_the_rows():
    found = row_spectrum(((F(1), F(0)), (F(3, 5), F(4, 5))))
    assert found.scale < F(6324555321, 10**10) < found.scale + F(1, 10**9)  # √0.4
    assert abs(found.largest_square - 1.6) < 1e-13 and abs(found.volume - 0.8) < 1e-13
    assert found.scale * found.scale <= F(2, 5)
    assert row_spectrum(ROWS[:3]).scale is None and row_spectrum(((F(1), F(2)), (F(2), F(4)))).scale is None


def test_the_volume_of_the_rows_is_rounded_up_and_the_scale_down():
    """1/3 and 1 to few digits: the bound divides by the volume."""
    with precision(24):
        found = row_spectrum(((F(1, 3), F(0)), (F(0), F(1))))
    with precision(104):
        assert found.volume >= exact(F(1, 3)) and found.volume < 0.3334 and 0.3333 < found.scale <= F(1, 3)
