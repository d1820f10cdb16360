"""`negative-curvature`: D²f, ∇f and the decrease along the direction are exact rationals."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from certificates import Accepted
from certificates.claims.negative_curvature import Claim, Evidence
from tests.support import quadratic as naive
from tests.truth._quadratic import Quadratic, draw_quadratic, hostile_number, rational
from tests.truth.held import Held, at_least, at_most, root_below
from tests.truth.trial import Case

SAMPLE = 60


def draw(rng: np.random.Generator) -> Case:
    """Directions of bending down, random ones, and hostile ones."""
    instance = draw_quadratic(rng, trained=0.1)
    units, inputs = _direction(rng, instance)
    step = float(rng.choice([0.0, 1.0, 2.0 ** rng.uniform(-20, 4)])) * 2.0**instance.bits
    if rng.random() < 0.1:
        step = hostile_number(rng)
    evidence = Evidence(tuple(map(float, units)), tuple(map(float, inputs)), step)
    return Case(
        Claim(5e-324, 1e308, 0.0), evidence, instance.problem, lambda verdict: _truth(verdict, instance, evidence)
    )


def _direction(rng: np.random.Generator, instance: Quadratic):
    """u of the units that enter f, b of the inputs that do."""
    w, v, x, y = instance.plain
    units, inputs = rng.normal(size=len(v)), rng.normal(size=x.shape[1])
    if rng.random() < 0.6:
        vectors = np.linalg.eigh(naive.force(w, v, x, y))[1]
        inputs = vectors[:, 0 if rng.random() < 0.6 else -1]
    if rng.random() < 0.5:  # annihilate WᵀD_vu, where it can be
        units = np.linalg.svd((v[:, None] * w).T)[2][-1]
    with np.errstate(all="ignore"):
        scales = 2.0 ** rng.choice([0, 0, 0, 30, -30, 500, -500, -1000], 2)
        units, inputs = units * scales[0], inputs * scales[1]
    if rng.random() < 0.1:
        units[rng.integers(len(units))] = hostile_number(rng)
    return units[instance.units], inputs[instance.inputs]


def _truth(verdict: Accepted, instance: Quadratic, evidence: Evidence) -> Iterator[Held]:
    proved: Claim = verdict.proved
    direction = np.full(instance.w.shape, Fraction(0), dtype=object)
    direction[np.ix_(instance.units, instance.inputs)] = np.outer(rational(evidence.units), rational(evidence.inputs))
    size = Fraction((direction**2).sum())
    yield at_least("curvature", proved.curvature, -instance.curvature(instance.w, direction) / size)
    square = Fraction((instance.gradient(instance.w) ** 2).sum())
    yield at_most("gradient_norm", proved.gradient_norm, root_below(square))
    moved = instance.loss(instance.w + Fraction(evidence.step) * direction)
    if proved.descent > 0:
        yield at_least("descent", proved.descent, instance.loss(instance.w) - moved)
