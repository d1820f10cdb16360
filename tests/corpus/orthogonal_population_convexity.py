"""The corpus of ``orthogonal-population-convexity``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from certificates.claims.orthogonal_population_convexity import Claim, Evidence
from tests.corpus._activations import broken, false_everywhere, proved
from tests.corpus._case import Bent, Case, Honest, Malformed

__all__ = ["cases"]

_ONE = Fraction(1)


def cases() -> Iterator[Case]:
    evidence, exact = Evidence("integral", 64), Evidence("exact", 53)
    weights = (_ONE, Fraction(-1, 2))
    anything = Claim(_ONE, weights, 3, Fraction(0))
    claim = proved("gelu", anything, evidence)
    good = Honest("gelu", "gelu", claim, evidence)
    positive = replace(anything, curvature=Fraction(1, 10**6))
    yield good
    yield Honest("quadratic-exact", "quadratic", replace(anything, curvature=Fraction(0)), exact)
    for name in ("relu", "tanh", "softplus"):
        yield Honest(name, name, proved(name, anything, evidence), evidence)
    yield from false_everywhere(anything, evidence)
    yield Bent(
        "sharper-than-proved",
        3,
        "a Hessian is more convex than it is",
        "gelu",
        replace(claim, curvature=claim.curvature * 2),
        evidence,
    )
    yield Bent(
        "dead-neuron",
        3,
        "so it is with a dead neuron",
        "gelu",
        replace(claim, outer_weights=(_ONE, Fraction(0))),
        evidence,
    )
    yield Bent(
        "linear",
        3,
        "a linear network has a convex population loss in every direction",
        "identity",
        claim,
        evidence,
    )
    yield Bent(
        "quadratic",
        3,
        "so has a quadratic one",
        "quadratic",
        positive,
        exact,
    )
    yield Bent(
        "other-sigma",
        3,
        "the curvature does not depend on σ",
        "gelu",
        replace(claim, sigma=Fraction(1, 10)),
        evidence,
    )
    yield Bent(
        "smaller-weight",
        3,
        "it does not depend on the smallest outer weight",
        "gelu",
        replace(claim, outer_weights=(_ONE, Fraction(1, 4))),
        evidence,
    )
    yield Bent(
        "sigmoid-as-gelu",
        3,
        "the sigmoid's curvature is GELU's",
        "sigmoid",
        claim,
        evidence,
    )
    yield Bent("no-exact-form", 0, "a quadrature applies where its lemma does not", "gelu", claim, exact)
    yield from broken(good.data)
    yield Malformed("too-many-neurons", good.data.replace(b'"dimension": "3"', b'"dimension": "1"'))
