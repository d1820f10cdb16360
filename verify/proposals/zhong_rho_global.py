"""Search for evidence of ρ(σ) ≥ c (bσ)^p/(1 + (bσ)²)^Q for all σ > 0: a lemma, and cells that give c (theory 2.5).

The cells are found by bisection with the judge's own bounds. The exponents are those of ρ at 0 and at ∞; with others no
constant exists.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import ROUND_FLOOR, Context, Decimal
from fractions import Fraction
from math import ceil

from flint import arb

from certificates import Accepted
from certificates.arithmetic.arb import exact, lower, precision
from certificates.claims.zhong_rho_global import Cells, Claim, Evidence, HermiteChoice
from certificates.enclosures.formulas.ball_rings import arb_ring
from certificates.enclosures.formulas.exact_constants import equal
from certificates.enclosures.formulas.jets import jet
from certificates.enclosures.gaussian.rho_terms import zhong_terms
from certificates.enclosures.gaussian.step_limit import step_limit
from certificates.enclosures.gaussian.strips import strip
from certificates.enclosures.infinity.identities import homogeneity
from certificates.errors import EnclosureFailure
from certificates.expression import Activation, smooth_pieces
from certificates.language.parts import Quadrature
from certificates.memory import kept_memory
from certificates.subjects import ActivationProblem
from certificates.theorems.erf_polynomials import largest_constant
from certificates.theorems.monotone_moments import EVEN_LEMMAS, even_far, even_near, softplus_far, softplus_near
from certificates.theorems.step_cells import Bessel, Envelope, far_constant, middle_constant, near_constant
from verify.search.activation import judged
from verify.search.cells import Cell
from verify.search.proposal import Proposal, Search

__all__ = ["SEARCH", "propose"]

Bound = Callable[[Cell], arb]
Progress = Callable[[str, int, float], None]

_BITS = 96  # as in the rule
_DEPTH = 40
_PROBE_FROM = 8
_MOST_CELLS = 4000
_NOTHING = Fraction(1, 2**40)  # claimed where no positive constant is known
_ZERO, _ONE = Fraction(0), Fraction(1)

# Just below inf ρ(σ)(1 + σ²)^Q/σ^p, which is π/6, 1/384 and 1/24 for tanh, softplus and silu.
_TARGETS = {
    "tanh": Fraction("0.5235"),
    "arctan": Fraction("0.305"),
    "softsign": Fraction("0.058"),
    "softplus": Fraction("0.002604"),
    "gelu": Fraction("0.0908"),
    "silu": Fraction("0.0416"),
    "mish": Fraction("0.0046"),
    "elu": Fraction("0.039"),
}
_FACTORS = (Fraction(99, 100), Fraction(9, 10), Fraction(1, 2))  # of an estimate, for other activations


@dataclass(frozen=True)
class _Plan:
    """A claim to aim at, its evidence without cells, and what divides its constant into that of the cells."""

    claim: Claim
    evidence: Evidence
    amplitude: Fraction = _ONE

    @property
    def target(self) -> Fraction:
        """What every cell must give."""
        return self.claim.constant / self.amplitude if self.amplitude else self.claim.constant


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
    plans = _plans(activation, constant)
    found = _attempt(activation, next(plans), progress)
    for plan in plans:
        if isinstance(found.verdict, Accepted) or found.verdict.check == 1:
            break
        found = _attempt(activation, plan, progress)
    return found


def _attempt(activation: Activation, plan: _Plan, progress: Progress | None) -> Proposal:
    refused = judged(activation, plan.claim, plan.evidence)
    if not isinstance(refused.verdict, Accepted) and refused.verdict.check == 1:
        return refused  # structural: no cells can help
    try:
        evidence = _with_cells(plan, activation, progress)
    except EnclosureFailure:
        evidence = _coarse(plan.evidence)
    return judged(activation, plan.claim, evidence)


# ---- what to aim at ------------------------------------------------------------------------------------------------


def _plans(activation: Activation, constant: Fraction | None) -> Iterator[_Plan]:
    """One plan, or several with smaller and smaller constants where only an estimate of the largest is known."""
    name = activation.name or ""
    if name in {"erf", "erf0"}:
        sharp = exact(largest_constant()) * (exact(1) if name == "erf0" else 4 / arb.pi())
        yield _Plan(Claim(4, Fraction(4), constant or _rounded_down(sharp)), Evidence("erf"))
    elif name in {"softplus", "smooth_leaky_relu", "sigmoid", *EVEN_LEMMAS}:
        yield _monotone(name, activation.parameters, constant)
    elif found := homogeneity(activation):
        wanted = constant or _rounded_down(zhong_terms(activation, _ONE, 64).smallest)
        yield _Plan(Claim(2 * found.degree - 2, _ZERO, wanted), Evidence("homogeneous"))
    else:
        yield from _steps(activation, constant)


def _monotone(name: str, parameters: tuple[Fraction, ...], constant: Fraction | None) -> _Plan:
    """The lemmas of monotone moments, and what is scaled into them (theory 2.1, I1 to I3 and I6)."""
    if name in {"softplus", "smooth_leaky_relu"}:
        amplitude = (1 - parameters[0]) ** 2 if name == "smooth_leaky_relu" else _ONE
        scale = parameters[0] if name == "softplus" else _ONE
        base, power, decay, lemma = "softplus", 6, Fraction(3), Evidence("softplus")
    else:
        base = "tanh" if name == "sigmoid" else name
        amplitude, scale = (Fraction(1, 16), Fraction(1, 2)) if name == "sigmoid" else (_ONE, _ONE)
        power, decay, lemma = EVEN_LEMMAS[base].power, EVEN_LEMMAS[base].decay, Evidence("even")
    wanted = constant or _TARGETS[base] * amplitude or _NOTHING
    return _Plan(Claim(power, decay, wanted, scale), lemma, amplitude)


def _steps(activation: Activation, constant: Fraction | None) -> Iterator[_Plan]:
    with precision(_BITS):
        first, second = _hermite_choices(activation)
    power = 2 * first.order
    quadrature: Quadrature = "integral" if strip(activation) is None else "trapezoid"
    plan = _Plan(
        Claim(power, Fraction(power, 2), constant or _NOTHING),
        Evidence("step", first=first, second=second, quadrature=quadrature),
    )
    known = constant or _TARGETS.get(activation.name or "")
    if known is not None:
        yield replace(plan, claim=replace(plan.claim, constant=known))
        return
    estimate = _estimate(activation, power, quadrature)
    for factor in _FACTORS if estimate > 0 else (_ONE,):
        yield replace(plan, claim=replace(plan.claim, constant=_rounded_down(estimate * exact(factor), 3)))


def _hermite_choices(activation: Activation) -> tuple[HermiteChoice, HermiteChoice]:
    """The leading terms of f = φ' and of zf at 0 outside span{1, z}: f^(m)(0) ≠ 0 with m ≥ 2, m ≥ 1; or a kink."""
    pieces, breakpoints = smooth_pieces(activation.expression)
    if breakpoints:
        return HermiteChoice(2, 1), HermiteChoice(2, 1)
    slopes = [c or exact(0) for c in jet(pieces[0], exact(0), 9, arb_ring())[1:]]
    orders = [m for m, c in enumerate(slopes) if m and (c > 0 or c < 0)]
    first = next((m for m in orders if m >= 2), 2)
    second = min([*orders, first])
    return HermiteChoice(first, first), HermiteChoice(second + 1, second)


