"""`lipschitz-slope`: the supremum of |φ''| by climbing, jumps of φ' and φ'' at breakpoints."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np

from certificates import Accepted
from certificates.arithmetic.arb import precision, rational_ends
from certificates.claims.lipschitz_slope import Claim, Evidence
from tests.support.activations import tiling
from tests.truth._activations import Instance, draw_instance
from tests.truth._moments import BITS
from tests.truth._slopes import LARGE, at, climb, draw_radius, slope_gaps
from tests.truth.gaussian_moment import defined
from tests.truth.held import Held, at_most, statement
from tests.truth.trial import Case

SAMPLE = 8


def draw(rng: np.random.Generator) -> Case:
    """Either reading, with coarse cells now and then."""
    instance, (radius, parts) = draw_instance(rng), draw_radius(rng)
    curvature: Any = rng.choice(["everywhere", "almost everywhere"])
    tail = Fraction(0) if rng.random() < 0.1 else None
    evidence = Evidence(Fraction(radius), tiling(-radius, radius, parts), tail)
    claim = Claim(str(curvature), LARGE)  # type: ignore[arg-type]
    return Case(claim, evidence, instance.problem, lambda verdict: _truth(verdict, instance))


def _truth(verdict: Accepted, instance: Instance) -> Iterator[Held]:
    yield from defined(verdict, instance)
    if instance.is_treacherous or verdict.conditional:
        return
    claim: Claim = verdict.proved
    with precision(BITS):
        yield statement("φ' does not jump", not any(gap > 0 for gap in slope_gaps(instance)))
        points = climb(instance, 2, lambda _, curvature: np.abs(curvature))
        largest = max(rational_ends(abs(at(instance, z, 2)))[0] for z in points)
        yield at_most("curvature_bound", claim.curvature_bound, largest)
        if claim.curvature == "everywhere":
            yield statement("φ'' exists", not any(bend > 0 for bend in slope_gaps(instance, 2)))
