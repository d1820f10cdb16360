"""A small coverage-guided fuzzer: bytes that reach new pairs of lines are kept, and changed further.

Everything is drawn from a seed and the pool, so a run is repeated exactly, and resumed where it stopped.
"""

from __future__ import annotations

import random
import re
import resource
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

__all__ = ["Fuzzer", "Target", "mutated"]

_SLOW, _LARGE = 2.0, 500  # seconds of processor time, MiB

_STRING = re.compile(rb'"[^"\\\\]*"')
_WORDS = (
    b"", b"0", b"-0", b"1/2", b"-1", b"9" * 99, b"9" * 101, b"9" * 3999, b"1/" + b"7" * 3999, b"9" * 4001,
    b"-" + b"9" * 5000, b"1/" + b"9" * 5000,
    b"nan", b"inf", b"1e999", b"0x1.0000000000000p+0", b"0x1.8p+1", b"-0x0.0p+0", b"0x1.fffffffffffffp+1023", b"true",
    b"null", b"{}", b"[]", b'""', b'"', b"\\", b"\\ud800", b"\\u0000", b"\x00", b"\xff", b"\xef\xbb\xbf",
    b"\xed\xa0\x80", b"[" * 40, b"(" * 120, b"-" * 120, b"z", b"z^-64", b"**", b"piecewise(", b"softplus(2)",
    b"log(1+exp(z))", b"1_0", b"\xd9\xa1", b"F64", b"BF16", b"I8", b"data_offsets", b"shape", b"__metadata__",
    b"gradcert", b"layers.0.weight", b"inputs", b",", b";", b"\t", b"\r\n", b"\n", b"'", b"1,5", b"1.5", b"../x",
    b"/dev/zero", b"a" * 300, b"18446744073709551616",
)  # fmt: skip


@dataclass(frozen=True)
class Target:
    """A parser under attack.

    Parameters
    ----------
    name
        In words, for the table.
    run
        Parses bytes; whatever it raises but what it should is a finding.
    seeds
        Honest inputs.
    watched
        Folders whose lines count as coverage.
    wraps
        Undone and redone around a change, so that lengths stay true and quotes escaped: pairs (unwrap, wrap).
    """

    name: str
    run: Callable[[bytes], None]
    seeds: Sequence[bytes]
    watched: tuple[str, ...]
    wraps: Sequence[tuple[Callable[[bytes], bytes], Callable[[bytes, bytes], bytes]]] = ()


