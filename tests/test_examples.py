"""The shipped certificates: re-checked under other threads and BLAS kernels, in Arb, and made again from scratch."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import verify
from certificates import Accepted, check
from certificates.document import decode_certificate

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
CERTIFICATES = sorted(EXAMPLES.glob("*/*.cert.json"))
NAMES = ["all_digits", "deep_gelu", "diabetes", "digits_parity", "ten_digits"]


def test_all_five_are_shipped():
    assert [path.parent.name for path in CERTIFICATES] == NAMES


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
