"""Search for evidence of ρ(σ) ≥ c (bσ)^p/(1 + (bσ)²)^Q for all σ > 0: a lemma, and cells that give c (theory 2.5).

The cells are found by bisection with the judge's own bounds. The exponents are those of ρ at 0 and at ∞; with others no
constant exists.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from math import ceil

from flint import arb

from certificates import Accepted, Rejected
from certificates.arithmetic.arb import exact, precision
from certificates.claims.zhong_rho_global import Claim, Evidence
from certificates.errors import EnclosureFailure
from certificates.expression import Activation
from certificates.memory import kept_memory
from certificates.subjects import ActivationProblem
from certificates.theorems.monotone_moments import EVEN_LEMMAS, even_far, even_near, softplus_far, softplus_near
from certificates.theorems.step_cells import Bessel, Envelope, far_constant, middle_constant, near_constant
from verify.search.activation import judged
from verify.search.cells import Cell
from verify.search.covering import Bound, Cover, Progress
from verify.search.proposal import Proposal, Search
from verify.search.rho_envelopes import BITS, Plan, plans

__all__ = ["SEARCH", "propose"]

_ZERO, _ONE = Fraction(0), Fraction(1)


@kept_memory()
def propose(activation: Activation, *, constant: Fraction | None = None, progress: Progress | None = None) -> Proposal:
    """Find a lower bound of ρ for all σ > 0 and evidence for it.

    Parameters
    ----------
    activation
        φ.
    constant
        The c to prove; by default one near the largest possible.
    progress
        Called as ``progress(stage, cells, reached)``.

    Returns
    -------
    Proposal
        With an accepted verdict, or with the judge's refusal, which names the first cell that falls short. For a
        formula that is not in the catalogue smaller constants are tried before that.

    Examples
    --------
    >>> from certificates.expression import parse_activation
    >>> found = propose(parse_activation("erf0"))
    >>> found.verdict.outcome, found.claim.constant
    ('accepted', Fraction(1, 4))
    """
    waiting = plans(activation, constant)
    found = _attempt(activation, next(waiting), progress)
    for plan in waiting:
        if isinstance(found.verdict, Accepted | Rejected) or found.verdict.check == 1:
            break
        found = _attempt(activation, plan, progress)
    return found


def _attempt(activation: Activation, plan: Plan, progress: Progress | None) -> Proposal:
    refused = judged(activation, plan.claim, plan.evidence)
    if isinstance(refused.verdict, Rejected) and refused.verdict.check in {1, 2}:
        return refused  # structural: no cells can help
    try:
        evidence = _with_cells(plan, activation, progress)
    except EnclosureFailure:
        evidence = _coarse(plan.evidence)
    return judged(activation, plan.claim, evidence)


# ---- cells ---------------------------------------------------------------------------------------------------------


def _coarse(evidence: Evidence) -> Evidence:
    """The fewest cells, for the judge to say what is wrong."""
    whole = ((_ZERO, _ONE),)
    return evidence if evidence.lemma in {"erf", "homogeneous"} else replace(evidence, near=whole, far=whole)


def _with_cells(plan: Plan, activation: Activation, progress: Progress | None) -> Evidence:
    with precision(BITS):
        if plan.evidence.lemma == "step":
            return _step_cells(plan, activation, progress)
        if plan.evidence.lemma in {"even", "softplus"}:
            return _monotone_cells(plan, activation, progress)
        return plan.evidence


def _monotone_cells(plan: Plan, activation: Activation, progress: Progress | None) -> Evidence:
    near: Bound = softplus_near
    far: Bound = softplus_far
    if plan.evidence.lemma == "even":
        lemma = EVEN_LEMMAS["tanh" if activation.name == "sigmoid" else activation.name or ""]
        near, far = lambda cell: even_near(lemma, cell), lambda cell: even_far(lemma, cell)
    cover = Cover(plan.target, progress)
    return replace(
        plan.evidence, near=cover.tiles("near", (_ZERO, _ONE), near), far=cover.tiles("far", (_ZERO, _ONE), far)
    )


def _step_cells(plan: Plan, activation: Activation, progress: Progress | None) -> Evidence:
    """[0, σ_a] by Hermite coefficients as far as they reach, [0, 1/σ_b] in 1/σ by the limit, Taylor in between."""
    evidence, envelope = plan.evidence, Envelope(plan.claim.power, plan.claim.decay)
    first, second = (Bessel(c.degree, c.order) for c in (evidence.first, evidence.second) if c is not None)

    def near(cell: Cell) -> arb:
        return near_constant(activation, envelope, first, second, cell, evidence.quadrature)

    def middle(cell: Cell) -> arb:
        return middle_constant(activation, envelope, cell, evidence.quadrature)

    def far(cell: Cell) -> arb:
        return far_constant(activation, envelope, cell)

    cover = Cover(plan.target, progress)
    reach = cover.reach(far, 256)
    start = cover.reach(near, 32)
    if not plan.claim.power and not near((_ZERO, start)) >= exact(plan.target):  # by first order only: cells are thin
        start = min(start, Fraction(1, 8))
    elif start < Fraction(1, 4):  # in between, cells near 0 are expensive
        start = cover.reach(near, 1024)
    stop = max(start, Fraction(ceil(64 / reach), 64))
    return replace(
        evidence,
        near=cover.tiles("near", (_ZERO, start), near),
        middle=cover.tiles("middle", (start, stop), middle) if start < stop else (),
        far=cover.tiles("far", (_ZERO, reach), far),
    )


SEARCH = Search(
    Claim, ActivationProblem, lambda problem, options: propose(problem.activation, progress=options.progress)
)
