"""What is proved about single runs of `sjl-fig-3`: gaps of successful ones, and what stopped the others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from certificates import Accepted, Network, decide
from certificates.claims.optimality_gap import Claim, Evidence
from verify.certification.proofs import NetworkProof
from verify.experiments.soltanolkotabi_2018.planted_trials import Trials
from verify.proposals import negative_curvature, second_order_stationary
from verify.search.weakening import weaken

__all__ = ["STATIONARY", "Label", "label_runs", "prove_runs"]

Label = Literal["global", "second-order", "saddle", "budget"]

STATIONARY = 1e-5  # at most this ‖∇f‖ and this ε_H of ∇²f ⪰ −ε_H I make a run second-order stationary

_ANY_GAP = Claim(1e308)
_LABELS: Mapping[str, Label] = {
    "optimality-gap": "global",
    "second-order-stationary": "second-order",
    "negative-curvature": "saddle",
}


def prove_runs(trials: Trials, samples: int) -> dict[str, NetworkProof]:
    """Certificates of the runs at a grid point.

    A successful run where the convex relaxation is exact gets its optimality gap: the labels are planted by outer
    weights 1, so inf f = 0 with outer weights 1, and f ≥ 0 with any. A run that failed in mode ``fixed`` is shown to be
    nearly second-order stationary, or gets a direction of negative curvature, if there is one.
    """
    proofs = {}
    for index, outcome in enumerate(trials.run.outcomes):
        found = None
        if outcome == "reached":
            found = _gap(trials, index) if trials.point.has_exact_relaxation(samples) else None
        elif trials.mode == "fixed":
            found = _failure(trials.problem(index))
        if found is not None:
            proofs[_name(trials, index)] = found
    return proofs


def label_runs(trials: Trials, proofs: Mapping[str, NetworkProof]) -> tuple[Label, ...]:
    """How each run ended.

    ``global``: at a global minimum. ``second-order``: certainly nearly second-order stationary, above the minimum.
    ``saddle``: certainly at no minimum. ``budget``: nothing is shown; in mode ``both`` there is no certificate for the
    joint loss.
    """
    return tuple(
        "global" if outcome == "reached" else _label(proofs.get(_name(trials, index)))
        for index, outcome in enumerate(trials.run.outcomes)
    )


def _label(proof: NetworkProof | None) -> Label:
    return "budget" if proof is None else _LABELS[proof.claim.kind]


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


def _failure(network: Network) -> NetworkProof | None:
    found = second_order_stationary.propose(network)
    if not (isinstance(found.verdict, Accepted) and _is_stationary(found.claim)):
        found = negative_curvature.propose(network)
    if not isinstance(found.verdict, Accepted):
        return None
    return NetworkProof(network, found.claim, found.evidence, found.verdict)


def _is_stationary(claim: Any) -> bool:
    return bool(claim.gradient_norm <= STATIONARY and claim.curvature_deficit <= STATIONARY)
