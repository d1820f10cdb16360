"""Search for the accuracy at the exact minimiser nearby: the evidence is that of a strict minimum (theory 6.4)."""

from __future__ import annotations

from certificates import Accepted, Network, decide
from certificates.checks.minimum import MOST_PARAMETERS
from certificates.claims.certified_accuracy import Claim
from certificates.language.minimum import MinimumEvidence
from certificates.language.parts import DataFile
from certificates.memory import kept_memory
from certificates.subjects import Squared
from verify.search.minimum import Basin, basin_of, evidence_of, with_polish
from verify.search.proposal import Options, Proposal, Search
from verify.search.weakening import PROBE_BUDGET, weaken

__all__ = ["SEARCH", "propose"]


@kept_memory()
def propose(network: Network, *, data: tuple[DataFile, Network] | None = None) -> Proposal:
    """Count the samples that are certainly classified rightly, and wrongly.

    Parameters
    ----------
    network
        The problem.
    data
        A problem whose samples are counted instead, and how to name its file.

    Returns
    -------
    Proposal
        With an accepted verdict, or with the judge's refusal and its numbers.
    """
    small = network.teacher is None and network.trained_parameter_count <= MOST_PARAMETERS
    squared = isinstance(network.objective.loss, Squared)
    basin = basin_of(network) if small and not squared else None
    evidence = evidence_of(network, basin)
    other = None if data is None else data[1]
    verdict = decide(_weakest_claim(network, evidence, basin, data), evidence, network, origin=other)
    if not isinstance(verdict, Accepted):
        return Proposal(network, None, evidence, verdict)
    claim: Claim = weaken(verdict.proved)
    return Proposal(network, claim, evidence, decide(claim, evidence, network, origin=other))


def _weakest_claim(
    network: Network, evidence: MinimumEvidence, basin: Basin | None, data: tuple[DataFile, Network] | None
) -> Claim:
    """Implied by whatever this evidence proves: that is read off the verdict."""
    counted, name = (network, None) if data is None else (data[1], data[0])
    flat = () if basin is None else basin.flat
    return Claim(counted.sample_count, 0, 0, evidence.radius, evidence.radius, flat, name)


def _propose(network: Network, options: Options) -> Proposal:
    return with_polish(network, options, lambda weights, _: propose(weights, data=options.data))


def _fits(network: Network) -> str | None:
    classifier = not isinstance(network.objective.loss, Squared)
    return "how accurate the classifier is at the exact minimiser" if classifier else None


def _excludes(network: Network) -> str | None:
    """What is said of the structure, which no evidence can help."""
    evidence = MinimumEvidence(1.0, 1.0, 5e-324, 1.0)
    verdict = decide(_weakest_claim(network, evidence, None, None), evidence, network, budget=PROBE_BUDGET)
    return verdict.finding() if not isinstance(verdict, Accepted) and verdict.check in (0, 1, 8) else None


SEARCH = Search(Claim, Network, _propose, reads=frozenset({"polish", "data"}), fits=_fits, excludes=_excludes)
