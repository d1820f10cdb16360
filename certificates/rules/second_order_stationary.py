"""Rule *second-order point*: when a `second-order-stationary` claim is accepted.

Statement
---------
Let f(W) = s‖q(W) − y‖² be the loss of the given quadratic network as a function of its first layer W. At the given
weights ‖∇f(W)‖_F ≤ ``gradient_norm``, D²f(W)[U, U] ≥ −``curvature_deficit``·‖U‖_F² for all U, and
f(W) − inf f ≤ ``gap``.

Evidence
--------
Spectral shifts for G, and where they are wanted for ∇²L, Σ̂, T − θE, T and K; a direction u.

Checks
------
1. The network is x ↦ Σ v_l (w_lᵀx)² with a trained first layer, a frozen second one, no biases and one output.
2. The evidence is finite, and u has the network's width.
3. The work fits the budget.
4. λ_min(G) and λ_max(G) are bounded by the residual form.
5. Every optional part is proven: λ_min(∇²L); λ_min(Σ̂), λ_min(T), λ_min(K) > 0; c_4; v_u > 0 for outer weights of one
   sign.
6. The claim is weaker than or equal to what the evidence proves.

Why they suffice
----------------
∇L = 2D_vWG. As JᵀJ ⪰ 0, ∇²L ⪰ 2D_v ⊗ G, whose blocks are ⪰ −2v_lτ⁻ (v_l > 0) and ⪰ −2|v_l|τ⁺ (v_l < 0): ε_H is the
largest of these, or that of the whole Hessian if it is less. :mod:`certificates.theorems.second_order_points` turns
ε_g, ε_H and G into gaps: with the bounds of G proven in 4, and with the a-priori ones of lemma 3.2.3; for mixed signs
both classes are needed. The smallest is what is proved. f = 2ns·L. Units with v_l = 0 and inputs that are always 0
add zeros to gradient and Hessian; if every v_l < 0, (−v, −y) has the same f.

Not checked
-----------
That W is near a minimiser, except by its loss.
"""

from __future__ import annotations

from dataclasses import replace
from math import inf

import numpy as np
from flint import arb

from certificates.arithmetic.arb import exact, lower, upper
from certificates.arithmetic.matrix import Matrix
from certificates.checks.acceptance import accept_if_weaker
from certificates.checks.kind import Kind
from certificates.checks.matrices import matrices
from certificates.checks.outcome import Context, Refusal
from certificates.checks.quadratic import quadratic_workload, require_quadratic
from certificates.claims.second_order_stationary import Claim, Evidence
from certificates.enclosures.quadratic.fourth_moments import fourth_moment_bound, moment_matrix
from certificates.enclosures.quadratic.network import (
    Point,
    QuadraticNetwork,
    covariance,
    evaluate,
    gradient_norm,
    gram_of_products,
    hessian,
    label_column,
    loss,
)
from certificates.subjects import FloatArray, Network
from certificates.theorems.second_order_points import (
    ForceBounds,
    PointNumbers,
    a_priori_force,
    force_from_direction,
    gaps,
    known_gaps,
)
from certificates.verdict import Accepted, Fact

__all__ = ["KIND"]

TITLE = "second-order point"


def decide(claim: Claim, evidence: Evidence, problem: Network, context: Context) -> Accepted:
    """Apply checks 1 to 6 in order.

    Guarantee
    ---------
    An :class:`Accepted` value is returned only if the statement above is true for ``problem`` with the fields of
    ``claim``, given the ledger.

    Raises
    ------
    Refusal
        A check that is certainly false (rejected) or not certainly true (undecided), with its number.
    EnclosureFailure
        No finite enclosure exists at this precision.
    """
    network = require_quadratic(1, problem)  # Check 1
    _check_evidence(network, evidence)
    wanted = quadratic_workload(
        network,
        moments=evidence.moment_shift is not None or evidence.fourth_moment_shift is not None,
        products=evidence.gram_shift is not None,
        hessian=evidence.hessian_shift is not None,
    )
    context.require_workload(3, wanted)  # Check 3
    return _prove(claim, evidence, network, context)


