"""Find evidence for, or against, the properties P1, P2, P3 and Assumption 2.3 of an activation (theory 2.4)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from functools import lru_cache

from flint import arb

from certificates import Accepted
from certificates.arithmetic.arb import exact, rational_ends, upper
from certificates.checks.tilings import split_at_breakpoints
from certificates.claims.activation_property import AssumedTail, Cells, Claim, Evidence, MeanRule, Property, Rule, Zero
from certificates.enclosures.infinity.identities import is_curvature_continuous, is_slope_even
from certificates.enclosures.infinity.tails import Tail, tail
from certificates.enclosures.intervals.derivatives import derivatives_arb
from certificates.enclosures.intervals.slope_signs import (
    is_slope_nonnegative,
    slope_difference,
    slope_over_power,
    slope_sum,
    vanishes_to_order,
)
from certificates.enclosures.intervals.smoothness import smoothness
from certificates.enclosures.intervals.tilings import cell_range, piece_on
from certificates.errors import EnclosureFailure
from certificates.expression import Activation, Expression, smooth_pieces
from certificates.subjects import ActivationProblem
from certificates.theorems.step_cells import third_term_far, third_term_near
from certificates.verdict import NotAccepted
from verify.search.activation import judged, weakened_bound
from verify.search.cells import Cell, bisect, sharpen, uniform
from verify.search.proposal import Proposal, Search

__all__ = ["SEARCH", "assumption", "curvature", "kinks", "rho_positive", "slope", "tail_radius", "weaker_slope"]

_RADII = tuple(Fraction(2**k) for k in range(3, 8))
_SAMPLES = [Fraction(k, 8) for k in range(-80, 81)]
_SIGMAS = [Fraction(1), Fraction(2), Fraction(3), Fraction(1, 2), Fraction(5), Fraction(10), Fraction(1, 10)]
_HIGHEST_POWER = 6
_TOLERANCE = 2.0**-22


# ---- what all searches share ---------------------------------------------------------------------------------------


@lru_cache(maxsize=64)
def tail_radius(activation: Activation) -> Fraction:
    """The first R beyond which φ' and φ'' have a certain sign; else are enclosed; else the first candidate."""
    inside = max((abs(b) for b in smooth_pieces(activation.expression)[1]), default=Fraction(0))
    candidates = [r for r in _RADII if r > inside] or [Fraction(2 ** inside.__ceil__().bit_length())]
    enclosed = []
    for radius in candidates:
        found = [_tail(activation, k, radius, side) for k in (1, 2) for side in (-1, 1)]
        if all(t is not None and (t.factor >= 0 or t.factor <= 0) for t in found):
            return radius
        if None not in found:
            enclosed.append(radius)
    return (enclosed or candidates)[0]


def _tail(activation: Activation, derivative: int, radius: Fraction, side: int) -> Tail | None:
    try:
        return tail(activation, derivative, radius, side)
    except EnclosureFailure:
        return None


def _value(activation: Activation, point: Fraction, derivative: int) -> arb | None:
    try:
        return derivatives_arb(activation, exact(point), derivative)[derivative]
    except EnclosureFailure:
        return None


def _witness(activation: Activation, derivative: int, wanted: Callable[[arb], bool]) -> Fraction | None:
    """A short rational point where φ^(k) certainly is as wanted; the largest |φ^(k)| among the samples."""
    found = [(p, v) for p in _SAMPLES if (v := _value(activation, p, derivative)) is not None and wanted(v)]
    if not found:
        return None
    return max(found, key=lambda entry: (abs(float(entry[1].mid())), -entry[0].denominator))[0]


def _nonzero(value: arb) -> bool:
    return bool(value > 0 or value < 0)


@lru_cache(maxsize=64)
def _zeros(activation: Activation) -> tuple[Zero, ...]:
    """Where φ' vanishes exactly: 0, the breakpoints and the sampled points."""
    pieces, breakpoints = smooth_pieces(activation.expression)
    points = dict.fromkeys([Fraction(0), *breakpoints, *(p for p in _SAMPLES if p.denominator == 1)])
    found = []
    for point in points:
        orders = [_order(piece, point) for piece in pieces]
        if any(orders):
            found.append(Zero(point, max(orders)))
    return tuple(found)


