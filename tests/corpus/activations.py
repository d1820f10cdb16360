"""The part of the corpus about activations: honest certificates, and what each of them would prove if it were bent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace
from fractions import Fraction
from typing import Any

from certificates import Accepted
from certificates.claims import AssumedGrowth, Interval
from certificates.claims import activation_property as prop
from certificates.claims import gaussian_moment as moment
from certificates.claims import orthogonal_population_convexity as hessian
from certificates.claims import tensor_constant as tensor
from certificates.claims import zhong_rho as rho
from certificates.claims import zhong_rho_global as everywhere
from certificates.document import Certificate, ProblemReference, encode_certificate
from certificates.expression import parse_activation
from tests.support.activations import interval, judge, tiling

__all__ = ["corpus"]

Files = dict[str, bytes]
_ONE, _EIGHT = Fraction(1), Fraction(8)
_SIGN = prop.Evidence("sign", radius=_EIGHT, cells=tiling(-8, 8))
_ANY = interval(-100, 100)
_SLACK = Fraction(1, 2**40)


def _encode(text: str, claim: Any, evidence: Any) -> bytes:
    reference = ProblemReference.of_activation(parse_activation(text))
    return encode_certificate(Certificate(claim.kind, reference, claim, evidence, {}))


def _with_slack(claim: Any) -> Any:
    """A little weaker than proved: the last bits of FLINT's constants depend on what it computed before."""
    changes: dict[str, Any] = {}
    for spec in fields(claim):
        value, direction = getattr(claim, spec.name), spec.metadata.get("weaker")
        if isinstance(value, Interval) and value.lower < value.upper:
            room = (value.upper - value.lower) + max(abs(value.lower), abs(value.upper)) * _SLACK
            changes[spec.name] = Interval(value.lower - room, value.upper + room)
        elif isinstance(value, Fraction) and direction is not None:
            changes[spec.name] = value + abs(value) * (_SLACK if direction == "larger" else -_SLACK)
    return replace(claim, **changes)


def _proved(text: str, claim: Any, evidence: Any) -> Any:
    """The claim with its intervals and bounds as sharp as the evidence has them."""
    verdict = judge(text, claim, evidence)
    if not isinstance(verdict, Accepted):
        raise SystemExit(f"{text} {claim}: {verdict.explanation()}")
    return _with_slack(verdict.proved)


def _moments() -> tuple[Files, Files, Files]:
    evidence = moment.Evidence("integral", 64)
    claim = _proved("tanh", moment.Claim(2, 2, _ONE, _ANY), evidence)
    shifted = replace(claim, value=Interval(claim.value.upper + Fraction(1, 10**30), _EIGHT))
    narrow = replace(claim, value=Interval(claim.value.lower, (claim.value.lower + claim.value.upper) / 2))
    false_growth = replace(evidence, growth=AssumedGrowth(_ONE, Fraction(0), 0, _ONE))
    good = _encode("tanh", claim, evidence)
    honest = {
        "tanh": good,
        "tanh-trapezoid": _encode("tanh", moment.Claim(2, 2, _ONE, _ANY), replace(evidence, quadrature="trapezoid")),
        "relu-taylor": _encode(
            "relu", moment.Claim(1, 2, _ONE, interval("1/3", 1)), replace(evidence, quadrature="taylor")
        ),
        "quadratic-exact": _encode(
            "quadratic", moment.Claim(2, 2, _ONE, interval(12, 12)), moment.Evidence("exact", 53)
        ),
    }
    false = {
        "jump-check-1": _encode("piecewise(0, 0, 1)", moment.Claim(1, 0, _ONE, interval(0, 0)), evidence),
        "assumed-growth-of-exp-check-2": _encode("exp(z^2)", moment.Claim(2, 0, _ONE, _ANY), false_growth),
        "shifted-interval-check-3": _encode("tanh", shifted, evidence),
        "narrower-than-the-ball-check-3": _encode("tanh", narrow, evidence),
        "erf-for-erf0-check-3": _encode("erf", _proved("erf0", moment.Claim(1, 0, _ONE, _ANY), evidence), evidence),
        "pole-check-0": _encode("z^2/z", moment.Claim(1, 0, _ONE, interval(1, 1)), evidence),
    }
    broken = {
        "float": good.replace(b'"sigma": "1"', b'"sigma": 1.0'),
        "negative-sigma": good.replace(b'"sigma": "1"', b'"sigma": "-1"'),
        "other-spelling-of-the-activation": good.replace(b'"tanh"', b'"tanh(z)"'),
        "hash-beside-the-activation": good.replace(b'"expression"', b'"sha256": "00", "expression"'),
        "too-precise": good.replace(b'"bits": "64"', b'"bits": "4097"'),
    }
    return honest, false, broken


