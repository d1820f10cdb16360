"""What one reads to believe a verdict: the files of the judge that one kind loads, and the lines of them that run.

No verdict comes from here, and nothing here runs when a certificate is checked.
"""

from __future__ import annotations

import sys
import threading
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any

from certificates.errors import MalformedCertificate
from certificates.judge import check
from certificates.kinds import find
from certificates.subjects import Network
from certificates.verdict import Accepted, Verdict

__all__ = ["Reading", "loaded", "table", "traced"]

# A stranger's order: what is said, why it follows, what that rests on; the door last.
_ROOMS = (
    "claims",
    "rules",
    "checks",
    "theorems",
    "enclosures/objectives",
    "enclosures/kernels",
    "enclosures/networks",
    "enclosures/quadratic",
    "enclosures/gaussian",
    "enclosures/infinity",
    "enclosures/intervals",
    "enclosures/formulas",
    "enclosures",
    "arithmetic",
    "language",
    "subjects",
    "expression",
    "document",
    "",
)
_FOLDER = Path(__file__).resolve().parent
_Tracer = Callable[[FrameType, str, Any], Any]


@dataclass(frozen=True)
class Reading:
    """One file of the judge.

    Parameters
    ----------
    room
        Its folder below ``certificates``; empty for the door.
    name
        Of the file, without the suffix.
    lines
        In the file, with its comments and blank lines.
    about
        The first line of its docstring.
    ran
        Lines that ran; none if nothing was traced.
    """

    room: str
    name: str
    lines: int
    about: str
    ran: int = 0


def loaded(kind: str) -> list[Reading]:
    """The judge's files in memory after one kind is loaded; in a fresh interpreter, what a check of that kind loads.

    Raises
    ------
    MalformedCertificate
        There is no such kind.
    """
    if find(kind).subject is Network:
        from certificates.document.problem_file import decode_problem

        del decode_problem  # a check reads the problem's file
    return _readings({})


def traced(kind: str, file: str | Path) -> list[Reading]:
    """The same, with the lines that run while a certificate is judged and its verdict is put into words.

    Lines outside functions are not counted: they run when a module is imported.

    Raises
    ------
    Malformed
        The file is no certificate, or one of another kind.
    """
    find(kind)
    verdicts: list[Verdict] = []
    ran = _lines_that_run(lambda: verdicts.append(_judged(file)))
    if verdicts[0].kind != kind:
        raise MalformedCertificate(f"is of the kind {verdicts[0].kind}, not {kind}", place="kind")
    return _readings(ran)


def table(readings: list[Reading]) -> str:
    """By room: lines that run of lines, file, first line of its docstring; the sums at the end."""
    text, room = "", None
    for each in readings:
        if each.room != room:
            room = each.room
            text += f"{room or 'the door'}\n"
        text += f"  {each.ran or '-':>5} {each.lines:>5}  {each.name:<22} {each.about}\n"
    ran, lines = sum(each.ran for each in readings), sum(each.lines for each in readings)
    return f"{text}{len(readings)} files; {ran} lines run of {lines}\n"


def _judged(file: str | Path) -> Verdict:
    verdict = check(file)
    if isinstance(verdict, Accepted):
        verdict.claim.sentence()
    else:
        verdict.explanation()
    return verdict


def _readings(ran: dict[str, set[int]]) -> list[Reading]:
    found = [_reading(module, ran) for module in list(sys.modules.values()) if _is_the_judges(module)]
    return sorted(found, key=lambda each: (_ROOMS.index(each.room), each.name))


def _is_the_judges(module: ModuleType) -> bool:
    file = getattr(module, "__file__", None)
    return file is not None and _FOLDER in Path(file).parents and file != __file__


def _reading(module: ModuleType, ran: dict[str, set[int]]) -> Reading:
    path = Path(str(module.__file__))
    room = path.parent.relative_to(_FOLDER).as_posix().removeprefix(".")
    about = (module.__doc__ or "").strip().partition("\n")[0]
    lines = len(path.read_text(encoding="utf-8").splitlines())
    return Reading(room, path.stem, lines, about, len(ran.get(str(path), ())))


def _lines_that_run(action: Callable[[], object]) -> dict[str, set[int]]:
    ran: dict[str, set[int]] = defaultdict(set)

    def line(frame: FrameType, event: str, _: Any) -> _Tracer:
        if event == "line":
            ran[frame.f_code.co_filename].add(frame.f_lineno)
        return line

    def call(frame: FrameType, _: str, __: Any) -> _Tracer | None:
        code = frame.f_code
        return line if code.co_filename.startswith(str(_FOLDER)) and code.co_name != "<module>" else None

    before = sys.gettrace()
    threading.settrace(call)
    sys.settrace(call)
    try:
        action()
    finally:
        sys.settrace(before)
        threading.settrace(before)
    return ran
