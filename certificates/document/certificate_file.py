"""Certificate files: JSON with canonical values.

Top level ``format``, ``kind``, ``problem``, ``claim``, ``evidence``, ``provenance``. ``problem`` names the subject:
``{"type": "network", "sha256", "path"}`` or ``{"type", "sha256", "embedded"}`` (base64 of the same bytes, at most
1 MiB), ``{"type": "activation", "expression"}`` with the activation's canonical text, and
``{"type": "polynomial", "variables", "squares"}``. Other types are foreseen by the format and refused by this version.
Whitespace and key order are free when reading; the tool writes one layout.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from certificates.claims import KINDS
from certificates.document.codec import read_record, require_keys, write_record
from certificates.document.files import require_hash, sha256_hex
from certificates.document.strict_json import MAX_BYTES, parse_json
from certificates.errors import MalformedCertificate, MalformedExpression, MalformedProblem, within_memory
from certificates.expression import Activation, parse_activation
from certificates.polynomial import PolynomialProblem
from certificates.problem import SUBJECT_TYPES, ActivationProblem, Network

__all__ = [
    "CERTIFICATE_LIMIT",
    "Certificate",
    "ProblemReference",
    "content_sha256",
    "decode_certificate",
    "encode_certificate",
]

CERTIFICATE_FORMAT = "gradcert/1"
CERTIFICATE_LIMIT = MAX_BYTES
EMBEDDED_LIMIT = 2**20

_TOP = {"format", "kind", "problem", "claim", "evidence", "provenance"}
_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)
_MAX_PROVENANCE = 32
_MAX_TEXT = 200


@dataclass(frozen=True)
class ProblemReference:
    """The subject of a claim: by hash and hint, embedded, or inline.

    The hash of an inline subject is that of its text: the expression, or the polynomial's record as compact JSON.
    """

    type: str
    sha256: str
    path: str | None = None
    embedded: bytes | None = None
    expression: str | None = None
    polynomial: PolynomialProblem | None = None

    @property
    def inline(self) -> bool:
        """Whether the certificate itself holds the subject, and no file is needed."""
        return self.expression is not None or self.polynomial is not None

    @classmethod
    def of_activation(cls, activation: Activation) -> ProblemReference:
        """An activation, inline."""
        return cls(ActivationProblem.type, sha256_hex(activation.text.encode()), expression=activation.text)

    @classmethod
    def of_polynomial(cls, polynomial: PolynomialProblem) -> ProblemReference:
        """A polynomial loss, inline."""
        text = json.dumps(write_record(polynomial), separators=(",", ":"), ensure_ascii=True)
        return cls(PolynomialProblem.type, sha256_hex(text.encode("ascii")), polynomial=polynomial)


@dataclass(frozen=True)
class Certificate:
    """A parsed certificate: claim and evidence, no verdict."""

    kind: str
    problem: ProblemReference
    claim: Any
    evidence: Any
    provenance: Mapping[str, str]


@within_memory("certificate")
def decode_certificate(data: bytes) -> Certificate:
    """Parse a certificate file.

    Raises
    ------
    MalformedCertificate
        With the key path as place.
    OutOfMemory
        Memory, or the stack, does not suffice to read it.
    """
    top = parse_json(data)
    require_keys(top, "$", _TOP, _TOP)
    if top["format"] != CERTIFICATE_FORMAT:
        raise MalformedCertificate(f"expected {CERTIFICATE_FORMAT}, got {ascii(top['format'])[:60]}", place="format")
    kind = top["kind"]
    if not isinstance(kind, str) or kind not in KINDS:
        raise MalformedCertificate(
            f"unknown kind {ascii(kind)[:60]}", place="kind", remedy=f"this version knows {', '.join(KINDS)}"
        )
    claim = read_record(KINDS[kind].Claim, top["claim"], "claim")
    if getattr(claim, "origin", None) is not None:
        _check_path(claim.origin.path, "claim.origin.path")
        _check_sha256(claim.origin.sha256, "claim.origin.sha256")
    return Certificate(
        kind=kind,
        problem=_read_reference(top["problem"], KINDS[kind].Claim.subject),
        claim=claim,
        evidence=read_record(KINDS[kind].Evidence, top["evidence"], "evidence"),
        provenance=_read_provenance(top["provenance"]),
    )


def encode_certificate(certificate: Certificate) -> bytes:
    """The one layout the tool writes; reading it back gives the same certificate, or nothing is returned."""
    data = _layout(certificate, with_provenance=True)
    if decode_certificate(data) != certificate:
        raise MalformedCertificate("what is written would read back differently", place="$")
    return data


def content_sha256(certificate: Certificate) -> str:
    """The hash of the tool's layout without ``provenance``."""
    return sha256_hex(_layout(certificate, with_provenance=False))


