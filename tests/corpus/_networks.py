"""What the kinds about networks share: found evidence, claims that are too strong, networks of another form."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np

from certificates import Dense, Network, decide
from certificates.expression import parse_activation
from tests.corpus._case import Bent, Honest

__all__ = ["honest", "of_other_form", "proposed", "stronger", "with_outer"]

Parts = tuple[Any, Any, Any]


def proposed(propose: Any, subject: Any, *args: Any, **options: Any) -> Parts:
    """Subject, claim and evidence, found by a search."""
    found = propose(subject, *args, **options)
    if found.claim is None:
        raise SystemExit(f"{propose.__module__}: {found.verdict.explanation()}")
    return subject, found.claim, found.evidence


def honest(found: dict[str, Parts]) -> Iterator[Honest]:
    """What was found, by name."""
    for name, parts in found.items():
        yield Honest(name, *parts)


def with_outer(network: Network, outer: list[float], *, trained: bool = False) -> Network:
    """The same inputs and labels with other outer weights."""
    hidden = network.layers[0]
    weight = np.resize(hidden.weight, (len(outer), hidden.weight.shape[1]))
    return replace(network, layers=(Dense(weight, None, True), Dense(np.array([outer]), None, trained)))


def stronger(subject: Any, claim: Any, evidence: Any, check: int) -> Iterator[Bent]:
    """Each number of the claim a thousandth stronger than what this evidence proves."""
    proved = decide(claim, evidence, subject).proved
    theorem = "a number a thousandth stronger than its evidence proves"
    for name, each in _stronger_claims(proved):
        yield Bent(f"stronger-{name}", check, theorem, subject, each, evidence)


def _stronger_claims(proved: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """(field, the claim with that number a thousandth stronger): more than the last bits of any arithmetic."""
    for spec in fields(proved):
        value, weaker = getattr(proved, spec.name), spec.metadata.get("weaker")
        name = prefix + spec.name.replace("_", "-")
        if is_dataclass(value):
            inner = _stronger_claims(value, f"{name}-")
            yield from ((where, replace(proved, **{spec.name: each})) for where, each in inner)
        elif weaker in ("larger", "smaller") and value:
            share = Fraction(1023 if weaker == "larger" else 1025, 1024)
            moved = value - 1 if isinstance(value, int) else type(value)(Fraction(value) * share)
            yield name, replace(proved, **{spec.name: moved})


def of_other_form(network: Network, claim: Any, evidence: Any) -> Iterator[Bent]:
    """Networks about which the rules of quadratic units say nothing."""
    hidden, outer = network.layers
    units = len(hidden.weight)
    smooth = replace(network, activations=(parse_activation("tanh"),))
    biased = replace(network, layers=(replace(hidden, bias=np.full(units, 0.25)), outer))
    offset = replace(network, layers=(hidden, replace(outer, bias=np.array([0.5]))))
    frozen = replace(network, layers=(replace(hidden, trained=False), replace(outer, trained=True)))
    for name, theorem, other in (
        ("units-of-tanh", "formulas of quadratic units hold for tanh", smooth),
        ("hidden-biases", "formulas without biases hold with them", biased),
        ("an-outer-bias", "formulas without biases hold with them", offset),
        ("outer-layer-trained-alone", "a statement about the first layer is one about the second", frozen),
        ("two-hidden-layers", "one hidden layer is two", _deep(network)),
    ):
        yield Bent(name, 1, theorem, other, claim, evidence)


def _deep(network: Network) -> Network:
    hidden, outer = network.layers
    between = Dense(np.eye(len(hidden.weight)), None, False)
    teacher = network.teacher
    if teacher is not None:
        teacher = teacher[0], Dense(np.eye(len(teacher[0].weight)), None, False), teacher[1]
    return replace(network, layers=(hidden, between, outer), activations=network.activations * 2, teacher=teacher)
