"""Advice that can be followed where a search runs: it takes no option of the judge, and writes the evidence itself."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from certificates import Accepted, Undecided
from certificates.verdict import NotAccepted

__all__ = ["SMALLER_NETWORK", "followable"]

V = TypeVar("V", bound=Accepted | NotAccepted)

SMALLER_NETWORK = "fewer samples or a smaller network"


def followable(verdict: V, *, smaller: str = SMALLER_NETWORK) -> V:
    """The verdict without the judge's options, which `certify` and `activation` do not have.

    Parameters
    ----------
    verdict
        About what a search proposed.
    smaller
        What to try where the work exceeds the budget, in words of what the search is about.

    Examples
    --------
    >>> dear = Undecided("", "", "fast", 5, "too much", advice="fewer cells", options="--budget", cause="budget")
    >>> dear.explanation()
    'check 5: too much; try: fewer cells, or check with --budget'
    >>> followable(dear, smaller="fewer samples").explanation()
    'check 5: too much; try: fewer samples'
    """
    if isinstance(verdict, Accepted) or not verdict.options:
        return verdict
    dear = isinstance(verdict, Undecided) and verdict.cause == "budget"
    return replace(verdict, advice=smaller if dear else verdict.advice, options="")
