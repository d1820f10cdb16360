"""The corpus of ``tensor-constant``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from certificates.claims.tensor_constant import Claim, Evidence
from tests.corpus._activations import broken, false_everywhere, halved, proved
from tests.corpus._case import Bent, Case, Honest, Malformed
from tests.support.activations import interval

__all__ = ["cases"]

_ONE = Fraction(1)
_ANY = interval(-100, 100)


def cases() -> Iterator[Case]:
    evidence = Evidence("integral", 64)
    anything = Claim(_ONE, _ANY, _ANY, _ANY, _ANY)
    claim = proved("relu", Claim(_ONE, third=_ANY, degree=1, vacuous=("third",)), evidence)
    good = Honest("relu", "relu", claim, evidence)
    mish = proved("mish", Claim(_ONE, third=_ANY), evidence)
    whole = proved("mish", anything, evidence)
    below = replace(mish.third, upper=mish.third.lower)
    yield from false_everywhere(Claim(_ONE, mean_slope=_ANY), evidence)
    yield Bent(
        "squared-relu-degree-one",
        3,
        "z₊² is homogeneous of degree 1",
        "squared_relu",
        Claim(_ONE, degree=1),
        evidence,
    )
    yield Bent(
        "tanh-homogeneous",
        3,
        "tanh is homogeneous of degree 1",
        "tanh",
        Claim(_ONE, degree=1),
        evidence,
    )
    yield Bent(
        "tanh-vacuous",
        4,
        "third-order tensors of tanh carry nothing",
        "tanh",
        Claim(_ONE, vacuous=("third",)),
        evidence,
    )
    yield Bent(
        "softplus-fourth-vacuous",
        4,
        "the even part of softplus is quadratic",
        "softplus",
        Claim(_ONE, vacuous=("fourth",)),
        evidence,
    )
    yield Bent(
        "zero-at-one-sigma",
        4,
        "third-order tensors of z⁵ − 10z³ carry nothing beyond σ = 1",
        "z^5-10*z^3",
        Claim(_ONE, vacuous=("third",)),
        evidence,
    )
    yield Bent(
        "lower-end-alone",
        5,
        "c₃ of Mish is the lower end of its ball",
        "mish",
        Claim(_ONE, third=below),
        evidence,
    )
    yield Bent(
        "slope-for-curvature",
        5,
        "γ is μ",
        "mish",
        Claim(_ONE, mean_curvature=whole.mean_slope),
        evidence,
    )
    yield Bent(
        "other-sigma",
        5,
        "the constants do not depend on σ",
        "mish",
        replace(whole, sigma=Fraction(2)),
        evidence,
    )
    for name in ("mean_slope", "mean_curvature", "fourth"):
        narrower = f"{name.replace('_', '-')}-narrower-than-the-ball"
        yield Bent(narrower, 5, "a number is known better than it is", "mish", halved(whole, name), evidence)
    yield good
    yield Honest("mish", "mish", mish, evidence)
    yield Honest("mish-all-four", "mish", whole, evidence)
    yield Honest("tanh-fourth-vacuous", "tanh", Claim(_ONE, vacuous=("fourth",)), evidence)
    yield Honest("squared-relu", "squared_relu", Claim(_ONE, third=interval("1/2", 1), degree=2), evidence)
    yield from broken(good.data)
    twice = good.data.replace(b'"vacuous": [\n      "third"', b'"vacuous": [\n      "third", "third"')
    yield Malformed("twice-the-same", twice)
