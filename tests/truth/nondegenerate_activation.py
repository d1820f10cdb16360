"""`nondegenerate-activation`: μ and γ at points by the values of φ, not of φ'."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np

from certificates import Accepted
from certificates.arithmetic.arb import precision
from certificates.claims.nondegenerate_activation import Claim, Evidence
from tests.support.activations import tiling
from tests.truth._activations import Instance, catalogued, draw_instance
from tests.truth._moments import BITS, hermite_means
from tests.truth._slopes import at, draw_radius, slope_gaps
from tests.truth.gaussian_moment import defined
from tests.truth.held import Held, statement
from tests.truth.trial import Case

SAMPLE = 12
_SIGMAS = (Fraction(1, 8), Fraction(1), Fraction(5))
_EVEN = ("tanh", "sigmoid", "erf", "arctan", "sin", "softsign")  # φ' is
_CURVED = ("softplus", "gelu", "silu", "elu")


def draw(rng: np.random.Generator) -> Case:
    """Any signs of μ and γ; most often of smooth entries of the catalogue."""
    curvature = str(rng.choice(["nonzero", "zero"]))
    fitting = _EVEN if (curvature == "zero") == (rng.random() < 0.8) else _CURVED
    instance = catalogued(rng, fitting) if rng.random() < 0.6 else draw_instance(rng)
    radius, parts = draw_radius(rng)
    folded = tiling(0, radius, parts)
    mean = "zero" if rng.random() < 0.15 else "nonzero"
    sigma = str(rng.choice(["nonnegative", "positive"]))
    way: Any = str(rng.choice(["identity", "slope-sum", "closed-form"]))
    claim = Claim(mean, curvature, sigma)  # type: ignore[arg-type]
    evidence = Evidence(Fraction(radius), folded if curvature == "nonzero" else (), way, folded)
    return Case(claim, evidence, instance.problem, lambda verdict: _truth(verdict, instance))


def _truth(verdict: Accepted, instance: Instance) -> Iterator[Held]:
    yield from defined(verdict, instance)
    if instance.is_treacherous:
        return
    claim: Claim = verdict.proved
    with precision(BITS):
        for sigma in filter(instance.is_resolved, _SIGMAS):
            mean, curvature, *_ = hermite_means(instance, sigma)
            yield statement(f"μ({sigma}) {claim.mean}", _is(claim.mean, mean))
            yield statement(f"γ({sigma}) {claim.curvature}", _is(claim.curvature, curvature))
        yield statement("φ' does not jump", not any(gap > 0 for gap in slope_gaps(instance)))
        if claim.sigma == "nonnegative":
            yield statement("μ(0)", _is(claim.mean, at(instance, Fraction(0), 1)))
            yield statement("γ(0)", _is(claim.curvature, at(instance, Fraction(0), 2)))


def _is(sign: str, ball: Any) -> bool:
    """Whether a ball is of a number that may be 0, or of one that is not."""
    return bool(ball.contains(0)) == (sign == "zero")
