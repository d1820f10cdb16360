"""Fourteen nets of a new user: certified as trained, else with ``--polish``, else by following the refusal's advice.

Advice is followed to the letter, its alternatives in the order in which they are printed, until a proof: what it says
of the problem file is done to that, what it says of the net or its data is trained anew.

Run: ``python -m benchmarks.realistic [NAME …] [--output FOLDER]`` (with PyTorch and scikit-learn: ``make realistic``).
"""

from __future__ import annotations

import argparse
import sys
import time
import warnings
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from benchmarks.realistic_data import Array, Data, standardised
from benchmarks.realistic_nets import NETS, Net, Remedy, problem_file
from benchmarks.realistic_page import Bound, Row, page
from certificates import Accepted, Network, decide
from certificates.claims.zero_loss_convergence import Claim
from certificates.document import write_atomically
from certificates.errors import EnclosureFailure
from verify.certification.certify import Certified, SearchNotice, certify
from verify.problems import load_problem, select
from verify.search.estimates import estimates
from verify.search.landscape import curvature_forms, plain_form, survey
from verify.search.representatives import different_samples
from verify.search.trapping import best_evidence

_TRIALS = 6


def _distinct(network: Network) -> Network:
    return select(network, samples=sorted(np.unique(network.inputs, axis=0, return_index=True)[1].tolist()))


def _different(network: Network) -> Network:
    return select(network, samples=different_samples(network))


def _one_output_less(network: Network) -> Network:
    return select(network, outputs=range(1, network.widths[-1]))


def _half(x: Array, y: Array) -> Data:
    return x[: len(x) // 2], y[: len(x) // 2]


REMEDIES = (
    Remedy("without equal samples", ("remove one of the two samples",), _distinct),
    Remedy("problem select --different", ("--different",), _different),
    Remedy("problem select --leave-out-output 0", ("leave out one output",), _one_output_less),
    Remedy("inputs scaled", ("scale the inputs (", "inputs or first weights"), data=lambda x, y: (standardised(x), y)),
    Remedy("targets scaled", ("scale the targets (",), data=lambda x, y: (x, standardised(y))),
    Remedy("all scaled", ("scale the inputs and",), data=lambda x, y: (standardised(x), standardised(y))),
    Remedy("half the samples", ("fewer samples",), data=_half),
    Remedy("twice as wide", ("wider", "hidden layer of at least"), widening=2),
    Remedy("trained twice as long", ("train further",), longer=2),
)
"""What is done for words of advice."""


@dataclass
class Attempt:
    """One problem, certified as it is or polished."""

    net: Net
    done: Certified
    seconds: float
    polished: bool = field(init=False)

    def __post_init__(self) -> None:
        self.polished = self.done.polished is not None

    @property
    def proved(self) -> bool:
        """Whether it ended in a proof."""
        return isinstance(self.done.verdict, Accepted)


def attempt(net: Net) -> Attempt:
    """Certify the weights as trained; polished, if they miss the criterion."""
    path = problem_file(net)
    output = path.with_suffix(".cert.json")
    start = time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SearchNotice)
        done = certify(path, output=output, force=True)
        if not isinstance(done.verdict, Accepted):
            done = certify(path, polish=True, output=output, force=True)
    return Attempt(net, done, time.perf_counter() - start)


def advised(done: Certified) -> list[Remedy]:
    """The remedies that the advice names, in its order."""
    verdict = done.verdict
    if isinstance(verdict, Accepted):
        return []
    text = verdict.advice
    places = {remedy.name: [text.find(words) for words in remedy.says if words in text] for remedy in REMEDIES}
    named = [remedy for remedy in REMEDIES if places[remedy.name]]
    return sorted(named, key=lambda remedy: min(places[remedy.name]))


def followed(first: Attempt) -> list[Attempt]:
    """The attempts that the advice leads to, and then that of the next refusal, up to a proof."""
    trials: list[Attempt] = []
    waiting = [first.net.with_remedy(remedy) for remedy in advised(first.done)]
    while waiting and len(trials) < _TRIALS:
        trials.append(attempt(waiting.pop(0)))
        if trials[-1].proved:
            break
        waiting = [trials[-1].net.with_remedy(remedy) for remedy in advised(trials[-1].done)] + waiting
    return trials


# ---- one row -------------------------------------------------------------------------------------------------------


def bounds(network: Network) -> list[Bound]:
    """The plain and the sharper bound of β at these weights, and what the judge proves with each."""
    found = []
    for form in dict.fromkeys([plain_form(network), curvature_forms(network)[0]]):
        landscape = survey(network, form)
        step = rate = float("nan")
        try:
            verdict = decide(Claim(1e308, 5e-324, 0.0, 1e308, None), best_evidence(network, landscape, "rate"), network)
            if isinstance(verdict, Accepted):
                step, rate = verdict.proved.step_size_max, verdict.proved.decrease_rate
        except EnclosureFailure:
            pass
        found.append(Bound(form, float(landscape.betas[0]), landscape.admissible, step, rate))
    return found


def row(net: Net) -> Row:
    """Certify a net, follow the advice if that is refused, compare the bounds of β where it ends."""
    known = estimates(load_problem(problem_file(net)))
    first = attempt(net)
    trials = [] if first.proved else followed(first)
    last = trials[-1] if trials and trials[-1].proved else first
    return Row(
        name=net.name,
        equations=known.equations,
        parameters=known.parameters,
        present=known.residual,
        needed=known.needed,
        outcome=_outcome(first),
        seconds=first.seconds,
        distance=last.done.polished.distance if last.proved and last.done.polished else float("nan"),
        advice="" if isinstance(first.done.verdict, Accepted) else first.done.verdict.explanation(),
        trials=tuple((trial.net.remedies, _outcome(trial), trial.seconds) for trial in trials),
        bounds=tuple(bounds(last.done.network)) if last.proved else (),
    )


def _outcome(tried: Attempt) -> str:
    if not tried.proved:
        return tried.done.verdict.outcome
    return "proved, polished" if tried.polished else "proved as trained"


def main(names: Iterable[str], output: Path | None) -> None:
    """Print a line a net; write the page where that is asked for."""
    chosen = [net for net in NETS if net.name in names] or list(NETS)
    rows = []
    for net in chosen:
        rows.append(row(net))
        sys.stdout.write(f"{rows[-1]}\n")
        sys.stdout.flush()
    if output is not None:
        write_atomically(output / "realistic.md", page(rows).encode(), force=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.realistic", description=__doc__)
    parser.add_argument("names", nargs="*", help="nets, all by default")
    parser.add_argument("--output", type=Path, help="a folder for realistic.md")
    arguments = parser.parse_args()
    main(arguments.names, arguments.output)