def _prove(claim: Claim, evidence: Evidence, network: QuadraticNetwork, context: Context) -> Accepted:
    negated = not network.positive
    if negated:
        network = network.negated()
    point = evaluate(network, matrices(context))
    proven = _check_force(point, evidence)
    gradient = upper(gradient_norm(network, point))
    deficit = _deficit(network, point, evidence, proven)
    numbers = _numbers(network, point, evidence)
    fourth = _fourth_moment(network, matrices(context), evidence)
    believed = _a_priori(network, point, evidence, gradient, deficit, fourth)
    rows = known_gaps(numbers) | gaps(numbers, proven)
    rows |= {f"{name}, a priori": gap for name, gap in gaps(numbers, believed).items()}
    factor = exact(network.loss_factor)
    proved = Claim(*(upper(factor * exact(number)) for number in (gradient, deficit, min(rows.values()))))
    given = ForceBounds(proven.above, proven.below) if negated else proven  # G of the problem as it is given
    return accept_if_weaker(context, TITLE, 6, claim, proved, _facts(factor, numbers, given, proved, rows))  # Check 6


def _check_evidence(network: QuadraticNetwork, evidence: Evidence) -> None:
    """Check 2."""
    optional = (
        evidence.hessian_shift,
        evidence.covariance_shift,
        evidence.fourth_moment_shift,
        evidence.moment_shift,
        evidence.gram_shift,
    )
    shifts = [evidence.force_lower, evidence.force_upper, *(shift for shift in optional if shift is not None)]
    fits = len(evidence.units) in (0, network.width)
    if not np.isfinite([*shifts, *evidence.units]).all() or not fits:
        raise Refusal.rejected(
            2,
            "the evidence is out of range",
            required=f"finite shifts, and no u or one of {network.width} entries",
            seen=f"{len(evidence.units)} entries",
        )


def _check_force(point: Point[Matrix], evidence: Evidence) -> ForceBounds:
    """Check 4: τ⁻ and τ⁺ ≥ 0."""
    smallest = point.force.smallest_eigenvalue(evidence.force_lower)
    largest = point.force.largest_eigenvalue(evidence.force_upper)
    if smallest is None or largest is None:
        raise Refusal.undecided(
            4,
            "the spectrum of G is not proven to lie between the shifts",
            required=f"{evidence.force_lower:.6g} ≤ λ(G) ≤ {evidence.force_upper:.6g}",
            seen="no factorisation",
            advice="shifts further apart",
        )
    return ForceBounds(max(0.0, -lower(smallest)), max(0.0, upper(largest)))


def _positive(name: str, bound: arb | None) -> arb:
    """A bound of check 5 that must be positive."""
    if bound is None or not lower(bound) > 0:
        raise Refusal.undecided(
            5,
            f"{name} is not proven to be positive",
            required=f"{name} > 0",
            seen="no factorisation" if bound is None else f"{name} ≥ {lower(bound):.6g}",
            advice="leave this part out of the evidence",
        )
    return exact(lower(bound))


def _deficit(network: QuadraticNetwork, point: Point[Matrix], evidence: Evidence, force: ForceBounds) -> float:
    """ε_H by lemma 3.2.4, or from the whole Hessian if that is less."""
    cheap = max(_block_deficit(network.outer, force.below), _block_deficit(-network.outer, force.above))
    if evidence.hessian_shift is None:
        return cheap
    smallest = hessian(network, point).smallest_eigenvalue(evidence.hessian_shift)
    if smallest is None:  # Check 5
        raise Refusal.undecided(
            5,
            "the spectrum of the Hessian is not proven to lie above the shift",
            required=f"λ_min(∇²L) ≥ {evidence.hessian_shift:.6g}",
            seen="no factorisation",
            advice="a lower hessian_shift",
        )
    return min(cheap, max(0.0, -lower(smallest)))


def _block_deficit(outer: FloatArray, tau: float | None) -> float:
    """2 max v_l τ over the units with v_l > 0."""
    largest = float(np.max(outer))
    if largest <= 0:
        return 0.0
    return inf if tau is None else upper(2 * exact(largest) * exact(tau))


def _fourth_moment(network: QuadraticNetwork, arithmetic: type[Matrix], evidence: Evidence) -> arb | None:
    """c_4, if the evidence has it."""
    if evidence.fourth_moment_shift is None:
        return None
    bound = fourth_moment_bound(network.inputs, arithmetic, evidence.theta, evidence.fourth_moment_shift)
    if bound is None:
        raise Refusal.undecided(
            5,
            "c_4 is not proven to be below the shift",
            required=f"λ_max(T − θE) ≤ {evidence.fourth_moment_shift:.6g}",
            seen="no factorisation",
            advice="a larger fourth_moment_shift",
        )
    return exact(upper(bound))


