"""The corpus of ``activation-property``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from certificates.claims.activation_property import AssumedTail, Claim, Evidence
from tests.corpus._activations import GROWTHS, JUMPS, REFUTED, broken
from tests.corpus._case import Bent, Case, Honest, Malformed
from tests.support.activations import tiling

__all__ = ["cases"]

_ONE, _EIGHT = Fraction(1), Fraction(8)
_SIGN = Evidence("sign", radius=_EIGHT, cells=tiling(-8, 8))


def cases() -> Iterator[Case]:
    p1 = Claim("P1", slope_bound=Fraction(2), power=0)
    p2, lipschitz = Claim("P2"), Claim("P3a-lipschitz", curvature_bound=Fraction(9))
    good = Honest("tanh-p1", "tanh", p1, _SIGN)
    witness = replace(_SIGN, witness=_ONE)
    even = Evidence("identity", radius=_EIGHT, mean="slope-sum", mean_cells=tiling(0, 8))
    curved = Evidence("slope-difference", radius=_EIGHT, cells=tiling(0, 8), mean="identity")
    convex, strict = Claim("A2.3(a)"), Claim("P3a-strict", curvature_bound=Fraction(9))
    affine = Claim("P3b", kinks=0)
    yield good
    yield Honest("relu-p2", "relu", p2, _SIGN)
    yield Honest("gelu-not-p1", "gelu", Claim("not-P1"), Evidence("witness", witness=Fraction(-2)))
    yield Honest("sin-not-p2", "sin", Claim("not-P2"), Evidence("witness", witness=_ONE))
    yield Honest("squared-relu-p3a", "squared_relu", lipschitz, _SIGN)
    yield Honest("softplus-a23", "softplus", convex, curved)
    yield Honest("tanh-a23", "tanh", Claim("A2.3(b)"), even)
    identity = Evidence("identity")
    _, refuted, growth = GROWTHS["previous-bug-08-assumed-growth-refuted-on-the-right"]
    tail = AssumedTail(growth.constant, growth.slope, growth.power, Fraction(10))
    assumed = replace(_SIGN, cells=tiling(-8, 8, 8), witness=_ONE, tail=tail)
    yield Bent(
        "jump",
        1,
        "a step is affine",
        "piecewise(0, 0, 1)",
        affine,
        identity,
    )
    yield Bent(
        "cell-removed",
        2,
        "what holds on some cells holds on the line",
        "tanh",
        p1,
        replace(_SIGN, cells=_SIGN.cells[1:]),
    )
    yield Bent(
        "cells-overlap",
        2,
        "what holds on some cells holds on the line",
        "tanh",
        p1,
        replace(_SIGN, cells=_SIGN.cells[:9] + _SIGN.cells[8:]),
    )
    yield Bent(
        "kink-beyond-the-radius", 2, "a slope is positive although it turns at 9", "piecewise(z, 9, 18-z)", p1, _SIGN
    )
    yield Bent("gelu-monotone", 3, "GELU increases", "gelu", p1, _SIGN)
    yield Bent("decreasing-far-out", 4, "what increases on [−8, 8] increases", "atan(z)-z/1000", p1, _SIGN)
    yield Bent("linear-positive-rho", 5, "the identity has P2", "identity", p2, witness)
    yield Bent(
        "gelu-negative-slope-at-one",
        5,
        "GELU decreases at 1",
        "gelu",
        Claim("not-P1"),
        replace(witness, rule="witness"),
    )
    yield Bent("relu-lipschitz-slope", 6, "a step is Lipschitz", "relu", lipschitz, _SIGN)
    yield Bent("squared-relu-strict", 6, "φ'' of z₊² exists at 0", "squared_relu", strict, _SIGN)
    yield Bent("pole-in-an-affine-formula", 1, "z²/z is affine, also at 0", "z^2/z", affine, identity)
    yield Bent(
        "logarithm-undefined",
        1,
        "z + log(30 − z) − log(30 − z) is affine, also where it is no number",
        "z+log(30-z)-log(30-z)",
        affine,
        identity,
    )
    yield Bent("slope-below-one", 8, "tanh' ≤ 0.9", "tanh", replace(p1, slope_bound=Fraction(9, 10)), _SIGN)
    yield Bent("jump-behind-a-kink", 1, "what jumps behind a kink is monotone", JUMPS["jump-behind-a-kink"], p1, _SIGN)
    yield Bent(
        "previous-bug-08-assumed-tail-refuted-on-the-right",
        4,
        REFUTED,
        refuted,
        p2,
        assumed,
    )
    yield Bent(
        "assumed-tail-below-the-limit-of-the-slope",
        4,
        "a slope that tends to 5 stays below 4",
        "5*z+tanh(z*exp(z))",
        p1,
        replace(assumed, tail=replace(tail, slope_bound=Fraction(4))),
    )
    yield Bent("relu-without-kinks", 8, "ReLU is affine", "relu", affine, identity)
    yield Bent("unbounded-slope", 9, "Assumption 2.3 covers unbounded slopes", "squared_relu", convex, curved)
    yield Bent("tanh-convex", 10, "E tanh''(σg) is not 0", "tanh", convex, curved)
    yield Bent("sin-mean-slope", 11, "cos(w) + cos(−w) ≥ 0", "sin", Claim("A2.3(b)"), even)
    yield Bent(
        "linear-nondegenerate",
        12,
        "the identity satisfies Assumption 2.3 in our reading",
        "identity",
        Claim("A2.3(b)"),
        replace(even, mean="identity"),
    )
    yield Bent(
        "elu-at-zero",
        13,
        "φ'' of ELU exists at 0",
        "elu",
        convex,
        replace(curved, mean="slope-sum", mean_cells=tiling(0, 8)),
    )
    weaker = Claim("P1'", slope_bound=Fraction(20), slope_growth=_ONE, power=1)
    yield from broken(good.data)
    yield Malformed("unknown-property", good.data.replace(b'"P1"', b'"P4"'))
    yield Malformed("number-missing", good.data.replace(b',\n    "power": "0"', b""))
    yield Malformed("not-dyadic", good.data.replace(b'"-31/4"', b'"-23/3"'))
    growing = Honest("", "tanh", weaker, _SIGN).data
    yield Malformed("negative-growth", growing.replace(b'"slope_growth": "1"', b'"slope_growth": "-1"'))
