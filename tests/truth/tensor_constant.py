"""`tensor-constant`: E[φ(σz) He_k(z)]/σᵏ from the values of φ, where the judge integrates slopes."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from certificates import Accepted
from certificates.arithmetic.arb import exact, precision
from certificates.claims.tensor_constant import CONSTANTS, Claim, Evidence
from tests.truth._activations import Instance, draw_instance, draw_sigma
from tests.truth._formulas import ARB, series
from tests.truth._moments import BITS, held_ball, hermite_means
from tests.truth.gaussian_moment import ANY, defined, draw_quadrature, is_known
from tests.truth.held import Held, statement
from tests.truth.trial import Case

SAMPLE = 15


def draw(rng: np.random.Generator) -> Case:
    """All four constants; now and then a degree, and tensors that are to vanish."""
    instance, sigma = draw_instance(rng), draw_sigma(rng)
    degree = int(rng.integers(0, 4)) if rng.random() < 0.15 else None
    vacuous = ((), ("third",), ("fourth",), ("third", "fourth"))[rng.integers(4) if rng.random() < 0.25 else 0]
    claim = Claim(sigma, *(ANY for _ in CONSTANTS), degree=degree, vacuous=vacuous)
    return Case(claim, Evidence(*draw_quadrature(rng)), instance.problem, lambda verdict: _truth(verdict, instance))


def _truth(verdict: Accepted, instance: Instance) -> Iterator[Held]:
    yield from defined(verdict, instance)
    if not is_known(verdict, instance):
        return
    claim: Claim = verdict.proved
    means = hermite_means(instance, claim.sigma)
    for name, ball in zip(CONSTANTS, means, strict=True):
        yield from held_ball(name, getattr(claim, name), ball)
    elsewhere = hermite_means(instance, Fraction(7, 5))
    for name in claim.vacuous:
        yield statement(f"{name} vanishes", bool(elsewhere[CONSTANTS_IN_ORDER.index(name)].contains(0)))
    if claim.degree is not None:
        yield statement("degree", _is_homogeneous(instance, claim.degree))


CONSTANTS_IN_ORDER = tuple(CONSTANTS)


def _is_homogeneous(instance: Instance, degree: int) -> bool:
    """Whether φ(2z) = 2^q φ(z) is possible at a few points."""
    with precision(BITS):
        pairs = [(_value(instance, z), _value(instance, 2 * z)) for z in map(Fraction, ("-7/3", "-1/5", "1/7", "9/4"))]
        return all((exact(2**degree) * one).overlaps(two) for one, two in pairs)


def _value(instance: Instance, z: Fraction):
    piece = instance.pieces[sum(b < z for b in instance.breaks)]
    return series(piece, exact(z), 0, ARB)[0]
