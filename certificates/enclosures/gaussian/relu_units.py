"""ReLU units that learn e_1 … e_k from x ~ N(0, I): lengths, angles, loss and gradient (theory 4.4).

F(W) = ½E(Σ_i (w_i·x)₊ − Σ_j (e_j·x)₊)², the rows w_i of W (n, k). With θ(w, u) the angle between two units and
α = (π − θ)/2π, E(w·x)₊(u·x)₊ = κ(w, u) = ‖w‖‖u‖ sin θ/2π + α(w, u) w·u, and

    T_ii' = α(w_i, w_i')  (i ≠ i'),   T_ii = ½ + (Σ_{i'≠i} ‖w_i'‖ sin θ(w_i, w_i') − Σ_j sin θ(w_i, e_j)) / 2π‖w_i‖,
    ∇F(W) = T W − B,   B_ij = α(w_i, e_j).

T is also ∇²F across the span of e_1 … e_k (lemmas 4.4.2 and 4.4.3).
"""

from __future__ import annotations

from dataclasses import dataclass

from flint import arb

from certificates.arithmetic.arb import exact
from certificates.arithmetic.arb_matrix import ArbMatrix
from certificates.arithmetic.effort import spend
from certificates.errors import EnclosureFailure

__all__ = ["EFFORT_OF_A_PAIR", "ReluUnits", "UnitsMeet", "relu_units"]

EFFORT_OF_A_PAIR = 60.0  # operations on balls: a root, an arcsine, and what is made of them

Table = tuple[tuple[arb, ...], ...]


class UnitsMeet(EnclosureFailure):
    """A unit may be 0, or two of them parallel: F need not be twice differentiable there."""


@dataclass(frozen=True)
class ReluUnits:
    """n students and k teachers.

    Parameters
    ----------
    weights
        W (n, k).
    lengths
        ‖w_i‖ > 0.
    cosines, sines, shares
        cos θ, sin θ and α of the i-th student with the n students and then the k teachers, (n, n + k): 1, 0 and ½ with
        itself.
    """

    weights: ArbMatrix
    lengths: tuple[arb, ...]
    cosines: Table
    sines: Table
    shares: Table

    def across(self) -> ArbMatrix:
        """T (n, n)."""
        count = len(self.lengths)
        entries = [share for row in self.shares for share in row[:count]]
        for i, (length, sines) in enumerate(zip(self.lengths, self.sines, strict=True)):
            pull = sum((a * b for a, b in zip(self.lengths, sines[:count], strict=True)), exact(0))
            entries[i * (count + 1)] += (pull - sum(sines[count:], exact(0))) / (2 * arb.pi() * length)
        return ArbMatrix.from_entries(count, count, entries)

    def gradient(self) -> ArbMatrix:
        """∇F(W) = T W − B, (n, k)."""
        count = len(self.lengths)
        pulls = [share for row in self.shares for share in row[count:]]
        return self.across().times(self.weights).add(ArbMatrix.from_entries(*self.weights.shape, [-b for b in pulls]))

    def loss(self) -> arb:
        """F(W)."""
        count, k = self.weights.shape
        found = exact(k) / 4 + exact(k * (k - 1)) / (4 * arb.pi())
        for i, length in enumerate(self.lengths):
            for j in range(count + k):
                size = length * self.lengths[j] if j < count else length
                moment = size * (self.sines[i][j] / (2 * arb.pi()) + self.shares[i][j] * self.cosines[i][j])
                found += moment / 2 if j < count else -moment
        return found


def relu_units(weights: ArbMatrix) -> ReluUnits:
    """Lengths and angles of students with these rows, and of the teachers e_1 … e_k.

    Parameters
    ----------
    weights
        W (n, k); all of a box, or a point.

    Guarantee
    ---------
    For every W in the enclosure each number lies in its ball, no w_i is 0, and no two students and no student and
    teacher are parallel.

    May fail when
    -------------
    That is not certain: :class:`UnitsMeet`.

    Examples
    --------
    >>> import numpy as np
    >>> found = relu_units(ArbMatrix.from_exact(np.array([[0.0, 2.0, 1.0], [0.0, 1.0, -2.0]])))
    >>> found.shares[0][1], found.cosines[0][2]
    (0.250000000000000, 0)
    """
    count, k = weights.shape
    spend(EFFORT_OF_A_PAIR * count * (count + k))
    inner, entries = weights.gram().entries(), weights.entries()
    lengths = [_length(inner[i * (count + 1)], i) for i in range(count)]
    half = exact(1) / 2
    angles = [[(exact(1), exact(0), half)] * (count + k) for _ in range(count)]
    for i in range(count):
        for j in range(i):
            found = _angle(inner[i * count + j], lengths[i] * lengths[j], f"students {j} and {i}")
            angles[i][j] = angles[j][i] = found
        for j in range(k):
            angles[i][count + j] = _angle(entries[i * k + j], lengths[i], f"student {i} and teacher {j}")
    cosines, sines, shares = (tuple(tuple(each[part] for each in row) for row in angles) for part in range(3))
    return ReluUnits(weights, tuple(lengths), cosines, sines, shares)


def _length(square: arb, index: int) -> arb:
    if not square > 0:
        raise UnitsMeet(f"student {index} may be 0")
    return square.sqrt()


def _angle(product: arb, size: arb, who: str) -> tuple[arb, arb, arb]:
    """cos θ, sin θ and (π − θ)/2π = ¼ + arcsin(cos θ)/2π."""
    cosine = product / size
    square = 1 - cosine * cosine
    if not square > 0:
        raise UnitsMeet(f"{who} may be parallel")
    return cosine, square.sqrt(), exact(1) / 4 + cosine.asin() / (2 * arb.pi())
