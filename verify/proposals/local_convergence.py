"""Search for radii of convergence around weights of one hidden layer, or around the teacher's (theory 4.5)."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from certificates import Accepted, Network, decide
from certificates.claims.local_convergence import Centred, Claim, Columns, Evidence
from certificates.enclosures.objectives.frozen_output import at_teacher
from certificates.enclosures.objectives.point import stands_at_teacher
from certificates.errors import EnclosureFailure
from certificates.memory import kept_memory
from verify.search.local_radii import survey_of
from verify.search.proposal import Options, Proposal, Search
from verify.search.runs import DescentBounds
from verify.search.weakening import PROBE_BUDGET, weaken, weaken_number

__all__ = ["SEARCH", "propose"]

_BLANK = Evidence(0.0, 2.0**-40, 0.0, Fraction(0), Columns(0.0, 0.0, 0.0, 0.0, 0.0))
_ABOUT_EVIDENCE = 4  # the first check that asks for more than structure


@kept_memory()
def propose(
    network: Network, *, around: Centred | None = None, start_radius: Fraction | float | None = None
) -> Proposal:
    """Find radii that can be proven for every start near a point.

    Parameters
    ----------
    network
        One hidden layer and one output, without biases.
    around
        The given weights, or the teacher's; ``None`` tries the given weights where they are not the teacher's, and then
        the teacher's.
    start_radius
        r; by default 0 around given weights, and half of the largest one around a teacher's: at the largest the
        certified rate is 0.

    Returns
    -------
    Proposal
        With an accepted verdict, or with the judge's refusal and its numbers.
    """
    if around is not None:
        return _around(network, around, start_radius)
    first: Centred = "teacher" if stands_at_teacher(network) else "weights"
    found = _around(network, first, start_radius)
    if isinstance(found.verdict, Accepted) or first == "teacher" or network.teacher is None:
        return found
    other = _around(network, "teacher", start_radius)
    return other if isinstance(other.verdict, Accepted) else found


def _around(network: Network, around: Centred, start_radius: Fraction | float | None) -> Proposal:
    weakest = Claim(around, 0.0, 1e308, 5e-324, 0.0, 1e308)
    refused = decide(weakest, _BLANK, network, budget=PROBE_BUDGET)
    if not isinstance(refused, Accepted) and refused.check < _ABOUT_EVIDENCE:
        return Proposal(network, None, _BLANK, refused)
    evidence = _evidence(network, around, start_radius)
    verdict = decide(weakest, evidence, network)
    if not isinstance(verdict, Accepted):
        return Proposal(network, None, evidence, verdict)
    claim: Claim = weaken(verdict.proved)
    return Proposal(network, claim, evidence, decide(claim, evidence, network))


def _evidence(network: Network, around: Centred, start_radius: Fraction | float | None) -> Evidence:
    """The shortest path radius for the start radius; where none is found, one with which the refusal has numbers."""
    try:
        seen = survey_of(at_teacher(network) if around == "teacher" else network)
    except EnclosureFailure:
        return _BLANK
    start = float(start_radius or 0)
    if start_radius is None and around == "teacher":
        start = weaken_number(seen.largest_start_radius() / 2, "smaller")
    path = seen.path_radius(start)
    if path is None:
        path = 2.0**-40 if seen.centre is None else float(seen.centre.smallest) / 2
    return Evidence(start, weaken_number(path, "larger"), seen.shift, seen.theta, seen.columns, seen.fourth_shift)


def _fits(network: Network) -> str | None:
    shallow = len(network.layers) == 2 and network.widths[-1] == 1 and network.layers[0].trained
    fits = shallow and network.teacher is not None and network.sample_count <= network.trained_parameter_count
    return "every start near weights of zero loss" if fits else None


def _excludes(network: Network) -> str | None:
    verdict = decide(Claim("weights", 0.0, 1e308, 5e-324, 0.0, 1e308), _BLANK, network, budget=PROBE_BUDGET)
    return None if isinstance(verdict, Accepted) or verdict.check >= _ABOUT_EVIDENCE else verdict.finding()


def _runs(claim: Claim, network: Network) -> DescentBounds | None:
    """From the given weights, where they are one of the starts."""
    if claim.around == "teacher" and not _distance(network) <= claim.start_radius:
        return None
    return DescentBounds(claim.radius, claim.step_size_max, claim.decrease_rate, claim.distance_factor)


def _distance(network: Network) -> float:
    """From the given weights to the teacher's, over the trained parameters."""
    pairs = zip(network.layers, network.teacher or (), strict=True)
    return float(np.sqrt(sum(np.sum((mine.weight - theirs.weight) ** 2) for mine, theirs in pairs if mine.trained)))


def _propose(network: Network, options: Options) -> Proposal:
    return propose(network, start_radius=options.radius)


SEARCH = Search(Claim, Network, _propose, reads=frozenset({"radius"}), fits=_fits, excludes=_excludes, runs=_runs)
