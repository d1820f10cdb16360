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
from certificates.arithmetic.arb_matrix import ArbMatrix
from certificates.arithmetic.ball_matrix import BallMatrix
from certificates.enclosures.activations import curvature_bound, slope_bound
from certificates.enclosures.linearisation import LayerFacts, Linearisation
from certificates.expression import Activation

__all__ = ["CURVATURE_FORMS", "curvature"]


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


def _one_hidden_layer(point: Linearisation[BallMatrix] | Linearisation[ArbMatrix], ball: _OnBall) -> arb:
    """½(c₂ + √(c₂² + 4c₁²)), or c₂ alone if one layer is frozen (c₁ couples both)."""
    first, last = point.layers
    zero = exact(0)
    both = first.trained and last.trained
    bend = ball.bend[0] * first.input_fourth**2 * (last.column_norm + ball.moves[1]) if first.trained else zero
    couple = ball.slope[0] * first.input_norm if both else zero
    return (bend + (bend**2 + 4 * couple**2).sqrt()) / 2


def _recursion(point: Linearisation[BallMatrix] | Linearisation[ArbMatrix], ball: _OnBall) -> arb:
    """λ_max(Q_L) of the depth recursion."""
    size = len(point.layers)
    first = _unit(size, 0)
    linear = [ball.input_norm[0] * x for x in first]  # P: ‖dZ_ℓ‖_F ≤ P · t
    fourth = [ball.input_fourth[0] * x for x in first]  # R: N₄(dZ_ℓ) ≤ R · t
    form = _zeros(size)  # Q: ‖d²Z_ℓ‖_F ≤ tᵀ Q t'
    for index in range(1, size):
        layer, slope, bend = point.layers[index], ball.slope[index - 1], ball.bend[index - 1]
        weight = layer.weight_norm + ball.moves[index]
        column = layer.column_norm + ball.moves[index]
        here = _unit(size, index)
        form = _scaled(form, weight * slope)
        _add_outer(form, [slope * x for x in here], linear, symmetric=True)
        _add_outer(form, [column * bend * x for x in fourth], fourth)
        if index < size - 1:
            linear = [weight * slope * x + ball.input_norm[index] * y for x, y in zip(linear, here, strict=True)]
            fourth = [weight * slope * x + ball.input_fourth[index] * y for x, y in zip(fourth, here, strict=True)]
    return _largest_eigenvalue(form, point.layers)


def _adjoint(point: Linearisation[BallMatrix] | Linearisation[ArbMatrix], ball: _OnBall) -> arb:
    """λ_max(Q) of the adjoint form: sensitivities ∂F/∂z at w_0 plus what they can change on the ball."""
    size = len(point.layers)
    change, jacobian = _jacobians_on_ball(point, ball)
    form = _zeros(size)
    rows = [
        (
            [jacobian(index, j) * ball.input_norm[j] if j <= index else exact(0) for j in range(size - 1)] + [exact(0)],
            [jacobian(index, j) * ball.input_fourth[j] if j <= index else exact(0) for j in range(size - 1)]
            + [exact(0)],
        )
        for index in range(size - 1)
    ]
    for index in range(1, size):
        weight = jacobian(size - 1, index) * ball.slope[index - 1]
        _add_outer(form, [weight * x for x in _unit(size, index)], rows[index - 1][0], symmetric=True)
    for index in range(size - 1):
        following = point.layers[index + 1]
        adjoint = (
            point.layers[index].adjoint_norm
            + jacobian(size - 1, index + 1) * ball.moves[index + 1]
            + change(size - 1, index + 1) * following.column_norm
        )
        fourth = rows[index][1]
        _add_outer(form, [ball.bend[index] * adjoint * x for x in fourth], fourth)
    return _largest_eigenvalue(form, point.layers)


def _jacobians_on_ball(
    point: Linearisation[BallMatrix] | Linearisation[ArbMatrix], ball: _OnBall
) -> tuple[Callable[[int, int], arb], Callable[[int, int], arb]]:
    """E_{ℓj} and G_{ℓj} = g_{ℓj} + E_{ℓj}: change and size of ∂z_ℓ/∂z_j on the ball."""
    changes: dict[tuple[int, int], arb] = {}

    def norm(target: int, source: int) -> arb:
        return exact(1) if target == source else point.jacobian_norms[target, source]

    def change(target: int, source: int) -> arb:
        return exact(0) if target == source else changes[target, source]

    for source in range(len(point.layers)):
        for target in range(source + 1, len(point.layers)):
            layer, slope = point.layers[target], ball.slope[target - 1]
            before, moved = norm(target - 1, source), change(target - 1, source)
            changes[target, source] = (
                ball.moves[target] * slope * (before + moved)
                + layer.weight_norm * slope * moved
                + layer.column_norm * ball.bend[target - 1] * ball.shift[target - 1] * before
            )
    return change, lambda target, source: norm(target, source) + change(target, source)


# ---- small symmetric forms with non-negative entries --------------------------------------------------------------

_Form = list[list[arb]]


def _zeros(size: int) -> _Form:
    return [[exact(0)] * size for _ in range(size)]


def _unit(size: int, index: int) -> list[arb]:
    return [exact(int(k == index)) for k in range(size)]


def _scaled(form: _Form, factor: arb) -> _Form:
    return [[factor * entry for entry in row] for row in form]


def _add_outer(form: _Form, left: list[arb], right: list[arb], *, symmetric: bool = False) -> None:
    """Q += l rᵀ, and r lᵀ too if ``symmetric``."""
    for i, a in enumerate(left):
        for j, b in enumerate(right):
            form[i][j] += a * b
            if symmetric:
                form[j][i] += a * b


def _largest_eigenvalue(form: _Form, layers: tuple[LayerFacts, ...]) -> arb:
    """λ_max of the form restricted to the trained layers, by Collatz–Wielandt with a guessed eigenvector."""
    kept = [index for index, layer in enumerate(layers) if layer.trained]
    reduced = [[form[i][j] for j in kept] for i in kept]
    guess = np.array([[float(entry.mid()) for entry in row] for row in reduced])
    _, vectors = np.linalg.eigh((guess + guess.T) / 2 if np.isfinite(guess).all() else np.eye(len(kept)))
    vector = np.abs(vectors[:, -1])
    positive = np.maximum(vector, 1e-12 * float(np.max(vector)))
    image = (arb_mat(reduced) * arb_mat(len(kept), 1, positive.tolist())).entries()
    bound: arb = reduce(arb.max, [y / exact(float(x)) for x, y in zip(positive, image, strict=True)])
    return bound


CURVATURE_FORMS: Mapping[str, Callable[..., arb]] = {
    "one-hidden-layer": _one_hidden_layer,
    "recursion": _recursion,
    "adjoint": _adjoint,
}


def curvature(
    point: Linearisation[BallMatrix] | Linearisation[ArbMatrix],
    activations: tuple[Activation, ...],
    radius: float,
    form: str,
) -> arb:
    """Bound β(ρ), a Lipschitz constant of the Jacobian on the ball of radius ρ around w_0.

    Parameters
    ----------
    point
        Norms at w_0 (with Jacobian norms for the adjoint form).
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
    ball = _on_ball(point.layers, activations, exact(radius))
    return CURVATURE_FORMS[form](point, ball)
