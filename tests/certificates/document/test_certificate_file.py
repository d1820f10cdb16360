"""Certificate files: one layout out, strict reading in."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from certificates.claims import Origin
from certificates.claims.zero_loss_convergence import Claim, Evidence
from certificates.document.certificate_file import (
    Certificate,
    ProblemReference,
    content_sha256,
    decode_certificate,
    encode_certificate,
)
from certificates.errors import MalformedCertificate

FLOATS = st.floats(allow_nan=False, allow_infinity=False)

CERTIFICATE = Certificate(
    kind="zero-loss-convergence",
    problem=ProblemReference("network", "ab" * 32, "net.safetensors"),
    claim=Claim(1.0, 0.5, 0.25, 3.0, Origin("cd" * 32, "given/net.safetensors", 0.125)),
    evidence=Evidence(1.0, 0.5, (0.5, 1.0), 0.1, 9.0, "adjoint"),
    provenance={"gradcert": "0.1.0"},
)


def test_round_trip_is_deterministic():
    data = encode_certificate(CERTIFICATE)
    assert decode_certificate(data) == CERTIFICATE and encode_certificate(decode_certificate(data)) == data
    assert data.endswith(b"}\n") and data.isascii()


def test_layout_and_key_order_are_free_when_reading():
    top = json.loads(encode_certificate(CERTIFICATE))
    shuffled = json.dumps(dict(reversed(list(top.items()))), separators=(",", ":")).encode()
    assert decode_certificate(shuffled) == CERTIFICATE


def test_embedded_problems_round_trip():
    embedded = replace(CERTIFICATE, problem=ProblemReference("network", "ab" * 32, None, b"\x00bytes"))
    assert decode_certificate(encode_certificate(embedded)) == embedded


def test_the_content_hash_ignores_provenance_only():
    other = replace(CERTIFICATE, provenance={"gradcert": "9"})
    assert content_sha256(other) == content_sha256(CERTIFICATE)
    stronger = replace(CERTIFICATE, claim=replace(CERTIFICATE.claim, radius=2.0))
    assert content_sha256(stronger) != content_sha256(CERTIFICATE)


def _edited(path: str, value: object) -> bytes:
    top = json.loads(encode_certificate(CERTIFICATE))
    *parents, last = path.split(".")
    at = top
    for key in parents:
        at = at[key]
    if value is None:
        del at[last]
    else:
        at[last] = value
    return json.dumps(top).encode()


BAD = [
    ("format", "gradcert/2"),
    ("format", None),
    ("kind", "no-such-kind"),
    ("kind", ["zero-loss-convergence"]),
    ("extra", "1"),
    ("claim.radius", None),
    ("claim.extra", "0x1.0000000000000p+0"),
    ("claim.radius", "1.0"),
    ("claim.radius", ["0x1.0000000000000p+0"]),
    ("claim.origin", "somewhere"),
    ("claim.origin.path", "../net.safetensors"),
    ("claim.origin.sha256", "AB" * 32),
    ("evidence.grid", "0x1.0000000000000p+0"),
    ("evidence.grid", ["0x1.0000000000000p+0"] * 4_097),
    ("evidence.curvature", "guessed"),
    ("problem.type", "population"),
    ("problem.type", "planet"),
    ("problem.sha256", "ab" * 31),
    ("problem.path", "/etc/passwd"),
    ("problem.path", "a/../b"),
    ("problem.path", "a//b"),
    ("problem.path", "a\\b"),
    ("problem.path", "c:b"),
    ("problem.path", "a\nb"),
    ("problem.path", ""),
    ("problem.path", None),
    ("problem.embedded", "AAAA"),
    ("provenance.key", ["list"]),
    ("provenance.key", "line\nbreak"),
    ("provenance.key", "x" * 201),
    ("provenance", []),
]


@pytest.mark.parametrize(("path", "value"), BAD)
def test_every_defect_is_malformed_with_a_place(path, value):
    with pytest.raises(MalformedCertificate) as caught:
        decode_certificate(_edited(path, value))
    assert caught.value.place


@pytest.mark.parametrize("text", ["!!!!", "AAA", "AAAB=", "QQ=", "QR==", "A" * (2**21)])
def test_base64_garbage_is_refused(text):
    top = json.loads(encode_certificate(CERTIFICATE))
    del top["problem"]["path"]
    top["problem"]["embedded"] = text
    with pytest.raises(MalformedCertificate, match="embedded"):
        decode_certificate(json.dumps(top).encode())


@pytest.mark.parametrize("path", ["./b", "b/", "a/./b", "\u202eb", "\u00e9" * 201])
def test_other_paths_are_refused(path):
    with pytest.raises(MalformedCertificate, match=r"problem\.path"):
        decode_certificate(_edited("problem.path", path))


@pytest.mark.parametrize("kind", ["activation", "polynomial", "matrix"])
def test_other_subjects_are_foreseen_and_refused(kind):
    with pytest.raises(MalformedCertificate, match="not supported by this version"):
        decode_certificate(_edited("problem.type", kind))


def test_embedded_bytes_are_bounded_exactly():
    def embedded(size: int) -> Certificate:
        return replace(CERTIFICATE, problem=ProblemReference("network", "ab" * 32, None, bytes(size)))

    assert decode_certificate(encode_certificate(embedded(2**20))) == embedded(2**20)
    with pytest.raises(MalformedCertificate, match="embedded"):
        encode_certificate(embedded(2**20 + 6))


@settings(deadline=None)
@given(st.lists(FLOATS, min_size=4, max_size=4), st.lists(FLOATS, min_size=1, max_size=5), st.text(max_size=5))
def test_any_finite_numbers_round_trip(numbers, grid, note):
    evidence = replace(CERTIFICATE.evidence, grid=tuple(grid))
    drawn = replace(CERTIFICATE, claim=Claim(*numbers), evidence=evidence, provenance={"note": ascii(note)})
    data = encode_certificate(drawn)
    assert decode_certificate(data) == drawn and encode_certificate(decode_certificate(data)) == data