def _numbers(network: QuadraticNetwork, point: Point[Matrix], evidence: Evidence) -> PointNumbers:
    """The numbers of the point, with the proven parts of check 5."""
    arithmetic, n = type(point.residual), network.sample_count
    labels = label_column(network, arithmetic)
    ones = arithmetic.from_exact(np.ones((n, 1)))
    numbers = PointNumbers(
        loss=loss(network, point),
        pairing=point.residual.dot(point.outputs) / n,
        mean_output=ones.dot(point.outputs) / n,
        mean_label=ones.dot(labels) / n,
        label_norm=exact(upper(labels.frobenius_norm())) / exact(n).sqrt(),
        force_norm=exact(upper(point.force.frobenius_norm())),
        dimension=network.dimension,
        sample_count=n,
        one_sign=not network.negative,
        planted=_planted(network),
    )
    if evidence.covariance_shift is not None:
        found = covariance(network, arithmetic).smallest_eigenvalue(evidence.covariance_shift)
        numbers = replace(numbers, covariance=_positive("λ_min(Σ̂)", found))
    if evidence.moment_shift is not None:
        found = moment_matrix(network.inputs, arithmetic).smallest_eigenvalue(evidence.moment_shift)
        numbers = replace(numbers, moments=_positive("λ_min(T)", found))
    if evidence.gram_shift is not None:
        found = gram_of_products(network, arithmetic).smallest_eigenvalue(evidence.gram_shift)
        numbers = replace(numbers, gram=_positive("λ_min(K)", found))
    return numbers


def _planted(network: QuadraticNetwork) -> tuple[arb, arb] | None:
    """Σ|v°|‖w°‖² over the teacher's positive and negative units."""
    if network.teacher is None:
        return None
    totals = [exact(0), exact(0)]
    for row, outer in zip(*network.teacher, strict=True):
        size = sum((exact(float(entry)) * exact(float(entry)) for entry in row), exact(0))
        totals[int(outer < 0)] += abs(exact(float(outer))) * size
    return totals[0], totals[1]


def _a_priori(
    network: QuadraticNetwork,
    point: Point[Matrix],
    evidence: Evidence,
    gradient: float,
    deficit: float,
    fourth: arb | None,
) -> ForceBounds:
    """τ_P and τ_N of lemma 3.2.3, and the row "any u" for one sign."""
    positive, negative = network.outer[network.outer > 0], -network.outer[network.outer < 0]
    below = a_priori_force(positive, network.dimension, gradient, deficit, fourth)
    above = a_priori_force(negative, network.dimension, gradient, deficit, fourth)
    if evidence.units and fourth is not None:
        found = _from_direction(network, point, evidence, deficit, fourth)
        below = found if below is None else min(below, found)
    return ForceBounds(below, above)


def _from_direction(
    network: QuadraticNetwork, point: Point[Matrix], evidence: Evidence, deficit: float, fourth: arb
) -> float:
    arithmetic = type(point.residual)
    units = arithmetic.from_exact(np.array(evidence.units)[:, None])
    weighted = units.scale_rows(network.outer)
    image = arithmetic.from_exact(network.weights).T.times(weighted)
    found = None
    if not network.negative:
        found = force_from_direction(units.dot(units), image.frobenius_norm(), units.dot(weighted), deficit, fourth)
    if found is None:
        raise Refusal.undecided(
            5,
            "v_u is not proven to be positive",
            required="uᵀD_vu > 0 and outer weights of one sign",
            advice="leave u out of the evidence",
        )
    return found


def _facts(
    factor: arb, numbers: PointNumbers, force: ForceBounds, proved: Claim, rows: dict[str, float]
) -> tuple[Fact, ...]:
    value = factor * numbers.loss
    return (
        Fact("f(W)", "loss at the given weights", lower(value), upper(value)),
        Fact("‖∇f(W)‖", "norm of the gradient", 0.0, proved.gradient_norm),
        Fact("−λ_min(G)", "most negative eigenvalue of G", -inf, inf if force.below is None else force.below),
        Fact("λ_max(G)", "largest eigenvalue of G", -inf, inf if force.above is None else force.above),
        Fact("ε_H", "most negative curvature", 0.0, proved.curvature_deficit),
        *(Fact("gap", "f(W) − inf f", 0.0, upper(factor * exact(bound)), name) for name, bound in rows.items()),
    )


KIND = Kind(Claim, Evidence, Network, TITLE, decide)
