"""Certificates: an envelope whose claim and evidence are read as what its kind says they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from certificates.document.codec import read_record, write_record
from certificates.document.envelope import (
    Envelope,
    ProblemReference,
    lay_out,
    open_envelope,
    require_relative_path,
    require_sha256,
)
from certificates.document.files import sha256_hex
from certificates.errors import MalformedCertificate, within_memory
from certificates.kinds import find
from certificates.language.parts import DataFile, Origin

__all__ = ["Certificate", "content_sha256", "decode_certificate", "encode_certificate"]


@dataclass(frozen=True)
class Certificate:
    """A parsed certificate: claim and evidence, no verdict."""

    kind: str
    problem: ProblemReference
    claim: Any
    evidence: Any
    provenance: Mapping[str, str]

    @property
    def other(self) -> tuple[str, Origin | DataFile] | None:
        """Where the claim names another problem, and which: its own before polishing, or one with other samples."""
        for name in ("origin", "data"):
            named = getattr(self.claim, name, None)
            if isinstance(named, Origin | DataFile):
                return f"claim.{name}", named
        return None

    def __repr__(self) -> str:
        """Kind and subject."""
        return f"Certificate({self.kind}, {self.problem.type} {self.problem.sha256[:12]})"


@within_memory("certificate")
def decode_certificate(data: bytes) -> Certificate:
    """Parse a certificate file; loads its kind and no other.

    Raises
    ------
    MalformedCertificate
        With the key path as place.
    OutOfMemory
        Memory, or the stack, does not suffice to read it.
    """
    envelope = open_envelope(data)
    kind = find(envelope.kind)
    if envelope.problem.type != kind.subject.type:
        raise MalformedCertificate(
            f"{kind.name} is about a subject of type {kind.subject.type}, not {envelope.problem.type}",
            place="problem.type",
        )
    certificate = Certificate(
        kind=kind.name,
        problem=envelope.problem,
        claim=read_record(kind.claim, envelope.claim, "claim"),
        evidence=read_record(kind.evidence, envelope.evidence, "evidence"),
        provenance=envelope.provenance,
    )
    if certificate.other is not None:
        place, named = certificate.other
        require_relative_path(named.path, f"{place}.path")
        require_sha256(named.sha256, f"{place}.sha256")
    return certificate


def encode_certificate(certificate: Certificate) -> bytes:
    """The one layout the tool writes; reading it back gives the same certificate, or nothing is returned."""
    data = lay_out(_envelope(certificate))
    if decode_certificate(data) != certificate:
        raise MalformedCertificate("what is written would read back differently", place="$")
    return data


def content_sha256(certificate: Certificate) -> str:
    """The hash of the tool's layout without ``provenance``."""
    return sha256_hex(lay_out(_envelope(certificate), with_provenance=False))


def _envelope(certificate: Certificate) -> Envelope:
    return Envelope(
        kind=certificate.kind,
        problem=certificate.problem,
        claim=write_record(certificate.claim),
        evidence=write_record(certificate.evidence),
        provenance=certificate.provenance,
    )
