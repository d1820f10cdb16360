"""`slope-growth`: the sign and the supremum of φ' by climbing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

import numpy as np

from certificates import Accepted
from certificates.arithmetic.arb import precision, rational_ends
from certificates.claims.slope_growth import Claim, Evidence
from tests.truth._activations import Instance
from tests.truth._moments import BITS
from tests.truth._slopes import LARGE, at, climb, draw_cells, draw_rising
from tests.truth.gaussian_moment import defined
from tests.truth.held import Held, at_least, at_most
from tests.truth.trial import Case

SAMPLE = 16


def draw(rng: np.random.Generator) -> Case:
    """P1, or our weaker form beside any growth, with coarse cells now and then."""
    instance, cells = draw_rising(rng), draw_cells(rng)
    power = int(rng.choice([0, 0, 1, 1, 2, 3]))
    claim = Claim(power, Fraction(0), LARGE)
    if power and rng.random() < 0.5:
        claim = replace(claim, constant=LARGE, slope=Fraction(int(rng.integers(0, 20))))
    evidence = Evidence(cells.radius, cells.cells, cells.zeros, cells.tail)
    given = frozenset({"slope"}) if claim.constant else frozenset[str]()
    return Case(claim, evidence, instance.problem, lambda verdict: _truth(verdict, instance), given=given)


def _truth(verdict: Accepted, instance: Instance) -> Iterator[Held]:
    yield from defined(verdict, instance)
    if instance.is_treacherous or verdict.conditional:
        return
    claim: Claim = verdict.proved
    with precision(BITS):
        lows = climb(instance, 1, lambda _, slope: -slope)
        yield at_least("φ' ≥ 0", 0, min(rational_ends(at(instance, z, 1))[1] for z in lows))
        if claim.constant:
            yield at_most("constant", claim.constant, max(_beside(claim, instance)))
        else:
            yield at_most("slope", claim.slope, max(_over(claim, instance)))


def _over(claim: Claim, instance: Instance) -> Iterator[Fraction]:
    """φ'/|z|^p where it looks largest."""
    power = claim.power
    for z in climb(instance, 1, lambda z, slope: slope / np.abs(z) ** power):
        if z or not power:
            yield rational_ends(at(instance, z, 1))[0] / abs(z) ** power


def _beside(claim: Claim, instance: Instance) -> Iterator[Fraction]:
    """φ' − B|z|^p where it looks largest."""
    power, growth = claim.power, claim.slope
    for z in climb(instance, 1, lambda z, slope: slope - float(growth) * np.abs(z) ** power):
        yield rational_ends(at(instance, z, 1))[0] - growth * abs(z) ** power
