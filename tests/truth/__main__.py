"""``python -m tests.truth [KIND…] --attempts 100000 --minutes 10 --seed 0``: attack the judge, print what was seen."""

from __future__ import annotations

import argparse
import sys
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

from tests.truth.campaign import Tally, attack
from tests.truth.registry import covered_kinds, fingerprint, truth_of

FOLDER = Path("build/truth")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.truth", description=__doc__)
    parser.add_argument("kinds", nargs="*", metavar="KIND", choices=[*covered_kinds(), []], help="all by default")
    parser.add_argument("--attempts", type=int, default=100_000, help="a kind")
    parser.add_argument("--minutes", type=float, default=10.0, help="a kind; whichever comes first")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=1, help="kinds at once")
    return parser.parse_args()


def _run(kind: str, *, seed: int, attempts: int, minutes: float) -> Tally:
    state = FOLDER / f"{kind}.{seed}.json"
    tally = Tally.load(state, kind, seed, fingerprint())

    def progress(now: Tally) -> None:
        now.save(state)
        sys.stderr.write(f"{kind}: {now.attempts} attempts, {len(now.faults)} violations, {now.seconds:.0f} s\n")

    return attack(truth_of(kind), tally, attempts=attempts, minutes=minutes, folder=FOLDER, progress=progress)


def main() -> int:
    """Run the campaigns; 1 if anything false was accepted."""
    options = _arguments()
    kinds = options.kinds or covered_kinds()
    run = partial(_run, seed=options.seed, attempts=options.attempts, minutes=options.minutes)
    with ProcessPoolExecutor(options.jobs) as pool:
        tallies = []
        for tally in pool.map(run, kinds):
            tallies.append(tally)
            print("\n".join(tally.lines()), flush=True)  # noqa: T201 - the report
    faults, attempts = sum(len(tally.faults) for tally in tallies), sum(tally.attempts for tally in tallies)
    accepted = sum(tally.accepted for tally in tallies)
    print(f"total: {attempts} attempts, {accepted} accepted, {faults} violations")  # noqa: T201 - the report
    return int(faults > 0)


if __name__ == "__main__":
    sys.exit(main())
