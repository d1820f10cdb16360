"""The part of the corpus about moments of activations: honest certificates, and what they prove if bent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Any

from certificates.claims import gaussian_moment as moment
from certificates.claims import orthogonal_population_convexity as hessian
from certificates.claims import tensor_constant as tensor
from certificates.claims import zhong_rho as rho
from certificates.language.parts import AssumedGrowth, Interval
from tests.corpus._activation_files import GROWTHS, JUMPS, UNDEFINED, Files, broken, encode, halved, proved
from tests.support.activations import interval

__all__ = ["corpus"]

_ONE, _EIGHT = Fraction(1), Fraction(8)
_ANY = interval(-100, 100)


def _false_everywhere(claim: Any, evidence: Any) -> Files:
    """What no kind may accept: jumps, formulas that are not defined, assumptions that are false."""
    files = {f"{name}-check-1": encode(text, claim, evidence) for name, text in JUMPS.items()}
    files |= {f"{name}-check-0": encode(text, claim, evidence) for name, text in UNDEFINED.items()}
    for name, (text, growth) in GROWTHS.items():
        files[f"{name}-check-2"] = encode(text, claim, replace(evidence, growth=growth))
    return files


def _moments() -> tuple[Files, Files, Files]:
    evidence = moment.Evidence("integral", 64)
    anything = moment.Claim(2, 2, _ONE, _ANY)
    claim = proved("tanh", anything, evidence)
    shifted = replace(claim, value=Interval(claim.value.upper + Fraction(1, 10**30), _EIGHT))
    false_growth = replace(evidence, growth=AssumedGrowth(_ONE, Fraction(0), 0, _ONE))
    good = encode("tanh", claim, evidence)
    first = moment.Claim(1, 0, _ONE, _ANY)
    honest = {
        "tanh": good,
        "tanh-trapezoid": encode("tanh", anything, replace(evidence, quadrature="trapezoid")),
        "relu-taylor": encode(
            "relu", moment.Claim(1, 2, _ONE, interval("1/3", 1)), replace(evidence, quadrature="taylor")
        ),
        "quadratic-exact": encode(
            "quadratic", moment.Claim(2, 2, _ONE, interval(12, 12)), moment.Evidence("exact", 53)
        ),
        "gelu": encode("gelu", proved("gelu", anything, evidence), evidence),
    }
    false = _false_everywhere(first, evidence) | {
        "assumed-growth-of-exp-check-2": encode("exp(z^2)", moment.Claim(2, 0, _ONE, _ANY), false_growth),
        "shifted-interval-check-3": encode("tanh", shifted, evidence),
        "narrower-than-the-ball-check-3": encode("tanh", halved(claim, "value"), evidence),
        "erf-for-erf0-check-3": encode("erf", proved("erf0", first, evidence), evidence),
        "other-sigma-check-3": encode("tanh", replace(claim, sigma=Fraction(2)), evidence),
        "other-power-check-3": encode("tanh", replace(claim, power=4), evidence),
        "odd-moment-not-zero-check-3": encode("tanh", moment.Claim(1, 1, _ONE, interval("1/100", 1)), evidence),
        "exact-value-of-another-order-check-3": encode(
            "quadratic", moment.Claim(2, 4, _ONE, interval(12, 12)), moment.Evidence("exact", 53)
        ),
        "no-exact-form-check-0": encode("tanh", claim, replace(evidence, quadrature="exact")),
        "no-strip-for-a-kink-check-0": encode("relu", first, replace(evidence, quadrature="trapezoid")),
    }
    none = {
        "float": good.replace(b'"sigma": "1"', b'"sigma": 1.0'),
        "negative-sigma": good.replace(b'"sigma": "1"', b'"sigma": "-1"'),
        "too-precise": good.replace(b'"bits": "64"', b'"bits": "4097"'),
    }
    return honest, false, broken(good) | none


def _rhos() -> tuple[Files, Files, Files]:
    evidence, exact = rho.Evidence("integral", 64), rho.Evidence("exact", 53)
    anything = rho.Claim(_ONE, _ANY, _ANY, _ANY, _ANY, (1, 2, 3))
    claim = proved("tanh", anything, evidence)
    zero = interval(0, 0)
    sin = replace(anything, third=zero, rho=zero, active=(3,))
    positive = interval("1/1000000", 1)
    good = encode("tanh", claim, evidence)
    honest = {
        "tanh": good,
        "sin-at-one": encode("sin", sin, exact),
        "gelu": encode("gelu", proved("gelu", anything, evidence), evidence),
        "relu": encode("relu", proved("relu", anything, evidence), evidence),
        "softplus-trapezoid": encode("softplus", anything, replace(evidence, quadrature="trapezoid")),
    }
    false = _false_everywhere(anything, evidence) | {
        "sin-at-one-by-a-ball-check-3": encode("sin", sin, evidence),
        "quadratic-as-printed-check-3": encode("quadratic", replace(anything, rho=zero), exact),
        "linear-positive-check-3": encode("identity", replace(anything, rho=positive), exact),
        "other-active-term-check-3": encode("tanh", replace(claim, active=(1,)), evidence),
        "other-sigma-check-3": encode("tanh", replace(claim, sigma=Fraction(2)), evidence),
        "sigmoid-as-tanh-check-3": encode("sigmoid", claim, evidence),
    }
    false |= {
        f"{name}-narrower-than-the-ball-check-3": encode("tanh", halved(claim, name), evidence)
        for name in ("first", "second", "third", "rho")
    }
    return honest, false, broken(good) | {"no-active-term": good.replace(b'"active": [', b'"active": [], "active_": [')}


def _tensors() -> tuple[Files, Files, Files]:
    evidence = tensor.Evidence("integral", 64)
    anything = tensor.Claim(_ONE, _ANY, _ANY, _ANY, _ANY)
    claim = proved("relu", tensor.Claim(_ONE, third=_ANY, degree=1, vacuous=("third",)), evidence)
    good = encode("relu", claim, evidence)
    mish = proved("mish", tensor.Claim(_ONE, third=_ANY), evidence)
    whole = proved("mish", anything, evidence)
    below = replace(mish.third, upper=mish.third.lower)
    false = _false_everywhere(tensor.Claim(_ONE, mean_slope=_ANY), evidence) | {
        "squared-relu-degree-one-check-3": encode("squared_relu", tensor.Claim(_ONE, degree=1), evidence),
        "tanh-homogeneous-check-3": encode("tanh", tensor.Claim(_ONE, degree=1), evidence),
        "tanh-vacuous-check-4": encode("tanh", tensor.Claim(_ONE, vacuous=("third",)), evidence),
        "softplus-fourth-vacuous-check-4": encode("softplus", tensor.Claim(_ONE, vacuous=("fourth",)), evidence),
        "zero-at-one-sigma-check-4": encode("z^5-10*z^3", tensor.Claim(_ONE, vacuous=("third",)), evidence),
        "lower-end-alone-check-5": encode("mish", tensor.Claim(_ONE, third=below), evidence),
        "slope-for-curvature-check-5": encode("mish", tensor.Claim(_ONE, mean_curvature=whole.mean_slope), evidence),
        "other-sigma-check-5": encode("mish", replace(whole, sigma=Fraction(2)), evidence),
    }
    false |= {
        f"{name.replace('_', '-')}-narrower-than-the-ball-check-5": encode("mish", halved(whole, name), evidence)
        for name in ("mean_slope", "mean_curvature", "fourth")
    }
    honest = {
        "relu": good,
        "mish": encode("mish", mish, evidence),
        "mish-all-four": encode("mish", whole, evidence),
        "tanh-fourth-vacuous": encode("tanh", tensor.Claim(_ONE, vacuous=("fourth",)), evidence),
        "squared-relu": encode("squared_relu", tensor.Claim(_ONE, third=interval("1/2", 1), degree=2), evidence),
    }
    none = {"twice-the-same": good.replace(b'"vacuous": [\n      "third"', b'"vacuous": [\n      "third", "third"')}
    return honest, false, broken(good) | none


def _hessians() -> tuple[Files, Files, Files]:
    evidence, exact = hessian.Evidence("integral", 64), hessian.Evidence("exact", 53)
    weights = (_ONE, Fraction(-1, 2))
    anything = hessian.Claim(_ONE, weights, 3, Fraction(0))
    claim = proved("gelu", anything, evidence)
    good = encode("gelu", claim, evidence)
    positive = replace(anything, curvature=Fraction(1, 10**6))
    honest = {"gelu": good, "quadratic-exact": encode("quadratic", replace(anything, curvature=Fraction(0)), exact)}
    honest |= {name: encode(name, proved(name, anything, evidence), evidence) for name in ("relu", "tanh", "softplus")}
    false = _false_everywhere(anything, evidence) | {
        "sharper-than-proved-check-3": encode("gelu", replace(claim, curvature=claim.curvature * 2), evidence),
        "dead-neuron-check-3": encode("gelu", replace(claim, outer_weights=(_ONE, Fraction(0))), evidence),
        "linear-check-3": encode("identity", claim, evidence),
        "quadratic-check-3": encode("quadratic", positive, exact),
        "other-sigma-check-3": encode("gelu", replace(claim, sigma=Fraction(1, 10)), evidence),
        "smaller-weight-check-3": encode("gelu", replace(claim, outer_weights=(_ONE, Fraction(1, 4))), evidence),
        "sigmoid-as-gelu-check-3": encode("sigmoid", claim, evidence),
        "no-exact-form-check-0": encode("gelu", claim, exact),
    }
    too_small = good.replace(b'"dimension": "3"', b'"dimension": "1"')
    return honest, false, broken(good) | {"too-many-neurons": too_small}


_KINDS = {
    "gaussian-moment": _moments,
    "zhong-rho": _rhos,
    "tensor-constant": _tensors,
    "orthogonal-population-convexity": _hessians,
}


def corpus() -> Iterator[tuple[str, str, Iterator[tuple[str, bytes]]]]:
    """(folder, kind, files) of every part."""
    for kind, make in _KINDS.items():
        for folder, files in zip(("accepted", "rejected", "malformed"), make(), strict=True):
            yield folder, kind, iter(files.items())
