"""Propose `piecewise-affine`: as many kinks as there are breakpoints (theory 2.4)."""

from __future__ import annotations

from certificates.claims.piecewise_affine import Claim, Evidence
from certificates.expression import Activation, smooth_pieces
from certificates.subjects import ActivationProblem
from verify.search.activation import judged
from verify.search.proposal import Proposal, Search

__all__ = ["SEARCH", "propose"]


def propose(activation: Activation) -> Proposal:
    """P3(b).

    Examples
    --------
    >>> from certificates.expression import parse_activation
    >>> propose(parse_activation("relu")).claim.kinks
    1
    """
    return judged(activation, Claim(len(smooth_pieces(activation.expression)[1])), Evidence())


SEARCH = Search(Claim, ActivationProblem, lambda problem, _: propose(problem.activation))
