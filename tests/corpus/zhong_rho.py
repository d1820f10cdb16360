"""The corpus of ``zhong-rho``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from certificates.claims.zhong_rho import Claim, Evidence
from tests.corpus._activations import broken, false_everywhere, halved, proved
from tests.corpus._case import Bent, Case, Honest, Malformed
from tests.support.activations import interval

__all__ = ["cases"]

_ONE = Fraction(1)
_ANY = interval(-100, 100)


def cases() -> Iterator[Case]:
    evidence, exact = Evidence("integral", 64), Evidence("exact", 53)
    anything = Claim(_ONE, _ANY, _ANY, _ANY, _ANY, (1, 2, 3))
    claim = proved("tanh", anything, evidence)
    zero = interval(0, 0)
    sin = replace(anything, third=zero, rho=zero, active=(3,))
    positive = interval("1/1000000", 1)
    good = Honest("tanh", "tanh", claim, evidence)
    yield good
    yield Honest("sin-at-one", "sin", sin, exact)
    yield Honest("gelu", "gelu", proved("gelu", anything, evidence), evidence)
    yield Honest("relu", "relu", proved("relu", anything, evidence), evidence)
    yield Honest("softplus-trapezoid", "softplus", anything, replace(evidence, quadrature="trapezoid"))
    yield from false_everywhere(anything, evidence)
    yield Bent("sin-at-one-by-a-ball", 3, "a ball around 0 is 0", "sin", sin, evidence)
    yield Bent(
        "quadratic-as-printed",
        3,
        "ρ of z² is 0, as printed; it is −4σ²",
        "quadratic",
        replace(anything, rho=zero),
        exact,
    )
    yield Bent("linear-positive", 3, "the identity has P2", "identity", replace(anything, rho=positive), exact)
    yield Bent(
        "other-active-term",
        3,
        "T₁ is the smallest term of tanh at 1",
        "tanh",
        replace(claim, active=(1,)),
        evidence,
    )
    yield Bent(
        "other-sigma",
        3,
        "ρ(2) = ρ(1)",
        "tanh",
        replace(claim, sigma=Fraction(2)),
        evidence,
    )
    yield Bent("sigmoid-as-tanh", 3, "ρ of the sigmoid is ρ of tanh", "sigmoid", claim, evidence)
    for name in ("first", "second", "third", "rho"):
        theorem = "a number is known better than it is"
        yield Bent(f"{name}-narrower-than-the-ball", 3, theorem, "tanh", halved(claim, name), evidence)
    yield from broken(good.data)
    yield Malformed("no-active-term", good.data.replace(b'"active": [', b'"active": [], "active_": ['))