def _order(piece: Expression, point: Fraction) -> int:
    """How many derivatives from φ' on vanish, 0 if that is all of them or none."""
    order = 0
    while order <= _HIGHEST_POWER and vanishes_to_order(piece, point, order + 1):
        order += 1
    return order if order <= _HIGHEST_POWER else 0


def _sign_cells(activation: Activation, radius: Fraction) -> Cells:
    """Cells on which φ' ≥ 0; if there are none, coarse ones, for the judge to name the first that fails."""
    zeros = {zero.point: zero.order for zero in _zeros(activation)}
    coarse = uniform(-radius, radius)
    found = bisect(
        -radius,
        radius,
        coarse[0][1] - coarse[0][0],
        lambda cell: all(is_slope_nonnegative(activation, part, zeros) for part in _parts(activation, cell)),
    )
    return found or coarse


def _parts(activation: Activation, cell: Cell, *, mirrored: bool = False) -> list[Cell]:
    return split_at_breakpoints(activation, [cell], mirrored=mirrored)


def _refined(activation: Activation, cells: Cells, bound: Callable[[Cell], arb]) -> Cells:
    """Cells fine enough for a sharp largest bound."""

    def largest(cell: Cell) -> float:
        parts = _parts(activation, cell) if cell[0] < cell[1] else [cell]
        return max(upper(bound(part)) for part in parts)

    return sharpen(cells, largest, _TOLERANCE)


def _best(proposals: Iterable[Proposal]) -> Proposal:
    """The first accepted one, or the refusal that came farthest."""
    refused: list[Proposal] = []
    for proposal in proposals:
        if isinstance(proposal.verdict, Accepted):
            return proposal
        refused.append(proposal)
    return max(refused, key=lambda proposal: proposal.verdict.check if isinstance(proposal.verdict, NotAccepted) else 0)


# ---- P1 ------------------------------------------------------------------------------------------------------------


def slope(activation: Activation, assumed: AssumedTail | None = None) -> Proposal:
    """P1 with its constants, P1' where only that holds, or not-P1.

    Examples
    --------
    >>> from certificates.expression import parse_activation
    >>> [slope(parse_activation(name)).claim.property for name in ("tanh", "gelu", "z+z^3")]
    ['P1', 'not-P1', 'not-P1']
    """
    witness = _witness(activation, 1, lambda value: bool(value < 0))
    if witness is not None:
        return judged(activation, Claim("not-P1"), Evidence("witness", witness=witness))
    radius = tail_radius(activation)
    growth = Evidence("growth", radius=radius)
    cells = _sign_cells(activation, radius)
    evidence = Evidence("sign", radius=radius, cells=cells, zeros=_zeros(activation), tail=assumed)
    power = _tail_power(activation, radius, assumed)
    refuted = judged(activation, Claim("not-P1"), growth) if power else None
    if refuted is not None and isinstance(refuted.verdict, Accepted):
        return refuted
    return _with_bound(activation, Claim("P1", slope_bound=Fraction(0), power=power), evidence)


def weaker_slope(activation: Activation, assumed: AssumedTail | None = None) -> Proposal:
    """P1', with the smallest power that the tails allow."""
    radius = tail_radius(activation)
    power = _tail_power(activation, radius, assumed)
    growth = _tail_growth(activation, radius, power, assumed)
    claim = Claim("P1'", slope_bound=Fraction(0), slope_growth=growth, power=power)
    cells = _sign_cells(activation, radius)
    return _with_bound(
        activation, claim, Evidence("sign", radius=radius, cells=cells, zeros=_zeros(activation), tail=assumed)
    )


def _tail_power(activation: Activation, radius: Fraction, assumed: AssumedTail | None) -> int:
    found = [_tail(activation, 1, radius, side) for side in (-1, 1)]
    powers = [0 if t.is_bounded else max(0, t.monomial.power.__ceil__()) for t in found if t is not None]
    return max([*powers, assumed.power if assumed is not None and None in found else 0])


