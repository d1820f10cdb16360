"""β(ρ): how fast the Jacobian of a multilayer perceptron can turn within distance ρ (theory 1.4).

β(ρ) bounds the Lipschitz constant of w ↦ J(w) on the ball of radius ρ around w_0, in the bilinear norm
sup Σ_i a_i D²F_i[u, u'] over unit a, u, u'. Layers are 0-based in code, 1-based in the formulas. All numbers are
Arb balls whose every point is an upper bound.

Three forms are implemented: the closed formula for one hidden layer, the depth recursion (needs no Jacobian
norms) and the adjoint form (tighter with depth).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import reduce

import numpy as np
from flint import arb, arb_mat

from certificates.arithmetic.arb import exact
from certificates.arithmetic.effort import spend
from certificates.arithmetic.matrix import M
from certificates.enclosures.intervals.ranges import curvature_bound, slope_bound
from certificates.enclosures.networks.linearisation import LayerFacts, Linearisation
from certificates.enclosures.networks.sensitivities import Sensitivities
from certificates.expression import Activation

__all__ = ["CURVATURE_FORMS", "curvature", "curvature_effort"]


@dataclass(frozen=True)
class _OnBall:
    """Bounds that hold at every point of the ball of radius ρ; lists run over the layers."""

    radius: arb
    moves: list[arb]  # ρ_ℓ: ρ for a trained layer, 0 for a frozen one
    slope: list[arb]  # M_1 of each hidden layer over its reachable pre-activations
    bend: list[arb]  # M_2 likewise
    shift: list[arb]  # D_ℓ: how far a pre-activation vector can move
    input_norm: list[arb]  # ‖H̃‖ of each layer's input
    input_fourth: list[arb]  # κ₄(H̃)^{1/2} of each layer's input


def _on_ball(facts: tuple[LayerFacts, ...], activations: tuple[Activation, ...], radius: arb) -> _OnBall:
    """Walk through the layers in order; the reachable range of a layer needs M_1 of the earlier ones only."""
    ball = _OnBall(radius, [radius if f.trained else exact(0) for f in facts], [], [], [], [], [])
    zero = exact(0)
    frobenius, fourth, shift = zero, zero, zero  # Δ^F, Δ^N, D of the layer before
    for index, layer in enumerate(facts[:-1]):
        slope = ball.slope[-1] if index else zero
        ball.input_norm.append(layer.input_norm + slope * frobenius)
        ball.input_fourth.append(layer.input_fourth + slope * fourth)
        move, passed = ball.moves[index], layer.weight_norm * slope
        largest_input = layer.input_row + slope * shift
        frobenius = move * ball.input_norm[-1] + passed * frobenius
        fourth = move * ball.input_fourth[-1] + passed * fourth
        shift = move * largest_input + passed * shift
        low, high = exact(layer.range[0]) - shift, exact(layer.range[1]) + shift
        ball.shift.append(shift)
        ball.slope.append(exact(slope_bound(activations[index], low, high)))
        ball.bend.append(exact(curvature_bound(activations[index], low, high)))
    return ball


def _one_hidden_layer(point: Linearisation[M], ball: _OnBall) -> arb:
    """½(c₂ + √(c₂² + 4c₁²)), or c₂ alone if one layer is frozen (c₁ couples both)."""
    first, last = point.layers
    zero = exact(0)
    both = first.trained and last.trained
    bend = ball.bend[0] * first.input_fourth**2 * (last.column_norm + ball.moves[1]) if first.trained else zero
    couple = ball.slope[0] * first.input_norm if both else zero
    return (bend + (bend**2 + 4 * couple**2).sqrt()) / 2


def _per_unit(point: Linearisation[M], ball: _OnBall) -> arb:
    """The same with the norms of each unit; 0 if the first layer is frozen."""
    first, last = point.layers
    if not first.trained:
        return exact(0)
    if point.units is None:
        raise ValueError("linearised without the norms of units")
    return point.units.turning(
        ball.radius,
        outer_moves=last.trained,
        bend=ball.bend[0],
        most_coupled=ball.slope[0] * first.input_norm,
        most_bent=ball.bend[0] * first.input_fourth**2,
    )


def _recursion(point: Linearisation[M], ball: _OnBall) -> arb:
    """λ_max(Q_L) of the depth recursion."""
    size = len(point.layers)
    first = _unit(size, 0)
    linear = [ball.input_norm[0] * x for x in first]  # P: ‖dZ_ℓ‖_F ≤ P · t
    fourth = [ball.input_fourth[0] * x for x in first]  # R: N₄(dZ_ℓ) ≤ R · t
    form = arb_mat(size, size)  # Q: ‖d²Z_ℓ‖_F ≤ tᵀ Q t'
    for index in range(1, size):
        layer, slope, bend = point.layers[index], ball.slope[index - 1], ball.bend[index - 1]
        weight = layer.weight_norm + ball.moves[index]
        column = layer.column_norm + ball.moves[index]
        here = _unit(size, index)
        mixed = _outer([slope * x for x in here], linear)
        bent = _outer([column * bend * x for x in fourth], fourth)
        form = form * (weight * slope) + mixed + mixed.transpose() + bent
        if index < size - 1:
            linear = [weight * slope * x + ball.input_norm[index] * y for x, y in zip(linear, here, strict=True)]
            fourth = [weight * slope * x + ball.input_fourth[index] * y for x, y in zip(fourth, here, strict=True)]
    return _largest_eigenvalue(form, point.layers)


def _adjoint(point: Linearisation[M], ball: _OnBall) -> arb:
    """λ_max(Q) of the adjoint form with the weights of :mod:`sensitivities`, plus what can change on the ball.

    Pair (ℓ, j < ℓ): t_ℓ t_j ‖diag(u_{ℓj}) H̃_j‖. Bending of hidden layer k: M_2 (Σ_j t_j κ₄(diag(v_{kj}) H̃_j)^{1/2})²
    with the column norms ĵ at w_0, and their growth ĵ − ĵ⁰ ≤ δ times M_2 (Σ_j t_j G_{kj} κ₄(H̃_j)^{1/2})².
    """
    if point.sensitivities is None:
        return _one_hidden_layer(point, ball)
    size, jacobians = len(point.layers), _JacobiansOnBall(point, point.sensitivities, ball)
    form = arb_mat(size, size)
    for later in range(1, size):
        for earlier in range(later):
            form[later, earlier] = form[earlier, later] = jacobians.coupling(later, earlier)
    for index in range(size - 1):
        earlier_layers = range(size)
        bent = [jacobians.bending(index, j) if j <= index else exact(0) for j in earlier_layers]
        plain = [jacobians.size(index, j) * ball.input_fourth[j] if j <= index else exact(0) for j in earlier_layers]
        growth = ball.bend[index] * jacobians.adjoint_growth(index)
        form += _outer([ball.bend[index] * x for x in bent], bent) + _outer([growth * x for x in plain], plain)
    return _largest_eigenvalue(form, point.layers)


class _JacobiansOnBall:
    """Norms of ∂z_ℓ/∂z_j and of what is built from them, for every point of the ball."""

    def __init__(self, point: Linearisation[M], norms: Sensitivities, ball: _OnBall) -> None:
        self.layers, self.norms, self.ball = point.layers, norms, ball
        self.changes: dict[tuple[int, int], arb] = {}
        for earlier in range(len(self.layers)):
            for later in range(earlier + 1, len(self.layers)):
                self.changes[later, earlier] = self._change_through(later, earlier)

    def at_start(self, later: int, earlier: int) -> arb:
        """g_{ℓj} at w_0."""
        return exact(1) if later == earlier else self.norms.jacobian[later, earlier]

    def change(self, later: int, earlier: int) -> arb:
        """E_{ℓj} ≥ ‖A_{ℓj} − A⁰_{ℓj}‖."""
        return exact(0) if later == earlier else self.changes[later, earlier]

    def size(self, later: int, earlier: int) -> arb:
        """G_{ℓj} = g_{ℓj} + E_{ℓj}."""
        return self.at_start(later, earlier) + self.change(later, earlier)

    def _change_through(self, later: int, earlier: int) -> arb:
        """(W − W⁰)φ'A + W⁰φ'(A − A⁰) + W⁰(φ' − φ'⁰)A⁰, A = A_{ℓ−1,j}."""
        layer, slope = self.layers[later], self.ball.slope[later - 1]
        before, moved = self.at_start(later - 1, earlier), self.change(later - 1, earlier)
        shifted = self.ball.bend[later - 1] * self.ball.shift[later - 1]
        return (
            self.ball.moves[later] * slope * (before + moved)
            + layer.weight_norm * slope * moved
            + layer.column_norm * shifted * before
        )

    def coupling(self, later: int, earlier: int) -> arb:
        """‖diag(u_{ℓj}) H̃_j‖ on the ball, u = ‖A_{Lℓ,i}‖ ‖diag(φ'_{ℓ−1}) A_{ℓ−1,j,i}‖."""
        output, start = len(self.layers) - 1, self.norms.coupling[later, earlier]
        left, left_change = self.at_start(output, later), self.change(output, later)
        right = self.norms.slope_jacobian[later, earlier]
        shifted = self.ball.bend[later - 1] * self.ball.shift[later - 1]
        right_change = self.ball.slope[later - 1] * self.change(later - 1, earlier) + shifted * self.at_start(
            later - 1, earlier
        )
        growth = left * right_change + left_change * right + left_change * right_change
        moved = self.ball.input_norm[earlier] - self.layers[earlier].input_norm
        return start.norm + growth * self.layers[earlier].input_norm + (start.largest + growth) * moved

    def bending(self, hidden: int, earlier: int) -> arb:
        """κ₄(diag(v_{kj}) H̃_j)^{1/2} on the ball, with the column norms ĵ of w_0 inside v."""
        start = self.norms.bending[hidden, earlier]
        growth = self.norms.adjoint[hidden].sqrt() * self.change(hidden, earlier)
        moved = self.ball.input_fourth[earlier] - self.layers[earlier].input_fourth
        return start.norm + growth * self.layers[earlier].input_fourth + (start.largest + growth) * moved

    def adjoint_growth(self, hidden: int) -> arb:
        """δ ≥ ĵ − ĵ⁰: AW − A⁰W⁰ = A(W − W⁰) + (A − A⁰)W⁰ for the layer after."""
        output, after = len(self.layers) - 1, hidden + 1
        return self.size(output, after) * self.ball.moves[after] + self.change(output, after) * (
            self.layers[after].column_norm
        )


# ---- small symmetric forms with non-negative entries --------------------------------------------------------------


def _unit(size: int, index: int) -> list[arb]:
    return [exact(int(k == index)) for k in range(size)]


def _outer(left: list[arb], right: list[arb]) -> arb_mat:
    """L rᵀ."""
    return arb_mat(len(left), 1, left) * arb_mat(1, len(right), right)


def _largest_eigenvalue(form: arb_mat, layers: tuple[LayerFacts, ...]) -> arb:
    """λ_max of the form restricted to the trained layers, by Collatz–Wielandt with a guessed eigenvector."""
    kept = [index for index, layer in enumerate(layers) if layer.trained]
    reduced = [[form[i, j] for j in kept] for i in kept]
    vector = _leading_vector(np.array([[float(entry.mid()) for entry in row] for row in reduced]))
    positive = np.maximum(vector, 1e-12 * float(np.max(vector)))
    image = (arb_mat(reduced) * arb_mat(len(kept), 1, positive.tolist())).entries()
    bound: arb = reduce(arb.max, [y / exact(float(x)) for x, y in zip(positive, image, strict=True)])
    return bound


def _leading_vector(guess: np.ndarray) -> np.ndarray:
    """The entries' sizes in an eigenvector of the largest eigenvalue, nearly; ones where floats do not find it."""
    ones = np.ones(len(guess))
    if not np.isfinite(guess).all():
        return ones
    try:
        vector = np.abs(np.linalg.eigh(guess / 2 + guess.T / 2)[1][:, -1])  # halves: sums of doubles may overflow
    except np.linalg.LinAlgError:
        return ones
    return vector if np.isfinite(vector).all() else ones


def curvature_effort(layers: int) -> float:
    """Operations of one evaluation of β, without those of the bounds of activations."""
    return 100.0 + 120.0 * layers**2 + 0.8 * float(layers) ** 3


CURVATURE_FORMS: Mapping[str, Callable[..., arb]] = {
    "one-hidden-layer": _one_hidden_layer,
    "per-unit": _per_unit,
    "recursion": _recursion,
    "adjoint": _adjoint,
}


def curvature(
    point: Linearisation[M],
    activations: tuple[Activation, ...],
    radius: float,
    form: str,
) -> arb:
    """Bound β(ρ), a Lipschitz constant of the Jacobian on the ball of radius ρ around w_0.

    Parameters
    ----------
    point
        Norms at w_0 (with sensitivities for the adjoint form).
    activations
        φ of each hidden layer; φ' must be Lipschitz on the reachable range (checked by the rule).
    radius
        ρ ≥ 0, distance over the trained parameters.
    form
        A key of :data:`CURVATURE_FORMS`; ``one-hidden-layer`` needs exactly two layers.

    Guarantee
    ---------
    ‖J(w) − J(w')‖ ≤ β ‖w − w'‖ for all w, w' with ‖w − w_0‖, ‖w' − w_0‖ ≤ ρ, for every point β of the ball
    returned; non-decreasing in ρ up to the width of the balls.

    May fail when
    -------------
    The activation has no finite bound on the reachable range: :class:`certificates.errors.EnclosureFailure`.

    References
    ----------
    Theory 1.4. The per-layer ranges follow the layers in order, as the remark there requires.
    """
    spend(curvature_effort(len(point.layers)))
    ball = _on_ball(point.layers, activations, exact(radius))
    return CURVATURE_FORMS[form](point, ball)
