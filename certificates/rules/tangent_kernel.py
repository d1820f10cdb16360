"""Rule *remainder of a factor*: when a `tangent-kernel` claim is accepted.

Statement
---------
Let x_1, …, x_n be the inputs of the network's first layer, with a last entry 1 if that layer has a bias, divided by
their norms if ``inputs`` is ``unit``. ``kernel`` is ``limit``: K_ij = x_iᵀx_j E[φ'(w·x_i)φ'(w·x_j)], w ~ N(0, I), φ the
one hidden layer's activation; or ``empirical``: K = JJᵀ, J the derivatives of all outputs at all samples by the trained
parameters, at the given weights. Then 0 < ``lower`` ≤ λ_min(K) ≤ ``upper``.

Evidence
--------
A shift μ, or none; a direction v, or none.

Checks
------
1. The objective is a sum of squares. A limit kernel is asked of a network with one hidden layer, whose activation has
   a closed form (ReLU, leaky ReLU, erf, the identity) or, for unit inputs, is analytic in a strip. Without a shift: a
   limit kernel at unit inputs.
2. μ is positive and finite; v has one finite entry a row of K, not all 0.
3. No two inputs are equal; of a limit kernel none is 0, and no two are opposite if φ' is even: K would be singular.
   x and cx, c > 0, count as equal for unit inputs, and for ReLU, leaky ReLU and the identity. Without biases an
   empirical kernel is singular with 0, with x and −x if φ is odd, with x and cx of such φ: J(cx) = cJ(x).
4. The work fits the budget.
5. λ_min(K) ≥ λ > 0, by theorem 5.6.1 with a factor of K − μI; without μ by Gershgorin's circles of Hadamard powers.
6. The claim is weaker than or equal to what is proved: λ, and vᵀKv/vᵀv (μ + ‖Lᵀv‖²/‖v‖² and the bound of the rest where
   there is a factor L), or the least K_ii.

Why they suffice
----------------
The blocks are enclosed entry by entry. Those of a series are of a matrix S with K − S ⪰ 0, so λ_min(K) ≥ λ_min(S); and
‖K − S‖ ≤ rest · ‖G^{∘(κ+2)}‖ + n · (what coefficients are rounded by) (lemma 5.3.1). Check 3 only says why 5 would
fail. At a kink of φ the slope is enclosed from side to side.

Not checked
-----------
How near a network of finite width comes to the limit; that training stays near its kernel.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from flint import arb

from certificates.arithmetic.arb import exact, lower, upper
from certificates.arithmetic.ball_array import BallArray
from certificates.arithmetic.ball_matrix import BallMatrix
from certificates.arithmetic.rayleigh import rayleigh_quotient
from certificates.arithmetic.rounding import FloatArray
from certificates.arithmetic.tiles import SymmetricBlocks
from certificates.checks.acceptance import accept_if_weaker, fact, fact_above, fact_below
from certificates.checks.kernel_inputs import kernel_inputs, require_distinct
from certificates.checks.kind import Kind
from certificates.checks.network_workload import network_workload
from certificates.checks.objective import require_squared
from certificates.checks.outcome import Context, Refusal
from certificates.checks.tiles import enclosed_smallest_eigenvalue
from certificates.checks.workload import Workload
from certificates.claims.tangent_kernel import Claim, Evidence
from certificates.enclosures.kernels.gershgorin import hadamard_gershgorin, power_norm
from certificates.enclosures.kernels.limit import (
    LimitKernel,
    has_even_slope,
    has_limit,
    is_homogeneous,
    is_odd,
    limit_kernel,
)
from certificates.enclosures.kernels.unit_rows import unit_rows
from certificates.enclosures.networks.linearisation import linearise
from certificates.expression import Activation
from certificates.subjects import Network
from certificates.verdict import Accepted, Fact

__all__ = ["KIND"]

TITLE = "remainder of a factor"

_FLOPS_OF_AN_ENTRY = 8_000.0  # of a limit kernel, twice: for the factor and for the quotient
_FLOPS_OF_A_CIRCLE = 1_500.0
_EFFORT_OF_A_SERIES = 80_000.0


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
    activation = _require_kernel(claim, evidence, problem)  # Check 1
    size = problem.sample_count if claim.kernel == "limit" else problem.residual_count
    _require_evidence(evidence, size)  # Check 2
    inputs = kernel_inputs(problem)
    _require_distinct(claim, activation, inputs, problem)  # Check 3
    context.require_workload(4, _workload(claim, evidence, problem))  # Check 4
    matrix = limit_kernel(inputs, activation, unit=claim.inputs == "unit") if claim.kernel == "limit" else None
    blocks: SymmetricBlocks = _Dense(linearise(_unlabelled(problem), BallMatrix).kernel) if matrix is None else matrix
    smallest, largest = _ends(claim, evidence, blocks, inputs, activation, context)  # Check 5
    largest += exact(0) if matrix is None else _left_out(matrix)
    proved = Claim(claim.kernel, claim.inputs, lower(smallest), max(upper(largest), lower(smallest)))
    facts = _facts(blocks, smallest, largest)
    return accept_if_weaker(context, TITLE, 6, claim, proved, facts)  # Check 6


def _unlabelled(problem: Network) -> Network:
    """The same network with labels of zeros: K depends on none, planted or given."""
    zeros = np.zeros((problem.sample_count, problem.widths[-1]))
    return replace(problem, targets=zeros, teacher=None)


@dataclass(frozen=True, eq=False)
class _Dense:
    """An empirical kernel, which is held."""

    matrix: BallArray
    identity: str = ""

    @property
    def size(self) -> int:
        return self.matrix.shape[0]

    def block(self, rows: slice, columns: slice) -> BallArray:
        rad = self.matrix.rad if self.matrix.is_uniform else self.matrix.rad[rows, columns]
        return BallArray(self.matrix.mid[rows, columns], rad)


def _require_kernel(claim: Claim, evidence: Evidence, problem: Network) -> Activation:
    """Check 1."""
    require_squared(1, problem)
    activation = problem.activations[0]
    if evidence.shift is None and (claim.kernel != "limit" or claim.inputs != "unit"):
        raise Refusal.rejected(
            1, "without a shift only limit kernels at unit inputs are bounded", required="evidence with a shift"
        )
    if claim.kernel == "empirical":
        return activation
    if len(problem.layers) != 2:
        raise Refusal.rejected(
            1,
            "a limit kernel is that of one hidden layer",
            required="2 layers",
            seen=f"{len(problem.layers)} layers",
            advice="the empirical kernel at these weights",
        )
    if not has_limit(activation, unit=claim.inputs == "unit"):
        other = has_limit(activation, unit=True)
        raise Refusal.undecided(
            1,
            f"no enclosure of the limit kernel of {activation.text[:60]} is known for inputs as stored"
            if other
            else f"no enclosure of the limit kernel of {activation.text[:60]} is known",
            required="ReLU, leaky ReLU, erf, identity; for unit inputs any activation analytic in a strip",
            advice="the kernel at unit inputs" if other else "the empirical kernel at these weights",
        )
    return activation


def _require_evidence(evidence: Evidence, size: int) -> None:
    """Check 2."""
    shift, v = evidence.shift, _direction(evidence)
    sound = shift is None or (np.isfinite(shift) and shift > 0)
    if sound and v is not None:
        sound = len(v) == size and bool(np.isfinite(v).all()) and bool(np.any(v != 0))
    if not sound:
        raise Refusal.rejected(
            2,
            "the evidence is out of range",
            required=f"a finite positive shift, a direction of {size} finite numbers that are not all 0",
            seen=f"μ = {shift}, {'no direction' if v is None else f'{len(v)} numbers'}",
        )


def _direction(evidence: Evidence) -> FloatArray | None:
    parts = evidence.direction
    return None if parts is None else np.array([number for part in parts for number in part], dtype=np.float64)


def _require_distinct(claim: Claim, activation: Activation, inputs: FloatArray, problem: Network) -> None:
    """Check 3."""
    if claim.kernel == "limit":
        lengths = claim.inputs == "stored" and not is_homogeneous(activation)
        require_distinct(3, inputs, opposite=has_even_slope(activation), zero=True, lengths=lengths)
        return
    plain = all(layer.bias is None for layer in problem.layers)
    scales = plain and all(map(is_homogeneous, problem.activations))
    odd = plain and all(map(is_odd, problem.activations))
    require_distinct(3, inputs, opposite=odd, zero=odd or scales, lengths=not scales)


def _workload(claim: Claim, evidence: Evidence, problem: Network) -> Workload:
    """Check 4: n³/3 for the factor, and the entries; tiles take 4n² bytes."""
    if claim.kernel == "empirical":
        size = float(problem.residual_count)
        base = network_workload(problem)
        return Workload(
            base.operations + size**3 + size**2 * _FLOPS_OF_AN_ENTRY,
            base.entries + 2 * size**2,
            base.activations,
            base.scalars,
        )
    size, columns = float(problem.sample_count), float(problem.widths[0] + 1)
    if evidence.shift is None:
        return Workload(size**2 * (2 * columns + _FLOPS_OF_A_CIRCLE), 2e7 + 60 * size, 0.0)
    operations = size**3 / 3 + size**2 * (2 * columns + _FLOPS_OF_AN_ENTRY)
    return Workload(operations, 0.55 * size**2 + 2e7, 0.0, _EFFORT_OF_A_SERIES)


def _ends(
    claim: Claim,
    evidence: Evidence,
    blocks: SymmetricBlocks,
    inputs: FloatArray,
    activation: Activation,
    context: Context,
) -> tuple[arb, arb]:
    """Check 5: a lower bound of λ_min(K), and an upper one of that of the blocks."""
    direction, largest = _direction(evidence), None
    if evidence.shift is None:
        found: arb | None = hadamard_gershgorin(unit_rows(inputs), activation)
    else:
        found, largest = enclosed_smallest_eigenvalue(context, blocks, evidence.shift, direction)
    if found is None or not lower(found) > 0:
        raise Refusal.undecided(
            5,
            f"the {claim.kernel} kernel is not proven positive definite",
            required="λ_min(K) > 0",
            seen=f"no factor of K − {evidence.shift:.6g} I" if found is None else f"λ_min(K) ≥ {lower(found):.6g}",
            advice="a smaller shift, or no equal samples (`verify problem select PROBLEM --different -o OUT`)",
        )
    if largest is None:
        largest = _least_entry(blocks) if direction is None else rayleigh_quotient(blocks, direction)
    return found, largest


def _least_entry(blocks: SymmetricBlocks) -> arb:
    """Of the diagonal, from above."""
    ends = [blocks.block(slice(i, i + 1), slice(i, i + 1)).upper()[0, 0] for i in range(blocks.size)]
    return exact(float(min(ends)))


def _left_out(matrix: LimitKernel) -> arb:
    """An upper bound of the norm of what a series leaves out."""
    if not matrix.coefficients:
        return exact(0)
    beyond = power_norm(matrix.inputs, len(matrix.coefficients) + 1)
    left: arb = exact(matrix.rest) * beyond + exact(matrix.rounded) * matrix.size
    return left


def _facts(blocks: SymmetricBlocks, smallest: arb, largest: arb) -> tuple[Fact, ...]:
    size = exact(blocks.size)
    return (
        fact("n", "rows of the kernel", size),
        fact_below("λ_min(K) ≥", "by the factor, or by circles", smallest),
        fact_above("λ_min(K) ≤", "by the direction, or by the diagonal", largest),
    )


KIND = Kind(Claim, Evidence, Network, TITLE, decide, arithmetics=("fast",))
