"""Rule *units that hardly turn*: when a `relu-convergence` claim is accepted.

Statement
---------
Let f(W) = s‖F(W) − y‖², F_i(W) = v Σ_r a_r max(w_r·x̃_i, 0) + b, a_r = ±1, over W alone; x̃ = (x, 1) where the hidden
layer has a bias, which moves with W. Every solution of the Clarke gradient flow W' ∈ −∂f(W) from the given weights
exists for all times and stays within ``radius`` of them, unit by unit or in the Frobenius norm as ``movement`` says; it
converges, to a zero of f, and f(W(t)) ≤ e^{−κt} f(W(0)), κ = ``decrease_rate``. If ``step_size_max`` is claimed, the
same holds for W_{k+1} = W_k − η_k∇f(W_k), any 0 < η_k ≤ ``step_size_max`` with divergent sum, f(W_{k+1}) ≤ (1 − κη_k)
f(W_k), where ∇f takes any number in [0, 1] for the slope at 0.

Evidence
--------
Radii R_1 < … < R_g, and a spectral shift for the kernel at the start.

Checks
------
1. f is a sum of squares of one output of one hidden layer of ReLU, which is trained, under a frozen output layer; the
   labels are given.
2. The outer weights are equal but for their signs, and not 0.
3. The radii increase, are positive and finite, and at most 64; descent is claimed of units only, for a positive step.
4. The work fits the budget.
5. λ_min(G ∘ C) ≥ σ² > 0, by the residual form with the given shift.
6. v∫(σ − κ)²₊ > ‖X̃‖‖e_0‖ over radii of units, or v∫(σ − κ)₊ > ‖e_0‖ over those of all weights, by sums.
7. If descent is claimed: σ − κ > 2κ at the last radius, which is at least 2‖X̃‖‖e_0‖/(v(σ − κ)(σ − 3κ)).
8. Every field of the claim is weaker than or equal to what the evidence proves.

Why they suffice
----------------
Units whose pre-activation is not certainly farther from 0 than R‖x̃_i‖ count as turned, so κ(R) of lemma 5.3.6 or
lemma 5.3.7 bounds how far every Jacobian, and every convex combination of such, is from the one at the start. Check 6
is then theorem 5.3.8, and check 7 theorem 5.3.9 (:mod:`certificates.theorems.relu_trapping`).

Not checked
-----------
That a floating-point run behaves like the exact one; how the weights were found.
"""

from __future__ import annotations

from math import inf

from flint import arb

from certificates.arithmetic.arb import exact, lower, upper
from certificates.checks.acceptance import accept_if_weaker, fact_above, fact_below
from certificates.checks.kernel_inputs import kernel_inputs, require_distinct
from certificates.checks.kind import Kind
from certificates.checks.outcome import Context, Refusal
from certificates.checks.relu_structure import require_equal_outer_weights, require_wide_relu
from certificates.checks.workload import Workload
from certificates.claims.relu_convergence import Claim, Evidence
from certificates.enclosures.networks.relu_flips import (
    ReluStart,
    relu_start,
    turned_kernel,
    turning_of_all,
    turning_of_units,
)
from certificates.subjects import Network
from certificates.theorems.relu_trapping import Descent, Numbers, Trapped, descent, trapped
from certificates.verdict import Accepted, Fact

__all__ = ["KIND"]

TITLE = "units that hardly turn"

_MOST_RADII = 64