def _tail_growth(activation: Activation, radius: Fraction, power: int, assumed: AssumedTail | None) -> Fraction:
    """B with φ'(z) ≤ B|z|^p far out."""
    bounds = [Fraction(0)] if assumed is None else [assumed.slope_growth]
    for side in (-1, 1):
        found = _tail(activation, 1, radius, side)
        if found is not None and not found.is_bounded:
            bounds.append(rational_ends(found.against_power(power))[1])
    return weakened_bound(max(bounds), "larger")


def _with_bound(activation: Activation, claim: Claim, evidence: Evidence) -> Proposal:
    """Ask the judge for the constant, then claim it with slack."""
    first = judged(activation, claim, _with_sharp_cells(activation, claim, evidence))
    proved = first.verdict.proved
    if proved is None:
        return first
    name = "curvature_bound" if claim.traits.family == "P3a" else "slope_bound"
    numbers = {"slope_growth": claim.slope_growth, "power": claim.power}
    numbers[name] = weakened_bound(getattr(proved, name), "larger")
    return judged(activation, Claim(claim.property, **numbers), first.evidence)  # type: ignore[arg-type]


def _with_sharp_cells(activation: Activation, claim: Claim, evidence: Evidence) -> Evidence:
    """Cells fine enough for a sharp constant."""
    if not evidence.cells:
        return evidence
    if claim.traits.family == "P3a":
        cells = _refined(activation, evidence.cells, lambda cell: _size(activation, cell))
    elif claim.property == "P1":
        cells = _refined(activation, evidence.cells, lambda cell: _over(activation, cell, claim.power or 0))
    else:
        return evidence
    return Evidence(evidence.rule, evidence.radius, cells, evidence.zeros, tail=evidence.tail)


def _over(activation: Activation, cell: Cell, power: int) -> arb:
    if cell[0] == cell[1] and cell[0] == 0 and power:
        return exact(0)
    try:
        return slope_over_power(activation, cell, power)
    except EnclosureFailure:
        return exact(2**60)  # bisection goes on


def _size(activation: Activation, cell: Cell) -> arb:
    """sup |φ''| on a cell."""
    low, high = cell_range(piece_on(activation, cell), cell, 2)
    return abs(low).max(abs(high))


# ---- P2 ------------------------------------------------------------------------------------------------------------


def rho_positive(activation: Activation, assumed: AssumedTail | None = None) -> Proposal:
    """P2 by the sign of φ', by T₃ on cells of σ, or not-P2.

    Examples
    --------
    >>> from certificates.expression import parse_activation
    >>> [rho_positive(parse_activation(name)).claim.property for name in ("relu", "sin", "quadratic")]
    ['P2', 'not-P2', 'not-P2']
    """
    refutations = (judged(activation, Claim("not-P2"), Evidence("witness", witness=sigma)) for sigma in _SIGMAS)
    if _witness(activation, 1, lambda value: bool(value < 0)) is None:
        if _witness(activation, 2, _nonzero) is None and not smoothness(activation).is_certainly_not_c11:
            return _best(refutations)
        return _by_sign(activation, assumed)
    refuted = _best(refutations)
    return refuted if isinstance(refuted.verdict, Accepted) else _by_third_term(activation)


def _by_sign(activation: Activation, assumed: AssumedTail | None) -> Proposal:
    radius = tail_radius(activation)
    jumps = smoothness(activation).is_certainly_not_c11
    evidence = Evidence(
        "sign",
        radius=radius,
        cells=_sign_cells(activation, radius),
        zeros=_zeros(activation),
        witness=None if jumps else _witness(activation, 2, _nonzero),
        tail=assumed,
    )
    return judged(activation, Claim("P2"), evidence)


def _by_third_term(activation: Activation) -> Proposal:
    """Cells of σ up to the first σ_L beyond which the limit at infinity decides."""
    witness = _witness(activation, 3, _nonzero)
    for last in (Fraction(4), Fraction(8), Fraction(16)):
        far = bisect(Fraction(0), 1 / last, 1 / last, lambda cell: bool(third_term_far(activation, cell) > 0), most=64)
        if far is None:
            continue
        near = bisect(
            Fraction(0), last, Fraction(1, 8), lambda c: bool(third_term_near(activation, c, "integral") > 0), most=2000
        )
        if near is not None:
            evidence = Evidence("third-term", witness=witness, near=near, far=far)
            return judged(activation, Claim("P2"), evidence)
    near, far = uniform(Fraction(0), Fraction(4)), ((Fraction(0), Fraction(1, 4)),)  # the judge names what fails
    return judged(activation, Claim("P2"), Evidence("third-term", witness=witness, near=near, far=far))


