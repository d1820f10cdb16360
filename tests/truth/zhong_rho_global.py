"""`zhong-rho-global`: ρ(σ)(1 + (bσ)²)^Q/(bσ)^p at many σ, by independent moments; a climb to the smallest."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from certificates import Accepted
from certificates.arithmetic.arb import exact, precision, rational_ends
from certificates.claims.zhong_rho_global import Claim, Evidence
from certificates.theorems.monotone_moments import EVEN_LEMMAS
from tests.truth._activations import Instance, catalogued, homogeneous, shipped_evidence
from tests.truth._moments import BITS, zhong
from tests.truth.held import Held, at_least
from tests.truth.trial import Case

SAMPLE = 6
_NAMES = ("erf", "erf0", "tanh", "sigmoid", "arctan", "softsign", "softplus", "smooth_leaky_relu")


def draw(rng: np.random.Generator) -> Case:
    """A lemma that applies, on cells that may be too coarse, or leave a gap; or one that does not."""
    if rng.random() < 0.5:
        instance, degree = homogeneous(rng)
        claim, evidence = Claim(2 * degree - 2, Fraction(0), Fraction(1, 10**9)), Evidence("homogeneous")
    else:
        instance = catalogued(rng, _NAMES)
        claim, evidence = _by_cells(rng, instance)
    if rng.random() < 0.1:
        instance = catalogued(rng)
    if rng.random() < 0.01:  # the lemma 'step' takes seconds
        instance, evidence = catalogued(rng, ("gelu",)), shipped_evidence("gelu.zhong-rho-global")
        claim = Claim(6, Fraction(3), Fraction(1, 10**12))
    return Case(claim, evidence, instance.problem, lambda verdict: _truth(verdict, instance, rng))


def _by_cells(rng: np.random.Generator, instance: Instance) -> tuple[Claim, Evidence]:
    phi = instance.problem.activation
    even = EVEN_LEMMAS.get("tanh" if phi.name == "sigmoid" else phi.name or "")
    if even is not None:
        lemma, power, decay = "even", even.power, even.decay
    elif phi.name in ("erf", "erf0"):
        lemma, power, decay = "erf", 4, Fraction(4)
    else:
        lemma, power, decay = "softplus", 6, Fraction(3)
    scale = phi.parameters[0] if phi.name == "softplus" else Fraction(1, 2 if phi.name == "sigmoid" else 1)
    near, far = (_cells(int(rng.choice([4, 8, 16]))) for _ in range(2))
    if rng.random() < 0.05:
        near = near[1:]
    return Claim(power, decay, Fraction(1, 10**12), scale), Evidence(lemma, near=near, far=far)


def _cells(parts: int) -> tuple[tuple[Fraction, Fraction], ...]:
    return tuple((Fraction(k, parts), Fraction(k + 1, parts)) for k in range(parts))


def _truth(verdict: Accepted, instance: Instance, rng: np.random.Generator) -> Iterator[Held]:
    claim: Claim = verdict.proved
    sigmas = [Fraction(1), *(Fraction(float(2.0 ** rng.uniform(-8, 6))) for _ in range(3))]
    values = {sigma: _quotient(claim, instance, sigma) for sigma in sigmas}
    best = min(values, key=values.__getitem__)
    for factor in (Fraction(7, 8), Fraction(8, 7)):  # climb
        values[best * factor] = _quotient(claim, instance, best * factor)
    yield at_least("constant", claim.constant, min(values.values()))


def _quotient(claim: Claim, instance: Instance, sigma: Fraction) -> Fraction:
    """An upper end of ρ(σ)(1 + (bσ)²)^Q/(bσ)^p."""
    first, second, third = zhong(instance, sigma)
    with precision(BITS):
        x = claim.scale * sigma
        envelope = exact(1 + x * x) ** exact(claim.decay) / exact(x**claim.power)
        return rational_ends(first.min(second).min(third) * envelope)[1]
