"""`positive-rho`: T₁, T₂ and T₃ at points by independent moments."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from certificates import Accepted
from certificates.arithmetic.arb import precision
from certificates.claims.positive_rho import Claim, Evidence, SigmaCells
from tests.support.activations import tiling
from tests.truth._activations import Instance, catalogued, shipped_evidence
from tests.truth._moments import BITS, zhong
from tests.truth._slopes import draw_cells, draw_rising, draw_witness
from tests.truth.gaussian_moment import defined
from tests.truth.held import Held, statement
from tests.truth.trial import Case

SAMPLE = 10
_SIGMAS = (Fraction(1, 8), Fraction(1), Fraction(5))


def draw(rng: np.random.Generator) -> Case:
    """Cells for the sign of any slope; now and then cells of σ, made for GELU, for others too."""
    instance = draw_rising(rng)
    evidence = Evidence(_witness(rng, instance), slope=draw_cells(rng))
    if rng.random() < 0.02:
        instance = catalogued(rng, ("gelu",)) if rng.random() < 0.5 else instance
        evidence = shipped_evidence("gelu.P2")
    elif rng.random() < 0.05:  # too coarse for most; what it does show must hold
        unit = tiling(0, 1, int(rng.integers(1, 9)))
        evidence = Evidence(draw_witness(rng), sigma=SigmaCells(unit, unit))
    return Case(Claim(), evidence, instance.problem, lambda verdict: _truth(verdict, instance))


def _witness(rng: np.random.Generator, instance: Instance) -> Fraction:
    """A breakpoint, where the slope may jump, or any point."""
    if instance.breaks and rng.random() < 0.5:
        return instance.breaks[rng.integers(len(instance.breaks))]
    return draw_witness(rng)


def _truth(verdict: Accepted, instance: Instance) -> Iterator[Held]:
    yield from defined(verdict, instance)
    if instance.is_treacherous or verdict.conditional:
        return
    with precision(BITS):
        for sigma in filter(instance.is_resolved, _SIGMAS):
            yield statement(f"ρ({sigma}) > 0", not any(term < 0 for term in zhong(instance, sigma)))
