"""Guesses at the constants of a network with a frozen output at its teacher, and how far they reach (theory 4.2)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from flint import arb

from certificates import Network
from certificates.arithmetic.arb import exact
from certificates.checks.outcome import Refusal
from certificates.checks.planted_teacher import Surroundings, require_teacher, surroundings
from certificates.claims.planted_convergence import Evidence
from certificates.enclosures.objectives.slope_changes import has_two_slopes
from certificates.errors import EnclosureFailure
from certificates.theorems.planted_contraction import Contraction, contraction
from verify.descent.planted import moments_of
from verify.search.planted import fourth_moment

__all__ = ["AtTeacher", "at_teacher", "largest_radius", "not_contracting", "short_step"]

_SLACK = 2.0**-21  # relative, above what other machines and the error bounds of the judge change
_MOST_INPUTS = 30  # the table of pairs has the side d(d + 1)/2
_DOUBLINGS, _BISECTIONS = 60, 24
_STEP_BITS = 8


def not_contracting(problem: Network) -> str | None:
    """Why no weights of the hidden layer are known to fit the labels; ``None`` if a teacher plants some."""
    try:
        require_teacher(1, problem)
    except Refusal as reason:
        return reason.reason
    return None


@dataclass(frozen=True)
class AtTeacher:
    """What the search knows of the network at its teacher.

    Parameters
    ----------
    evidence
        With the spectral shifts, and radii still to be filled in.
    around
        How far J turns, as the judge sees it.
    least, largest
        s_* and S_*, not proved.
    """

    evidence: Evidence
    around: Surroundings
    least: arb
    largest: arb

    def contraction(self, radius: float) -> Contraction:
        """What the theorem gives on the ball of a radius; one that does not hold where there is no enclosure."""
        try:
            return contraction(self.least, self.largest, *self.around.bounds(5, radius))
        except (Refusal, EnclosureFailure):
            return contraction(exact(0), self.largest, exact(1), exact(1))


def at_teacher(network: Network) -> AtTeacher:
    """Guess s_*, S_* and χ from float64 eigenvalues."""
    teacher = require_teacher(1, network)
    rows = network.inputs
    if network.layers[0].bias is not None:
        rows = np.hstack([rows, np.ones((len(rows), 1))])
    theta, shift = Fraction(1), None
    if not has_two_slopes(network.activations[0]) and rows.shape[1] <= _MOST_INPUTS:
        theta, found = fourth_moment(moments_of(rows))
        shift = found * (1 + _SLACK)
    around = surroundings(4, teacher, theta, shift)
    values = np.linalg.eigvalsh(around.gram().mid)
    lowest, highest = float(values[0]), float(values[-1]) * (1 + _SLACK)
    low = lowest - _SLACK * min(abs(lowest), _SLACK * highest) if lowest > 0 else lowest
    evidence = Evidence(1.0, 0.0, low, highest, theta, shift)
    return AtTeacher(evidence, around, exact(max(low, 0.0)).sqrt(), exact(highest).sqrt())


def largest_radius(found: AtTeacher) -> float:
    """The largest radius at which the theorem holds, to a few digits; 0 if there is none."""
    low, high = 0.0, 1.0
    for _ in range(_DOUBLINGS):
        if not found.contraction(high).holds:
            break
        low, high = high, 2 * high
    for _ in range(_DOUBLINGS):
        if low > 0 or found.contraction(high / 2).holds:
            break
        high /= 2
    low = max(low, high / 2 if found.contraction(high / 2).holds else 0.0)
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        low, high = (middle, high) if found.contraction(middle).holds else (low, middle)
    return low


def short_step(largest: float) -> Fraction:
    """A step of a few bits below the largest one.

    Examples
    --------
    >>> short_step(0.7)
    Fraction(179, 256)
    """
    mantissa, exponent = math.frexp(largest)
    return Fraction(math.floor(mantissa * 2**_STEP_BITS)) * Fraction(2) ** (exponent - _STEP_BITS)
