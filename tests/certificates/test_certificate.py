"""Certificate files: one layout out, strict reading in."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from certificates.certificate import Certificate, content_sha256, decode_certificate, encode_certificate
from certificates.claims.zero_loss_convergence import Claim, Evidence
from certificates.document.envelope import ProblemReference
from certificates.document.files import sha256_hex
from certificates.errors import MalformedCertificate
from certificates.language.parts import Origin

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
    embedded = replace(CERTIFICATE, problem=ProblemReference("network", sha256_hex(b"\x00bytes"), None, b"\x00bytes"))
    assert decode_certificate(encode_certificate(embedded)) == embedded


def test_embedded_bytes_have_the_hash_that_is_named():
    embedded = replace(CERTIFICATE, problem=ProblemReference("network", "ab" * 32, None, b"\x00bytes"))
    with pytest.raises(MalformedCertificate) as caught:
        encode_certificate(embedded)
    assert caught.value.place == "problem.sha256"


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


@pytest.mark.parametrize(
    ("kind", "why"),
    [("activation", "is missing"), ("polynomial", "is missing"), ("matrix", "not supported by this version")],
)
def test_other_subjects_are_refused(kind, why):
    with pytest.raises(MalformedCertificate, match=why) as caught:
        decode_certificate(_edited("problem.type", kind))
    assert caught.value.place.startswith("problem")


def test_a_kind_is_about_its_own_subject():
    with pytest.raises(MalformedCertificate, match="subject of type network, not activation"):
        decode_certificate(_edited("problem", {"type": "activation", "expression": "tanh"}))


def test_embedded_bytes_are_bounded_exactly():
    def embedded(size: int) -> Certificate:
        return replace(CERTIFICATE, problem=ProblemReference("network", sha256_hex(bytes(size)), None, bytes(size)))

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


# ---- subjects of type activation -----------------------------------------------------------------------------------


def _about(problem, kind="gaussian-moment"):
    claims = {
        "gaussian-moment": {
            "slope_power": "1",
            "power": "0",
            "sigma": "1",
            "value": {"lower": "0", "upper": "1"},
        },
        "zero-loss-convergence": dict.fromkeys(
            ("radius", "step_size_max", "decrease_rate", "distance_factor"), "0x1.0000000000000p+0"
        ),
    }
    evidence = {"quadrature": "integral", "bits": "64"}
    top = {"format": "gradcert/1", "kind": kind, "problem": problem, "claim": claims[kind], "evidence": evidence}
    return json.dumps({**top, "provenance": {}}).encode()


def test_an_activation_is_inline_and_hashed_by_its_text():
    found = decode_certificate(_about({"type": "activation", "expression": "softplus(1)"}))
    assert found.problem.expression == "softplus(1)" and found.problem.sha256 == sha256_hex(b"softplus(1)")
    assert decode_certificate(encode_certificate(found)) == found
    assert b"sha256" not in encode_certificate(found)


@pytest.mark.parametrize(
    "extra", [{"sha256": "0" * 64}, {"path": "a.safetensors"}, {"embedded": "AAAA"}, {"name": "tanh"}], ids=str
)
def test_an_activation_has_nothing_but_its_expression(extra):
    with pytest.raises(MalformedCertificate) as caught:
        decode_certificate(_about({"type": "activation", "expression": "tanh", **extra}))
    assert caught.value.place == "problem"


@pytest.mark.parametrize("problem", [{"type": "activation"}, {"type": "activation", "expression": []}, {}, [], "tanh"])
def test_an_activation_needs_its_expression(problem):
    with pytest.raises(MalformedCertificate) as caught:
        decode_certificate(_about(problem))
    assert caught.value.place.startswith("problem")


@pytest.mark.parametrize("text", ["softplus", " tanh", "tanh(z)", "z * sigmoid(z)", "z+ 1", "0.5*z", "z**2", "(z)"])
def test_only_the_canonical_spelling_is_read(text):
    with pytest.raises(MalformedCertificate, match="canonical") as caught:
        decode_certificate(_about({"type": "activation", "expression": text}))
    assert caught.value.place == "problem.expression"


NETWORK = {"type": "network", "sha256": "0" * 64, "path": "a.safetensors"}


@pytest.mark.parametrize(
    ("kind", "problem"),
    [
        ("gaussian-moment", NETWORK),
        ("gaussian-moment", {**NETWORK, "expression": "tanh"}),
        ("gaussian-moment", {"type": "population", "expression": "tanh"}),
        ("zero-loss-convergence", {"type": "activation", "expression": "tanh"}),
        ("zero-loss-convergence", {**NETWORK, "type": "activation"}),
        ("zero-loss-convergence", {**NETWORK, "expression": "tanh"}),
    ],
)
def test_a_kind_is_about_its_own_type_of_subject(kind, problem):
    with pytest.raises(MalformedCertificate) as caught:
        decode_certificate(_about(problem, kind))
    assert caught.value.place.startswith("problem")
