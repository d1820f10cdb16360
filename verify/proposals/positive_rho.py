"""Find evidence for `positive-rho`: the sign of φ' on cells, or T₃ on cells of σ (theory 2.4)."""

from __future__ import annotations

from fractions import Fraction

from certificates.claims.positive_rho import Claim, Evidence, SigmaCells
from certificates.enclosures.intervals.smoothness import slope_jumps_at
from certificates.expression import Activation, smooth_pieces
from certificates.language.slopes import AssumedSlope, SlopeCells
from certificates.subjects import ActivationProblem
from certificates.theorems.step_cells import third_term_far, third_term_near
from verify.search.activation import judged
from verify.search.cells import bisect, uniform
from verify.search.proposal import Proposal, Search
from verify.search.slopes import is_nonzero, sign_cells, slope_zeros, tail_radius, witness

__all__ = ["SEARCH", "propose"]

_LAST = (Fraction(4), Fraction(8), Fraction(16))  # σ_L, beyond which the limit at infinity may decide


def propose(activation: Activation, assumed: AssumedSlope | None = None) -> Proposal:
    """P2 by the sign of φ' where no two samples differ in it, else by T₃.

    Examples
    --------
    >>> from certificates.expression import parse_activation
    >>> found = propose(parse_activation("relu"))
    >>> found.evidence.witness, found.verdict.outcome
    (Fraction(0, 1), 'accepted')
    """
    if witness(activation, 1, lambda value: bool(value < 0)) is None:
        return _by_sign(activation, assumed, 1)
    if witness(activation, 1, lambda value: bool(value > 0)) is None:
        return _by_sign(activation, assumed, -1)
    return _by_third_term(activation)


def _by_sign(activation: Activation, assumed: AssumedSlope | None, orientation: int) -> Proposal:
    radius = tail_radius(activation)
    jump = _jump(activation)
    point = witness(activation, 2, is_nonzero) if jump is None else jump
    cells = SlopeCells(radius, sign_cells(activation, radius, orientation), slope_zeros(activation), assumed)
    return judged(activation, Claim(), Evidence(point or Fraction(0), slope=cells))


def _jump(activation: Activation) -> Fraction | None:
    """The first breakpoint where φ' jumps."""
    return next((b for b in smooth_pieces(activation.expression)[1] if slope_jumps_at(activation, b)), None)


def _by_third_term(activation: Activation) -> Proposal:
    jump = _jump(activation)
    point = (witness(activation, 3, is_nonzero) or Fraction(0)) if jump is None else jump
    cells = _sigma_cells(activation)
    if cells is None:  # coarse ones, for the judge to name what fails
        cells = SigmaCells(uniform(Fraction(0), _LAST[0]), ((Fraction(0), 1 / _LAST[0]),))
    return judged(activation, Claim(), Evidence(point, sigma=cells))


def _sigma_cells(activation: Activation) -> SigmaCells | None:
    """Cells of σ up to the first σ_L beyond which the limit at infinity decides."""
    for last in _LAST:
        far = bisect(Fraction(0), 1 / last, 1 / last, lambda cell: bool(third_term_far(activation, cell) > 0), most=64)
        if far is None:
            continue
        near = bisect(
            Fraction(0), last, Fraction(1, 8), lambda c: bool(third_term_near(activation, c, "integral") > 0), most=2000
        )
        if near is not None:
            return SigmaCells(near, far)
    return None


SEARCH = Search(
    Claim,
    ActivationProblem,
    lambda problem, options: propose(problem.activation, options.slope),
    reads=frozenset({"slope"}),
)
