"""Where results, messages, progress and errors go, and with which exit code."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

__all__ = [
    "BAD_INPUT",
    "BUG",
    "INTERRUPTED",
    "NOTHING_TESTABLE",
    "NOT_PROVED",
    "OK",
    "OUT_OF_BUDGET",
    "Say",
    "guarded",
    "plain",
]

OK, NOT_PROVED, BAD_INPUT, BUG, OUT_OF_BUDGET, NOTHING_TESTABLE, INTERRUPTED = 0, 1, 2, 3, 4, 5, 130

_PROGRESS_AFTER = 2.0


def plain(text: str) -> str:
    """Text that a terminal cannot be made to obey: control characters are spelled out."""
    return "".join(c if c.isprintable() or c == "\n" else repr(c)[1:-1] for c in text)


@dataclass
class Say:
    """Output of one command.

    Parameters
    ----------
    as_json
        Collect a document for stdout instead of printing text.
    """

    as_json: bool
    document: dict[str, Any] = field(default_factory=dict)
    started: float = field(default_factory=time.monotonic)
    _showing: bool = False

    def result(self, text: str, **entries: Any) -> None:
        """A result: text on stdout, or entries of the JSON document."""
        self.document.update(entries)
        if not self.as_json:
            sys.stdout.write(plain(text) + "\n")
            sys.stdout.flush()

    def raw(self, text: str) -> None:
        """A rendered page, already escaped for its format."""
        self.document["content"] = text
        if not self.as_json:
            sys.stdout.write(text if text.endswith("\n") else text + "\n")

    def table(self, rows: list[tuple[str, str]], **entries: Any) -> None:
        """Two columns."""
        self.document.update(entries)
        if not self.as_json:
            width = max(len(name) for name, _ in rows)
            sys.stdout.write("".join(f"{plain(name):<{width}}  {plain(value)}\n" for name, value in rows))
            sys.stdout.flush()  # the table is there to be read while the work goes on

    def message(self, text: str) -> None:
        """A remark on stderr."""
        sys.stderr.write(plain(text) + "\n")

    def progress(self, stage: str, step: int, total: int | None, value: str) -> None:
        """One rewritten line on stderr, only on a terminal and only after two seconds."""
        if not sys.stderr.isatty() or time.monotonic() - self.started < _PROGRESS_AFTER:
            return
        share = f"{step}/{total}" if total else str(step)
        bar = ""
        if total:
            done = 24 * step // total
            bar = f"[{'#' * done}{'.' * (24 - done)}] "
        sys.stderr.write(f"\r\x1b[K{bar}{stage} {share}  {value}")
        sys.stderr.flush()
        self._showing = True

    def finish(self) -> None:
        """Clear the progress line and print the document."""
        if self._showing:
            sys.stderr.write("\r\x1b[K")
        if self.as_json:
            sys.stdout.write(json.dumps(self.document, indent=2, ensure_ascii=True) + "\n")


def guarded(as_json: bool, command: Callable[[Say], int]) -> None:
    """Run a command and turn every outcome into an exit code; never a traceback for bad input."""
    from certificates import __version__

    say = Say(as_json)
    code = _run(say, command)
    say.document |= {"exit_code": code, "version": __version__}
    try:
        say.finish()
        sys.stdout.flush()
    except BrokenPipeError:
        sys.stderr.close()
    raise SystemExit(code)


def _run(say: Say, command: Callable[[Say], int]) -> int:
    from certificates.errors import Malformed, OutOfMemory, UnsoundPlatform

    try:
        return command(say)
    except OutOfMemory as error:
        return _failed(say, OUT_OF_BUDGET, str(error), place=error.place, what=error.what, remedy=error.remedy)
    except Malformed as error:
        return _failed(say, BAD_INPUT, str(error), place=error.place, what=error.what, remedy=error.remedy)
    except UnsoundPlatform as error:
        return _failed(say, BUG, str(error))
    except KeyboardInterrupt:
        return _failed(say, INTERRUPTED, "interrupted; nothing half-written is left")
    except MemoryError:
        return _failed(say, OUT_OF_BUDGET, "out of memory; try fewer samples or a smaller network")
    except BrokenPipeError:
        return OK
    except Exception as error:  # noqa: BLE001 - the last resort that keeps tracebacks off the user's screen
        return _broken(say, error)


def _broken(say: Say, error: Exception) -> int:
    import traceback

    say.message("".join(traceback.format_exception(error)))
    return _failed(say, BUG, f"internal error: {type(error).__name__}: {error}; please report it with the above")


def _failed(say: Say, code: int, text: str, **entries: str) -> int:
    say.document["error"] = {"message": text, **entries}
    if not say.as_json:
        say.message(f"error: {text}")
    return code
