"""What holds for every kind of the list, on the honest certificates of its corpus."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import fields, is_dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from certificates import Accepted, check, check_bytes
from certificates.certificate import content_sha256, decode_certificate, encode_certificate
from certificates.errors import Malformed
from certificates.kinds import KINDS, find

ACCEPTED = Path(__file__).resolve().parents[1] / "corpus" / "accepted"
HARDLY = Fraction(1, 2**300)


def _files(kind: str) -> list[Path]:
    return sorted((ACCEPTED / kind).glob("*.cert.json"))


def _beyond(value: Any, weaker: str) -> Any:
    """The nearest value on the stronger side that a file can hold; for a rational, one next to it."""
    sign = -1 if weaker == "larger" else 1
    if weaker == "superset":
        return value[1:]
    if isinstance(value, float):
        return math.nextafter(value, sign * math.inf)
    if isinstance(value, Fraction):
        return value + sign * HARDLY * (abs(value) or 1)
    return value + sign


def _stronger(proved: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """(number, the claim with that number stronger) for every number of a claim, within its parts too."""
    for spec in fields(proved):
        value, weaker = getattr(proved, spec.name), spec.metadata.get("weaker")
        if is_dataclass(value):
            parts = _stronger(value, f"{prefix}{spec.name}.")
        else:
            parts = [(prefix + spec.name, _beyond(value, weaker))] if weaker and value not in (None, ()) else []
        for name, part in parts:
            with suppress(Malformed):  # a point is no wider than another: its ends cannot be moved
                yield name, replace(proved, **{spec.name: part})


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_proved_is_accepted_and_nothing_an_ulp_stronger(kind):
    """In a file, as a stranger would forge it; a claim without a number has nothing to forge."""
    for path in _files(kind):
        certificate, verdict = decode_certificate(path.read_bytes()), check(path)
        assert isinstance(check_bytes(encode_certificate(replace(certificate, claim=verdict.proved))), Accepted)
        forged = dict(_stronger(verdict.proved))
        for name, claim in forged.items():
            assert not isinstance(check_bytes(encode_certificate(replace(certificate, claim=claim))), Accepted), name
        if forged:
            return
    assert not any("weaker" in spec.metadata for spec in fields(find(kind).claim))


@pytest.mark.parametrize("kind", KINDS)
def test_every_file_reads_back_as_it_was_written(kind):
    for path in _files(kind):
        certificate = decode_certificate(path.read_bytes())
        assert encode_certificate(certificate) == path.read_bytes()
        noted = replace(certificate, provenance={"by": "a test"})
        assert decode_certificate(encode_certificate(noted)) == noted
        assert content_sha256(noted) == content_sha256(certificate)
