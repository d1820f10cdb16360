"""`gaussian-moment`: exact partial moments of splines, Gauss rules of our own formulas."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from certificates import Accepted
from certificates.claims.gaussian_moment import Claim, Evidence
from certificates.language.parts import AssumedGrowth
from tests.support.activations import interval
from tests.truth._activations import Instance, draw_instance, draw_sigma
from tests.truth._moments import held_ball, moments
from tests.truth.held import Held, statement
from tests.truth.trial import Case

SAMPLE = 8
ANY = interval(-(10**300), 10**300)


def draw(rng: np.random.Generator) -> Case:
    """Any order, σ, quadrature and precision; sometimes a growth that need not be assumed."""
    instance, sigma = draw_instance(rng), draw_sigma(rng)
    i, j = int(rng.integers(0, 5)), int(rng.integers(0, 7))
    evidence = Evidence(*draw_quadrature(rng))
    claim = Claim(i, j, sigma, ANY)
    return Case(claim, evidence, instance.problem, lambda verdict: _truth(verdict, instance))


def draw_quadrature(rng: np.random.Generator) -> tuple[str, int, AssumedGrowth | None]:
    """A quadrature, bits and, rarely, an absurd growth: it is to be refuted or not to be used."""
    quadrature = str(rng.choice(["integral", "integral", "taylor", "trapezoid", "exact"]))
    absurd = AssumedGrowth(Fraction(0), Fraction(0), 0, Fraction(1, 100)) if rng.random() < 0.1 else None
    return quadrature, int(rng.choice([53, 64, 64, 90])), absurd


def _truth(verdict: Accepted, instance: Instance) -> Iterator[Held]:
    yield from defined(verdict, instance)
    claim: Claim = verdict.proved
    if not is_known(verdict, instance):
        return
    (ball,) = moments(instance, [(claim.slope_power, claim.power)], claim.sigma)
    yield from held_ball("value", claim.value, ball)


def is_known(verdict: Accepted, instance: Instance) -> bool:
    """Whether there are independent moments to hold the verdict against."""
    return not (instance.is_treacherous or verdict.conditional) and instance.is_resolved(verdict.proved.sigma)


def defined(verdict: Accepted, instance: Instance) -> Iterator[Held]:
    """Nothing is proved of what jumps or is not defined everywhere."""
    if instance.is_treacherous and not verdict.conditional:
        yield statement("defined and continuous", holds=False)
