"""Parts of the corpus that every kind has: files that are no certificates, and networks of another form."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np

from certificates import Dense, Network, decide
from certificates.expression import parse_activation
from tests.support.certificates import certificate_bytes

__all__ = [
    "bent_files",
    "encoded",
    "generator",
    "malformed_files",
    "other_files",
    "parts",
    "proposed",
    "stronger_files",
]

Files = dict[str, bytes]


def malformed_files(good: bytes) -> dict[str, bytes]:
    """What is no certificate, made from an honest file of any kind: name to bytes."""
    kind = json.loads(good)["kind"].encode()

    def without(key: str) -> Callable[[dict[str, Any]], Any]:
        return lambda top: top.pop(key)

    def setting(value: Any, *path: str) -> Callable[[dict[str, Any]], Any]:
        return lambda top: _set(top, path, value)

    bent = {
        "evidence-missing": without("evidence"),
        "claim-missing": without("claim"),
        "other-format": setting("gradcert/2", "format"),
        "kind-is-a-number": setting(1, "kind"),
        "claim-is-a-list": setting([], "claim"),
        "evidence-is-null": setting(None, "evidence"),
        "unknown-field-of-the-claim": setting("1", "claim", "certified"),
        "unknown-field-of-the-evidence": setting("1", "evidence", "verdict"),
        "unknown-field-of-the-file": setting("accepted", "outcome"),
        "problem-of-another-type": setting("matrix", "problem", "type"),
        "provenance-with-a-number": setting({"steps": 5}, "provenance"),
    }
    files = {name: _bent(good, bend) for name, bend in bent.items()}
    files["truncated"] = good[: len(good) // 2]
    files["byte-order-mark"] = b"\xef\xbb\xbf" + good
    files["two-documents"] = good + good
    files["kind-twice"] = good.replace(b'"kind": "' + kind, b'"kind": "' + kind + b'", "kind": "' + kind, 1)
    files["not-utf-8"] = good.replace(kind, b"\xff" + kind, 1)
    return files


def _set(top: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    for key in path[:-1]:
        top = top[key]
    top[path[-1]] = value


def _bent(good: bytes, bend: Callable[[dict[str, Any]], Any]) -> bytes:
    top = json.loads(good)
    bend(top)
    return json.dumps(top, indent=1).encode()


def _other_networks(network: Network, check: int = 1) -> dict[str, Network]:
    """Networks about which the rules of quadratic units say nothing; the name ends in the check that says so."""
    hidden, outer = network.layers
    units = len(hidden.weight)
    smooth = replace(network, activations=(parse_activation("tanh"),))
    biased = replace(network, layers=(replace(hidden, bias=np.full(units, 0.25)), outer))
    offset = replace(network, layers=(hidden, replace(outer, bias=np.array([0.5]))))
    frozen = replace(network, layers=(replace(hidden, trained=False), replace(outer, trained=True)))
    between = Dense(np.eye(units), None, False)
    teacher = network.teacher
    if teacher is not None:
        teacher = teacher[0], Dense(np.eye(len(teacher[0].weight)), None, False), teacher[1]
    deep = replace(network, layers=(hidden, between, outer), activations=network.activations * 2, teacher=teacher)
    named = {
        "units-of-tanh": smooth,
        "hidden-biases": biased,
        "an-outer-bias": offset,
        "outer-layer-trained-alone": frozen,
        "two-hidden-layers": deep,
    }
    return {f"{name}-check-{check}": other for name, other in named.items()}


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


def proposed(propose: Any, network: Any, *args: Any, **options: Any) -> tuple[Any, Any, Any]:
    found = propose(network, *args, **options)
    if found.claim is None:
        raise SystemExit(f"{propose.__module__}: {found.verdict.explanation()}")
    return network, found.claim, found.evidence


def stronger_files(problem: Any, claim: Any, evidence: Any, check: int) -> Files:
    """Each number of the claim a thousandth stronger than what this evidence proves."""
    proved = decide(claim, evidence, problem).proved
    return {
        f"stronger-{name}-check-{check}": certificate_bytes(problem, each, evidence)
        for name, each in _stronger_claims(proved)
    }


def other_files(network: Network, claim: Any, evidence: Any) -> Files:
    return {name: certificate_bytes(other, claim, evidence) for name, other in _other_networks(network).items()}


def generator(seed: int) -> np.random.Generator:
    return np.random.default_rng(seed)


def encoded(found: dict[str, tuple[Any, Any, Any]]) -> Files:
    return {name: certificate_bytes(*parts) for name, parts in found.items()}


def bent_files(network: Network, claim: Any, evidence: Any, check: int) -> Files:
    """Claims that are too strong, refused by this check, and claims about networks of another form."""
    return stronger_files(network, claim, evidence, check) | other_files(network, claim, evidence)


def parts(
    kinds: dict[str, Callable[[], tuple[Files, Files]]],
) -> Iterator[tuple[str, str, Iterator[tuple[str, bytes]]]]:
    """(folder, kind, files) of honest and false files by kind, and of what is malformed about the first honest one."""
    for kind, make in kinds.items():
        honest, false = make()
        broken = malformed_files(next(iter(honest.values())))
        for folder, files in (("accepted", honest), ("rejected", false), ("malformed", broken)):
            yield folder, kind, iter(files.items())
