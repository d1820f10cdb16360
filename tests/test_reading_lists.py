"""Each kind's page ends with what one reads for it, and that is what a traced check loads and runs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from runpy import run_path

import pytest

SCRIPT = Path(__file__).resolve().parent.parent / "docs" / "reading_lists.py"
is_true = run_path(str(SCRIPT))["is_true"]
LIST = "and 1,000 of them run\n| rules | `zhong_rho` 17 of 92 |\nLoaded: `subjects/layers`.\n"


SOME = ("gaussian-moment", "global-landscape", "strict-minimum", "zero-loss-convergence")
ALL = pytest.param((), marks=pytest.mark.slow)  # eight seconds


@pytest.mark.parametrize("kinds", [SOME, ALL], ids=["some", "all"])
def test_every_page_tells_what_a_traced_check_loads_and_runs(kinds):
    command = [sys.executable, str(SCRIPT), "--check", *kinds]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    "later",
    [
        LIST.replace("1,000", "1,060"),
        LIST.replace("zhong_rho", "zhong_rho_global"),
        LIST.replace("`subjects/layers`", "`subjects/layers`, `subjects/losses`"),
        LIST.replace("`zhong_rho` 17 of 92", "`zhong_rho` 17 of 92, `subjects/layers` 1 of 40").replace("Loaded: ", ""),
        "",
    ],
)
def test_a_page_that_is_no_longer_true_is_named(later):
    assert is_true(LIST, LIST)
    assert is_true(LIST.replace("1,000", "1,040").replace("17 of 92", "18 of 95"), LIST)
    assert not is_true(LIST, later)