# ---- P3 ------------------------------------------------------------------------------------------------------------


def curvature(activation: Activation, assumed: AssumedTail | None = None) -> Proposal:
    """P3a strict where φ'' exists everywhere, else Lipschitz; or not-P3a.

    Examples
    --------
    >>> from certificates.expression import parse_activation
    >>> [curvature(parse_activation(name)).claim.property for name in ("tanh", "elu", "relu")]
    ['P3a-strict', 'P3a-lipschitz', 'not-P3a']
    """
    if smoothness(activation).is_certainly_not_c11:
        return judged(activation, Claim("not-P3a"), Evidence("identity"))
    radius = tail_radius(activation)
    found = [_tail(activation, 2, radius, side) for side in (-1, 1)]
    if any(t is not None and not t.is_bounded for t in found):
        return judged(activation, Claim("not-P3a"), Evidence("growth", radius=radius))
    name: Property = "P3a-strict" if is_curvature_continuous(activation) else "P3a-lipschitz"
    evidence = Evidence("sign", radius=radius, cells=uniform(-radius, radius), tail=assumed)
    return _with_bound(activation, Claim(name, curvature_bound=Fraction(0)), evidence)


def kinks(activation: Activation) -> Proposal:
    """P3b with its number of kinks, or not-P3b.

    Examples
    --------
    >>> from certificates.expression import parse_activation
    >>> kinks(parse_activation("relu")).claim.kinks, kinks(parse_activation("tanh")).claim.property
    (1, 'not-P3b')
    """
    witness = _witness(activation, 2, _nonzero)
    if witness is not None:
        return judged(activation, Claim("not-P3b"), Evidence("witness", witness=witness))
    count = len(smooth_pieces(activation.expression)[1])
    return judged(activation, Claim("P3b", kinks=count), Evidence("identity"))


# ---- Assumption 2.3 ------------------------------------------------------------------------------------------------


def assumption(activation: Activation) -> Proposal:
    """Assumption 2.3 (a) or (b), for all σ ≥ 0 if possible, else for σ > 0; the last refusal otherwise.

    Examples
    --------
    >>> from certificates.expression import parse_activation
    >>> [assumption(parse_activation(name)).claim.property for name in ("tanh", "softplus", "elu")]
    ['A2.3(b)', 'A2.3(a)', 'A2.3(a) for σ > 0']
    """
    return _best(_assumptions(activation))


def _assumptions(activation: Activation) -> Iterable[Proposal]:
    radius = tail_radius(activation)
    even = is_slope_even(activation)
    names: tuple[Property, ...] = ("A2.3(b)", "A2.3(b) for σ > 0") if even else ("A2.3(a)", "A2.3(a) for σ > 0")
    cells = () if even else _folded_cells(activation, radius, slope_difference)
    sums = _folded_cells(activation, radius, slope_sum)
    means: tuple[tuple[MeanRule, Cells], ...] = (("identity", ()), ("slope-sum", sums), ("closed-form", ()))
    for name in names:
        for mean, mean_cells in means:
            rule: Rule = "identity" if even else "slope-difference"
            evidence = Evidence(rule, radius=radius, cells=cells, mean=mean, mean_cells=mean_cells)
            yield judged(activation, Claim(name), evidence)


def _folded_cells(activation: Activation, radius: Fraction, bound: Callable[[Activation, Cell], arb]) -> Cells:
    coarse = uniform(Fraction(0), radius)
    found = bisect(
        Fraction(0),
        radius,
        coarse[0][1],
        lambda cell: all(bool(bound(activation, part) >= 0) for part in _parts(activation, cell, mirrored=True)),
        most=1000,
    )
    return found or coarse


SEARCH = Search(Claim, ActivationProblem, lambda problem, _: slope(problem.activation))
