"""The part of the corpus about properties of activations, and about ρ for every σ."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from certificates.claims import activation_property as prop
from certificates.claims import zhong_rho_global as everywhere
from tests.corpus._activation_files import GROWTHS, JUMPS, Files, broken, encode
from tests.support.activations import tiling

__all__ = ["corpus"]

_ONE, _EIGHT = Fraction(1), Fraction(8)
_SIGN = prop.Evidence("sign", radius=_EIGHT, cells=tiling(-8, 8))
_UNIT = tiling(0, 1, 8)
_HERMITE = everywhere.HermiteChoice(2, 1)


def _properties() -> tuple[Files, Files, Files]:
    p1 = prop.Claim("P1", slope_bound=Fraction(2), power=0)
    p2, lipschitz = prop.Claim("P2"), prop.Claim("P3a-lipschitz", curvature_bound=Fraction(9))
    good = encode("tanh", p1, _SIGN)
    witness = replace(_SIGN, witness=_ONE)
    even = prop.Evidence("identity", radius=_EIGHT, mean="slope-sum", mean_cells=tiling(0, 8))
    curved = prop.Evidence("slope-difference", radius=_EIGHT, cells=tiling(0, 8), mean="identity")
    convex, strict = prop.Claim("A2.3(a)"), prop.Claim("P3a-strict", curvature_bound=Fraction(9))
    affine = prop.Claim("P3b", kinks=0)
    honest = {
        "tanh-p1": good,
        "relu-p2": encode("relu", p2, _SIGN),
        "gelu-not-p1": encode("gelu", prop.Claim("not-P1"), prop.Evidence("witness", witness=Fraction(-2))),
        "sin-not-p2": encode("sin", prop.Claim("not-P2"), prop.Evidence("witness", witness=_ONE)),
        "squared-relu-p3a": encode("squared_relu", lipschitz, _SIGN),
        "softplus-a23": encode("softplus", convex, curved),
        "tanh-a23": encode("tanh", prop.Claim("A2.3(b)"), even),
    }
    identity = prop.Evidence("identity")
    refuted, growth = GROWTHS["previous-bug-08-assumed-growth-refuted-on-the-right"]
    tail = prop.AssumedTail(growth.constant, growth.slope, growth.power, Fraction(10))
    assumed = replace(_SIGN, cells=tiling(-8, 8, 8), witness=_ONE, tail=tail)
    false = {
        "jump-check-1": encode("piecewise(0, 0, 1)", affine, identity),
        "cell-removed-check-2": encode("tanh", p1, replace(_SIGN, cells=_SIGN.cells[1:])),
        "cells-overlap-check-2": encode("tanh", p1, replace(_SIGN, cells=_SIGN.cells[:9] + _SIGN.cells[8:])),
        "kink-beyond-the-radius-check-2": encode("piecewise(z, 9, 18-z)", p1, _SIGN),
        "gelu-monotone-check-3": encode("gelu", p1, _SIGN),
        "decreasing-far-out-check-4": encode("atan(z)-z/1000", p1, _SIGN),
        "linear-positive-rho-check-5": encode("identity", p2, witness),
        "gelu-negative-slope-at-one-check-5": encode("gelu", prop.Claim("not-P1"), replace(witness, rule="witness")),
        "relu-lipschitz-slope-check-6": encode("relu", lipschitz, _SIGN),
        "squared-relu-strict-check-6": encode("squared_relu", strict, _SIGN),
        "pole-in-an-affine-formula-check-1": encode("z^2/z", affine, identity),
        "logarithm-undefined-check-1": encode("z+log(30-z)-log(30-z)", affine, identity),
        "slope-below-one-check-8": encode("tanh", replace(p1, slope_bound=Fraction(9, 10)), _SIGN),
        "jump-behind-a-kink-check-1": encode(JUMPS["jump-behind-a-kink"], p1, _SIGN),
        "previous-bug-08-assumed-tail-refuted-on-the-right-check-4": encode(refuted, p2, assumed),
        "assumed-tail-below-the-limit-of-the-slope-check-4": encode(
            "5*z+tanh(z*exp(z))", p1, replace(assumed, tail=replace(tail, slope_bound=Fraction(4)))
        ),
        "relu-without-kinks-check-8": encode("relu", affine, identity),
        "unbounded-slope-check-9": encode("squared_relu", convex, curved),
        "tanh-convex-check-10": encode("tanh", convex, curved),
        "sin-mean-slope-check-11": encode("sin", prop.Claim("A2.3(b)"), even),
        "linear-nondegenerate-check-12": encode("identity", prop.Claim("A2.3(b)"), replace(even, mean="identity")),
        "elu-at-zero-check-13": encode("elu", convex, replace(curved, mean="slope-sum", mean_cells=tiling(0, 8))),
    }
    weaker = prop.Claim("P1'", slope_bound=Fraction(20), slope_growth=_ONE, power=1)
    files_that_are_none = broken(good) | {
        "unknown-property": good.replace(b'"P1"', b'"P4"'),
        "number-missing": good.replace(b',\n    "power": "0"', b""),
        "not-dyadic": good.replace(b'"-31/4"', b'"-23/3"'),
        "negative-growth": encode("tanh", weaker, _SIGN).replace(b'"slope_growth": "1"', b'"slope_growth": "-1"'),
    }
    return honest, false, files_that_are_none


def _global_bounds() -> tuple[Files, Files, Files]:
    homogeneous, even = everywhere.Evidence("homogeneous"), everywhere.Evidence("even", near=_UNIT, far=_UNIT)
    claim = everywhere.Claim(0, Fraction(0), Fraction("0.0908"))
    tanh = everywhere.Claim(4, Fraction(4), Fraction(1, 10**6))
    cubic, square = replace(claim, power=4), replace(claim, power=2)
    erf0 = replace(tanh, constant=Fraction("0.2499"))
    good = encode("relu", claim, homogeneous)
    honest = {
        "relu": good,
        "leaky-relu": encode("leaky_relu", replace(claim, constant=Fraction("0.0889")), homogeneous),
        "squared-relu": encode("squared_relu", replace(square, constant=Fraction("0.273")), homogeneous),
        "cubic": encode("z^3", replace(cubic, constant=Fraction(17)), homogeneous),
        "erf0": encode("erf0", erf0, everywhere.Evidence("erf")),
        "erf": encode("erf", replace(erf0, constant=Fraction("0.318")), everywhere.Evidence("erf")),
    }
    step = everywhere.Evidence("step", near=_UNIT, far=_UNIT, first=_HERMITE, second=_HERMITE)
    gap, overlap = _UNIT[:3] + _UNIT[4:], _UNIT[:4] + _UNIT[3:]
    false = {
        "larger-than-rho-check-4": encode("relu", replace(claim, constant=Fraction("0.0909")), homogeneous),
        "quadratic-check-4": encode("quadratic", square, homogeneous),
        "linear-check-4": encode("identity", claim, homogeneous),
        "odd-kink-check-4": encode("piecewise(-z, 0, z)", claim, homogeneous),
        "larger-than-erf-check-4": encode(
            "erf0", replace(erf0, constant=Fraction("0.2501")), everywhere.Evidence("erf")
        ),
        "squared-relu-larger-check-4": encode(
            "squared_relu", replace(square, constant=Fraction("0.2733")), homogeneous
        ),
        "tanh-by-the-lemma-of-softplus-check-1": encode("tanh", tanh, replace(even, lemma="softplus")),
        "softplus-by-the-lemma-of-tanh-check-1": encode("softplus", tanh, even),
        "tanh-by-the-lemma-of-erf-check-1": encode("tanh", erf0, everywhere.Evidence("erf")),
        "gelu-homogeneous-check-1": encode("gelu", claim, homogeneous),
        "jump-check-1": encode("piecewise(0, 0, 1)", claim, homogeneous),
        "kink-away-from-0-check-1": encode("piecewise(z^2, 1, 2*z-1)", tanh, step),
        "cubic-of-another-power-check-2": encode("z^3", square, homogeneous),
        "tanh-decays-slowly-check-2": encode("tanh", replace(tanh, decay=Fraction(1, 2)), even),
        "sigmoid-as-tanh-check-2": encode("sigmoid", tanh, even),
        "envelope-that-grows-check-2": encode("gelu", replace(tanh, power=6, decay=Fraction(2)), step),
        "gap-near-0-check-3": encode("tanh", tanh, replace(even, near=gap)),
        "overlap-far-out-check-3": encode("tanh", tanh, replace(even, far=overlap)),
        "near-cells-stop-short-check-3": encode("tanh", tanh, replace(even, near=_UNIT[:-1])),
        "far-cells-stop-short-check-3": encode(
            "arctan", replace(tanh, decay=Fraction(7, 2)), replace(even, far=_UNIT[:-1])
        ),
        "no-hermite-coefficients-check-3": encode("gelu", tanh, replace(step, first=None)),
    }
    return honest, false, broken(good) | {"negative-constant": good.replace(b'"227/2500"', b'"-227/2500"')}


def corpus() -> Iterator[tuple[str, str, Iterator[tuple[str, bytes]]]]:
    """(folder, kind, files) of every part."""
    for kind, make in {"activation-property": _properties, "zhong-rho-global": _global_bounds}.items():
        for folder, files in zip(("accepted", "rejected", "malformed"), make(), strict=True):
            yield folder, kind, iter(files.items())