def _estimate(activation: Activation, power: int, quadrature: Quadrature) -> arb:
    """About the infimum of ρ(σ)(1 + σ²)^Q/σ^p, Q = p/2: of ρ(σ)(1 + σ^{−2})^Q; 0 if ρ vanishes at ∞."""
    try:
        limit = step_limit(activation)
        if equal(limit.left, limit.right) is not False:
            return exact(0)
        smallest = exact(1)
        for k in range(-8, 9):
            sigma = Fraction(round(2 ** (k / 2) * 64), 64)
            value = zhong_terms(activation, sigma, 40, quadrature=quadrature).smallest
            for _ in range(power // 2):
                value *= exact(1 + 1 / (sigma * sigma))
            smallest = smallest.min(value)
    except EnclosureFailure:
        return exact(0)
    return smallest


def _rounded_down(ball: arb, digits: int = 12) -> Fraction:
    """A decimal below the ball; a placeholder where that is not positive."""
    value = Fraction(Context(prec=digits, rounding=ROUND_FLOOR).create_decimal(Decimal(lower(ball))))
    return value if value > 0 else _NOTHING


# ---- cells ---------------------------------------------------------------------------------------------------------


def _coarse(evidence: Evidence) -> Evidence:
    """The fewest cells, for the judge to say what is wrong."""
    whole = ((_ZERO, _ONE),)
    return evidence if evidence.lemma in {"erf", "homogeneous"} else replace(evidence, near=whole, far=whole)


def _with_cells(plan: _Plan, activation: Activation, progress: Progress | None) -> Evidence:
    with precision(_BITS):
        if plan.evidence.lemma == "step":
            return _step_cells(plan, activation, progress)
        if plan.evidence.lemma in {"even", "softplus"}:
            return _monotone_cells(plan, activation, progress)
        return plan.evidence


def _monotone_cells(plan: _Plan, activation: Activation, progress: Progress | None) -> Evidence:
    near: Bound = softplus_near
    far: Bound = softplus_far
    if plan.evidence.lemma == "even":
        lemma = EVEN_LEMMAS["tanh" if activation.name == "sigmoid" else activation.name or ""]
        near, far = lambda cell: even_near(lemma, cell), lambda cell: even_far(lemma, cell)
    search = _Search(plan.target, progress)
    return replace(
        plan.evidence, near=search.cover("near", (_ZERO, _ONE), near), far=search.cover("far", (_ZERO, _ONE), far)
    )


def _step_cells(plan: _Plan, activation: Activation, progress: Progress | None) -> Evidence:
    """[0, σ_a] by Hermite coefficients as far as they reach, [0, 1/σ_b] in 1/σ by the limit, Taylor in between."""
    evidence, envelope = plan.evidence, Envelope(plan.claim.power, plan.claim.decay)
    first, second = (Bessel(c.degree, c.order) for c in (evidence.first, evidence.second) if c is not None)

    def near(cell: Cell) -> arb:
        return near_constant(activation, envelope, first, second, cell, evidence.quadrature)

    def middle(cell: Cell) -> arb:
        return middle_constant(activation, envelope, cell, evidence.quadrature)

    def far(cell: Cell) -> arb:
        return far_constant(activation, envelope, cell)

    search = _Search(plan.target, progress)
    reach = search.reach(far, 256)
    start = search.reach(near, 32)
    if start < Fraction(1, 4):  # in between, cells near 0 are expensive
        start = search.reach(near, 1024)
    stop = max(start, Fraction(ceil(64 / reach), 64))
    return replace(
        evidence,
        near=search.cover("near", (_ZERO, start), near),
        middle=search.cover("middle", (start, stop), middle) if start < stop else (),
        far=search.cover("far", (_ZERO, reach), far),
    )


class _Search:
    """Bisection until every cell gives the target; after the first failure cells stay as they are."""

    def __init__(self, target: Fraction, progress: Progress | None) -> None:
        self._target, self._progress, self._failed = exact(target), progress, False

    def reach(self, bound: Bound, fineness: int) -> Fraction:
        """How far from 0 a bound gives the target on fine cells, roughly."""
        candidates = [Fraction(k, 2**e) for e in range(2, 12) for k in (8, 7, 6, 5)]
        for end in candidates:
            if bound((end - end / fineness, end)) >= self._target:
                return end
        return candidates[-1]

    def cover(self, stage: str, whole: Cell, bound: Bound) -> Cells:
        """Cells that tile ``whole``."""
        cells: list[Cell] = []
        waiting = [(whole, 0)]
        while waiting:
            cell, depth = waiting.pop()
            if self._failed or bound(cell) >= self._target:
                cells.append(cell)
                if self._progress is not None:
                    self._progress(stage, len(cells), float(cell[1]))
            elif depth == _DEPTH or len(cells) + len(waiting) > _MOST_CELLS or self._is_hopeless(cell, depth, bound):
                self._failed = True
                cells.append(cell)
            else:
                middle = (cell[0] + cell[1]) / 2
                waiting += [((middle, cell[1]), depth + 1), ((cell[0], middle), depth + 1)]
        return tuple(cells)

    def _is_hopeless(self, cell: Cell, depth: int, bound: Bound) -> bool:
        """Whether even the thinnest cell in the middle falls short; asked now and then."""
        if depth < _PROBE_FROM or depth % 2:
            return False
        middle, width = (cell[0] + cell[1]) / 2, cell[1] - cell[0]
        return not bound((middle, middle + width / 2**12)) >= self._target


SEARCH = Search(
    Claim, ActivationProblem, lambda problem, options: propose(problem.activation, progress=options.progress)
)
