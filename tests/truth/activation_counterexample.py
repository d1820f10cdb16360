"""`activation-counterexample`: slopes, jumps, bends and ρ looked for over the line, not at the witness alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

import numpy as np

from certificates import Accepted
from certificates.arithmetic.arb import precision, rational_ends
from certificates.claims.activation_counterexample import Claim, Evidence
from tests.truth._activations import Instance, draw_instance
from tests.truth._moments import BITS, zhong
from tests.truth._slopes import at, climb, draw_radius, draw_witness, grows, slope_gaps
from tests.truth.gaussian_moment import defined
from tests.truth.held import Held, statement
from tests.truth.trial import Case

SAMPLE = 12
_RULES = {
    "P1": ("negative-slope", "growth"),
    "P2": ("nonpositive-rho",),
    "P3a": ("jump", "growth"),
    "P3b": ("curvature",),
}
_SIGMAS = (Fraction(1, 8), Fraction(1), Fraction(5), *(Fraction(k, 4) for k in range(1, 25)))


def draw(rng: np.random.Generator) -> Case:
    """Any property, with a witness of a kind that fits it, now and then of another."""
    instance, refutes = draw_instance(rng), str(rng.choice(list(_RULES)))
    fitting = _RULES[refutes] if rng.random() < 0.95 else _RULES[str(rng.choice(list(_RULES)))]
    rule = str(rng.choice(fitting))
    evidence = Evidence(rule, _witness(rng, rule, instance))  # type: ignore[arg-type]
    return Case(Claim(refutes), evidence, instance.problem, lambda verdict: _truth(verdict, instance))  # type: ignore[arg-type]


def _witness(rng: np.random.Generator, rule: str, instance: Instance) -> Fraction:
    if rule == "growth":
        return Fraction(draw_radius(rng)[0])
    if rule == "jump" and instance.breaks and rng.random() < 0.8:
        return instance.breaks[rng.integers(len(instance.breaks))]
    point = draw_witness(rng)
    return abs(point) if rule == "nonpositive-rho" else point


def _truth(verdict: Accepted, instance: Instance) -> Iterator[Held]:
    yield from defined(verdict, instance)
    if instance.is_treacherous:
        return
    with precision(BITS):
        yield from _HOLDS[verdict.proved.refutes](instance)


def _slope(instance: Instance) -> Iterator[Held]:
    lows = climb(instance, 1, lambda _, slope: -slope)
    smallest = min(rational_ends(at(instance, z, 1))[1] for z in lows)
    yield statement("φ' < 0 somewhere, or unbounded", smallest < 0 or grows(instance, 1))


def _rho(instance: Instance) -> Iterator[Held]:
    sigmas = [sigma for sigma in _SIGMAS if instance.is_resolved(sigma)]
    if len(sigmas) == len(_SIGMAS) and instance.polynomials is not None:
        can_vanish = any(not all(term > 0 for term in zhong(instance, sigma)) for sigma in sigmas)
        yield statement("ρ(σ) ≤ 0 somewhere", can_vanish)


def _kink(instance: Instance) -> Iterator[Held]:
    jumps = any(not gap < 1e-60 for gap in slope_gaps(instance))
    yield statement("φ' jumps or φ'' grows", jumps or grows(instance, 2))


def _bend(instance: Instance) -> Iterator[Held]:
    bends = [at(instance, z, 2) for z in climb(instance, 2, lambda _, curvature: np.abs(curvature))]
    yield statement("φ'' ≠ 0 somewhere", any(bend > 0 or bend < 0 for bend in bends))


_HOLDS: dict[Any, Callable[[Instance], Iterator[Held]]] = {"P1": _slope, "P2": _rho, "P3a": _kink, "P3b": _bend}
