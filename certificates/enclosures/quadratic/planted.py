"""x ↦ ‖Wx‖² with labels planted by a teacher of the same width: constants of its loss near the teacher (theory 3.6).

W is (r, d), one row a hidden unit, W° the teacher's. Everything here is about 𝓛 = (1/4m)Σ(‖Wx_i‖² − ‖W°x_i‖²)²; the
problem's own loss is f = s‖·‖² = 4ms·𝓛, so a step η for f is a step μ = 4msη for 𝓛. Near W° the loss is governed by

    𝒬(H) = (1/m)Σ (x_iᵀHᵀW°x_i)²,    half the second derivative of 𝓛 at W°,

which vanishes on the *vertical* directions ΩW°, Ωᵀ = −Ω (rotations of the hidden units), and by c₄ of lemma 3.0.1.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations

import numpy as np
from flint import arb

from certificates.arithmetic.arb_matrix import ArbMatrix
from certificates.arithmetic.effort import reserve, spend
from certificates.arithmetic.matrix import M
from certificates.enclosures.quadratic.fourth_moments import BLOCK_SAMPLES
from certificates.enclosures.quadratic.network import NotQuadratic, QuadraticNetwork, quadratic_network
from certificates.subjects import FloatArray, Network

__all__ = [
    "PlantedQuadratic",
    "gauss_newton",
    "planted_quadratic",
    "rotation_distance",
    "vertical_directions",
]


@dataclass(frozen=True, eq=False)
class PlantedQuadratic:
    """The student ‖Wx‖² and its teacher ‖W°x‖²; all numbers are exact.

    Parameters
    ----------
    network
        The student at the given weights, with its data.
    planted
        W°, shape (r, d).
    """

    network: QuadraticNetwork
    planted: FloatArray

    @property
    def step_factor(self) -> Fraction:
        """4ms: a step η for the problem's own loss is a step 4msη for 𝓛."""
        return 4 * self.network.sample_count * self.network.loss_scale


def planted_quadratic(problem: Network) -> PlantedQuadratic:
    """Read a problem as a planted network of this section.

    Raises
    ------
    NotQuadratic
        It is no quadratic network, its labels are given, an outer weight is not 1, or the widths differ.
    """
    network = quadratic_network(problem)
    if problem.teacher is None:
        raise NotQuadratic("expected labels planted by a teacher, got given ones")
    for layer, who in ((problem.layers[1], "student"), (problem.teacher[1], "teacher")):
        if not (layer.weight == 1).all():
            raise NotQuadratic(f"expected a {who} whose outer weights are all 1")
    planted = problem.teacher[0].weight
    if planted.shape != network.weights.shape:
        raise NotQuadratic(f"expected a teacher as wide as the student, {network.width}, got {planted.shape[0]}")
    return PlantedQuadratic(network, planted)


def gauss_newton(problem: PlantedQuadratic, arithmetic: type[M]) -> M:
    """The matrix of 𝒬, (rd, rd), rows of H after one another.

    Guarantee
    ---------
    The result contains (1/m)Σ z_iz_iᵀ, z_i = vec(W°x_i x_iᵀ), with 𝒬(H) = (1/m)Σ(z_iᵀ vec H)².
    """
    planted, inputs = problem.planted, problem.network.inputs
    total = arithmetic.from_exact(np.zeros((planted.size, planted.size)))
    for start in range(0, len(inputs), BLOCK_SAMPLES):
        columns = arithmetic.from_exact(np.ascontiguousarray(inputs[start : start + BLOCK_SAMPLES].T))
        hidden = arithmetic.from_exact(planted).times(columns)
        rows = arithmetic.stack([columns.scale_columns(hidden.take_row(unit)) for unit in range(len(planted))])
        total = total.add(rows.gram())
    return total.scale(Fraction(1, len(inputs)))


def vertical_directions(planted: FloatArray) -> FloatArray:
    """Columns vec(ΩW°) for Ω = e_ie_jᵀ − e_je_iᵀ, i < j, shape (rd, r(r−1)/2); exact.

    Examples
    --------
    >>> vertical_directions(np.array([[1.0, 2.0], [3.0, 4.0]])).ravel().tolist()
    [3.0, 4.0, -1.0, -2.0]
    """
    width, dimension = planted.shape
    reserve(width * width / 2 * (16 * width * dimension + 100))
    spend(10 * width * width)
    pairs = list(combinations(range(width), 2))
    directions = np.zeros((len(pairs), width, dimension))
    for number, (i, j) in enumerate(pairs):
        directions[number, i], directions[number, j] = planted[j], -planted[i]
    return np.ascontiguousarray(directions.reshape(len(pairs), width * dimension).T)


def rotation_distance(weights: ArbMatrix, planted: FloatArray, rotation: FloatArray) -> arb:
    """Bound dist(W, W°) = min over orthogonal P of ‖PW − W°‖_F from above, given an almost orthogonal R.

    Guarantee
    ---------
    Every point of the ball is ≥ dist(W, W°) for every real square R. With R = SP, P orthogonal and S ⪰ 0 (polar
    form), ‖PW − W°‖ ≤ ‖RW − W°‖ + ‖P − R‖‖W‖ and ‖P − R‖ = ‖I − S‖ ≤ ‖I − RRᵀ‖, as |1 − σ| ≤ |1 − σ²| for σ ≥ 0.
    """
    turn = ArbMatrix.from_exact(rotation)
    missed = turn.times(weights).add(ArbMatrix.from_exact(-planted)).frobenius_norm()
    skewness = turn.gram().add(ArbMatrix.from_exact(-np.eye(len(rotation)))).frobenius_norm()
    bound: arb = (missed + skewness * weights.frobenius_norm()).upper()
    return bound
