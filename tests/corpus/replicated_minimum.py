"""The corpus of ``replicated-minimum``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Any

from certificates.claims.replicated_minimum import Claim, Evidence
from certificates.expression import parse_activation
from tests.corpus._activations import broken
from tests.corpus._case import Bent, Case, Honest, Malformed
from tests.support.replicated import BOTH_BIASES, HIDDEN_BIAS, NEGATIVE, OF_TANH
from verify.proposals.replicated_minimum import YU_CHEN, RepeatedUnit, propose

__all__ = ["cases"]


def _found(point: RepeatedUnit, name: str = "sigmoid") -> tuple[str, Any, Any]:
    found = propose(parse_activation(name), point)
    return name, found.claim, found.evidence


def cases() -> Iterator[Case]:
    """Every file."""
    found = {
        "yu-chen": _found(YU_CHEN),
        "hidden-bias": _found(HIDDEN_BIAS),
        "both-biases": _found(BOTH_BIASES),
        "negative-output-weights": _found(NEGATIVE),
        "tanh": _found(OF_TANH, "tanh"),
    }
    for name, parts in found.items():
        yield Honest(name, *parts)
    _, claim, evidence = found["yu-chen"]
    yield from _other_claims(claim, evidence)
    yield from _other_evidence(claim, evidence)
    yield from _other_residuals()
    good = Honest("", *found["yu-chen"]).data
    yield from broken(good)
    yield Malformed("better-than-nothing", good.replace(b'"better": "0"', b'"better": "-1"'))
    yield Malformed("other-biases", good.replace(b'"biases": "none"', b'"biases": "some"'))
    yield Malformed("half-a-unit", good.replace(b'"better_from": "3"', b'"better_from": "5/2"'))


def _other_claims(claim: Claim, evidence: Evidence) -> Iterator[Bent]:
    for name in ("relu", "erf", "sigmoid(2*z)"):
        yield Bent(f"of-{name[:4]}", 1, "what holds for the sigmoid holds for others", name, claim, evidence)
    y = claim.labels
    for name, check, theorem, changes in (
        ("a-label-is-missing", 2, "a sample needs no label", {"labels": y[:2]}),
        ("a-longer-row", 2, "rows may differ in length", {"inputs": ((1, 2), (2,), (3,))}),
        ("no-output-weights", 2, "zeros have a sign", {"outer": Fraction(0)}),
        ("an-offset-without-bias", 2, "a bias that is not there helps", {"offset": Fraction(1)}),
        ("far-units", 3, "multiples have no end", {"unit": (5_000,)}),
        ("another-label", 4, "labels do not matter", {"labels": (y[0], y[1], y[2] + Fraction(1, 10**30))}),
        ("another-unit", 4, "any unit is critical", {"unit": (2,)}),
        ("other-output-weights", 4, "the residual does not depend on V", {"outer": Fraction(10)}),
        ("an-output-bias", 4, "a bias that is trained changes nothing", {"biases": "output"}),
        ("opposite-sign", 4, "a maximum along g is a minimum", {"outer": Fraction(-9)}),
        ("a-smaller-loss", 7, "the minimum is lower than it is", {"loss": Fraction(12)}),
        ("better-from-two-units", 7, "two units fit three labels", {"better_from": 2}),
    ):
        yield Bent(name, check, theorem, "sigmoid", replace(claim, **changes), evidence)


def _other_evidence(claim: Claim, evidence: Evidence) -> Iterator[Bent]:
    outers = evidence.outers
    for name, check, theorem, changes in (
        ("no-units", 2, "no units are better", {"units": (), "outers": ()}),
        ("a-weight-is-missing", 2, "a unit needs no output weight", {"outers": outers[:2]}),
        ("an-offset", 2, "a bias that is not there helps", {"offset": Fraction(1)}),
        ("the-same-weights", 6, "the minimum is better than itself", {"units": ((1,),), "outers": (Fraction(9),)}),
        ("worse-weights", 6, "every other point is better", {"outers": tuple(100 * v for v in outers)}),
        ("nearly-fitted", 7, "a small loss is none", {"outers": (*outers[:2], outers[2] + Fraction(1, 10**20))}),
    ):
        yield Bent(name, check, theorem, "sigmoid", claim, replace(evidence, **changes))


def _other_residuals() -> Iterator[Bent]:
    """Critical points along which g falls, or does not curve: −e of each minimum, and one input less than it takes."""
    for name, point in (("falls", YU_CHEN), ("falls-with-bias", HIDDEN_BIAS)):
        turned = replace(point, residual=tuple(-e for e in point.residual))
        text, claim, evidence = _found(turned)
        yield Bent(f"g-{name}", 5, "a critical point is a minimum", text, claim, evidence)
    flat = RepeatedUnit(((0,), (0,)), (1,), (1, -1), Fraction(1))
    text, claim, evidence = _found(flat)
    yield Bent("g-does-not-curve", 5, "g ≥ 0 without a second derivative", text, claim, evidence)