def decide(claim: Claim, evidence: Evidence, problem: Network, context: Context) -> Accepted:
    """Apply checks 1 to 8 in order.

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
    scale = require_wide_relu(1, problem)  # Check 1
    outer = require_equal_outer_weights(2, problem)  # Check 2
    _check_evidence(claim, evidence)  # Check 3
    together = claim.movement == "all"
    context.require_workload(4, _workload(problem, evidence, together=together))  # Check 4
    start = relu_start(problem, *(((), evidence.radii) if together else (evidence.radii, ())))
    norm = start.gram.operator_norm()
    numbers = _numbers(problem, start, (exact(scale), exact(outer), norm), evidence)  # Check 5
    turn = turning_of_all if together else turning_of_units
    turning = [turn(start, index, norm) for index in range(len(evidence.radii))]
    flow = trapped(numbers, evidence.radii, turning, together=together)
    facts = _facts(numbers, flow, turning[-1])
    radius, rate = _check_flow(flow, facts)  # Check 6
    proved = Claim(claim.movement, upper(radius), lower(rate))
    if claim.step_size_max is not None:
        found = descent(numbers, turning[-1])
        most = _check_descent(found, evidence.radii[-1], facts)  # Check 7
        proved = Claim(
            "unit", max(upper(radius), upper(most)), min(lower(rate), lower(found.rate)), lower(found.step_size)
        )
    return accept_if_weaker(context, TITLE, 8, claim, proved, facts)  # Check 8


def _check_evidence(claim: Claim, evidence: Evidence) -> None:
    """Check 3."""
    radii = evidence.radii
    rising = all(a < b for a, b in zip((0.0, *radii), (*radii, inf), strict=True))
    if not (0 < len(radii) <= _MOST_RADII and rising):
        raise Refusal.rejected(
            3,
            "the radii do not increase",
            required=f"1 to {_MOST_RADII} radii, 0 < R_1 < R_2 < …",
            seen=f"{len(radii)}",
        )
    if claim.step_size_max is not None and not (claim.step_size_max > 0 and claim.movement == "unit"):
        raise Refusal.rejected(
            3,
            "descent is claimed of no step, or of all weights together",
            required="a positive step_size_max, and movement of units",
            seen=f"{claim.step_size_max:g}, {claim.movement}",
        )


def _workload(problem: Network, evidence: Evidence, *, together: bool) -> Workload:
    """Pre-activations, counts for each radius of units that may turn, and tests of n × n matrices."""
    units, n, d = float(len(problem.layers[0].weight)), float(problem.sample_count), float(problem.widths[0])
    grids = 1.0 if together else len(evidence.radii) + 1.0
    seen = 2.0 * units * n * (d + 500.0) + (600.0 * units * n if together else 0.0)
    flops = seen + grids * units * (n * (n + 50.0) + 300.0) + grids * 5500.0 * n * n + 45.0 * n**3
    kept = 2.0 * units * n if together else 0.0
    return Workload(flops, 8.0 * n * n * grids + 2.0**14 * (d + 8.0 * n) + kept, units * n, 4e3 * grids)


def _numbers(problem: Network, start: ReluStart, given: tuple[arb, arb, arb], evidence: Evidence) -> Numbers:
    """Check 5: σ, and what else the theorems ask for."""
    scale, outer, norm = given
    kernel = turned_kernel(start)
    smallest = kernel.smallest_eigenvalue(evidence.kernel_shift)
    if smallest is None or not smallest > 0:
        require_distinct(5, kernel_inputs(problem), opposite=False, zero=True, lengths=False)
        raise Refusal.undecided(
            5,
            "the kernel at the start is not proven positive definite",
            required="λ_min(G ∘ C) > 0",
            seen=f"no factorisation at the shift {evidence.kernel_shift:.6g}"
            if smallest is None
            else f"λ_min ≥ {lower(smallest):.6g}",
            advice="more units, or fewer samples",
        )
    largest = kernel.operator_norm().sqrt()
    return Numbers(scale, outer, smallest.sqrt(), largest, norm.sqrt(), start.residual)


def _check_flow(flow: Trapped, facts: tuple[Fact, ...]) -> tuple[arb, arb]:
    """Check 6."""
    if flow.radius is not None and flow.rate is not None:
        return flow.radius, flow.rate
    share = lower(flow.available / flow.needed)
    raise Refusal.undecided(
        6,
        "the residual is too large for units that hardly turn",
        required=f"an integral above {upper(flow.needed):.4g}",
        seen=f"{lower(flow.available):.4g}, {share:.3g} of it",
        advice=_advice(share),
        facts=facts,
    )


def _advice(share: float) -> str:
    if not share > 1e-100:  # its square is a divisor
        return "more units: at this start too many of them turn at once"
    return (
        "a start whose outputs are 0 (`verify problem wide --antisymmetric`), with an output scale about "
        f"{1.05 / share:.3g} times as large (`verify problem wide --scale`), or with about {1.1 / share**2:.3g} times "
        "as many units (`verify problem wide --width`)"
    )


def _check_descent(found: Descent, last: float, facts: tuple[Fact, ...]) -> arb:
    """Check 7: how far units go at most."""
    if found.radius is None or not found.radius <= exact(last):
        raise Refusal.undecided(
            7,
            "the residual is too large for descent, or too many units turn",
            required=f"σ > 3κ, and units that go no farther than {last:.4g}",
            seen=f"σ − 3κ ≥ {lower(found.margin):.4g}"
            + ("" if found.radius is None else f", up to {upper(found.radius):.4g}"),
            advice="a claim about the flow, or a larger output scale at an antisymmetric start",
            facts=facts,
        )
    return found.radius


def _facts(numbers: Numbers, flow: Trapped, turned: arb) -> tuple[Fact, ...]:
    return (
        fact_below("σ", "smallest singular value of P = J/v at the start", numbers.least),
        fact_above("‖P‖", "largest singular value of P", numbers.largest),
        Fact("v", "size of the outer weights", *2 * (float(numbers.outer),)),
        fact_above("‖X̃‖", "norm of the inputs", numbers.inputs),
        fact_above("‖e‖", "residual at the start", numbers.residual),
        fact_above("κ", "how far P turns within the last radius", turned),
        fact_below("criterion left", "integral up to the last radius", flow.available),
        fact_above("criterion right", "what it has to exceed", flow.needed),
    )


KIND = Kind(Claim, Evidence, Network, TITLE, decide, arithmetics=("fast",))
