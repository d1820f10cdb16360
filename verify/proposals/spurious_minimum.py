"""Search for a spurious minimum: the evidence of a strict minimum, and weights that descent finds to be better."""

from __future__ import annotations

from dataclasses import replace

from certificates import Accepted, Network, decide
from certificates.checks.minimum import MOST_PARAMETERS
from certificates.claims.spurious_minimum import Claim, Evidence
from certificates.language.minimum import MinimumEvidence
from certificates.memory import kept_memory
from verify.numeric.mlp import Array
from verify.numeric.smooth_objective import FloatObjective
from verify.search.better_weights import better_weights
from verify.search.minimum import Basin, basin_of, evidence_of, in_pieces, rounded_outwards, with_polish
from verify.search.proposal import Options, Proposal, Search
from verify.search.weakening import PROBE_BUDGET, weaken

__all__ = ["SEARCH", "propose"]


@kept_memory()
def propose(network: Network, better: Array | None) -> Proposal:
    """Find the strongest provable claim about these weights and those that are better.

    Parameters
    ----------
    network
        The problem.
    better
        Trained parameters, (p,), at which the objective is smaller; ``None`` where none are known.

    Returns
    -------
    Proposal
        With an accepted verdict, or with the judge's refusal and its numbers.
    """
    small = network.trained_parameter_count <= MOST_PARAMETERS
    basin = basin_of(network) if small else None
    evidence = _with_witness(evidence_of(network, basin), network, better)
    verdict = decide(_weakest_claim(evidence, basin), evidence, network)
    if not isinstance(verdict, Accepted):
        return Proposal(network, None, evidence, verdict)
    claim = _weakened(verdict.proved)
    return Proposal(network, claim, evidence, decide(claim, evidence, network))


def _with_witness(found: MinimumEvidence, network: Network, better: Array | None) -> Evidence:
    """Where none are better, the given weights: they are refused for what they are."""
    weights = FloatObjective(network).initial() if better is None else better
    parts = found.radius, found.inner_radius, found.shift_lower, found.shift_upper, found.correction
    return Evidence(*parts, witness=in_pieces(weights))


def _weakest_claim(evidence: MinimumEvidence, basin: Basin | None) -> Claim:
    """Implied by whatever this evidence proves: that is read off the verdict."""
    flat = () if basin is None else basin.flat
    return Claim(5e-324, evidence.radius, evidence.radius, -1e308, 1e308, flat)


def _weakened(proved: Claim) -> Claim:
    low, high = rounded_outwards(proved.value_lower, -1), rounded_outwards(proved.value_upper, 1)
    claim: Claim = weaken(proved)
    return replace(claim, value_lower=low, value_upper=high)


def _propose(network: Network, options: Options) -> Proposal:
    """Better weights are looked for where nothing else refuses."""

    def about(weights: Network, _: bool) -> Proposal:
        found = propose(weights, None)
        if isinstance(found.verdict, Accepted) or found.verdict.check != 9:
            return found
        better = better_weights(weights, progress=options.progress)
        return found if better is None else propose(weights, better)

    return with_polish(network, options, about)


def _excludes(network: Network) -> str | None:
    """What is said of the structure, which no evidence can help."""
    evidence = Evidence(1.0, 1.0, 5e-324, 1.0)
    verdict = decide(_weakest_claim(evidence, None), evidence, network, budget=PROBE_BUDGET)
    return verdict.finding() if not isinstance(verdict, Accepted) and verdict.check in (0, 1) else None


def _fits(network: Network) -> str | None:
    penalised = bool(network.objective.decay) or network.residual_count > network.trained_parameter_count
    return "a minimum that is not the best one" if penalised else None


SEARCH = Search(Claim, Network, _propose, reads=frozenset({"polish"}), fits=_fits, excludes=_excludes)
