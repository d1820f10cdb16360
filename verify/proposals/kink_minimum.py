"""Search for a strict minimum of a ReLU net on its kinks, moving the weights there if that is wanted (theory 6.7)."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from certificates import Accepted, Network, decide
from certificates.claims.kink_minimum import Claim, Evidence
from certificates.enclosures.objectives.flat import flat_directions
from certificates.enclosures.objectives.kinks import Sides, sides_of
from verify.search.kinks.evidence import Basis, basis_of, evidence_of
from verify.search.kinks.path import face_at, polish_on_kinks
from verify.search.minimum import rounded_outwards
from verify.search.proposal import Options, Proposal, Search
from verify.search.weakening import PROBE_BUDGET, weaken

__all__ = ["SEARCH", "propose"]

_NOTHING = Evidence(1.0, (), 5e-324, 1.0)
_LIKENESS = 1e-4, 0.1  # units that nearly double each other leave a minimum too flat to be seen, and are merged
_SHRUNK, _SMALLER = 3, 6  # how often a ball is tried again that was too large, and by which power of 2 it shrinks


def propose(network: Network, *, polish: bool = False, options: Options | None = None) -> Proposal:
    """Find the strongest provable claim.

    Parameters
    ----------
    network
        The problem.
    polish
        Whether the weights may be moved to a minimum, and units that carry nothing be left out.
    options
        A radius that is asked for, and whom to tell what is being done.

    Returns
    -------
    Proposal
        With an accepted verdict, or with the judge's refusal, which names the kink that does not hold.
    """
    options = Options() if options is None else options
    excluded = _refusal(network)
    if excluded is not None:
        return excluded
    sides = sides_of(network.activations[0])
    if sides is None:  # pragma: no cover - the judge has refused it
        raise ValueError("no two slopes")
    found = _claimed(basis_of(face_at(network, sides), sides), options.radius)
    if isinstance(found.verdict, Accepted) or not polish:
        return found
    for likeness in _LIKENESS:
        found = _polished(network, sides, options, likeness)
        if isinstance(found.verdict, Accepted):
            break
    return found


def _polished(network: Network, sides: Sides, options: Options, likeness: float) -> Proposal:
    settled = polish_on_kinks(network, sides, options.progress, likeness)
    basis = replace(basis_of(settled.face, sides), network=settled.polished.network)
    return replace(_claimed(basis, options.radius), polished=settled.polished, notes=settled.notes)


def _refusal(network: Network) -> Proposal | None:
    """What is said of the structure, which no evidence can help."""
    verdict = decide(_weakest(network, (), 1.0), _NOTHING, network, budget=PROBE_BUDGET)
    structural = not isinstance(verdict, Accepted) and verdict.check in (0, 1)
    return Proposal(network, None, _NOTHING, verdict) if structural else None


def _claimed(basis: Basis, radius: Fraction | None) -> Proposal:
    """What the judge proves on a ball, or on a smaller one, a little weaker."""
    network, evidence = basis.network, evidence_of(basis, radius)
    verdict = decide(_weakest(network, basis.pairs, evidence.radius), evidence, network)
    for _ in range(0 if radius is not None else _SHRUNK):
        if isinstance(verdict, Accepted) or verdict.check in (0, 1, 2, 3, 6):
            break
        evidence = evidence_of(basis, Fraction(evidence.radius) / 2**_SMALLER)
        verdict = decide(_weakest(network, basis.pairs, evidence.radius), evidence, network)
    if not isinstance(verdict, Accepted):
        return Proposal(network, None, evidence, verdict)
    proved: Claim = verdict.proved
    low, high = rounded_outwards(proved.value_lower, -1), rounded_outwards(proved.value_upper, 1)
    claim = replace(weaken(proved), value_lower=low, value_upper=high)
    return Proposal(network, claim, evidence, decide(claim, evidence, network))


def _weakest(network: Network, pairs: tuple[tuple[int, int], ...], radius: float) -> Claim:
    """Implied by whatever this evidence proves: that is read off the verdict."""
    return Claim(radius, radius, 5e-324, -1e308, 1e308, pairs, flat_directions(network))


def _fits(network: Network) -> str | None:
    if _refusal(network) is not None or network.teacher is not None or not network.objective.decay:
        return None
    return "a strict minimum of a ReLU net on its kinks"


def _excludes(network: Network) -> str | None:
    refused = _refusal(network)
    return None if refused is None or isinstance(refused.verdict, Accepted) else refused.verdict.finding()


def _propose(network: Network, options: Options) -> Proposal:
    return propose(network, polish=bool(options.polish), options=options)


SEARCH = Search(Claim, Network, _propose, reads=frozenset({"polish", "radius"}), fits=_fits, excludes=_excludes)
