"""The choice of a kind where none is asked for, and what else fits the problem."""

from __future__ import annotations

from dataclasses import replace

from certificates import Accepted, Network
from certificates.claims.strict_minimum import Claim as StrictMinimum
from certificates.claims.zero_loss_convergence import Claim as ZeroLoss
from verify.certification.minimum_or_saddle import minimum_or_saddle
from verify.certification.searches import network_searches, search_of
from verify.problems.objectives import squared_scale
from verify.proposals import (
    cross_entropy_convergence,
    deep_linear_gap,
    interpolation,
    local_convergence,
    negative_curvature,
    optimality_gap,
    planted_convergence,
    relu_convergence,
)
from verify.search.estimates import loss_only
from verify.search.proposal import Options, Proposal
from verify.search.quadratic import look, overlooked, read

__all__ = ["chosen_kind", "descent_or_gap", "offers", "search"]

_CRITERION_CHECK = 7  # of zero-loss convergence
_SHARE = 1e-6  # of f(0): a witness that guarantees no more is no news beside a gap


def chosen_kind(network: Network, kind: str | None, options: Options) -> str | None:
    """The kind to search for; ``None`` for the choice between a descent and a gap."""
    if kind is not None:
        return kind
    if not options.polish and cross_entropy_convergence.is_plain_cross_entropy(network):
        return cross_entropy_convergence.SEARCH.claim.kind
    if network.objective.squared_scale is None:  # not zero: the least value nearby
        return StrictMinimum.kind
    asked = options.polish or options.objective != "rate"
    if not asked and read(network) is not None:
        return None
    if network.residual_count <= network.trained_parameter_count:
        if not options.polish and relu_convergence.SEARCH.excludes(network) is None:  # not smooth, but wide perhaps
            return relu_convergence.SEARCH.claim.kind
        planted = network.teacher is not None and not asked
        fit = planted and local_convergence.SEARCH.excludes(network) is None
        return local_convergence.SEARCH.claim.kind if fit else ZeroLoss.kind
    if network.teacher is None or asked or planted_convergence.SEARCH.excludes(network):
        linear = not asked and deep_linear_gap.SEARCH.excludes(network) is None  # its minima are never alone
        return deep_linear_gap.SEARCH.claim.kind if linear else StrictMinimum.kind  # no loss is zero for most labels
    return planted_convergence.SEARCH.claim.kind


def search(network: Network, kind: str | None, options: Options, *, asked: bool = True) -> Proposal:
    """Search for the strongest provable claim of that kind, or of the kind that is chosen.

    Where it was not ``asked`` for, a strict minimum that is not proved gives way to what else is said of such weights.
    """
    if kind != ZeroLoss.kind and network.objective.squared_scale is not None:  # it estimates what it needs itself
        options.estimated(loss_only(network))
    _hint(network, options)
    if kind == StrictMinimum.kind and not asked:
        return minimum_or_saddle(network, options)
    if kind == planted_convergence.SEARCH.claim.kind and not asked:
        return _planted_or_minimum(network, options)
    found = descent_or_gap(network, options) if kind is None else search_of(kind).propose(network, options)
    return found if asked or kind != ZeroLoss.kind else _or_interpolation(found, network, options)


def _or_interpolation(found: Proposal, network: Network, options: Options) -> Proposal:
    """Where the residual is too large for descent to zero loss, a zero near the weights."""
    if isinstance(found.verdict, Accepted) or found.verdict.check != _CRITERION_CHECK:
        return found
    other = interpolation.SEARCH.propose(network, options)
    refusal = f"{found.verdict.kind}: {found.verdict.explanation()}"
    return replace(other, notes=(*other.notes, refusal)) if isinstance(other.verdict, Accepted) else found


def _planted_or_minimum(network: Network, options: Options) -> Proposal:
    """Recovery of the teacher, which is about no weights but its own; else what is said of the given ones."""
    found = planted_convergence.SEARCH.propose(network, options)
    if isinstance(found.verdict, Accepted):
        return found
    other = minimum_or_saddle(network, options)
    refusal = f"{found.verdict.kind}: {found.verdict.finding()}"
    return replace(other, notes=(*other.notes, refusal)) if isinstance(other.verdict, Accepted) else found


def _hint(network: Network, options: Options) -> None:
    """Say that another spelling makes it a quadratic network."""
    hint = overlooked(network)
    if hint is not None:
        options.notice(hint)


def descent_or_gap(network: Network, options: Options) -> Proposal:
    """Either a direction of negative curvature with a worthwhile guaranteed decrease, or a gap (theory 3.4).

    Worthwhile is more than 1e-6 of f(0), the loss of the zero first layer. A decrease is a lower bound of the gap.

    Returns
    -------
    Proposal
        Of kind ``negative-curvature`` or ``optimality-gap``.
    """
    options.say("a direction of negative curvature")
    found = negative_curvature.propose(network)
    if found.claim is not None and found.claim.descent > _SHARE * _loss_at_zero(network):
        return found
    options.say("an optimality gap")
    return optimality_gap.propose(network)


def _loss_at_zero(network: Network) -> float:
    seen = look(network)
    return 0.0 if seen is None else float(squared_scale(network)) * float(seen.labels @ seen.labels)


def offers(network: Network, found: Proposal) -> tuple[tuple[str, str], ...]:
    """(kind, why it may be worth trying): claims beyond the one found that fit this problem."""
    if not isinstance(found.verdict, Accepted):
        return ()
    fitting = [(kind, each.fits(network)) for kind, each in network_searches() if kind != found.claim.kind]
    return tuple((kind, why) for kind, why in fitting if why is not None)
