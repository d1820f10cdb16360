"""Each property of an activation, or what refutes it: the kinds that speak of it, asked in turn (theory 2.4)."""

from __future__ import annotations

from certificates import Accepted
from certificates.expression import Activation
from verify.activations.assumed import AssumedTail
from verify.proposals import (
    activation_counterexample,
    lipschitz_slope,
    piecewise_affine,
    positive_rho,
    slope_growth,
)
from verify.search.proposal import Proposal
from verify.search.slopes import tail_power

__all__ = ["curvature", "kinks", "rho_positive", "slope", "slope_or_weaker"]


def slope(activation: Activation, assumed: AssumedTail | None = None) -> Proposal:
    """P1 with its constant, or not-P1.

    Examples
    --------
    >>> from certificates.expression import parse_activation
    >>> [slope(parse_activation(name)).claim.label for name in ("tanh", "gelu", "z+z^3")]
    ['P1', 'not-P1', 'not-P1']
    """
    refuted = activation_counterexample.refute(activation, "P1")
    if refuted is not None and (isinstance(refuted.verdict, Accepted) or refuted.evidence.rule == "negative-slope"):
        return refuted
    return slope_growth.propose(activation, None if assumed is None else assumed.slope)


def slope_or_weaker(activation: Activation, assumed: AssumedTail | None = None) -> Proposal:
    """P1 or not-P1; where neither is shown and the tails grow, our weaker P1'."""
    strict = slope(activation, assumed)
    tail = None if assumed is None else assumed.slope
    if isinstance(strict.verdict, Accepted) or not tail_power(activation, None if tail is None else tail.power):
        return strict
    weaker = slope_growth.propose_beside_a_constant(activation, tail)
    return weaker if isinstance(weaker.verdict, Accepted) else strict


def rho_positive(activation: Activation, assumed: AssumedTail | None = None) -> Proposal:
    """P2, or not-P2.

    Examples
    --------
    >>> from certificates.expression import parse_activation
    >>> [rho_positive(parse_activation(name)).claim.label for name in ("relu", "sin", "quadratic")]
    ['P2', 'not-P2', 'not-P2']
    """
    refuted = activation_counterexample.refute(activation, "P2")
    if refuted is not None and isinstance(refuted.verdict, Accepted):
        return refuted
    return positive_rho.propose(activation, None if assumed is None else assumed.slope)


def curvature(activation: Activation, assumed: AssumedTail | None = None) -> Proposal:
    """P3a strict where φ'' exists everywhere, else Lipschitz; or not-P3a.

    Examples
    --------
    >>> from certificates.expression import parse_activation
    >>> [curvature(parse_activation(name)).claim.label for name in ("tanh", "elu", "relu")]
    ['P3a-strict', 'P3a-lipschitz', 'not-P3a']
    """
    refuted = activation_counterexample.refute(activation, "P3a")
    if refuted is not None:
        return refuted
    return lipschitz_slope.propose(activation, None if assumed is None else assumed.curvature_bound)


def kinks(activation: Activation) -> Proposal:
    """P3b with its number of kinks, or not-P3b.

    Examples
    --------
    >>> from certificates.expression import parse_activation
    >>> kinks(parse_activation("relu")).claim.kinks, kinks(parse_activation("tanh")).claim.label
    (1, 'not-P3b')
    """
    refuted = activation_counterexample.refute(activation, "P3b")
    return refuted if refuted is not None else piecewise_affine.propose(activation)
