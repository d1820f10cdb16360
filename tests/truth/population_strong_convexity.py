"""`population-strong-convexity`: a rule on a grid of the plane, and arcs of it, in floats with the slack of theirs."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from certificates import Accepted
from certificates.claims.population_strong_convexity import Claim, Evidence
from certificates.expression import parse_activation
from certificates.subjects import PopulationProblem, Units
from tests.support.population import HOMOGENEOUS, SMOOTH, isometric, planar_forms, smallest_curvature
from tests.truth.held import Held, at_least, at_most, statement
from tests.truth.trial import Case

SAMPLE = 10
_NAMES = [*SMOOTH, *HOMOGENEOUS, "softsign"]
_SLACK = 1e-11  # of the largest eigenvalue
_STEP = 1 / 16
_WEIGHTS = [Fraction(1), Fraction(-1), Fraction(1, 2), Fraction(-3), Fraction(1, 2**20)]

Rows = list[tuple[Fraction, Fraction]]


def draw(rng: np.random.Generator) -> Case:
    """One to four rows on the line, in the plane or in space; some parallel, nearly so, or 0."""
    name, dimension = str(rng.choice(_NAMES)), int(rng.choice([1, 2, 2, 3]))
    rows = _rows(rng, int(rng.integers(1, 5)))
    outer = [_WEIGHTS[rng.choice(5, p=[0.4, 0.3, 0.15, 0.1, 0.05])] for _ in rows]
    if rng.random() < 0.05:
        outer[0] = Fraction(0)
    if dimension == 1:
        rows = [(a, Fraction(0)) for a, _ in rows]
    problem = PopulationProblem(parse_activation(name), Units(isometric(rows, dimension), tuple(outer)))
    terms, bits = int(rng.choice([2, 8, 32, 64, 128])), int(rng.choice([53, 64, 90]))
    evidence = Evidence(bits, terms, _direction(rng, name, rows, outer, dimension))
    claim = Claim(5e-324, 1e300, 0.0 if rng.random() < 0.3 else None)
    return Case(claim, evidence, problem, lambda verdict: _truth(verdict, name, rows, outer, dimension))


def _rows(rng: np.random.Generator, count: int) -> Rows:
    def number() -> Fraction:
        return Fraction(int(rng.integers(-12, 13)), int(rng.choice([7, 8, 10])))

    rows = [(number(), number()) for _ in range(count)]
    if count > 1 and rng.random() < 0.2:  # parallel, opposite or a copy
        factor = rng.choice([Fraction(1), Fraction(-1), Fraction(3, 2), Fraction(-1, 2)])
        rows[1] = (factor * rows[0][0], factor * rows[0][1])
        if rng.random() < 0.3:
            rows[1] = (rows[1][0], rows[1][1] + Fraction(1, int(rng.choice([100, 10**4, 2**60]))))
    return rows


def _direction(
    rng: np.random.Generator, name: str, rows: Rows, outer: list[Fraction], dimension: int
) -> tuple[float, ...]:
    """The least eigenvector in the plane, or any."""
    size = len(rows) * dimension
    if dimension == 2 and name != "softsign" and rng.random() < 0.7:
        return tuple(np.linalg.eigh(planar_forms(name, rows, outer)[0])[1][:, 0].tolist())
    scale = 2.0 ** float(rng.choice([0, 0, 300, -1000]))
    return tuple((scale * rng.normal(size=size) + 5e-324).tolist())


def _truth(verdict: Accepted, name: str, rows: Rows, outer: list[Fraction], dimension: int) -> Iterator[Held]:
    proved: Claim = verdict.proved
    if name == "softsign" or not all(outer) or not all(any(row) for row in rows):
        yield statement("a slope with an enclosure, no unit without effect", holds=False)
        return
    least, largest = smallest_curvature(name, rows, outer, dimension, _STEP)
    slack = _SLACK * largest
    yield at_least("curvature", proved.curvature, least + slack)
    yield at_most("attained", proved.attained, max(least - slack, 0.0))
    if proved.general_bound is not None:
        yield at_least("general_bound", proved.general_bound, least + slack)
    spread = next(fact for fact in verdict.facts if fact.symbol == "λ_max")
    yield at_most("λ_max (upper)", spread.upper, largest - slack)
    yield at_least("λ_max (lower)", spread.lower, largest + slack)
