"""Search for radii within which a wide ReLU layer goes to loss 0 from its weights (theory 5.3.6)."""

from __future__ import annotations

import numpy as np

from certificates import Accepted, Network, decide
from certificates.claims.relu_convergence import Claim, Evidence, Movement
from certificates.enclosures.networks.relu_flips import relu_start, turned_kernel
from certificates.errors import EnclosureFailure
from certificates.memory import kept_memory
from verify.search.proposal import Options, Proposal, Search
from verify.search.relu_radii import survey
from verify.search.runs import DescentBounds
from verify.search.weakening import PROBE_BUDGET, SLACK, weaken
from verify.search.wide_starts import demand_note

__all__ = ["SEARCH", "propose"]

_BLANK = Evidence((), 0.0)
_ABOUT_EVIDENCE = 3  # the check that refuses evidence without radii
_ANY_STEP = 5e-324


@kept_memory()
def propose(network: Network, *, movement: Movement = "unit") -> Proposal:
    """Find radii for which the judge proves convergence: of descent if it can be, else of the flow.

    Parameters
    ----------
    network
        One hidden layer of ReLU, trained, under a frozen output layer of ±v.
    movement
        Whether every unit is kept near its start, or all weights together (of which nothing is said about descent).

    Returns
    -------
    Proposal
        With an accepted verdict, or with the judge's refusal: by how much the criterion is missed, and the width and
        the output scale at which it would hold.

    Examples
    --------
    >>> from verify import unit_data, wide_problem
    >>> start = wide_problem(*unit_data(3, 3), width=60, antisymmetric=True, scale=200)
    >>> propose(start).verdict.outcome
    'accepted'
    """
    refused = decide(_weakest(movement), _BLANK, network, budget=PROBE_BUDGET)
    if not isinstance(refused, Accepted) and refused.check < _ABOUT_EVIDENCE:
        return Proposal(network, None, _BLANK, refused)
    tried, reserve = _evidence(network, movement)
    for evidence, step in tried:
        verdict = decide(_weakest(movement, step), evidence, network)
        if isinstance(verdict, Accepted):
            claim: Claim = weaken(verdict.proved)
            return Proposal(network, claim, evidence, decide(claim, evidence, network), _notes(network, reserve))
    return Proposal(network, None, evidence, verdict, demand_note(network))


def _weakest(movement: Movement, step: float | None = None) -> Claim:
    return Claim(movement, 1e308, 0.0, step)


def _evidence(network: Network, movement: Movement) -> tuple[list[tuple[Evidence, float | None]], float]:
    """What to try, whether descent is claimed with it, and how much larger the integral may be than it has to be."""
    try:
        start = relu_start(network, ())
        seen = survey(network, turned_kernel(start).mid, float(start.residual), movement)
    except (EnclosureFailure, np.linalg.LinAlgError):
        return [(Evidence((1.0,), 0.0), None)], 0.0
    shift = seen.least * (1 - SLACK)
    further = seen.descent_radius()
    descent = [] if further is None else [(Evidence((further,), shift), _ANY_STEP)]
    return [*descent, (Evidence(seen.flow_radii(), shift), None)], seen.reserve()


def _notes(network: Network, reserve: float) -> tuple[str, ...]:
    units = len(network.layers[0].weight) / max(reserve, 1.0) ** 2
    return (
        f"the integral can be {reserve:.3g} times what the flow needs: by its growth about {units:.2g} units would do",
        *demand_note(network),
    )


def _fits(network: Network) -> str | None:
    if _excludes(network) is not None:
        return None
    return "a wide layer of ReLU under a frozen output layer"


def _excludes(network: Network) -> str | None:
    verdict = decide(_weakest("unit"), _BLANK, network, budget=PROBE_BUDGET)
    return None if isinstance(verdict, Accepted) or verdict.check >= _ABOUT_EVIDENCE else verdict.finding()


def _runs(claim: Claim, network: Network) -> DescentBounds | None:
    """Of descent, where it is claimed; all units together move at most √m times as far as each."""
    if claim.step_size_max is None:
        return None
    reach = float(np.sqrt(len(network.layers[0].weight))) * claim.radius
    return DescentBounds(reach, claim.step_size_max, claim.decrease_rate)


def _propose(network: Network, options: Options) -> Proposal:
    return propose(network, movement="all" if options.objective == "radius" else "unit")


SEARCH = Search(Claim, Network, _propose, reads=frozenset({"objective"}), fits=_fits, excludes=_excludes, runs=_runs)