def _rhos() -> tuple[Files, Files, Files]:
    evidence, exact = rho.Evidence("integral", 64), rho.Evidence("exact", 53)
    anything = rho.Claim(_ONE, _ANY, _ANY, _ANY, _ANY, (1, 2, 3))
    claim = _proved("tanh", anything, evidence)
    zero = interval(0, 0)
    sin = replace(anything, third=zero, rho=zero, active=(3,))
    positive = interval("1/1000000", 1)
    good = _encode("tanh", claim, evidence)
    honest = {"tanh": good, "sin-at-one": _encode("sin", sin, exact)}
    false = {
        "jump-check-1": _encode("piecewise(0, 0, 1)", anything, evidence),
        "sin-at-one-by-a-ball-check-3": _encode("sin", sin, evidence),
        "quadratic-as-printed-check-3": _encode("quadratic", replace(anything, rho=zero), exact),
        "linear-positive-check-3": _encode("identity", replace(anything, rho=positive), exact),
        "other-active-term-check-3": _encode("tanh", replace(claim, active=(1,)), evidence),
        "other-sigma-check-3": _encode("tanh", replace(claim, sigma=Fraction(2)), evidence),
    }
    return honest, false, {"no-active-term": good.replace(b'"active": [', b'"active": [], "active_": [')}


def _properties() -> tuple[Files, Files, Files]:
    p1 = prop.Claim("P1", slope_bound=Fraction(2), power=0)
    p2, lipschitz = prop.Claim("P2"), prop.Claim("P3a-lipschitz", curvature_bound=Fraction(9))
    good = _encode("tanh", p1, _SIGN)
    witness = replace(_SIGN, witness=_ONE)
    even = prop.Evidence("identity", radius=_EIGHT, mean="slope-sum", mean_cells=tiling(0, 8))
    curved = prop.Evidence("slope-difference", radius=_EIGHT, cells=tiling(0, 8), mean="identity")
    convex, strict = prop.Claim("A2.3(a)"), prop.Claim("P3a-strict", curvature_bound=Fraction(9))
    affine = prop.Claim("P3b", kinks=0)
    honest = {
        "tanh-p1": good,
        "relu-p2": _encode("relu", p2, _SIGN),
        "gelu-not-p1": _encode("gelu", prop.Claim("not-P1"), prop.Evidence("witness", witness=Fraction(-2))),
        "sin-not-p2": _encode("sin", prop.Claim("not-P2"), prop.Evidence("witness", witness=_ONE)),
        "squared-relu-p3a": _encode("squared_relu", lipschitz, _SIGN),
        "softplus-a23": _encode("softplus", convex, curved),
        "tanh-a23": _encode("tanh", prop.Claim("A2.3(b)"), even),
    }
    identity = prop.Evidence("identity")
    false = {
        "jump-check-1": _encode("piecewise(0, 0, 1)", affine, identity),
        "cell-removed-check-2": _encode("tanh", p1, replace(_SIGN, cells=_SIGN.cells[1:])),
        "cells-overlap-check-2": _encode("tanh", p1, replace(_SIGN, cells=_SIGN.cells[:9] + _SIGN.cells[8:])),
        "kink-beyond-the-radius-check-2": _encode("piecewise(z, 9, 18-z)", p1, _SIGN),
        "gelu-monotone-check-3": _encode("gelu", p1, _SIGN),
        "decreasing-far-out-check-4": _encode("atan(z)-z/1000", p1, _SIGN),
        "linear-positive-rho-check-5": _encode("identity", p2, witness),
        "gelu-negative-slope-at-one-check-5": _encode("gelu", prop.Claim("not-P1"), replace(witness, rule="witness")),
        "relu-lipschitz-slope-check-6": _encode("relu", lipschitz, _SIGN),
        "squared-relu-strict-check-6": _encode("squared_relu", strict, _SIGN),
        "pole-in-an-affine-formula-check-1": _encode("z^2/z", affine, identity),
        "logarithm-undefined-check-1": _encode("z+log(30-z)-log(30-z)", affine, identity),
        "slope-below-one-check-8": _encode("tanh", replace(p1, slope_bound=Fraction(9, 10)), _SIGN),
        "relu-without-kinks-check-8": _encode("relu", affine, identity),
        "unbounded-slope-check-9": _encode("squared_relu", convex, curved),
        "tanh-convex-check-10": _encode("tanh", convex, curved),
        "sin-mean-slope-check-11": _encode("sin", prop.Claim("A2.3(b)"), even),
        "linear-nondegenerate-check-12": _encode("identity", prop.Claim("A2.3(b)"), replace(even, mean="identity")),
        "elu-at-zero-check-13": _encode("elu", convex, replace(curved, mean="slope-sum", mean_cells=tiling(0, 8))),
    }
    growth = prop.Claim("P1'", slope_bound=Fraction(20), slope_growth=_ONE, power=1)
    broken = {
        "unknown-property": good.replace(b'"P1"', b'"P4"'),
        "number-missing": good.replace(b',\n    "power": "0"', b""),
        "not-dyadic": good.replace(b'"-31/4"', b'"-23/3"'),
        "negative-growth": _encode("tanh", growth, _SIGN).replace(b'"slope_growth": "1"', b'"slope_growth": "-1"'),
    }
    return honest, false, broken


