"""Arb's adaptive integration, with every evaluation counted as effort."""

from __future__ import annotations

from collections.abc import Callable

from flint import acb, arb, ctx

from certificates.arithmetic.effort import remaining_effort, spend, word_count
from certificates.errors import EnclosureFailure

__all__ = ["integrate"]


def integrate(function: Callable[[acb], acb], a: acb, b: acb, *, relative: arb, absolute: arb, nodes: int) -> acb:
    """Enclose the integral of an analytic function over the segment from a to b.

    Parameters
    ----------
    function
        Not a number wherever it is not proven analytic, so Arb's flag needs no attention; it must not raise.
    a, b
        Exact ends.
    relative, absolute
        Goals; the radius is whatever is reached.
    nodes
        Operations of one evaluation, about.

    Guarantee
    ---------
    The ball contains the integral.

    May fail when
    -------------
    There is a singularity near the segment: :class:`EnclosureFailure`. The effort is used up:
    :class:`BudgetExhausted`.

    Examples
    --------
    >>> found = integrate(acb.exp, acb(0), acb(1), relative=arb(2) ** -50, absolute=arb(2) ** -50, nodes=1)
    >>> bool(found.real.overlaps(arb(1).exp() - 1))
    True
    """
    cost = (nodes + 4) * (word_count() + 3)
    evaluations = 0

    def counted(z: acb, analytic: bool) -> acb:
        nonlocal evaluations
        del analytic
        evaluations += 1
        return function(z)

    own_limit = 1000 * ctx.prec + ctx.prec**2  # Arb's
    limit = max(1, int(min(own_limit, remaining_effort() // cost)))
    try:
        found = acb.integral(counted, a, b, rel_tol=relative, abs_tol=absolute, eval_limit=limit)
    except SystemError as error:  # python-flint cannot hand on what the function raised, an interruption for example
        raise _origin(error) from None
    spend(cost * evaluations)
    if limit < own_limit and evaluations >= limit:  # never a wide ball for want of effort: it could be remembered
        spend(remaining_effort() + cost)
    if not found.is_finite():
        raise EnclosureFailure("the integral of the activation's slope has no finite enclosure")
    return found


def _origin(error: BaseException) -> BaseException:
    """The first of a chain of exceptions; Arb goes on after it, so that the chain is as long as what was left."""
    while error.__cause__ is not None:
        error = error.__cause__
    return error
