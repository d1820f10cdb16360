"""`piecewise-affine`: kinks counted, and φ'' looked for between them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from certificates import Accepted
from certificates.arithmetic.arb import precision
from certificates.claims.piecewise_affine import Claim, Evidence
from tests.truth._activations import Instance, draw_instance, spline
from tests.truth._moments import BITS
from tests.truth._slopes import at, climb, slope_gaps
from tests.truth.gaussian_moment import defined
from tests.truth.held import Held, at_most, statement
from tests.truth.trial import Case

SAMPLE = 24


def draw(rng: np.random.Generator) -> Case:
    """Linear splines most often, and anything else."""
    instance = spline(rng, powers=(1,), degree=1) if rng.random() < 0.6 else draw_instance(rng)
    return Case(Claim(99), Evidence(), instance.problem, lambda verdict: _truth(verdict, instance))


def _truth(verdict: Accepted, instance: Instance) -> Iterator[Held]:
    yield from defined(verdict, instance)
    if instance.is_treacherous:
        return
    with precision(BITS):
        bends = [at(instance, z, 2) for z in climb(instance, 2, lambda _, curvature: np.abs(curvature))]
        yield statement("φ'' = 0 between kinks", not any(bend > 0 or bend < 0 for bend in bends))
        yield at_most("kinks", verdict.proved.kinks, sum(bool(gap > 0) for gap in slope_gaps(instance)))
