"""`zhong-rho`: T₁, T₂, T₃ from independent moments, their minimum and where it is attained."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from certificates import Accepted
from certificates.claims.zhong_rho import Claim, Evidence
from tests.truth._activations import Instance, draw_instance, draw_sigma
from tests.truth._moments import held_ball, zhong
from tests.truth.gaussian_moment import ANY, defined, draw_quadrature, is_known
from tests.truth.held import Held, statement
from tests.truth.trial import Case

SAMPLE = 10


def draw(rng: np.random.Generator) -> Case:
    """Any activation, σ and quadrature."""
    instance, sigma = draw_instance(rng), draw_sigma(rng)
    claim = Claim(sigma, ANY, ANY, ANY, ANY, (1, 2, 3))
    return Case(claim, Evidence(*draw_quadrature(rng)), instance.problem, lambda verdict: _truth(verdict, instance))


def _truth(verdict: Accepted, instance: Instance) -> Iterator[Held]:
    yield from defined(verdict, instance)
    if not is_known(verdict, instance):
        return
    claim: Claim = verdict.proved
    terms = zhong(instance, claim.sigma)
    for name, term in zip(("first", "second", "third"), terms, strict=True):
        yield from held_ball(name, getattr(claim, name), term)
    yield from held_ball("rho", claim.rho, terms[0].min(terms[1]).min(terms[2]))
    for index, term in enumerate(terms, start=1):
        if all(term < other for k, other in enumerate(terms, start=1) if k != index):
            yield statement("active", index in claim.active)
