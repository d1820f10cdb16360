"""The envelope of a certificate file: JSON with canonical values, read and laid out without knowing any kind.

Top level ``format``, ``kind``, ``problem``, ``claim``, ``evidence``, ``provenance``. ``problem`` names the subject:
``{"type": "network", "sha256", "path"}`` or ``{"type", "sha256", "embedded"}`` (base64 of the same bytes, at most
1 MiB), ``{"type": "activation", "expression"}`` with the activation's canonical text,
``{"type": "polynomial", "variables", "squares"}``, and ``{"type": "population", "activation", "teacher"}``, perhaps
with a ``student``. Other types are foreseen by the format and refused by this version.
Whitespace and key order are free when reading; the tool writes one layout.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from certificates.document.codec import read_record, require_keys, write_record
from certificates.document.files import require_hash, sha256_hex
from certificates.document.population import read_canonical_activation, read_population, write_population
from certificates.document.strict_json import MAX_BYTES, parse_json
from certificates.errors import MalformedCertificate, MalformedProblem
from certificates.expression import Activation
from certificates.subjects import SUBJECT_TYPES, ActivationProblem, Network, PolynomialProblem, PopulationProblem

__all__ = [
    "CERTIFICATE_LIMIT",
    "Envelope",
    "ProblemReference",
    "lay_out",
    "open_envelope",
    "require_relative_path",
    "require_sha256",
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

    The hash of an inline subject is that of its text: the expression, or its record as compact JSON.
    """

    type: str
    sha256: str
    path: str | None = None
    embedded: bytes | None = field(default=None, repr=False)
    expression: str | None = None
    record: PolynomialProblem | PopulationProblem | None = None

    @property
    def inline(self) -> bool:
        """Whether the certificate itself holds the subject, and no file is needed."""
        return self.expression is not None or self.record is not None

    @classmethod
    def of_activation(cls, activation: Activation) -> ProblemReference:
        """An activation, inline."""
        return cls(ActivationProblem.type, sha256_hex(activation.text.encode()), expression=activation.text)

    @classmethod
    def of_record(cls, problem: PolynomialProblem | PopulationProblem) -> ProblemReference:
        """A polynomial loss or a population, inline."""
        text = json.dumps(_written(problem), separators=(",", ":"), ensure_ascii=True)
        return cls(problem.type, sha256_hex(text.encode("ascii")), record=problem)


@dataclass(frozen=True)
class Envelope:
    """What every certificate file holds: ``claim`` and ``evidence`` are JSON objects, not yet read."""

    kind: object
    problem: ProblemReference
    claim: Any
    evidence: Any
    provenance: Mapping[str, str]


def open_envelope(data: bytes) -> Envelope:
    """Parse the top level of a certificate file.

    Raises
    ------
    MalformedCertificate
        With the key path as place.
    """
    _refuse_tensors(data)
    top = parse_json(data)
    require_keys(top, "$", _TOP, _TOP)
    if top["format"] != CERTIFICATE_FORMAT:
        raise MalformedCertificate(f"expected {CERTIFICATE_FORMAT}, got {ascii(top['format'])[:60]}", place="format")
    return Envelope(
        kind=top["kind"],
        problem=_read_reference(top["problem"]),
        claim=top["claim"],
        evidence=top["evidence"],
        provenance=_read_provenance(top["provenance"]),
    )


def _refuse_tensors(data: bytes) -> None:
    """A safetensors file: the length of a JSON header that it holds, and the header; no JSON text begins like that."""
    if data[8:9] == b"{" and int.from_bytes(data[:8], "little") + 8 <= len(data):
        raise MalformedCertificate(
            "holds tensors: a problem file, and no certificate",
            place="byte 8",
            remedy="`verify certify FILE` proves something about it, `verify problem show FILE` describes it",
        )


def lay_out(envelope: Envelope, *, with_provenance: bool = True) -> bytes:
    """The one layout the tool writes: two spaces, schema order, a final newline."""
    top: dict[str, Any] = {
        "format": CERTIFICATE_FORMAT,
        "kind": envelope.kind,
        "problem": _write_reference(envelope.problem),
        "claim": envelope.claim,
        "evidence": envelope.evidence,
    }
    if with_provenance:
        top["provenance"] = dict(envelope.provenance)
    return (json.dumps(top, indent=2, ensure_ascii=True) + "\n").encode("ascii")


def _write_reference(reference: ProblemReference) -> dict[str, Any]:
    problem: dict[str, Any] = {"type": reference.type}
    if reference.record is not None:
        problem |= _written(reference.record)
    elif reference.expression is not None:
        problem["expression"] = reference.expression
    else:
        problem["sha256"] = reference.sha256
    if reference.embedded is not None:
        problem["embedded"] = base64.b64encode(reference.embedded).decode("ascii")
    elif reference.path is not None:
        problem["path"] = reference.path
    return problem


def _written(problem: PolynomialProblem | PopulationProblem) -> dict[str, Any]:
    return write_population(problem) if isinstance(problem, PopulationProblem) else write_record(problem)


def _read_reference(value: Any) -> ProblemReference:
    if isinstance(value, dict) and value.get("type") in (PolynomialProblem.type, PopulationProblem.type):
        return _read_inline(value)
    require_keys(value, "problem", {"type"}, {"type", "sha256", "path", "embedded", "expression"})
    if not all(isinstance(item, str) for item in value.values()):
        raise MalformedCertificate("expected strings", place="problem")
    if value["type"] == ActivationProblem.type:
        return _read_activation(value)
    if value["type"] != Network.type:
        known = value["type"] in SUBJECT_TYPES
        what = "is not supported by this version" if known else "is no type of subject"
        raise MalformedCertificate(f"{ascii(value['type'])[:60]} {what}", place="problem.type")
    require_keys(value, "problem", {"type", "sha256"}, {"type", "sha256", "path", "embedded"})
    require_sha256(value["sha256"], "problem.sha256")
    if ("path" in value) == ("embedded" in value):
        raise MalformedCertificate("expected either a path or embedded bytes", place="problem")
    if "path" in value:
        require_relative_path(value["path"], "problem.path")
    embedded = _embedded(value.get("embedded"))
    if embedded is not None:
        require_hash(embedded, value["sha256"], "problem")
    return ProblemReference(value["type"], value["sha256"], value.get("path"), embedded)


def _read_activation(value: dict[str, str]) -> ProblemReference:
    require_keys(value, "problem", {"type", "expression"}, {"type", "expression"})
    return ProblemReference.of_activation(read_canonical_activation(value["expression"], "problem.expression"))


def _read_inline(value: dict[str, Any]) -> ProblemReference:
    record = {key: item for key, item in value.items() if key != "type"}
    if value["type"] == PopulationProblem.type:
        return ProblemReference.of_record(read_population(record, "problem"))
    try:
        polynomial: PolynomialProblem = read_record(PolynomialProblem, record, "problem")
    except MalformedProblem as error:
        raise MalformedCertificate(error.what, place=f"problem.{error.place}", remedy=error.remedy) from error
    return ProblemReference.of_record(polynomial)


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


def require_sha256(text: str, place: str) -> None:
    """Refuse what is no hash."""
    if _SHA256.fullmatch(text) is None:
        raise MalformedCertificate("expected 64 lowercase hexadecimal digits", place=place)


def require_relative_path(text: str, place: str) -> None:
    """Refuse a path that is long, absolute, or leaves the folder."""
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
