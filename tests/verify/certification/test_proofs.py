"""Small problems lie inside their certificate, large ones beside it, once for all that share them."""

from __future__ import annotations

from fractions import Fraction

import pytest

from certificates import Accepted, check, decide
from certificates.claims.optimality_gap import Claim, Evidence
from certificates.document.problem_file import encode_problem
from verify.certification.proofs import NetworkProof
from verify.experiments.reproduction import Reproduction
from verify.experiments.writing import write
from verify.problems.arrays import from_arrays

_NETWORK = from_arrays([[[1.0]], [[1.0]]], None, "quadratic", [[1.0]], [2.0], loss=Fraction(1, 2), frozen=[1])


def _proof(gap, name="shared"):
    claim, evidence = Claim(gap), Evidence("nonnegative")
    return NetworkProof(_NETWORK, claim, evidence, decide(claim, evidence, _NETWORK), name)


def _reproduction(proofs):
    return Reproduction("t", "s", ("a",), (("b",),), (), proofs, {}, is_complete=True)


def _written(folder):
    return sorted(path.name for path in (folder / "certificates").iterdir())


def test_a_small_problem_lies_inside(tmp_path):
    assert _proof(1.0).problem_file is None
    assert _proof(1.0).certificate.problem.embedded == encode_problem(_NETWORK)
    write(_reproduction({"one": _proof(1.0)}), tmp_path)
    assert _written(tmp_path) == ["one.cert.json"]


def test_a_large_problem_lies_beside_and_is_shared(tmp_path, monkeypatch):
    monkeypatch.setattr("verify.certification.proofs._EMBED_LIMIT", 0)
    write(_reproduction({"one": _proof(1.0), "two": _proof(2.0)}), tmp_path)
    assert _written(tmp_path) == ["one.cert.json", "shared.problem.safetensors", "two.cert.json"]
    assert isinstance(check(tmp_path / "certificates" / "two.cert.json"), Accepted)
    assert (tmp_path / "certificates" / "shared.problem.safetensors").read_bytes() == encode_problem(_NETWORK)


@pytest.mark.parametrize("gap", [0.1, 0.4])
def test_what_the_judge_refuses_is_not_written(gap, tmp_path):
    """f(W) = 1/2, and the infimum is 0."""
    proof = _proof(gap)
    assert not isinstance(proof.verdict, Accepted)
    write(_reproduction({"false": proof}), tmp_path)
    assert _written(tmp_path) == []
