"""What holds at every point of the ball of radius ρ around w_0: ranges, inputs, Jacobians between layers (theory 1.4).

Layers are 0-based in code, 1-based in the formulas. All numbers are Arb balls whose every point is an upper bound.
"""

from __future__ import annotations

from dataclasses import dataclass

from flint import arb

from certificates.arithmetic.arb import exact
from certificates.arithmetic.matrix import M
from certificates.enclosures.intervals.ranges import bend_change_bound, curvature_bound, slope_bound
from certificates.enclosures.networks.linearisation import LayerFacts, Linearisation
from certificates.enclosures.networks.sensitivities import Sensitivities, Weighted
from certificates.expression import Activation

__all__ = ["JacobiansOnBall", "OnBall", "bend_changes", "on_ball"]


@dataclass(frozen=True)
class OnBall:
    """Bounds that hold at every point of the ball of radius ρ; lists run over the layers."""

    activations: tuple[Activation, ...]
    radius: arb
    moves: list[arb]  # ρ_ℓ: ρ for a trained layer, 0 for a frozen one
    slope: list[arb]  # M_1 of each hidden layer over its reachable pre-activations
    bend: list[arb]  # M_2 likewise
    shift: list[arb]  # D_ℓ: how far a pre-activation vector can move
    input_norm: list[arb]  # ‖H̃‖ of each layer's input
    input_fourth: list[arb]  # κ₄(H̃)^{1/2} of each layer's input
    reach: list[tuple[arb, arb]]  # what the pre-activations of each hidden layer stay between
    spread: list[arb]  # Δ^F_ℓ: how far the pre-activations of all samples can move, in the Frobenius norm


def on_ball(facts: tuple[LayerFacts, ...], activations: tuple[Activation, ...], radius: arb) -> OnBall:
    """Walk through the layers in order; the reachable range of a layer needs M_1 of the earlier ones only."""
    ball = OnBall(activations, radius, [radius if f.trained else exact(0) for f in facts], [], [], [], [], [], [], [])
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
        ball.spread.append(frobenius)
        low, high = exact(layer.range[0]) - shift, exact(layer.range[1]) + shift
        ball.shift.append(shift)
        ball.reach.append((low, high))
        ball.slope.append(exact(slope_bound(activations[index], low, high)))
        ball.bend.append(exact(curvature_bound(activations[index], low, high)))
    return ball


def bend_changes(ball: OnBall) -> list[arb]:
    """M_3 of each hidden layer: how fast φ'' changes over the reachable pre-activations.

    May fail when
    -------------
    φ'' is not proven Lipschitz there: :class:`certificates.errors.EnclosureFailure`.
    """
    pairs = zip(ball.activations, ball.reach, strict=True)
    return [exact(bend_change_bound(activation, low, high)) for activation, (low, high) in pairs]


class JacobiansOnBall:
    """Norms of ∂z_ℓ/∂z_j and of what is built from them, for every point of the ball."""

    def __init__(self, point: Linearisation[M], norms: Sensitivities, ball: OnBall) -> None:
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

    def bending(self, hidden: int, earlier: int, start: Weighted, largest: arb) -> arb:
        """κ₄(diag(v_{kj}) H̃_j)^{1/2} on the ball, v = ‖diag(c)^{1/2} A_{kj}‖ with numbers c ≤ ``largest`` of w_0.

        ``start`` is the norm at w_0, and c the column norms ĵ, or ĵ|φ''|.
        """
        growth = largest.sqrt() * self.change(hidden, earlier)
        moved = self.ball.input_fourth[earlier] - self.layers[earlier].input_fourth
        return start.norm + growth * self.layers[earlier].input_fourth + (start.largest + growth) * moved

    def adjoint_growth(self, hidden: int) -> arb:
        """δ ≥ ĵ − ĵ⁰: AW − A⁰W⁰ = A(W − W⁰) + (A − A⁰)W⁰ for the layer after."""
        output, after = len(self.layers) - 1, hidden + 1
        return self.size(output, after) * self.ball.moves[after] + self.change(output, after) * (
            self.layers[after].column_norm
        )
