"""Gradient dominance of quadratic networks on a ball around W_0, and what gradient descent makes of it.

With c ≥ sup_{‖U‖_F = 1} ‖J(U)‖, on B = {‖W − W_0‖_F ≤ ϱ} (theorem 3.2.10):

    J is linear in W and J(U)ᵀb = 2 vec(D_vU𝒜*(b)), ‖𝒜*(b)‖ ≤ √(nc_4)‖b‖, so c = 2v_max√(nc_4) will do;
    ‖∇L‖² = ‖Jᵀr‖²/n² ≥ σ_min(J)²·2nL/n², so μ = (σ_min(J(W_0)) − cϱ)²/n;
    ‖∇²L‖ ≤ ‖J‖²/n + 2v_max‖G‖ and ‖G‖ ≤ √c_4‖r‖/√n, ‖r‖ ≤ ‖r(W_0)‖ + sup_B‖J‖ϱ.

*Matrix inequality* (theory 3.5.2). JJᵀ/n² = K_0 + 2Σh_jK_1j + Σh_ih_jK_2ij for h = vec(W − W_0). If

    [ K_0 − (μ/n)I − ϱ²S   K_1j + Θ_j ]
    [ ·                    K_2ij + Θ_ij + δ_ij S ]  ⪰ 0,    S ⪰ 0,    Θ_j, Θ_ij = −Θ_ji antisymmetric,

then the form in (z, h_1z, …, h_pz) is zᵀ(JJᵀ/n²)z − (μ/n)‖z‖² − (ϱ² − ‖h‖²)zᵀSz ≥ 0: the antisymmetric parts cancel. So
‖∇L‖² = rᵀ(JJᵀ/n²)r ≥ (μ/n)‖r‖² = 2μL on B.

*Descent.* Let ‖∇²L‖ ≤ Λ and ‖∇L‖² ≥ 2μL on B, and η ≤ 1/Λ. While the segment of a partial step s ≤ η stays in B, L
falls by at least (s/2)‖∇L‖², so √L falls by at least s‖∇L‖²/(4√L) ≥ s‖∇L‖√(2μ)/4. All steps together are no longer than
2√(2L(W_0)/μ); if that is < ϱ no segment reaches the boundary, and L falls by the factor 1 − ημ at every step.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from flint import arb

from certificates.arithmetic.arb import exact, root_above
from certificates.enclosures.quadratic.network import QuadraticNetwork

__all__ = ["BallData", "curvature", "dominance", "matrix_inequality", "path_length", "twist_count", "variation"]


@dataclass(frozen=True)
class BallData:
    """Numbers at W_0, in the scaling of L.

    Parameters
    ----------
    fourth_moment
        c_4 or more.
    jacobian_norm
        ‖J(W_0)‖ or more.
    residual_norm
        ‖r(W_0)‖ or more.
    """

    fourth_moment: arb
    jacobian_norm: arb
    residual_norm: arb


def variation(network: QuadraticNetwork, fourth_moment: arb) -> arb:
    """c = 2v_max√(nc_4), an upper bound of ‖J(U)‖ over ‖U‖_F = 1."""
    return 2 * _largest_outer(network) * (network.sample_count * fourth_moment).sqrt()


def dominance(network: QuadraticNetwork, smallest: arb, change: arb, radius: float) -> arb | None:
    """A lower bound of μ on the ball, or ``None`` when σ_0 > cϱ is not certain.

    Parameters
    ----------
    smallest
        A lower bound of σ_min(J(W_0)).
    change
        An upper bound c.
    """
    left = smallest - change * exact(radius)
    return left * left / network.sample_count if left > 0 else None


def curvature(network: QuadraticNetwork, data: BallData, radius: float) -> arb:
    """Λ, an upper bound of ‖∇²L‖ on the ball."""
    rho, n = exact(radius), network.sample_count
    jacobian = data.jacobian_norm + variation(network, data.fourth_moment) * rho
    force = data.fourth_moment.sqrt() * (data.residual_norm + jacobian * rho) / exact(n).sqrt()
    return jacobian * jacobian / n + 2 * _largest_outer(network) * force


def path_length(loss: arb, constant: arb) -> arb:
    """2√(2L(W_0)/μ): no path of gradient descent inside the ball is longer."""
    return 2 * root_above(2 * loss / constant)


def _largest_outer(network: QuadraticNetwork) -> arb:
    return exact(float(np.max(np.abs(network.outer))))


# ---- the matrix inequality ----------------------------------------------------------------------------------------


def twist_count(parameters: int, samples: int) -> int:
    """How many numbers describe Θ_1, …, Θ_p and Θ_ij, i < j."""
    return parameters * (parameters + 1) // 2 * (samples * (samples - 1) // 2)


def matrix_inequality(
    network: QuadraticNetwork, radius: float, constant: arb, multiplier: Sequence[float], twists: Sequence[float]
) -> list[list[arb]]:
    """The lower triangle, row by row, of the matrix of equation (3.5.2), for the μ of L.

    Parameters
    ----------
    multiplier
        S, its lower triangle row by row.
    twists
        Strictly lower triangles of Θ_1, …, Θ_p, then of Θ_ij for i < j in lexicographic order.
    """
    n, p = network.sample_count, network.width * network.dimension
    spread = _symmetric(multiplier, n)
    given = _antisymmetric(twists, n, p)
    corner = constant / n
    kernel = _Kernel(network)
    rows: list[list[arb]] = []
    for j in range(p + 1):
        blocks = [kernel.block(i - 1, j - 1) for i in range(j + 1)]
        for a in range(n):
            row = []
            for i, block in enumerate(blocks):
                for b in range(n if i < j else a + 1):
                    entry = block[a][b]
                    if i < j:
                        entry -= given[i, j][a][b]  # the transpose of the block at (i, j)
                    elif j > 0:
                        entry += spread[a][b]
                    else:
                        entry -= exact(radius) * exact(radius) * spread[a][b] + (corner if a == b else 0)
                    row.append(entry)
            rows.append(row)
    return rows


class _Kernel:
    """K_0, K_1j and K_2ij in balls; index −1 stands for W_0, index la for the weight at unit l and input a."""

    def __init__(self, network: QuadraticNetwork) -> None:
        self.inputs = [[exact(value) for value in row] for row in network.inputs.tolist()]
        self.gram = [[_inner(x, y) for y in self.inputs] for x in self.inputs]
        self.outer = [exact(value) for value in network.outer.tolist()]
        weights = [[exact(value) for value in row] for row in network.weights.tolist()]
        self.hidden = [[_inner(x, w) for w in weights] for x in self.inputs]
        self.scale = exact(Fraction(2, network.sample_count**2))
        self.dimension = network.dimension

    def block(self, first: int, second: int) -> list[list[arb]]:
        """(J_iJ_jᵀ + J_jJ_iᵀ)/(2n²), J_−1 = J(W_0): entry (a, b) is 2⟨x_a, x_b⟩ Σ_l v_l²(s_al t_bl + t_al s_bl)/n²."""
        left, right = self._signals(first), self._signals(second)
        units = sorted(left.keys() & right.keys())
        zero = exact(0)
        table = []
        for a, row in enumerate(self.gram):
            line = []
            for b, inner in enumerate(row):
                total = zero
                for unit in units:
                    both = left[unit][a] * right[unit][b] + right[unit][a] * left[unit][b]
                    total += self.outer[unit] * self.outer[unit] * both
                line.append(self.scale * inner * total)
            table.append(line)
        return table

    def _signals(self, index: int) -> dict[int, list[arb]]:
        """XUᵀ by its non-zero columns, for U = W_0 or a unit matrix."""
        if index < 0:
            return {unit: [row[unit] for row in self.hidden] for unit in range(len(self.outer))}
        unit, column = divmod(index, self.dimension)
        return {unit: [row[column] for row in self.inputs]}


def _inner(left: Sequence[arb], right: Sequence[arb]) -> arb:
    return sum((a * b for a, b in zip(left, right, strict=True)), exact(0))


def _symmetric(triangle: Sequence[float], size: int) -> list[list[arb]]:
    entry = iter(triangle)
    table = [[exact(0)] * size for _ in range(size)]
    for a in range(size):
        for b in range(a + 1):
            table[a][b] = table[b][a] = exact(next(entry))
    return table


def _antisymmetric(twists: Sequence[float], size: int, parameters: int) -> dict[tuple[int, int], list[list[arb]]]:
    """Θ by the pair of block indices; block 0 is that of W_0."""
    entry = iter(twists)
    pairs = [(i, j) for i in range(parameters + 1) for j in range(i + 1, parameters + 1)]
    return {pair: _twist(entry, size) for pair in pairs}


def _twist(entry: Iterator[float], size: int) -> list[list[arb]]:
    table = [[exact(0)] * size for _ in range(size)]
    for a in range(size):
        for b in range(a):
            value = exact(next(entry))
            table[a][b], table[b][a] = value, -value
    return table
