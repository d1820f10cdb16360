"""`orthogonal-population-convexity`: the whole Hessian from products of moments, and a Rayleigh quotient of it."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import product

import numpy as np
from flint import arb

from certificates import Accepted
from certificates.arithmetic.arb import exact, precision, rational_ends
from certificates.claims.orthogonal_population_convexity import Claim, Evidence
from tests.truth._activations import Instance, draw_instance, draw_sigma
from tests.truth._moments import BITS, moments
from tests.truth.gaussian_moment import defined, draw_quadrature, is_known
from tests.truth.held import Held, at_least
from tests.truth.trial import Case

SAMPLE = 5
_ORDERS = [(1, 0), (1, 1), (1, 2), (2, 0), (2, 1), (2, 2)]
_WEIGHTS = [Fraction(1), Fraction(-1), Fraction(1, 2), Fraction(-3), Fraction(0), Fraction(1, 2**40), Fraction(10**6)]


def draw(rng: np.random.Generator) -> Case:
    """One to three neurons in at most four dimensions."""
    instance, sigma = draw_instance(rng), draw_sigma(rng)
    units = int(rng.integers(1, 4))
    usual = rng.random() < 0.7
    weights = tuple(_WEIGHTS[rng.integers(2 if usual else len(_WEIGHTS))] for _ in range(units))
    claim = Claim(sigma, weights, units + int(rng.integers(0, 2)), Fraction(-(10**30)))
    return Case(claim, Evidence(*draw_quadrature(rng)), instance.problem, lambda verdict: _truth(verdict, instance))


def _truth(verdict: Accepted, instance: Instance) -> Iterator[Held]:
    yield from defined(verdict, instance)
    if not is_known(verdict, instance):
        return
    claim: Claim = verdict.proved
    known = dict(zip(_ORDERS, moments(instance, _ORDERS, claim.sigma), strict=True))
    with precision(BITS):
        hessian = _hessian(claim, known)
        middle = np.array([[float(entry.mid()) for entry in row] for row in hessian])
        scale = np.abs(middle).max() or 1.0
        lowest = np.linalg.eigh(middle / scale)[1][:, 0]
        yield at_least("curvature", claim.curvature, rational_ends(_rayleigh(hessian, lowest))[1])


def _hessian(claim: Claim, known: dict[tuple[int, int], arb]) -> list[list[arb]]:
    """v_j v_l E[φ'(σx_j) φ'(σx_l) x_p x_q] at ((j, p), (l, q)); coordinates are independent."""
    places = list(product(range(len(claim.outer_weights)), range(claim.dimension)))
    return [[_entry(claim, known, *one, *two) for two in places] for one in places]


def _entry(claim: Claim, known: dict[tuple[int, int], arb], j: int, p: int, m: int, q: int) -> arb:
    value = exact(claim.outer_weights[j] * claim.outer_weights[m])
    for coordinate in range(claim.dimension):
        slopes, powers = (coordinate == j) + (coordinate == m), (coordinate == p) + (coordinate == q)
        value *= known[slopes, powers] if slopes else exact((1, 0, 1)[powers])
    return value


def _rayleigh(hessian: list[list[arb]], vector: np.ndarray) -> arb:
    exactly = [exact(Fraction(float(entry))) for entry in vector]
    form = exact(0)
    for row, left in zip(hessian, exactly, strict=True):
        for entry, right in zip(row, exactly, strict=True):
            form += left * entry * right
    return form / sum((entry * entry for entry in exactly), exact(0))