def _layout(certificate: Certificate, *, with_provenance: bool) -> bytes:
    reference = certificate.problem
    problem: dict[str, Any] = {"type": reference.type}
    if reference.polynomial is not None:
        problem |= write_record(reference.polynomial)
    elif reference.expression is not None:
        problem["expression"] = reference.expression
    else:
        problem["sha256"] = reference.sha256
    if reference.embedded is not None:
        problem["embedded"] = base64.b64encode(reference.embedded).decode("ascii")
    elif reference.path is not None:
        problem["path"] = reference.path
    top: dict[str, Any] = {
        "format": CERTIFICATE_FORMAT,
        "kind": certificate.kind,
        "problem": problem,
        "claim": write_record(certificate.claim),
        "evidence": write_record(certificate.evidence),
    }
    if with_provenance:
        top["provenance"] = dict(certificate.provenance)
    return (json.dumps(top, indent=2, ensure_ascii=True) + "\n").encode("ascii")


def _read_reference(value: Any, subject: str) -> ProblemReference:
    if isinstance(value, dict) and value.get("type") == PolynomialProblem.type == subject:
        return _read_polynomial(value)
    require_keys(value, "problem", {"type"}, {"type", "sha256", "path", "embedded", "expression"})
    if not all(isinstance(item, str) for item in value.values()):
        raise MalformedCertificate("expected strings", place="problem")
    if value["type"] not in SUBJECT_TYPES:
        raise MalformedCertificate(f"unknown type {ascii(value['type'])[:60]}", place="problem.type")
    if value["type"] == ActivationProblem.type == subject:
        return _read_activation(value)
    require_keys(value, "problem", {"type", "sha256"}, {"type", "sha256", "path", "embedded"})
    if value["type"] != Network.type or value["type"] != subject:
        raise MalformedCertificate(
            f"a claim of this kind about a subject of type {value['type']} is not supported by this version",
            place="problem.type",
        )
    _check_sha256(value["sha256"], "problem.sha256")
    if ("path" in value) == ("embedded" in value):
        raise MalformedCertificate("expected either a path or embedded bytes", place="problem")
    if "path" in value:
        _check_path(value["path"], "problem.path")
    embedded = _embedded(value.get("embedded"))
    if embedded is not None:
        require_hash(embedded, value["sha256"], "problem")
    return ProblemReference(value["type"], value["sha256"], value.get("path"), embedded)


def _read_activation(value: dict[str, str]) -> ProblemReference:
    require_keys(value, "problem", {"type", "expression"}, {"type", "expression"})
    try:
        activation = parse_activation(value["expression"])
    except MalformedExpression as error:
        where = f"problem.expression, {error.place}"
        raise MalformedCertificate(error.what, place=where, remedy=error.remedy) from error
    if activation.text != value["expression"]:
        raise MalformedCertificate(
            f"{ascii(value['expression'])[:60]} is not the canonical spelling {activation.text[:60]}",
            place="problem.expression",
        )
    return ProblemReference.of_activation(activation)


def _read_polynomial(value: dict[str, Any]) -> ProblemReference:
    record = {key: item for key, item in value.items() if key != "type"}
    try:
        polynomial: PolynomialProblem = read_record(PolynomialProblem, record, "problem")
    except MalformedProblem as error:
        raise MalformedCertificate(error.what, place=f"problem.{error.place}", remedy=error.remedy) from error
    return ProblemReference.of_polynomial(polynomial)


def _embedded(text: str | None) -> bytes | None:
    if text is None:
        return None
    if len(text) > EMBEDDED_LIMIT * 4 // 3 + 4:
        raise MalformedCertificate(f"more than {EMBEDDED_LIMIT} embedded bytes", place="problem.embedded")
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError) as error:
        raise MalformedCertificate("is not base64", place="problem.embedded") from error
    if base64.b64encode(data).decode("ascii") != text:
        raise MalformedCertificate("is not canonical base64", place="problem.embedded")
    return data


def _check_sha256(text: str, place: str) -> None:
    if _SHA256.fullmatch(text) is None:
        raise MalformedCertificate("expected 64 lowercase hexadecimal digits", place=place)


def _check_path(text: str, place: str) -> None:
    parts = text.split("/")
    if not text or len(text) > _MAX_TEXT or not text.isprintable() or "\\" in text or ":" in text:
        raise MalformedCertificate("expected a short printable relative path", place=place)
    if any(part in ("", ".", "..") for part in parts):
        raise MalformedCertificate(
            f"{text!a} is absolute or leaves the certificate's folder",
            place=place,
            remedy="paths are relative, without '..'",
        )


def _read_provenance(value: Any) -> dict[str, str]:
    if not isinstance(value, dict) or len(value) > _MAX_PROVENANCE:
        raise MalformedCertificate(f"expected an object of at most {_MAX_PROVENANCE} strings", place="provenance")
    for key, text in value.items():
        if not isinstance(text, str) or not all(t.isprintable() and len(t) <= _MAX_TEXT for t in (key, text)):
            raise MalformedCertificate("expected short printable strings", place="provenance")
    return dict(value)
