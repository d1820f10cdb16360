"""``python -m certificates check FILE...``: the judge alone, with nothing of the searcher installed.

``python -m certificates read KIND`` prints what it loads to judge one kind, ``--trace FILE`` the lines that run.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from pathlib import Path
from typing import TextIO

from certificates import __version__
from certificates.errors import Malformed, OutOfMemory, UnsoundPlatform
from certificates.installation import require_own_files
from certificates.judge import ARITHMETICS, check
from certificates.verdict import Accepted, Undecided, Verdict, as_document

__all__ = ["main"]

_ACCEPTED, _NOT_ACCEPTED, _BAD_INPUT, _BUG, _BUDGET, _INTERRUPTED = 0, 1, 2, 3, 4, 130
_WORST_FIRST = (_BUG, _BAD_INPUT, _BUDGET, _NOT_ACCEPTED, _ACCEPTED)


def main(arguments: list[str] | None = None) -> int:
    """Judge every file named; return the worst exit code (see :mod:`verify.cli`, which uses the same)."""
    options = _parser().parse_args(arguments)
    if options.command == "read":
        return _read(options)
    codes, results = list[int](), list[dict[str, object]]()
    document: dict[str, object] = {"results": results, "version": __version__}
    try:
        require_own_files()
        for file in options.files:
            code, entry = _judge(file, options)
            codes.append(code)
            results.append(entry)
            if not options.json:
                sys.stdout.write(_writable(_plain(f"{file}: {entry['text']}") + "\n", sys.stdout))
    except UnsoundPlatform as error:
        sys.stderr.write(_writable(f"error: {error}\n", sys.stderr))
        codes.append(_BUG)
        document["error"] = {"message": str(error)}
    except KeyboardInterrupt:
        return _INTERRUPTED
    worst = next(code for code in _WORST_FIRST if code in codes)
    if options.json:
        sys.stdout.write(json.dumps({**document, "exit_code": worst}, indent=2) + "\n")
    return worst


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m certificates", description="Check gradcert certificates.")
    parser.add_argument("--version", action="version", version=f"gradcert {__version__}")
    commands = parser.add_subparsers(dest="command", required=True)
    command = commands.add_parser("check", help="judge certificates")
    command.add_argument("files", nargs="+", type=Path, metavar="FILE")
    command.add_argument("--arithmetic", choices=ARITHMETICS, default="fast")
    command.add_argument("--problem", type=Path, metavar="FILE|DIR")
    command.add_argument("--budget", type=_positive)
    command.add_argument("--allow-conditional", action="store_true")
    command.add_argument("--json", action="store_true")
    reading = commands.add_parser("read", help="print what of the judge one kind loads")
    reading.add_argument("kind", metavar="KIND")
    reading.add_argument(
        "--trace", type=Path, metavar="FILE", help="count the lines that run to judge this certificate"
    )
    reading.add_argument("--json", action="store_true")
    return parser


def _positive(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 < value < math.inf:
        raise argparse.ArgumentTypeError(f"expected a positive, finite number, got {text[:40]!a}")
    return value


def _read(options: argparse.Namespace) -> int:
    """The reading list of a kind; this process has loaded no other one."""
    from certificates.reading import loaded, table, traced

    try:
        readings = loaded(options.kind) if options.trace is None else traced(options.kind, options.trace)
    except Malformed as error:
        sys.stderr.write(_writable(_plain(f"error: {error}\n"), sys.stderr))
        return _BAD_INPUT
    text = json.dumps([vars(each) for each in readings], indent=2) + "\n" if options.json else table(readings)
    sys.stdout.write(_writable(text, sys.stdout))
    return _ACCEPTED


def _judge(file: Path, options: argparse.Namespace) -> tuple[int, dict[str, object]]:
    try:
        verdict = check(file, problem=options.problem, arithmetic=options.arithmetic, budget=options.budget)
    except OutOfMemory as error:
        return _BUDGET, _entry(file, "out of memory", str(error))
    except MemoryError:
        return _BUDGET, _entry(file, "out of memory", "judging it takes more memory than there is")
    except Malformed as error:
        named = ascii(str(file)).strip("'")  # as errors name files
        return _BAD_INPUT, _entry(file, "malformed", str(error).removeprefix(f"{named}: "))
    except UnsoundPlatform:
        raise
    except Exception as error:  # noqa: BLE001 - no verdict, and not the exit code of one
        return _BUG, _entry(file, "internal error", f"{type(error).__name__}: {error}; please report it as a bug")
    entry = {"file": str(file), "text": _text(verdict), **as_document(verdict)}
    return _code(verdict, options.allow_conditional), entry


def _entry(file: Path, outcome: str, text: str) -> dict[str, object]:
    return {"file": str(file), "outcome": outcome, "text": f"{outcome}: {text}", "error": text}


def _text(verdict: Verdict) -> str:
    notes = "".join(f"\n  note: {note}" for note in verdict.notes)
    if isinstance(verdict, Accepted):
        ledger = "".join(f"\n  assuming {assumption.text}" for assumption in verdict.ledger)
        return f"accepted: {verdict.claim.sentence()}{ledger}{notes}"
    return f"{verdict.outcome}: {verdict.explanation()}{notes}"


def _code(verdict: Verdict, allow_conditional: bool) -> int:
    if isinstance(verdict, Accepted):
        return _ACCEPTED if allow_conditional or not verdict.conditional else _NOT_ACCEPTED
    return _BUDGET if isinstance(verdict, Undecided) and verdict.cause == "budget" else _NOT_ACCEPTED


def _plain(text: str) -> str:
    return "".join(c if c.isprintable() or c == "\n" else repr(c)[1:-1] for c in text)


def _writable(text: str, stream: TextIO) -> str:
    """The text in characters that the stream takes: a locale without ∀ must not turn a verdict into a traceback."""
    encoding = stream.encoding or "ascii"
    return text.encode(encoding, "backslashreplace").decode(encoding)


if __name__ == "__main__":
    raise SystemExit(main())
