"""Many trials of one kind, with a state that survives interruption."""

from __future__ import annotations

import json
import math
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest.mock import patch

import numpy as np

from certificates.arithmetic.platform import probe_products, self_test
from certificates.errors import Malformed
from certificates.subjects import Problem
from tests.support.certificates import certificate_bytes
from tests.truth.trial import Case, Trial, try_case

__all__ = ["Tally", "attack", "one_attempt"]

_SAVE_EVERY = 10.0  # seconds
_BINS = 100


@dataclass
class Ratio:
    """The ratios seen of one field: how close a proved bound comes to the truth."""

    worst: float = 0.0
    bins: list[int] = field(default_factory=lambda: [0] * (_BINS + 1))

    def add(self, ratio: float) -> None:
        """Count one more."""
        self.worst = max(self.worst, ratio)
        self.bins[min(int(ratio * _BINS), _BINS) if ratio < 1 else _BINS] += 1

    @property
    def count(self) -> int:
        """How many."""
        return sum(self.bins)

    @property
    def median(self) -> float:
        """To two digits, rounded down."""
        below = 0
        for index, count in enumerate(self.bins):
            below += count
            if 2 * below >= self.count:
                return index / _BINS
        return 1.0


@dataclass
class Tally:
    """What a campaign has shown so far.

    Parameters
    ----------
    kind, seed, sources
        What was run; a state of other sources is not resumed.
    attempts, accepted, malformed, weaker
        Counts: draws; those accepted by an arithmetic; those that were no certificate; those that Arb did not accept
        although binary64 did.
    ratios
        By field.
    faults
        One sentence for each violation, with the number of its attempt.
    """

    kind: str
    seed: int
    sources: str = ""
    attempts: int = 0
    accepted: int = 0
    malformed: int = 0
    weaker: int = 0
    seconds: float = 0.0
    ratios: dict[str, Ratio] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def add(self, number: int, trial: Trial | None) -> None:
        """Count one attempt; ``None`` was malformed."""
        self.attempts += 1
        if trial is None:
            self.malformed += 1
            return
        self.accepted += bool(trial.held) or trial.outcome == "accepted"
        self.weaker += trial.weaker
        for held in trial.held:
            if held.ratio is not None:
                self.ratios.setdefault(held.field, Ratio()).add(held.ratio)
        self.faults += [f"attempt {number} of seed {self.seed}: {fault}" for fault in trial.faults]

    def lines(self) -> list[str]:
        """The report."""
        head = (
            f"{self.kind}: {self.attempts} attempts in {self.seconds:.0f} s, {self.accepted} accepted, "
            f"{self.malformed} malformed, {self.weaker} by binary64 alone, {len(self.faults)} violations"
        )
        rows = [
            f"    {name}: worst {ratio.worst:.6g}, median {ratio.median:.2f} ({ratio.count})"
            for name, ratio in sorted(self.ratios.items())
        ]
        return [head, *rows, *(f"    VIOLATION {fault}" for fault in self.faults)]

    def save(self, path: Path) -> None:
        """Write the state."""
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_suffix(".part")
        temporary.write_text(json.dumps(asdict(self), ensure_ascii=False, indent=1))
        temporary.replace(path)

    @classmethod
    def load(cls, path: Path, kind: str, seed: int, sources: str) -> Tally:
        """The state of an interrupted campaign of the same seed and sources, or a fresh one."""
        if path.exists():
            record: dict[str, Any] = json.loads(path.read_text())
            if (record["kind"], record["seed"], record["sources"]) == (kind, seed, sources):
                ratios = {name: Ratio(**ratio) for name, ratio in record.pop("ratios").items()}
                return cls(**record, ratios=ratios)
        return cls(kind, seed, sources)


def one_attempt(module: ModuleType, kind: str, seed: int, number: int) -> tuple[Case | None, Trial | None]:
    """The attempt of this number: (case, what it showed), (None, None) for what is no certificate."""
    rng = np.random.default_rng([seed, zlib.crc32(kind.encode()), number])
    try:
        with np.errstate(all="ignore"):
            case = module.draw(rng)
    except (Malformed, np.linalg.LinAlgError):  # floats that guess evidence may fail
        return None, None
    try:
        return case, try_case(case, rng)
    except Malformed:
        return case, None
    except Exception as error:  # noqa: BLE001 - whatever escapes the judge is a finding, and the campaign goes on
        return case, Trial("crashed", faults=[f"{type(error).__name__}: {error}"])


@contextmanager
def _probed() -> Iterator[None]:
    """The platform is probed once, not before and after every judgement: that takes longer than an attempt."""
    self_test()
    probe_products()
    with patch("certificates.arithmetic.host.self_test"), patch("certificates.judge.probe_products"):
        yield


def attack(
    module: ModuleType,
    tally: Tally,
    *,
    attempts: int,
    minutes: float = math.inf,
    folder: Path | None = None,
    progress: Callable[[Tally], None] = lambda _: None,
) -> Tally:
    """Go on until the attempts or the minutes are used up; violations are written to ``folder`` as certificates."""
    started = saved = time.monotonic()
    before = tally.seconds
    with _probed():
        while tally.attempts < attempts and tally.seconds < 60 * minutes:
            number = tally.attempts
            case, trial = one_attempt(module, tally.kind, tally.seed, number)
            tally.add(number, trial)
            if folder is not None and case is not None and trial is not None and trial.faults:
                _write(folder / f"{tally.kind}.{tally.seed}.{number}.cert.json", case.problem, case)
            now = time.monotonic()
            tally.seconds = before + now - started
            if now - saved > _SAVE_EVERY:
                saved = now
                progress(tally)
    progress(tally)
    return tally


def _write(path: Path, problem: Problem, case: Case) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(certificate_bytes(problem, case.claim, case.evidence))
