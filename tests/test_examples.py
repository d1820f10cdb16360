"""The shipped certificates: re-checked under other threads and BLAS kernels, in Arb, and made again from scratch."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import verify
from certificates import Accepted, check
from certificates.claims import KINDS
from certificates.document import decode_certificate

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
CERTIFICATES = sorted(EXAMPLES.glob("*/*.zero-loss-convergence.cert.json"))
NAMES = ["all_digits", "deep_gelu", "diabetes", "digits_parity", "ten_digits"]
ACTIVATIONS = sorted((EXAMPLES / "activations").glob("*.cert.json"))
LONGER = {f"{name}.{what}.cert.json" for name in ("gelu", "user_mish") for what in ("P2", "zhong-rho-global")}


def test_all_five_are_shipped():
    assert [path.parent.name for path in CERTIFICATES] == NAMES


def test_activations_are_shipped():
    found = [decode_certificate(path.read_bytes()) for path in ACTIVATIONS]
    assert {each.kind for each in found} == set(KINDS) - {"zero-loss-convergence", "gaussian-moment"}
    texts = {each.problem.expression for each in found}
    assert {"mish", "piecewise(0, -1, (z+1)^2/4, 1, z)"} < texts  # Mish was typed as a formula, and recognised
    assert {path.name for path in ACTIVATIONS} > LONGER


@pytest.mark.parametrize("path", [p for p in ACTIVATIONS if p.name not in LONGER], ids=lambda p: p.name[:-10])
def test_shipped_claims_about_activations_are_theorems(path):
    verdict = check(path)
    assert isinstance(verdict, Accepted)
    assert not verdict.conditional


@pytest.mark.parametrize(("threads", "core"), [("1", "HASWELL"), ("2", "ZEN")])
def test_claims_about_activations_do_not_depend_on_threads_or_kernels(threads, core, monkeypatch):
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", threads)
    monkeypatch.setenv("OPENBLAS_CORETYPE", core)
    some = [path for path in ACTIVATIONS if path.name.startswith(("relu", "rounded_relu"))]
    command = [sys.executable, "-m", "certificates", "check", *map(str, some)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(LONGER))
def test_shipped_bounds_for_every_sigma_are_theorems(name):
    assert isinstance(check(EXAMPLES / "activations" / name), Accepted)


@pytest.mark.parametrize(("threads", "core"), [("1", "HASWELL"), ("2", "HASWELL"), ("1", "SKYLAKEX"), ("2", "ZEN")])
def test_verdicts_do_not_depend_on_threads_or_kernels(threads, core, monkeypatch):
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", threads)
    monkeypatch.setenv("OPENBLAS_CORETYPE", core)
    command = [sys.executable, "-m", "certificates", "check", *map(str, CERTIFICATES)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", ["diabetes", "digits_parity"])
def test_arb_accepts(name):
    (path,) = (EXAMPLES / name).glob("*.cert.json")
    assert isinstance(check(path, arithmetic="arb"), Accepted)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["deep_gelu", "ten_digits", "all_digits"])
def test_arb_accepts_the_larger_ones(name):
    (path,) = (EXAMPLES / name).glob("*.cert.json")
    assert isinstance(check(path, arithmetic="arb"), Accepted)


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_certified_again_from_the_problem(name, tmp_path):
    problem = tmp_path / "problem.safetensors"
    shutil.copy(EXAMPLES / name / "problem.safetensors", problem)
    done = verify.certify(problem, polish=True)
    (shipped,) = (EXAMPLES / name).glob("*.cert.json")
    mine, theirs = done.certificate.claim, decode_certificate(shipped.read_bytes()).claim
    assert mine.radius == pytest.approx(theirs.radius, rel=0.2)
    assert mine.decrease_rate == pytest.approx(theirs.decrease_rate, rel=1e-3)
    assert verify.replay(done.certificate_path, steps=100).agrees


@pytest.mark.slow
def test_activations_proved_again():
    """The claims that a new run finds are those of the files, number by number."""
    for name, text in (("tanh", "tanh"), ("rounded_relu", "piecewise(0, -1, (z+1)^2/4, 1, z)"), ("relu", "relu")):
        found = [each.claim for each in verify.activation(text, ["1"]).proved]
        for path in (EXAMPLES / "activations").glob(f"{name}.*.cert.json"):
            assert decode_certificate(path.read_bytes()).claim in found, path.name