def _tensors() -> tuple[Files, Files, Files]:
    evidence = tensor.Evidence("integral", 64)
    claim = _proved("relu", tensor.Claim(_ONE, third=_ANY, degree=1, vacuous=("third",)), evidence)
    good = _encode("relu", claim, evidence)
    mish = _proved("mish", tensor.Claim(_ONE, third=_ANY), evidence)
    below = replace(mish.third, upper=mish.third.lower)
    false = {
        "jump-check-1": _encode("piecewise(0, 0, 1)", tensor.Claim(_ONE, degree=1), evidence),
        "squared-relu-degree-one-check-3": _encode("squared_relu", tensor.Claim(_ONE, degree=1), evidence),
        "tanh-homogeneous-check-3": _encode("tanh", tensor.Claim(_ONE, degree=1), evidence),
        "tanh-vacuous-check-4": _encode("tanh", tensor.Claim(_ONE, vacuous=("third",)), evidence),
        "zero-at-one-sigma-check-4": _encode("z^5-10*z^3", tensor.Claim(_ONE, vacuous=("third",)), evidence),
        "lower-end-alone-check-5": _encode("mish", tensor.Claim(_ONE, third=below), evidence),
    }
    return (
        {"relu": good, "mish": _encode("mish", mish, evidence)},
        false,
        {"twice-the-same": good.replace(b'"vacuous": [\n      "third"', b'"vacuous": [\n      "third", "third"')},
    )


def _hessians() -> tuple[Files, Files, Files]:
    evidence = hessian.Evidence("integral", 64)
    weights = (_ONE, Fraction(-1, 2))
    claim = _proved("gelu", hessian.Claim(_ONE, weights, 3, Fraction(0)), evidence)
    good = _encode("gelu", claim, evidence)
    false = {
        "jump-check-1": _encode("piecewise(0, 0, 1)", replace(claim, curvature=Fraction(0)), evidence),
        "sharper-than-proved-check-3": _encode("gelu", replace(claim, curvature=claim.curvature * 2), evidence),
        "dead-neuron-check-3": _encode("gelu", replace(claim, outer_weights=(_ONE, Fraction(0))), evidence),
        "linear-check-3": _encode("identity", claim, evidence),
    }
    too_small = good.replace(b'"dimension": "3"', b'"dimension": "1"')
    return {"gelu": good}, false, {"too-many-neurons": too_small}


def _global_bounds() -> tuple[Files, Files, Files]:
    evidence = everywhere.Evidence("homogeneous")
    claim = everywhere.Claim(0, Fraction(0), Fraction("0.0908"))
    good = _encode("relu", claim, evidence)
    false = {
        "larger-than-rho-check-4": _encode("relu", replace(claim, constant=Fraction("0.0909")), evidence),
        "quadratic-check-4": _encode("quadratic", replace(claim, power=2), evidence),
    }
    return {"relu": good}, false, {"negative-constant": good.replace(b'"227/2500"', b'"-227/2500"')}


_KINDS = {
    "gaussian-moment": _moments,
    "zhong-rho": _rhos,
    "activation-property": _properties,
    "tensor-constant": _tensors,
    "orthogonal-population-convexity": _hessians,
    "zhong-rho-global": _global_bounds,
}


def corpus() -> Iterator[tuple[str, str, Iterator[tuple[str, bytes]]]]:
    """(folder, kind, files) of every part."""
    for kind, make in _KINDS.items():
        for folder, files in zip(("accepted", "rejected", "malformed"), make(), strict=True):
            yield folder, kind, iter(files.items())
