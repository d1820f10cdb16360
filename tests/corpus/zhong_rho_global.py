"""The corpus of ``zhong-rho-global``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from certificates.claims.zhong_rho_global import Claim, Evidence, HermiteChoice
from tests.corpus._activations import broken
from tests.corpus._case import Bent, Case, Honest, Malformed
from tests.support.activations import tiling

__all__ = ["cases"]

_UNIT = tiling(0, 1, 8)
_HERMITE = HermiteChoice(2, 1)


def cases() -> Iterator[Case]:
    homogeneous, even = Evidence("homogeneous"), Evidence("even", near=_UNIT, far=_UNIT)
    claim = Claim(0, Fraction(0), Fraction("0.0908"))
    tanh = Claim(4, Fraction(4), Fraction(1, 10**6))
    cubic, square = replace(claim, power=4), replace(claim, power=2)
    erf0 = replace(tanh, constant=Fraction("0.2499"))
    good = Honest("relu", "relu", claim, homogeneous)
    yield good
    yield Honest("leaky-relu", "leaky_relu", replace(claim, constant=Fraction("0.0889")), homogeneous)
    yield Honest("squared-relu", "squared_relu", replace(square, constant=Fraction("0.273")), homogeneous)
    yield Honest("cubic", "z^3", replace(cubic, constant=Fraction(17)), homogeneous)
    yield Honest("erf0", "erf0", erf0, Evidence("erf"))
    yield Honest("erf", "erf", replace(erf0, constant=Fraction("0.318")), Evidence("erf"))
    step = Evidence("step", near=_UNIT, far=_UNIT, first=_HERMITE, second=_HERMITE)
    gap, overlap = _UNIT[:3] + _UNIT[4:], _UNIT[:4] + _UNIT[3:]
    yield Bent(
        "larger-than-rho",
        4,
        "ρ of ReLU is 0.0909 or more",
        "relu",
        replace(claim, constant=Fraction("0.0909")),
        homogeneous,
    )
    yield Bent("quadratic", 4, "ρ of z² is positive", "quadratic", square, homogeneous)
    yield Bent("linear", 4, "ρ of the identity is positive", "identity", claim, homogeneous)
    yield Bent(
        "odd-kink",
        4,
        "ρ of |z| is positive",
        "piecewise(-z, 0, z)",
        claim,
        homogeneous,
    )
    yield Bent(
        "larger-than-erf",
        4,
        "ρ(σ)(1 + σ²)⁴/σ⁴ of erf0 exceeds ¼",
        "erf0",
        replace(erf0, constant=Fraction("0.2501")),
        Evidence("erf"),
    )
    yield Bent(
        "squared-relu-larger",
        4,
        "ρ of z₊² exceeds (4/π − 1)σ²",
        "squared_relu",
        replace(square, constant=Fraction("0.2733")),
        homogeneous,
    )
    yield Bent(
        "tanh-by-the-lemma-of-softplus",
        1,
        "the lemma of softplus holds for tanh",
        "tanh",
        tanh,
        replace(even, lemma="softplus"),
    )
    yield Bent("softplus-by-the-lemma-of-tanh", 1, "the lemma of tanh holds for softplus", "softplus", tanh, even)
    yield Bent("tanh-by-the-lemma-of-erf", 1, "the lemma of erf holds for tanh", "tanh", erf0, Evidence("erf"))
    yield Bent("gelu-homogeneous", 1, "GELU is homogeneous", "gelu", claim, homogeneous)
    yield Bent("jump", 1, "a step is homogeneous of degree 1", "piecewise(0, 0, 1)", claim, homogeneous)
    yield Bent("kink-away-from-0", 2, "T₁ of z² up to 1 is at least cσ⁴ near 0", "piecewise(z^2, 1, 2*z-1)", tanh, step)
    yield Bent(
        "cubic-of-another-power",
        2,
        "ρ of z³ grows like σ²",
        "z^3",
        square,
        homogeneous,
    )
    yield Bent(
        "tanh-decays-slowly",
        2,
        "ρ of tanh decays more slowly than it does",
        "tanh",
        replace(tanh, decay=Fraction(1, 2)),
        even,
    )
    yield Bent(
        "sigmoid-as-tanh",
        2,
        "ρ of the sigmoid is not scaled",
        "sigmoid",
        tanh,
        even,
    )
    yield Bent(
        "envelope-that-grows",
        2,
        "an envelope that grows with σ bounds a ρ that does not",
        "gelu",
        replace(tanh, power=6, decay=Fraction(2)),
        step,
    )
    yield Bent(
        "gap-near-0", 3, "cells that leave out some small σ cover every one", "tanh", tanh, replace(even, near=gap)
    )
    yield Bent("overlap-far-out", 3, "cells that overlap are a tiling", "tanh", tanh, replace(even, far=overlap))
    yield Bent(
        "near-cells-stop-short",
        3,
        "cells that stop short of 1 reach it",
        "tanh",
        tanh,
        replace(even, near=_UNIT[:-1]),
    )
    yield Bent(
        "far-cells-stop-short",
        3,
        "cells that stop short of infinity reach it",
        "arctan",
        replace(tanh, decay=Fraction(7, 2)),
        replace(even, far=_UNIT[:-1]),
    )
    yield Bent(
        "no-hermite-coefficients",
        3,
        "every σ is covered without a word about its moments",
        "gelu",
        tanh,
        replace(step, first=None),
    )
    yield from broken(good.data)
    yield Malformed("negative-constant", good.data.replace(b'"227/2500"', b'"-227/2500"'))
