"""What the kinds about activations share: slack, what none of them may accept, and files that are no certificates."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace
from fractions import Fraction
from typing import Any

from certificates import Accepted
from certificates.language.parts import AssumedGrowth, Interval
from tests.corpus._case import Bent, Malformed
from tests.support.activations import judge

__all__ = ["GROWTHS", "JUMPS", "REFUTED", "broken", "false_everywhere", "halved", "proved"]

_SLACK = Fraction(1, 2**40)
_ZERO = Fraction(0)

# False in every kind that rests on a continuous φ; the last jumps by what no decimal of a slope shows.
JUMPS = {
    "jump": "piecewise(0, 0, 1)",
    "jump-behind-a-kink": "piecewise(0, 0, z, 1, z+1)",
    "jump-of-1e-40": "piecewise(z, 1, z+1/10^40)",
}
# False in every kind that integrates: no function on the whole line, or no moments.
UNDEFINED = {
    "pole": ("z²/z is the identity, also where it is no number", "z^2/z"),
    "logarithm-undefined": (
        "z + log(30 − z) − log(30 − z) is the identity, also where it is no number",
        "z+log(30-z)-log(30-z)",
    ),
    "growth-of-exp-not-assumed": ("every slope is bounded by a power", "exp(z)"),
}
REFUTED = (
    "E[φ'(σz)²] of a φ' ~ 2z²e^{z²} is finite, by an assumption that its own expansion refutes "
    "(accepted, conditionally, while one side was unknown)"
)
# What an assumption may not say, with what contradicts it.
GROWTHS = {
    "previous-bug-08-assumed-growth-refuted-on-the-right": (
        REFUTED,
        "piecewise(2*z+sin(log(1+z^2))/9, 0, exp(z^2)*z)",
        AssumedGrowth(Fraction(1000), _ZERO, 0, Fraction(8)),
    ),
    "assumed-growth-below-the-limit-of-the-slope": (
        "a slope that tends to 5 stays below 4",
        "5*z+tanh(sin(z)*exp(z-20))",
        AssumedGrowth(Fraction(4), _ZERO, 0, Fraction(8)),
    ),
    "assumed-growth-false-at-sixteen": (
        "3cos(16) is between −1 and 1",
        "tanh(sin(z)*exp(z-20))+3*sin(z)",
        AssumedGrowth(Fraction(1), _ZERO, 0, Fraction(8)),
    ),
}


def false_everywhere(claim: Any, evidence: Any) -> Iterator[Bent]:
    """Jumps, formulas that are not defined, assumptions that are false."""
    for name, text in JUMPS.items():
        yield Bent(
            name, 1, "Stein's identity holds for a φ that jumps: the mean slope of a step is 0", text, claim, evidence
        )
    for name, (theorem, text) in UNDEFINED.items():
        yield Bent(name, 0, theorem, text, claim, evidence)
    for name, (theorem, text, growth) in GROWTHS.items():
        yield Bent(name, 2, theorem, text, claim, replace(evidence, growth=growth))


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


def proved(text: str, claim: Any, evidence: Any) -> Any:
    """The claim with its intervals and bounds as sharp as the evidence has them."""
    verdict = judge(text, claim, evidence)
    if not isinstance(verdict, Accepted):
        raise SystemExit(f"{text} {claim}: {verdict.explanation()}")
    return _with_slack(verdict.proved)


def halved(claim: Any, name: str) -> Any:
    """The claim with one interval cut at its middle: narrower than what is known."""
    value: Interval = getattr(claim, name)
    return replace(claim, **{name: Interval(value.lower, (value.lower + value.upper) / 2)})


def broken(good: bytes) -> Iterator[Malformed]:
    """An honest file made into ten that are none."""
    files = {
        "truncated": good[: len(good) // 2],
        "duplicate-key": good.replace(b'"kind"', b'"format": "gradcert/1",\n  "kind"', 1),
        "unknown-kind": good.replace(b'"kind": "', b'"kind": "un', 1),
        "unknown-key-of-the-claim": good.replace(b'"claim": {', b'"claim": {\n    "status": "accepted",', 1),
        "unknown-key-of-the-evidence": good.replace(b'"evidence": {', b'"evidence": {\n    "trusted": "yes",', 1),
        "number-token": good.replace(b'"evidence": {', b'"evidence": {\n    "weight": 0.5,', 1),
        "other-spelling-of-the-activation": good.replace(b'"expression": "', b'"expression": " ', 1),
        "unknown-activation": good.replace(b'"expression": "', b'"expression": "unknown', 1),
        "other-type-of-subject": good.replace(b'"type": "activation"', b'"type": "network"', 1),
        "hash-beside-the-activation": good.replace(b'"expression"', b'"sha256": "00", "expression"', 1),
    }
    for name, data in files.items():
        yield Malformed(name, data)