def mutated(draw: random.Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """One to eight small changes."""
    for _ in range(draw.choice((1, 1, 2, 3, 8))):
        data = _change(draw, data, others)
    return data[: 2**16]


def _change(draw: random.Random, data: bytes, others: Sequence[bytes]) -> bytes:
    start = draw.randint(0, len(data))
    stop = min(len(data), start + draw.choice((0, 0, 1, 1, 2, 4, 16, 64)))
    kind = draw.randrange(8)
    if kind == 0:
        return data[:start] + draw.choice(_WORDS) + data[stop:]
    if kind == 1:  # a whole token for another word
        edges = [i for i, byte in enumerate(data) if byte in b'"[]{}(),:+-*/^ \n'] or [0, len(data)]
        at = draw.randrange(len(edges))
        return data[: edges[at] + 1] + draw.choice(_WORDS) + data[edges[min(at + 1, len(edges) - 1)] :]
    if kind == 2:
        return data[:start] + data[stop:]
    if kind == 3:
        return data[:start] + data[start:stop] * draw.choice((2, 3, 50)) + data[stop:]
    if kind == 4 and data:
        at = draw.randrange(len(data))
        return data[:at] + bytes([data[at] ^ (1 << draw.randrange(8))]) + data[at + 1 :]
    if kind == 5 and (strings := list(_STRING.finditer(data))):
        chosen = draw.choice(strings)
        return data[: chosen.start() + 1] + draw.choice(_WORDS) + data[chosen.end() - 1 :]
    if kind == 6:
        other = draw.choice(others)
        cut = draw.randint(0, len(other))
        return data[:start] + other[cut : cut + draw.choice((4, 32, 256, len(other)))] + data[stop:]
    return data[:start] + bytes(draw.randrange(256) for _ in range(draw.randint(1, 4))) + data[stop:]


@dataclass
class Fuzzer:
    """One target's pool and counts.

    Parameters
    ----------
    target
        What is attacked.
    folder
        Where pool, findings and the next seed are kept; ``None``: nowhere.
    """

    target: Target
    folder: Path | None = None
    pool: list[bytes] = field(default_factory=list)
    pairs: set[tuple[CodeType, int, int]] = field(default_factory=set)
    attempts: int = 0
    accepted: int = 0
    findings: list[str] = field(default_factory=list)
    _own: dict[CodeType, bool] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Take up the pool of an earlier run."""
        kept: list[bytes] = []
        if self.folder is not None:
            (self.folder / "pool").mkdir(parents=True, exist_ok=True)
            counts = self.folder / "counts"
            if counts.exists():
                self.attempts, self.accepted = map(int, counts.read_text().split())
            kept = [path.read_bytes() for path in sorted((self.folder / "pool").iterdir())]
        for data in (*self.target.seeds, *kept):
            self.attack(data)
        self.pool = [*self.target.seeds, *kept]

    def spend(self, seconds: float) -> None:
        """Attack for so long, and keep the state."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.step()
        self.save()

    def step(self) -> None:
        """One changed input."""
        draw = random.Random(self.attempts)
        data = draw.choice(self.pool[-50:] if draw.random() < 0.5 else self.pool)
        if self.target.wraps and draw.random() < 0.8:
            unwrap, wrap = draw.choice(self.target.wraps)
            changed = wrap(mutated(draw, unwrap(data), [unwrap(other) for other in draw.choices(self.pool, k=2)]), data)
        else:
            changed = mutated(draw, data, self.pool)
        self.attempts += 1
        if self.attack(changed):
            self.pool.append(changed)
            if self.folder is not None:
                (self.folder / "pool" / sha256(changed).hexdigest()[:16]).write_bytes(changed)

    def attack(self, data: bytes) -> bool:
        """Run one input; whether it reached something new."""
        if self.folder is not None:
            (self.folder / "current").write_bytes(data)  # what a crash of the interpreter leaves behind
        before, started, peak = len(self.pairs), time.process_time(), _peak()
        tracer = sys.gettrace()
        sys.settrace(self._called)
        try:
            self.target.run(data)
            self.accepted += 1
        except Refused:
            pass
        except Exception as error:  # noqa: BLE001 - what escapes is what is looked for
            self._found(data, f"{type(error).__name__}: {str(error)[:200]}")
        finally:
            sys.settrace(tracer)
        if time.process_time() - started > _SLOW:
            self._found(data, f"took {time.process_time() - started:.1f} s")
        if _peak() - peak > _LARGE:
            self._found(data, f"took {_peak() - peak:.0f} MiB")
        return len(self.pairs) > before

    def _found(self, data: bytes, what: str) -> None:
        name = sha256(data).hexdigest()[:16]
        self.findings.append(f"{self.target.name}: {what}: input {name}, {data[:80]!r}")
        if self.folder is not None:
            (self.folder / f"finding-{name}").write_bytes(data)

    def save(self) -> None:
        """Write the counts, from which the next run goes on."""
        if self.folder is not None:
            (self.folder / "counts").write_text(f"{self.attempts} {self.accepted}")

    def _called(self, frame: FrameType, event: str, argument: Any) -> Any:
        code = frame.f_code
        own = self._own.get(code)
        if own is None:
            own = self._own[code] = any(folder in code.co_filename for folder in self.target.watched)
        if not own:
            return None
        last = 0

        def line(frame: FrameType, event: str, argument: Any) -> Any:
            nonlocal last
            if event == "line":
                self.pairs.add((code, last, frame.f_lineno))
                last = frame.f_lineno
            return line

        return line


class Refused(Exception):
    """The parser said no, as it may."""


def _peak() -> float:
    """MiB; Linux counts KiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
