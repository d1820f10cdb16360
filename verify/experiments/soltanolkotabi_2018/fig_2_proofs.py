"""What became of the failed runs of `sjl-fig-2`: polished, and classified with certificates."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from certificates import Accepted, Network
from verify.certification.proofs import NetworkProof
from verify.experiments.soltanolkotabi_2018.softplus_trials import Trials
from verify.numeric.smooth_objective import FloatObjective
from verify.proposals import local_convergence, no_local_minimum, spurious_minimum
from verify.search.objective_polish import polish_objective
from verify.search.polish import levenberg_marquardt
from verify.search.proposal import Proposal

__all__ = ["FLOOR", "Failure", "Label", "classify"]

Label: TypeAlias = Literal["global", "spurious", "saddle", "undecided"]

FLOOR = 1e-20
"""Of the loss of the zero predictor: below, a polished run is at a global minimum up to rounding."""

_STEPS = 1_000  # of Levenberg–Marquardt, cheap beside Newton steps; in a valley they go far


@dataclass(frozen=True)
class Failure:
    """A run that did not reach the threshold.

    Parameters
    ----------
    index
        Of the run.
    label
        ``global``: polishing leads to loss 0, as a certificate says where one applies; ``spurious``: polishing leads to
        a certified strict minimum that is worse than the planted weights; ``saddle``: to weights around which certainly
        no local minimum lies; ``undecided`` otherwise.
    before, after
        Loss over that of the zero predictor, of the run and of the polished weights.
    size
        Length of the polished weights over that of the planted ones.
    proof
        The certificate.
    """

    index: int
    label: Label
    before: float
    after: float
    size: float
    proof: NetworkProof | None


def classify(trials: Trials) -> Iterator[Failure]:
    """Polish and classify every run that failed."""
    for index, outcome in enumerate(trials.run.outcomes):
        if outcome != "reached":
            yield _classified(trials, index)


def _classified(trials: Trials, index: int) -> Failure:
    network = trials.problem(index)
    zero = float(np.sum(network.given_targets**2)) / (2 * network.sample_count)
    before = float(trials.run.losses[index]) / zero
    polished = levenberg_marquardt(network, max_steps=_STEPS).network
    if _loss(polished) > FLOOR * zero:
        polished = polish_objective(polished).network
    after = _loss(polished) / zero
    label, proof = _label(trials, index, polished, after)
    size = float(np.linalg.norm(FloatObjective(polished).initial()) / np.linalg.norm(trials.planted(index)))
    return Failure(index, label, before, after, size, proof)


def _label(trials: Trials, index: int, polished: Network, relative: float) -> tuple[Label, NetworkProof | None]:
    if relative <= FLOOR:
        return "global", _proof(local_convergence.propose(polished, around="weights"))
    found = _proof(spurious_minimum.propose(polished, trials.planted(index)))
    if found is not None:
        return "spurious", found
    found = _proof(no_local_minimum.propose(polished))
    return ("undecided", None) if found is None else ("saddle", found)


def _proof(found: Proposal) -> NetworkProof | None:
    if not isinstance(found.verdict, Accepted) or not isinstance(found.problem, Network):
        return None
    return NetworkProof(found.problem, found.claim, found.evidence, found.verdict)


def _loss(network: Network) -> float:
    objective = FloatObjective(network)
    return float(objective.value(objective.initial()))
