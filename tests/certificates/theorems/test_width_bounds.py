"""The widths of theorems 5.3.3 and 5.3.4 by their formulas, and against random starts."""

from __future__ import annotations

from fractions import Fraction

import mpmath
import numpy as np
import pytest

from certificates.arithmetic.arb import exact
from certificates.theorems.width_bounds import Parts, Sample, printed_width, sharpened_width

LAMBDA, GAMMA = Fraction(1, 2), Fraction(1)  # unit vectors e₁, …, e_n


def _sample(count: int, square: Fraction = Fraction(1), largest: Fraction = Fraction(1)) -> Sample:
    return Sample(count, exact(LAMBDA), exact(GAMMA), exact(square), exact(largest))


def _parts(kernel, flips, residual=0) -> Parts:
    return Parts(exact(Fraction(kernel)), exact(Fraction(flips)), exact(Fraction(residual)))


@pytest.mark.parametrize(("count", "labels"), [(2, 1), (7, 3)])
def test_the_printed_width_is_the_papers(count, labels):
    """3456/π · n⁶(C² + ½)/(λ⁴δ'³) for δ₂ = 2δ₃."""
    width = printed_width(
        _sample(count, largest=Fraction(labels**2)), _parts("1/99", "2/30", "1/30"), antisymmetric=False
    )
    with mpmath.workdps(40):
        expected = 3456 / mpmath.pi * count**6 * (labels**2 + mpmath.mpf(1) / 2) / (mpmath.mpf(1) / 16 / 1000)
    assert float(width) == pytest.approx(float(expected), rel=1e-14)
    paired = printed_width(_sample(count, largest=Fraction(labels**2)), _parts("1/99", "2/30"), antisymmetric=True)
    assert float(paired / width) == pytest.approx(labels**2 / (labels**2 + 0.5) / 30, rel=1e-14)


def test_small_labels_leave_the_start_to_be_right():
    """With labels near 0 the kernel at the start decides, and twice as many units of a start in pairs."""
    tiny = _sample(3, Fraction(1, 10**30), Fraction(1, 10**30))
    width = printed_width(tiny, _parts("1/10", "1/10"), antisymmetric=True)
    assert float(width) == pytest.approx(2 * 8 * 9 / 0.25 * np.log(12 / 0.1), rel=1e-14)
    share, parts = exact(Fraction(1, 4)), _parts("1/10", "1/20")
    flips = sharpened_width(tiny, parts, share, antisymmetric=True)
    turning = (3**0.5 - 2**0.5) ** 2 / 4
    assert float(flips) == pytest.approx(2 * np.log(60) / 2 / (0.75 * turning / 2) ** 2, rel=1e-13)


def test_the_sharpened_width_with_labels_is_that_of_the_way_of_units():
    turning, share = (3**0.5 - 2**0.5) ** 2 / 4, 0.25
    radius = share * turning / 2 * (np.pi / 2) ** 0.5
    for paired, residual in ((True, 5.0), (False, (5.0 + 1.5) / 0.01)):
        parts = _parts("1/10", "1/20", 0 if paired else "1/100")
        width = sharpened_width(_sample(3, Fraction(5)), parts, exact(Fraction(1, 4)), antisymmetric=paired)
        assert float(width) == pytest.approx(4 * residual / (radius / 2) ** 2, rel=1e-13)


@pytest.mark.parametrize("antisymmetric", [False, True])
def test_events_are_as_rare_as_they_are_said_to_be(antisymmetric):
    """At e₁, e₂ the kernel is diag(shares of active units); 300 starts at the width of each of the two events."""
    independent, share, draws, count = 2 if antisymmetric else 1, 0.5, 300, 2
    rng, turning = np.random.default_rng(0), (3**0.5 - 2**0.5) ** 2 / 4
    chernoff = int(independent * np.log(count / 0.1) / (0.5 * (0.25 + 0.75 * np.log(0.75)))) + 1
    active = rng.binomial(chernoff // independent, 0.5, size=(draws, count)) / (chernoff // independent)
    assert np.mean(active.min(axis=1) < 0.375) <= 0.1
    nothing = _sample(count, Fraction(1, 10**30), Fraction(1, 10**30))
    parts = _parts("1/10", "1/10", 0 if antisymmetric else "1/10")
    if antisymmetric:
        width = int(float(sharpened_width(nothing, parts, exact(Fraction(1, 2)), antisymmetric=True))) + 1
    else:
        width = int(np.log(count / 0.1) / 2 / (0.5 * turning * 0.5) ** 2) + 1
    radius = share * turning * 0.5 * (np.pi / 2) ** 0.5
    within = 2 * mpmath.ncdf(radius) - 1
    turned = rng.binomial(width // independent, float(within), size=(draws, count)) / (width // independent)
    assert np.mean(turned.max(axis=1) > turning * 0.5) <= 0.1
