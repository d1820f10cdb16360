"""Search for a dominating gradient: every layer that is trained, both ways, and a ball that traps gradient flow."""

from __future__ import annotations

from dataclasses import replace

from certificates import Accepted, Network, Undecided, Verdict, decide
from certificates.arithmetic.arb import lower
from certificates.claims.wide_gradient_dominance import Claim, Evidence
from certificates.errors import EnclosureFailure
from certificates.memory import kept_memory
from verify.search.proposal import Options, Proposal, Search
from verify.search.weakening import PROBE_BUDGET, weaken
from verify.search.wide_candidates import Candidate, candidate, possible, trapping_radius

__all__ = ["SEARCH", "propose"]

_TINY = 5e-324
Refused = tuple[int, Evidence, Verdict]


@kept_memory()
def propose(network: Network, *, radius: float | None = None) -> Proposal:
    """Find the layer with the largest constant at the weights, and a ball on which it traps gradient flow.

    Parameters
    ----------
    network
        The problem.
    radius
        ρ; ``None`` for the smallest ball found that traps the flow, and for the weights alone where none does.

    Returns
    -------
    Proposal
        With an accepted verdict, or with the refusal of the layer that came furthest; its notes are those of the
        others.
    """
    candidates, refused = _candidates(network)
    for found in sorted(candidates, key=lambda each: lower(each.constant()), reverse=True):
        size = trapping_radius(found) if radius is None else radius
        proposal = _claimed(network, found.layer, replace(found.evidence, radius=size))
        if isinstance(proposal.verdict, Accepted):
            return replace(proposal, notes=_notes(refused))
        refused.append((found.layer, proposal.evidence, proposal.verdict))
    layer, evidence, verdict = max(refused, key=lambda each: (_check(each[2]), each[0]))
    return Proposal(network, None, evidence, verdict, _notes([each for each in refused if each[0] != layer]))


def _candidates(network: Network) -> tuple[list[Candidate], list[Refused]]:
    """The layers for which there may be a constant, and the judge's words about the others."""
    found, refused = list[Candidate](), list[Refused]()
    for layer in reversed(range(len(network.layers))):
        evidence = possible(network, layer)
        verdict = decide(Claim(layer, _TINY), evidence, network)
        if _check(verdict) <= 4:  # the shifts are none yet
            refused.append((layer, evidence, verdict))
            continue
        try:
            found.append(candidate(network, layer, evidence))
        except EnclosureFailure:
            refused.append((layer, evidence, verdict))
    return found, refused


def _check(verdict: Verdict) -> int:
    return 9 if isinstance(verdict, Accepted) else verdict.check


def _notes(refused: list[Refused]) -> tuple[str, ...]:
    return tuple(
        f"layers.{layer}: {verdict.finding()}" for layer, _, verdict in refused if not isinstance(verdict, Accepted)
    )


def _claimed(network: Network, layer: int, evidence: Evidence) -> Proposal:
    """What the judge proves with this evidence, a little weaker."""
    verdict = decide(Claim(layer, _TINY), evidence, network)
    if not isinstance(verdict, Accepted):
        return Proposal(network, None, evidence, verdict)
    claim = weaken(verdict.proved)
    return Proposal(network, claim, evidence, decide(claim, evidence, network))


def _structure(network: Network) -> list[Verdict]:
    """What is said of each layer's structure."""
    layers = range(len(network.layers))
    return [decide(Claim(k, _TINY), possible(network, k), network, budget=PROBE_BUDGET) for k in layers]


def _is_structural(verdict: Verdict) -> bool:
    beyond = isinstance(verdict, Undecided) and verdict.cause == "budget"
    return not isinstance(verdict, Accepted) and not beyond and verdict.check in (0, 1, 3)


def _fits(network: Network) -> str | None:
    """Where some layer has as many inputs as there are samples."""
    if network.objective.squared_scale is None or all(map(_is_structural, _structure(network))):
        return None
    return "a gradient that dominates the loss, by one wide layer"


def _excludes(network: Network) -> str | None:
    """What is said of the last trained layer, if no layer can do."""
    found = _structure(network)
    if not all(map(_is_structural, found)):
        return None
    last = max(k for k, layer in enumerate(network.layers) if layer.trained)
    verdict = found[last]
    return None if isinstance(verdict, Accepted) else f"layers.{last}: {verdict.finding()}"


def _propose(network: Network, options: Options) -> Proposal:
    return propose(network, radius=None if options.radius is None else float(options.radius))


SEARCH = Search(Claim, Network, _propose, reads=frozenset({"radius"}), fits=_fits, excludes=_excludes)
