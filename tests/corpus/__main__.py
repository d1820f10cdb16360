"""Write the corpus anew: ``python -m tests.corpus [KIND...]``.

accepted/ must be accepted on both arithmetics. rejected/ must not be, each by the check in its name's last part; what
each would prove falsely stands in the README beside it. malformed/ are no certificates.
"""

from __future__ import annotations

import shutil
import sys
from importlib import import_module
from pathlib import Path

from certificates.kinds import KINDS, basename
from tests.corpus._case import Bent, Case, Honest

ROOT = Path(__file__).parent
_HEAD = """# What these files would prove

Written by `python -m tests.corpus`.

| file | false theorem |
|---|---|
"""


def place(kind: str, case: Case) -> Path:
    """Where a file of a kind lies."""
    folder = "accepted" if isinstance(case, Honest) else "rejected" if isinstance(case, Bent) else "malformed"
    name = f"{case.name}-check-{case.check}" if isinstance(case, Bent) else case.name
    return ROOT / folder / kind / f"{name}.cert.json"


def table(cases: list[Case]) -> str:
    """The false theorems of a kind."""
    bent = [case for case in cases if isinstance(case, Bent)]
    theorems = [case.theorem.replace("|", r"\|") for case in bent]
    rows = zip(bent, theorems, strict=True)
    return _HEAD + "".join(f"| {case.name}-check-{case.check} | {theorem} |\n" for case, theorem in rows)


def _regenerate(kind: str) -> None:
    """Replace the files of one kind by what its module yields."""
    cases: list[Case] = list(import_module(f"tests.corpus.{basename(kind)}").cases())
    files = {place(kind, case): case.data for case in cases}
    if len(files) < len(cases):
        raise SystemExit(f"{kind}: two files of one name")
    for folder in ("accepted", "rejected", "malformed"):
        shutil.rmtree(ROOT / folder / kind, ignore_errors=True)
        (ROOT / folder / kind).mkdir(parents=True)
    for path, data in files.items():
        path.write_bytes(data)
    (ROOT / "rejected" / kind / "README.md").write_text(table(cases), encoding="utf-8")


if __name__ == "__main__":
    for each in sys.argv[1:] or KINDS:
        _regenerate(each)
