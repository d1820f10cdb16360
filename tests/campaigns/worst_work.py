"""The certificates below one megabyte that cost the judge most, kind by kind: is there an answer in time?

``python -m tests.campaigns.worst_work`` judges each case in a process of its own with 6 GB of address space, at a
hundredth of the default budget (10 s are allowed) and at the default (two minutes), and prints what came out:

    kind, case, arithmetic: outcome, CPU seconds at 1/100, outcome, CPU seconds at the default, largest resident set

``--shipped`` prints what the shipped certificates and the accepted ones of the corpus spend instead.
``--kind K`` picks one kind, ``--case TEXT`` cases whose name contains the text, ``--share 0.01`` one budget only.
Results are kept in ``build/campaigns/worst_work.json``: what is there is not run again, unless ``--fresh`` is given.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import resource
import sys
import time
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from certificates.arithmetic.effort import FLOPS_PER_OPERATION, limited_effort, remaining_effort
from certificates.checks.workload import DEFAULT_BUDGET
from certificates.errors import Malformed
from certificates.judge import ARITHMETICS, check, check_bytes
from certificates.kinds import KINDS, find
from tests.campaigns._heavy_activations import ACTIVATIONS
from tests.campaigns._heavy_networks import NETWORKS, POLYNOMIALS

__all__ = ["CASES", "LARGEST_FILE", "LIMITS", "arithmetics", "main"]

CASES = {**NETWORKS, **POLYNOMIALS, **ACTIVATIONS}
LARGEST_FILE = 2**20
LIMITS = {0.01: 10.0, 1.0: 120.0}
_ADDRESS_SPACE = 6 * 2**30
Result = dict[str, Any]

_STATE = Path("build/campaigns/worst_work.json")


def arithmetics(case: tuple[str, str]) -> tuple[str, ...]:
    """Those that make a difference."""
    return find(case[0]).arithmetics if case in NETWORKS else ARITHMETICS[:1]


def _judge(kind: str, name: str, arithmetic: str, share: float) -> Result:
    """Judge one case in this process."""
    data = CASES[kind, name]()
    resource.setrlimit(resource.RLIMIT_AS, (_ADDRESS_SPACE, _ADDRESS_SPACE))
    start = time.process_time()
    try:
        verdict = check_bytes(data, arithmetic=arithmetic, budget=share * DEFAULT_BUDGET)
        outcome, said = verdict.outcome, getattr(verdict, "seen", "") or getattr(verdict, "reason", "")
    except Malformed as malformed:
        outcome, said = "malformed", str(malformed)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    return {
        "outcome": outcome,
        "said": said[:90],
        "seconds": time.process_time() - start,
        "peak": peak,
        "bytes": len(data),
    }


def _in_a_process(kind: str, name: str, arithmetic: str, share: float) -> Result:
    """A child that is killed at three times the seconds allowed."""

    def work(answer: Connection) -> None:
        limit = int(3 * LIMITS[share])
        resource.setrlimit(resource.RLIMIT_CPU, (limit, limit))
        answer.send(_judge(kind, name, arithmetic, share))

    mine, theirs = multiprocessing.Pipe(duplex=False)
    child = multiprocessing.get_context("fork").Process(target=work, args=(theirs,))
    child.start()
    theirs.close()
    try:
        found: Result = mine.recv()
    except EOFError:
        found = {"outcome": "NO ANSWER", "said": "", "seconds": 3 * LIMITS[share], "peak": 0.0, "bytes": 0}
    child.join()
    if child.exitcode and found["outcome"] == "NO ANSWER":
        found["said"] = f"exit code {child.exitcode}"
    return found


def main(arguments: list[str] | None = None) -> int:
    """Run what was asked for; 1 if an answer was late or did not come."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--kind", choices=sorted(KINDS))
    parser.add_argument("--case", default="")
    parser.add_argument("--share", type=float, action="append", choices=sorted(LIMITS))
    parser.add_argument("--fresh", action="store_true")
    parser.add_argument("--shipped", action="store_true")
    options = parser.parse_args(arguments)
    if options.shipped:
        return _shipped()
    known = json.loads(_STATE.read_text()) if _STATE.exists() and not options.fresh else {}
    late = 0
    for kind, name in CASES:
        if options.kind not in (None, kind) or options.case not in name:
            continue
        for arithmetic in arithmetics((kind, name)):
            for share in options.share or sorted(LIMITS):
                key = f"{kind} / {name} / {arithmetic} / {share:g}"
                if key not in known:
                    known[key] = _in_a_process(kind, name, arithmetic, share)
                    _STATE.parent.mkdir(parents=True, exist_ok=True)
                    _STATE.write_text(json.dumps(known, indent=1))
                late += _report(key, known[key], share)
    sys.stdout.write(f"{late} answers late or missing; an operation counts as {FLOPS_PER_OPERATION:g} flops\n")
    return int(late > 0)


def _shipped() -> int:
    """The share of the default budget that honest certificates spend; 1 if one spends more than half."""
    allowed, shares = DEFAULT_BUDGET / FLOPS_PER_OPERATION, {}
    for folder in ("examples", "tests/corpus/accepted", "verify/theory/certificates"):
        for path in sorted(Path(folder).rglob("*.cert.json")):
            with limited_effort(allowed):
                outcome = check(path).outcome
                shares[path] = (allowed - remaining_effort()) / allowed
            sys.stdout.write(f"{shares[path]:8.3%} {outcome} {path}\n")
    sys.stdout.write(f"{len(shares)} certificates, the largest share is {max(shares.values()):.1%}\n")
    return int(max(shares.values()) > 0.5)


def _report(key: str, found: Result, share: float) -> bool:
    late = found["outcome"] not in {"accepted", "rejected", "undecided", "malformed"} or (
        float(str(found["seconds"])) > LIMITS[share]
    )
    mark = "LATE" if late else "    "
    figures = f"{found['seconds']:7.1f} s {found['peak']:5.2f} GB {found['bytes']:8d} B"
    sys.stdout.write(f"{mark} {key:85s} {found['outcome']:10s} {figures}  {found['said']}\n")
    sys.stdout.flush()
    return late


if __name__ == "__main__":
    sys.exit(main())
