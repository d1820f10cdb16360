"""Rule *enough units*: when a `width-bound` claim is accepted.

Statement
---------
Let x̂_i be the inputs of the network's first layer, with a last entry 1 if that layer has a bias, divided by their
norms, y_i its labels, and f(x) = m^(−½) Σ_r a_r max(w_r·x, 0) with w_r ~ N(0, I) and fair signs a_r, all independent;
for an ``antisymmetric`` start m is even, w_r and a_r are so for r ≤ m/2, and each unit stands twice, with a_r and −a_r.
For every such m ≥ ``width``, with a probability of at least 1 − ``failure`` over w and a: every solution of the Clarke
gradient flow in the w_r of ½‖e‖², e_i = f(x̂_i) − y_i, exists for all times, converges to a zero, and
‖e(t)‖² ≤ e^{−λt}‖e(0)‖² with λ = ``eigenvalue``. Nothing is said of the network's own weights.

Evidence
--------
How the failure is shared among three events, a share of κ², and a spectral shift.

Checks
------
1. The objective is a sum of squares of one output with given labels, the one hidden layer is of ReLU.
2. δ₁, δ₂ > 0, δ₃ > 0 for a plain start and 0 otherwise; 0 < share < 1; the shift is positive.
3. No input is 0, and no two are parallel and point the same way.
4. The work fits the budget.
5. λ_min(H^∞) ≥ λ > 0, by theorem 5.6.1 with the given shift.
6. The claim is weaker than or equal to what theorem 5.3.3 or 5.3.4 gives: δ₁ + δ₂ + δ₃, λ and the width.

Why they suffice
----------------
The limit kernel is enclosed block by block, the norm of the Gram matrix and the labels from above; the theorems
(:mod:`certificates.theorems.width_bounds`) are evaluated in balls, and every width from their upper end on suffices.

Not checked
-----------
That a given start is among the good ones: `relu-convergence` looks at one.
"""

from __future__ import annotations

from math import inf

import numpy as np
from flint import arb

from certificates.arithmetic.arb import exact, lower, upper
from certificates.arithmetic.ball_matrix import BallMatrix
from certificates.arithmetic.tiles import tile_spans
from certificates.checks.acceptance import accept_if_weaker, fact_above, fact_below
from certificates.checks.kernel_inputs import kernel_inputs, require_distinct
from certificates.checks.kind import Kind
from certificates.checks.objective import require_squared
from certificates.checks.outcome import Context, Refusal
from certificates.checks.tiles import smallest_eigenvalue
from certificates.checks.workload import Workload
from certificates.claims.width_bound import Claim, Evidence
from certificates.enclosures.kernels.limit import LimitKernel, limit_kernel
from certificates.subjects import Network
from certificates.theorems.width_bounds import Parts, Sample, printed_width, sharpened_width
from certificates.verdict import Accepted, Assumption, Fact

__all__ = ["KIND"]

TITLE = "enough units"

