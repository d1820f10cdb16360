"""What is said of weights whose objective need not go to zero: a strict minimum, or why there is none (theory 6.4)."""

from __future__ import annotations

from dataclasses import replace

from certificates import Accepted, Network
from certificates.claims.no_local_minimum import Claim as NoLocalMinimum
from verify.proposals import critical_point, kink_minimum, no_local_minimum, strict_minimum
from verify.search.proposal import Options, Proposal

__all__ = ["minimum_or_saddle"]

_DEFINITE = 5  # the check of strict-minimum that the Hessian is positive definite
_ABOUT_WEIGHTS = (_DEFINITE, 6, 7)  # those that other weights may pass
_TOO_LARGE = (1, 4)  # checks of the number of parameters, and of the work
_CRITICAL = 1e-6  # a gradient below this share of the curvature is one of rounding


def minimum_or_saddle(network: Network, options: Options) -> Proposal:
    """A strict minimum, else a ball without minima, else a critical point; with what refused the others as notes.

    Returns
    -------
    Proposal
        Of kind ``strict-minimum``, ``no-local-minimum`` or ``critical-point``, for a penalised ReLU net of one hidden
        layer ``kink-minimum``; about the polished weights where the search polished. If nothing is proved, the refusal
        of the first, and those of the others in its notes.
    """
    if kink_minimum.SEARCH.fits(network) is not None:
        return _in_a_cell_or_on_kinks(network, options)
    found = strict_minimum.SEARCH.propose(network, options)
    if isinstance(found.verdict, Accepted):
        return found
    if found.verdict.check in _TOO_LARGE:
        return _without_a_hessian(network, found, options)
    if found.verdict.check not in _ABOUT_WEIGHTS:
        return found
    refused: tuple[Proposal, ...] = ()
    if found.verdict.check == _DEFINITE:  # else the Hessian is positive definite: there is no other kind of point
        proved, refused = _other_points(network if found.polished is None else found.polished.network, found, options)
        if proved is not None:
            return proved
    if found.polished is not None:
        given = no_local_minimum.propose(network)
        if isinstance(given.verdict, Accepted):
            return replace(given, notes=(_GIVEN, _refusal(found)))
    return replace(found, notes=(*found.notes, *map(_refusal, refused)))


def _in_a_cell_or_on_kinks(network: Network, options: Options) -> Proposal:
    """What is proved of a ReLU net: its minima lie on kinks, and few of them inside a cell."""
    inside = strict_minimum.propose(network)
    if isinstance(inside.verdict, Accepted):
        return inside
    options.say("a minimum on kinks")
    found = kink_minimum.SEARCH.propose(network, options)
    return replace(found, notes=(*found.notes, f"{inside.verdict.kind}: {inside.verdict.reason}"))  # its advice is not


def _without_a_hessian(network: Network, found: Proposal, options: Options) -> Proposal:
    """What is proved of weights that are too many for a strict minimum, or the refusal of that."""
    options.say("a ball without minima")
    saddle = no_local_minimum.propose(network)
    proved = isinstance(saddle.verdict, Accepted)
    return replace(saddle, notes=(_refusal(found),)) if proved else replace(found, notes=(_refusal(saddle),))


def _other_points(weights: Network, found: Proposal, options: Options) -> tuple[Proposal | None, tuple[Proposal, ...]]:
    """What is proved of weights at no strict minimum, or what refused it."""
    options.say("a ball without minima")
    saddle = no_local_minimum.propose(weights)
    if isinstance(saddle.verdict, Accepted):
        return replace(saddle, polished=found.polished, notes=_at_none(weights, found, saddle)), ()
    options.say("a critical point")
    critical = critical_point.propose(weights)
    if isinstance(critical.verdict, Accepted):
        return replace(critical, polished=found.polished, notes=(_refusal(found), _refusal(saddle))), ()
    return None, (saddle, critical)


_FITTED = "the fitted weights are not at a minimum of this objective: --polish leads to one"
_POLISHED = "polishing ended at weights that are not at a minimum"
_GIVEN = "this is about the weights as given; polishing led to no strict minimum"


def _at_none(weights: Network, found: Proposal, saddle: Proposal) -> tuple[str, ...]:
    """That the weights are at no minimum, what was refused, and what else holds where they are nearly critical."""
    notes = [_FITTED if found.polished is None else _POLISHED, _refusal(found)]
    claim: NoLocalMinimum = saddle.claim
    if claim.gradient_norm < _CRITICAL * claim.curvature:
        critical = critical_point.propose(weights)
        if isinstance(critical.verdict, Accepted):
            index = critical.claim.index
            notes.append(f"they are next to a strict saddle of index {index}: --kind critical-point")
        else:
            notes.append(_refusal(critical))
    return tuple(notes)


def _refusal(found: Proposal) -> str:
    verdict = found.verdict
    return "" if isinstance(verdict, Accepted) else f"{verdict.kind}: {verdict.finding()}"
