"""What is proved about single runs of `sjl-fig-3`: gaps of successful ones, and what stopped the others."""

from __future__ import annotations

from typing import Literal

from certificates import Accepted, decide
from certificates.claims.optimality_gap import Claim, Evidence
from verify.experiments.network_proofs import NetworkProof
from verify.experiments.planted_trials import Trials
from verify.proposals import negative_curvature
from verify.proposals._weaken import weaken

__all__ = ["Label", "label_runs", "prove_runs"]

Label = Literal["global", "saddle", "budget"]

_ANY_GAP = Claim(1e308)


def prove_runs(trials: Trials, samples: int) -> dict[str, NetworkProof]:
    """Certificates of the runs at a grid point.

    A successful run where the convex relaxation is exact gets its optimality gap: the labels are planted by outer
    weights 1, so inf f = 0 with outer weights 1, and f ≥ 0 with any. A run that failed in mode ``fixed`` gets a
    direction of negative curvature, if there is one.
    """
    proofs = {}
    for index, outcome in enumerate(trials.run.outcomes):
        if outcome == "reached" and trials.point.has_exact_relaxation(samples):
            proofs[_name(trials, index)] = _gap(trials, index)
        elif outcome != "reached" and trials.mode == "fixed":
            found = _curvature(trials, index)
            if found is not None:
                proofs[_name(trials, index)] = found
    return proofs


def label_runs(trials: Trials, proofs: dict[str, NetworkProof]) -> tuple[Label, ...]:
    """How each run ended: at a global minimum, certainly at no minimum, or without either (``budget``)."""
    return tuple(
        "global" if outcome == "reached" else "saddle" if _name(trials, index) in proofs else "budget"
        for index, outcome in enumerate(trials.run.outcomes)
    )


def _name(trials: Trials, index: int) -> str:
    experiment, start = divmod(index, trials.per_experiment)
    return f"{trials.mode}-d{trials.point.dimension}-k{trials.point.units}-{experiment + 1}-{start + 1}"


def _gap(trials: Trials, index: int) -> NetworkProof:
    network, evidence = trials.problem(index), Evidence("nonnegative")
    verdict = decide(_ANY_GAP, evidence, network)
    if not isinstance(verdict, Accepted):
        return NetworkProof(network, _ANY_GAP, evidence, verdict)
    claim = weaken(verdict.proved)
    return NetworkProof(network, claim, evidence, decide(claim, evidence, network))


def _curvature(trials: Trials, index: int) -> NetworkProof | None:
    network = trials.problem(index)
    found = negative_curvature.propose(network)
    if not isinstance(found.verdict, Accepted):
        return None
    return NetworkProof(network, found.claim, found.evidence, found.verdict)