_FLOPS_OF_AN_ENTRY = 8_000.0
_SIDE = 1024
_RANDOM = Assumption("the start is drawn as stated: the conclusion holds with a probability, not for every start")


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
        No finite enclosure exists in binary64.
    """
    _require_network(problem)  # Check 1
    _check_evidence(claim, evidence)  # Check 2
    inputs = kernel_inputs(problem)
    require_distinct(3, inputs, opposite=False, zero=True, lengths=False)  # Check 3
    size = float(problem.sample_count)
    flops = size**3 / 3 + size**2 * (2.0 * inputs.shape[1] + _FLOPS_OF_AN_ENTRY)
    context.require_workload(4, Workload(flops, 1.1 * size**2 + 2e7, 0.0, 1e3))  # Check 4
    kernel = limit_kernel(inputs, problem.activations[0], unit=True)
    smallest = _check_kernel(kernel, evidence, context)  # Check 5
    sample = Sample(len(inputs), smallest, _norm(kernel), *_labels(problem))
    width = _width(claim, evidence, sample)
    failure = evidence.kernel + evidence.flips + evidence.residual
    proved = Claim(claim.form, claim.start, failure, upper(width), lower(smallest))
    return accept_if_weaker(context, TITLE, 6, claim, proved, _facts(sample), (_RANDOM,))  # Check 6


def _require_network(problem: Network) -> None:
    """Check 1."""
    require_squared(1, problem)
    names = [activation.name for activation in problem.activations]
    if names != ["relu"] or problem.widths[-1] != 1 or problem.teacher is not None:
        raise Refusal.undecided(
            1,
            "the theorem is about one hidden layer of ReLU, one output and given labels",
            required="f(x) = Σ a_r max(w_r·x, 0)",
            seen=f"{'–'.join(map(str, problem.widths))}, {', '.join(name or 'a formula' for name in names)}",
        )


def _check_evidence(claim: Claim, evidence: Evidence) -> None:
    """Check 2."""
    plain = claim.start == "plain"
    sound = evidence.kernel > 0 and evidence.flips > 0 and 0 < evidence.share < 1 and 0 < evidence.shift < inf
    if not sound or (evidence.residual > 0) != plain or evidence.residual < 0:
        raise Refusal.rejected(
            2,
            "the evidence is out of range",
            required="δ₁, δ₂ > 0, δ₃ > 0 for a plain start and 0 otherwise, 0 < share < 1, a positive shift",
            seen=f"{evidence.kernel}, {evidence.flips}, {evidence.residual}; {evidence.share}; {evidence.shift:g}",
        )


def _check_kernel(kernel: LimitKernel, evidence: Evidence, context: Context) -> arb:
    """Check 5."""
    found = smallest_eigenvalue(context, kernel, evidence.shift)
    if found is None or not lower(found) > 0:
        raise Refusal.undecided(
            5,
            "the limit kernel is not proven positive definite",
            required="λ_min(H^∞) > 0",
            seen=f"no factor of H^∞ − {evidence.shift:.6g} I" if found is None else f"λ_min ≥ {lower(found):.6g}",
            advice="a smaller shift; samples that are nearly equal leave nothing else",
        )
    return exact(lower(found))


def _norm(kernel: LimitKernel) -> arb:
    """‖G‖ from above: of a small matrix itself, else the largest sum of |ρ_ij| over a row, strip by strip."""
    spans = tile_spans(kernel.size, _SIDE)
    whole = slice(0, kernel.size)
    if len(spans) == 1:
        return BallMatrix.of(kernel.inputs.correlations(whole, whole)).operator_norm()
    sums = []
    for rows in spans:
        strip = kernel.inputs.correlations(rows, whole)
        sums.append(float(np.max(np.abs(strip.mid).sum(axis=1))) * (1 + 2.0**-30) + kernel.size * strip.radius)
    return exact(max(sums))


def _labels(problem: Network) -> tuple[arb, arb]:
    """‖y‖² and max y²."""
    sizes = np.abs(problem.given_targets[:, 0])
    largest = exact(float(np.max(sizes)))
    return sum((exact(float(size)) ** 2 for size in sizes), exact(0)), largest * largest


def _width(claim: Claim, evidence: Evidence, sample: Sample) -> arb:
    parts = Parts(exact(evidence.kernel), exact(evidence.flips), exact(evidence.residual))
    paired = claim.start == "antisymmetric"
    if claim.form == "printed":
        return printed_width(sample, parts, antisymmetric=paired)
    return sharpened_width(sample, parts, exact(evidence.share), antisymmetric=paired)


def _facts(sample: Sample) -> tuple[Fact, ...]:
    return (
        Fact("n", "samples", *2 * (float(sample.count),)),
        fact_below("λ₀", "smallest eigenvalue of the limit kernel", sample.eigenvalue),
        fact_above("‖G‖", "norm of the Gram matrix of the unit inputs", sample.norm),
        fact_above("‖y‖²", "square of the labels' norm", sample.label_square),
    )


KIND = Kind(Claim, Evidence, Network, TITLE, decide, arithmetics=("fast",))
