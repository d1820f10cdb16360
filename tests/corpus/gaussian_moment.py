"""The corpus of ``gaussian-moment``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from certificates.claims.gaussian_moment import Claim, Evidence
from certificates.language.parts import AssumedGrowth, Interval
from tests.corpus._activations import broken, false_everywhere, halved, proved
from tests.corpus._case import Bent, Case, Honest, Malformed
from tests.support.activations import interval

__all__ = ["cases"]

_ONE, _EIGHT = Fraction(1), Fraction(8)
_ANY = interval(-100, 100)


def cases() -> Iterator[Case]:
    evidence = Evidence("integral", 64)
    anything = Claim(2, 2, _ONE, _ANY)
    claim = proved("tanh", anything, evidence)
    shifted = replace(claim, value=Interval(claim.value.upper + Fraction(1, 10**30), _EIGHT))
    false_growth = replace(evidence, growth=AssumedGrowth(_ONE, Fraction(0), 0, _ONE))
    good = Honest("tanh", "tanh", claim, evidence)
    first = Claim(1, 0, _ONE, _ANY)
    yield good
    yield Honest("tanh-trapezoid", "tanh", anything, replace(evidence, quadrature="trapezoid"))
    yield Honest("relu-taylor", "relu", Claim(1, 2, _ONE, interval("1/3", 1)), replace(evidence, quadrature="taylor"))
    yield Honest("quadratic-exact", "quadratic", Claim(2, 2, _ONE, interval(12, 12)), Evidence("exact", 53))
    yield Honest("gelu", "gelu", proved("gelu", anything, evidence), evidence)
    yield from false_everywhere(first, evidence)
    yield Bent(
        "assumed-growth-of-exp",
        2,
        "E[φ'(z)²] of e^{z²} is finite, by assumption",
        "exp(z^2)",
        Claim(2, 0, _ONE, _ANY),
        false_growth,
    )
    yield Bent("shifted-interval", 3, "a moment lies beside its enclosure", "tanh", shifted, evidence)
    yield Bent(
        "narrower-than-the-ball",
        3,
        "a moment is known better than it is",
        "tanh",
        halved(claim, "value"),
        evidence,
    )
    yield Bent(
        "erf-for-erf0",
        3,
        "the two conventions of erf have one mean slope",
        "erf",
        proved("erf0", first, evidence),
        evidence,
    )
    yield Bent(
        "other-sigma",
        3,
        "a moment does not depend on σ",
        "tanh",
        replace(claim, sigma=Fraction(2)),
        evidence,
    )
    yield Bent(
        "other-power",
        3,
        "a moment does not depend on the power of z",
        "tanh",
        replace(claim, power=4),
        evidence,
    )
    yield Bent(
        "odd-moment-not-zero",
        3,
        "E[tanh'(z) z] is positive",
        "tanh",
        Claim(1, 1, _ONE, interval("1/100", 1)),
        evidence,
    )
    yield Bent(
        "exact-value-of-another-order",
        3,
        "E[4z⁶] is E[4z⁴]",
        "quadratic",
        Claim(2, 4, _ONE, interval(12, 12)),
        Evidence("exact", 53),
    )
    yield Bent(
        "no-exact-form",
        0,
        "tanh is a polynomial on each piece",
        "tanh",
        claim,
        replace(evidence, quadrature="exact"),
    )
    yield Bent(
        "no-strip-for-a-kink",
        0,
        "ReLU is analytic in a strip",
        "relu",
        first,
        replace(evidence, quadrature="trapezoid"),
    )
    yield Malformed("float", good.data.replace(b'"sigma": "1"', b'"sigma": 1.0'))
    yield Malformed("negative-sigma", good.data.replace(b'"sigma": "1"', b'"sigma": "-1"'))
    yield Malformed("too-precise", good.data.replace(b'"bits": "64"', b'"bits": "4097"'))
    yield from broken(good.data)
