"""The judge alone: three packages in a fresh environment, and a certificate re-checked there."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import verify
from certificates.document import write_atomically

ROOT = Path(__file__).resolve().parent.parent


SCRIPTS = """
from importlib.metadata import distribution
print(*[point.name for point in distribution("gradcert").entry_points.select(group="console_scripts")])
"""


@pytest.mark.slow
def test_three_packages_are_enough_and_no_command_crashes(tmp_path):
    problem = tmp_path / "net.safetensors"
    write_atomically(problem, (ROOT / "examples/digits_parity/problem.safetensors").read_bytes())
    certificate = verify.certify(problem).certificate_path
    subprocess.run([sys.executable, "-m", "venv", str(tmp_path / "venv")], check=True)
    python = str(tmp_path / "venv" / "bin" / "python")
    _run(python, "-m", "pip", "install", "--quiet", "-c", str(ROOT / "constraints/kernel.txt"), str(ROOT))
    assert _run(python, "-m", "pip", "check").returncode == 0
    done = _run(python, "-I", "-m", "certificates", "check", str(certificate), "--arithmetic", "arb")
    assert done.returncode == 0 and "accepted" in done.stdout, done.stderr
    assert _run(python, "-I", "-c", SCRIPTS).stdout.split() == ["verify"]
    remedy = "pip install 'gradcert[search]'"
    for arguments in ([], ["--help"], ["check", str(certificate)]):
        done = _run(str(Path(python).parent / "verify"), *arguments)
        assert done.returncode == 2 and remedy in done.stderr and "Traceback" not in done.stderr


def _run(*command):
    return subprocess.run(command, capture_output=True, text=True, check=False)
