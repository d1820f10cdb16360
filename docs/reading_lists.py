"""What one reads to believe a certificate of a kind: ``python docs/reading_lists.py`` writes it into the kinds' pages.

A page names the certificate in a line ``<!-- reading list of PATH -->``; what follows is written anew, from a traced
check. With ``--check`` nothing is written, and pages whose list is no longer true are named.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from itertools import groupby
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import certificates.__main__ as command
from certificates.kinds import KINDS
from certificates.reading import Reading, traced

ROOT = Path(__file__).resolve().parent.parent
_MARKER = re.compile(r"^<!-- reading list of (\S+) -->$", re.MULTILINE)
_COUNT = re.compile(r"([\d,]+) of them run\n")
_PROGRAM = f"python -m {command.__package__}"  # a check loads the command's file, too
_SHARE = 20  # a page may be off by one line in 20: the pages are not rewritten for every line that is added


def reading_list(kind: str, certificate: str) -> str:
    """The end of a kind's page."""
    readings = traced(kind, ROOT / certificate)
    files = [each for each in readings if each.ran]
    rows = [_row(room, list(group)) for room, group in groupby(files, key=lambda each: each.room)]
    rest = ", ".join(f"`{_place(each)}`" for each in readings if not each.ran and each.name != "__init__")
    return f"""
A check of this kind loads {len(readings)} files of the judge, and no other. For `{certificate}`, functions of
{len(files)} of them run; these files have {sum(each.lines for each in files):,} lines, and {_ran(files):,} of them run
(`{_PROGRAM} read {kind} --trace {certificate}`).

| room | file: lines that run, of all |
|---|---|
{"".join(rows)}
Loaded, but no function of it runs for this certificate: {rest}.
"""


def _ran(files: list[Reading]) -> int:
    return sum(each.ran for each in files)


def _place(file: Reading) -> str:
    return f"{file.room}/{file.name}" if file.room else file.name


def _row(room: str, files: list[Reading]) -> str:
    cells = ", ".join(f"`{each.name}` {each.ran} of {each.lines}" for each in files)
    return f"| {room or 'the door'} | {cells} |\n"


def is_true(written: str, now: str) -> bool:
    """The same files by room, and the sum of what runs within a twentieth."""
    names = [re.findall(r"`([^`]+)`", text) for text in (written, now)]
    sums = [int(_COUNT.findall(text)[0].replace(",", "")) if _COUNT.search(text) else 0 for text in (written, now)]
    return names[0] == names[1] and abs(sums[0] - sums[1]) * _SHARE <= sums[1]


def _page(kind: str, check: bool) -> bool:
    """Write the list of one kind anew, or say whether it is true."""
    path = ROOT / "docs" / "kinds" / f"{kind}.md"
    text = path.read_text(encoding="utf-8")
    marker = _MARKER.search(text)
    if marker is None:
        sys.stdout.write(f"{path}: no line '<!-- reading list of PATH -->'\n")
        return False
    before, written = text[: marker.end()] + "\n", text[marker.end() + 1 :]
    now = reading_list(kind, marker[1])
    if not check:
        path.write_text(before + now, encoding="utf-8")
    elif not is_true(written, now):
        sys.stdout.write(f"{path}: the reading list is no longer true; run python docs/reading_lists.py {kind}\n")
        return False
    return True


def _apart(kind: str, check: bool) -> bool:
    """In a child of this process, which has loaded no kind."""
    child = os.fork()
    if child == 0:
        succeeded = False
        try:
            succeeded = _page(kind, check)
            sys.stdout.flush()
        finally:
            os._exit(not succeeded)
    return os.waitpid(child, 0)[1] == 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Write the reading lists of the kinds' pages.")
    parser.add_argument("kinds", nargs="*", metavar="KIND", help="all, if none is named")
    parser.add_argument("--check", action="store_true", help="write nothing; name the pages that are no longer true")
    options = parser.parse_args()
    done = [_apart(kind, options.check) for kind in options.kinds or KINDS]
    sys.exit(not all(done))
