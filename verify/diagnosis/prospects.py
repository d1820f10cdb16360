"""Which kinds of claims may be about a problem, what each would need, and why the others cannot be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from certificates import Network
from certificates.claims.zero_loss_convergence import Claim as ZeroLoss
from certificates.kinds import KINDS, find
from verify.certification.searches import AnySearch, network_searches
from verify.search.estimated import Estimates

__all__ = ["Prospect", "prospects"]


@dataclass(frozen=True)
class Prospect:
    """Of one kind.

    Parameters
    ----------
    kind
        Its name.
    possible
        Whether a claim of the kind may be about the problem.
    about
        What it would say, or need; or why it is not possible.
    """

    kind: str
    possible: bool
    about: str


def prospects(network: Network, known: Estimates) -> Iterator[Prospect]:
    """Of every kind about networks, those that are possible first.

    Parameters
    ----------
    network
        The problem.
    known
        What is estimated about it.
    """
    found = [_prospect(kind, search, network, known) for kind, search in network_searches()]
    yield from sorted(found, key=lambda each: not each.possible)


def _prospect(kind: str, search: AnySearch, network: Network, known: Estimates) -> Prospect:
    beyond = find(kind).covers.lacks(network)
    if beyond:
        return Prospect(kind, False, f"does not cover {', '.join(beyond)}")
    reason = search.excludes(network)
    if reason is not None:
        return Prospect(kind, False, reason)
    fits = search.fits(network) or KINDS[kind].partition(" (theory")[0]
    return Prospect(kind, True, f"{fits}; {known.comparison}" if kind == ZeroLoss.kind else fits)
