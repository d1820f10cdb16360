"""The judge alone: three packages in a fresh environment, and a certificate re-checked there."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import verify
from certificates.document import write_atomically

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.slow
def test_three_packages_are_enough(tmp_path):
    problem = tmp_path / "net.safetensors"
    write_atomically(problem, (ROOT / "examples/digits_parity/problem.safetensors").read_bytes())
    certificate = verify.certify(problem).certificate_path
    subprocess.run([sys.executable, "-m", "venv", str(tmp_path / "venv")], check=True)
    python = str(tmp_path / "venv" / "bin" / "python")
    install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*install, "-r", str(ROOT / "constraints/kernel.txt")], check=True)
    subprocess.run([*install, "--no-deps", str(ROOT)], check=True)
    done = subprocess.run(
        [python, "-I", "-m", "certificates", "check", str(certificate), "--arithmetic", "arb"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0 and "accepted" in done.stdout, done.stderr
