"""The searcher's packages are an extra: what is missing is said, by the command and in Python."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from verify.extras import PACKAGES, require_packages

ROOT = Path(__file__).resolve().parent.parent.parent


def test_the_list_is_the_extra_of_the_distribution():
    extra = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]["search"]
    assert [re.match(r"[\w-]+", each)[0] for each in extra] == list(PACKAGES)


def test_nothing_is_missing_here():
    require_packages()


@pytest.fixture
def judge_alone(tmp_path):
    """Run code in an interpreter that sees this project and the judge's packages only."""
    site = tmp_path / "site"
    site.mkdir()
    for name in ("certificates", "verify"):
        (site / name).symlink_to(ROOT / name)
    for name in ("numpy", "flint", "safetensors"):
        found = Path(__import__(name).__file__).parent
        (site / name).symlink_to(found)
        for libraries in found.parent.glob("*.libs"):
            (site / libraries.name).exists() or (site / libraries.name).symlink_to(libraries)

    def run(code):
        command = [sys.executable, "-I", "-S", "-c", f"import sys; sys.path.insert(0, {str(site)!r}); {code}"]
        return subprocess.run(
            command, capture_output=True, text=True, check=False, env={"PYTHONDONTWRITEBYTECODE": "1"}
        )

    return run


def test_the_command_says_what_to_install(judge_alone):
    done = judge_alone("from verify.cli import main; main()")
    assert done.returncode == 2 and "pip install 'gradcert[search]'" in done.stderr and "Traceback" not in done.stderr
    assert all(name in done.stderr for name in PACKAGES)


def test_python_says_what_to_install_and_the_judge_works(judge_alone):
    done = judge_alone("import verify; print(verify.check); verify.certify")
    assert "function check" in done.stdout
    assert done.stderr.splitlines()[-1].startswith("ImportError: the searcher needs scipy")
