"""Rule *minimum on kinks*: when a `kink-minimum` claim is accepted.

Statement
---------
Let f be the objective of the given network over all its weights, w_0 the given ones, 𝒩 the span of ``flat``. There are
weights ŵ within ``distance`` of w_0, equal to w_0 along 𝒩, with u_il(ŵ) = w̃_l·x̃_i = 0 for exactly the pairs ``kinks``
(and those with x̃_i = 0), and f(w) ≥ f(ŵ) + ½ ``growth`` ‖w − ŵ‖² for all w within ``radius`` of w_0, all distances in
the orthogonal complement of 𝒩. value_lower ≤ f(ŵ) ≤ value_upper.

Evidence
--------
A radius R, a share θ of every kink, a shift and a penalty.

Checks
------
1. One hidden layer, both layers trained, a continuous activation that is a u for u < 0 and b u for u > 0, given labels.
2. The kinks are pairs of this network with x̃_i ≠ 0, each with a share 0 < θ < 1.
3. The work fits the budget.
4. |u_il(w_0)| > ‖x̃_i‖R for every other pair with x̃_i ≠ 0.
5. κ_il > 0 on the ball for every kink, κ = (b − a) ω_i g_i·v_l.
6. The kinks of each unit have independent x̃_i; equal ones count once.
7. ∇²f_θ(w_0) + CᵀΣC ⪰ μ I on the complement of 𝒩, with μ > h(R).
8. G' < m(R − δ), m = μ − h(R).
9. Σ_a (|C_aw_0| + ‖x̃_i‖R) ≤ 2(s_a − |ν_a|) for every kink, s_a = Σ inf κ min(θ, 1 − θ) over equal samples.
10. The claim is weaker than or equal to what the evidence proves.

Why they suffice
----------------
f_θ has the slope a + (b − a)θ on the kinks and the given sides elsewhere, which hold on all of B by check 4: it is
smooth there, and f = f_θ where C w = 0. The losses are convex, so f − f_θ ≥ Σ κ_a((u_a)_+ − θu_a) ≥ Σ s_a|C_aw| on B.
Theorem 6.4.1 with h(R) of theorem 6.1, on 𝒩^⊥ (lemma 6.0; 𝒩 moves no unit). Equal samples of one unit are one C_a.

Not checked
-----------
Whether gradient descent finds ŵ, and whether B holds higher local minima.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial

import numpy as np
from flint import arb

from certificates.arithmetic.arb import exact, lower, root_above, upper
from certificates.arithmetic.ball_matrix import BallMatrix
from certificates.arithmetic.matrix import sizes_above
from certificates.arithmetic.rounding import BoolArray, FloatArray
from certificates.checks.acceptance import accept_if_weaker, fact, fact_above, fact_below
from certificates.checks.kind import Kind
from certificates.checks.kinks import require_independent, require_kinks, require_sides_kept, require_two_sides
from certificates.checks.objective import SMOOTH
from certificates.checks.objective_workload import objective_workload
from certificates.checks.outcome import Context, Refusal
from certificates.claims.kink_minimum import Claim, Evidence
from certificates.enclosures.objectives.flat import flat_directions, raised
from certificates.enclosures.objectives.hessian import gradient, hessian, objective_value
from certificates.enclosures.objectives.kink_forces import HeldRow, crossing_rates, held_rows, least_rates, movements
from certificates.enclosures.objectives.kinks import Sides, extended_inputs, held_point, pressed
from certificates.enclosures.objectives.point import Point
from certificates.enclosures.objectives.turning import Turning, turning
from certificates.subjects import Network
from certificates.theorems.kink_minima import KinkMinimum, kink_minimum
from certificates.verdict import Accepted, Fact

__all__ = ["KIND"]

TITLE = "minimum on kinks"

_SHARE = 15 / 16  # of a kink's force: the rest is for what the shares miss


@dataclass(frozen=True)
class _Setting:
    """What the checks look at: f_θ at w_0, its ball, and the kinks."""

    network: Network
    sides: Sides
    held: BoolArray
    shares: FloatArray
    evidence: Evidence


def decide(claim: Claim, evidence: Evidence, problem: Network, context: Context) -> Accepted:
    """Apply checks 1 to 10 in order.

    Guarantee
    ---------
    An :class:`Accepted` value is returned only if the statement above is true for ``problem`` with the fields of
    ``claim``, given the ledger.

    Raises
    ------
    Refusal
        A check that is certainly false (rejected) or not certainly true (undecided), with its number.
    EnclosureFailure
        No finite enclosure exists in binary64.
    """
    sides = require_two_sides(1, problem)  # Check 1
    held, shares = require_kinks(2, claim.kinks, evidence.shares, problem)  # Check 2
    scalars = 20_000.0 + 400.0 * len(claim.kinks) + 20.0 * held.size + 100.0 * len(held)
    context.require_workload(3, objective_workload(problem, grams=2, products=1, spectra=1, scalars=scalars))  # Check 3
    return _prove(claim, _Setting(problem, sides, held, shares, evidence), context)


def _prove(claim: Claim, setting: _Setting, context: Context) -> Accepted:
    network, radius = setting.network, setting.evidence.radius
    point = held_point(network, setting.sides, setting.held, setting.shares)
    moves = movements(point, radius)
    require_sides_kept(4, point, setting.held, moves)  # Check 4
    reach = turning(point, radius, [setting.sides.frozen])
    samples, rates = extended_inputs(network), _least_rates(setting, point, reach)  # Check 5
    rows = held_rows(samples, setting.held, setting.shares, rates)
    least = require_independent(6, samples, rows)  # Check 6
    farthest = sizes_above(point.pre[0])
    sizes = [exact(float(farthest[row.sample, row.unit])) for row in rows]
    offsets = [size + exact(float(moves[row.sample])) for row, size in zip(rows, sizes, strict=True)]
    found = _theorem(setting, point, reach.h, (rows, offsets), (_length(sizes), least))
    value = objective_value(point) + arb(0, upper(found.value_error))
    proved = Claim(
        radius,
        upper(found.distance),
        lower(found.growth),
        lower(value),
        upper(value),
        claim.kinks,
        flat_directions(network),
    )
    return accept_if_weaker(context, TITLE, 10, claim, proved, _facts(found, reach.h, rows, value, least))  # Check 10


def _least_rates(setting: _Setting, point: Point, reach: Turning) -> FloatArray:
    """Check 5: lower bounds of κ on the ball."""
    rates = least_rates(point, setting.sides, reach, setting.evidence.radius)
    outside = (setting.shares <= 0) | (setting.shares >= 1)
    bad = setting.held & (outside | (rates <= 0))
    if bad.any():
        sample, unit = (int(index[0]) for index in np.nonzero(bad))
        here = crossing_rates(point, setting.sides)
        low, high = float(here.lower()[sample, unit]), float(here.upper()[sample, unit])
        refuse = Refusal.rejected if outside[sample, unit] or high <= 0 else Refusal.undecided
        raise refuse(
            5,
            f"unit {unit} is not held at its kink on sample {sample}",
            required="κ > 0 on the ball and 0 < θ < 1",
            seen=f"θ = {setting.shares[sample, unit]:.6g}, κ in [{low:.6g}, {high:.6g}] at the weights, "
            f"κ ≥ {rates[sample, unit]:.6g} on the ball",
            advice="weights where the multiplier of every kink is between its one-sided slopes, or a smaller radius",
        )
    return rates


def _root(strength: arb, offset: arb, penalty: float) -> float:
    """τ with τ² at most the penalty and 15/16 of what the kink allows; nothing rests on that."""
    return math.sqrt(min(penalty, max(0.0, lower(_SHARE * 2 * strength / offset))))


def _length(entries: list[arb]) -> arb:
    total = exact(0)
    for entry in entries:
        total += entry * entry
    return root_above(total)


def _theorem(
    setting: _Setting,
    point: Point,
    turned: arb,
    held: tuple[list[HeldRow], list[arb]],
    constraints: tuple[arb, arb | None],
) -> KinkMinimum:
    """Checks 7 to 9."""
    matrix, evidence = hessian(point), setting.evidence
    theorem = partial(
        kink_minimum,
        largest=matrix.frobenius_norm(),
        turning=turned,
        gradient_norm=gradient(point).frobenius_norm(),
        violation=constraints[0],
        independence=constraints[1],
        radius=evidence.radius,
    )
    missed = theorem(lowest=exact(evidence.shift)).multiplier  # a guess, of which check 9 asks nothing
    roots = [_root(row.strength - missed, offset, evidence.penalty) for row, offset in zip(*held, strict=True)]
    found = theorem(lowest=_lowest(setting, matrix, turned, held[0], roots))  # Check 7
    if not found.holds:  # Check 8
        raise Refusal.undecided(
            8,
            "the gradient is not shown to be small enough for a minimum in the ball",
            required=f"G' < m(R − δ) = {lower(found.available):.6g}",
            seen=f"G' ≤ {upper(found.gradient_norm):.6g}, δ ≤ {upper(found.offset):.6g}",
            advice="weights nearer to the minimum",
        )
    _check_forces(held[0], held[1], roots, found.multiplier)  # Check 9
    return found


def _lowest(setting: _Setting, matrix: BallMatrix, turned: arb, rows: list[HeldRow], roots: list[float]) -> arb:
    """A lower bound of the spectrum of ∇²f_θ + CᵀΣC off the flat directions."""
    network, shift = setting.network, setting.evidence.shift
    pressing = np.zeros(setting.held.shape)
    for row, root in zip(rows, roots, strict=True):
        pressing[row.sample, row.unit] = root
    full = raised(pressed(matrix, network, pressing), network, flat_directions(network), 2 * abs(shift))
    lowest = full.smallest_eigenvalue(shift)
    if lowest is None or not lowest > turned:  # Check 7
        raise Refusal.undecided(
            7,
            "the Hessian along the kinks is not shown to exceed what it turns on the ball",
            required=f"μ > h(R) = {upper(turned):.6g}",
            seen="no positive definite factorisation at this shift" if lowest is None else f"μ ≥ {lower(lowest):.6g}",
            advice="a smaller radius or another shift; units that are dead or double others have to go first",
        )
    return lowest


def _check_forces(rows: list[HeldRow], offsets: list[arb], roots: list[float], multiplier: arb) -> None:
    """Check 9."""
    for row, offset, root in zip(rows, offsets, roots, strict=True):
        needed, left = exact(root) ** 2 * offset, 2 * (row.strength - multiplier)
        if not needed <= left:
            raise Refusal.undecided(
                9,
                f"unit {row.unit} is not held strongly enough at its kink on sample {row.sample}",
                required=f"Σ(|C w_0| + ‖x̃‖R) ≤ 2(s − |ν|) with |ν| ≤ {upper(multiplier):.6g}",
                seen=f"s ≥ {lower(row.strength):.6g}, Σ(|C w_0| + ‖x̃‖R) ≤ {upper(needed):.6g}",
                advice="weights nearer to the minimum, or a smaller penalty",
            )


def _facts(found: KinkMinimum, turned: arb, rows: list[HeldRow], value: arb, least: arb | None) -> tuple[Fact, ...]:
    facts = [
        fact("f(ŵ)", "value at the minimum", value),
        fact_above("‖ŵ − w_0‖", "distance of the minimum", found.distance),
        fact_below("μ", "least curvature of the frozen objective, kinks pressed", found.growth + turned),
        fact_above("h(R)", "how far its Hessian turns on the ball", turned),
        fact_below("m", "growth, twice the least of (f(w) − f(ŵ))/‖w − ŵ‖²", found.growth),
        fact_above("G'", "its gradient at the nearest weights on the kinks", found.gradient_norm),
        fact_below("m(R − δ)", "what that is to be below", found.available),
    ]
    if least is not None:
        weakest = rows[0].strength
        for row in rows:
            weakest = weakest.min(row.strength)
        facts += [
            fact_below("min s", "least force that holds a unit at its kink", weakest),
            fact_below("σ_min(C)", "independence of the kinks", least),
            fact_above("|ν|", "what the shares miss", found.multiplier),
        ]
    return tuple(facts)


KIND = Kind(Claim, Evidence, Network, TITLE, decide, covers=SMOOTH, arithmetics=("fast",))
