"""What binary64 adds to one step of gradient descent on a network, whoever runs the loop (lemma 1.7.3).

The loop forms ê, its residual, passes it back through the layers and subtracts, all in binary64, rounding to nearest
with gradual underflow, sums in any order, with or without fused multiplication and addition, and by conventional
products of matrices. One of its steps is, for the exact J and e of its weights w,

    w⁺ = w − η Jᵀ(e + ρ) + r,    ‖ρ‖ ≤ δ_e,    ‖r‖ ≤ δ_r .

ρ is large, and acts in the range of Jᵀ, where descent contracts; only r moves weights along the zeros of F − y.

Layers are 0-based in code, 1-based in the formulas. All numbers are Arb balls whose every point is an upper bound.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flint import arb

from certificates.arithmetic.arb import exact
from certificates.arithmetic.matrix import M
from certificates.enclosures.intervals.ranges import curvature_bound, slope_bound
from certificates.enclosures.networks.layers import activate, affine, augmented
from certificates.enclosures.networks.linearisation import LayerFacts
from certificates.enclosures.networks.on_ball import OnBall
from certificates.expression import Activation
from certificates.subjects import Network

__all__ = ["Loop", "LoopLayer", "LoopRounding", "loop_layers", "loop_rounding"]

_U = exact(2) ** -53
_TINY = exact(2) ** -1074  # ν: what a product may lose to underflow
_SCALINGS = 4 * _U  # three roundings by 2s, by their product, by η: (1 + u)³ − 1 is less


@dataclass(frozen=True)
class Loop:
    """What the executed loop is like; the errors of φ are assumed, the rest is what a program states.

    Parameters
    ----------
    value_error, slope_error
        ω and ω', absolute, of φ and φ' as the loop forms them from the pre-activations that it computed: for
        φ' = 1 − h² of a computed h, ω' ≥ 2ω + 3u.
    step
        η, of ½‖e‖²; a loop of s‖e‖² that steps by η_f has η = 2sη_f.
    scale
        At least max(1, 2s) max(1, η_f): what a number that underflowed may be multiplied by afterwards.
    """

    value_error: arb
    slope_error: arb
    step: arb
    scale: arb


@dataclass(frozen=True)
class LoopLayer:
    """Bounds of one layer z = Wh + b that hold at every weight in question, for all n samples together.

    Parameters
    ----------
    trained
        Whether it moves.
    inputs, outputs
        Columns of [W b], one more than units before if there is a bias, and rows.
    weight_norm, weight_size
        ‖W‖, not needed for the first layer, and the Frobenius norm of [W b].
    input_norm, input_size
        ‖H̃‖ and ‖H̃‖ in the Frobenius norm, of the layer's input with the ones of a bias.
    reach
        Of its pre-activations; not for the last layer.
    """

    trained: bool
    inputs: int
    outputs: int
    weight_norm: arb
    weight_size: arb
    input_norm: arb
    input_size: arb
    reach: tuple[arb, arb] = (arb(), arb())


@dataclass(frozen=True)
class LoopRounding:
    """Errors of one step.

    Parameters
    ----------
    residual
        δ_e.
    step
        δ_r.
    largest
        At least ‖ê‖.
    reach
        At least |z| of every pre-activation that the loop may compute: φ and φ' have to be as assumed up to there.
    peak
        At least |x| of every other number that the loop computes, partial sums as well: below 2^1023, none overflows.
    """

    residual: arb
    step: arb
    largest: arb
    reach: arb
    peak: arb


@dataclass
class _Forward:
    """ε_ℓ of the input of each layer, ζ_ℓ, and M_1, M_2 over all that may be computed of each hidden layer."""

    inputs: list[arb]
    pre: list[arb]
    slopes: list[arb]
    bends: list[arb]


def loop_layers(
    network: Network, facts: Sequence[LayerFacts], ball: OnBall, arithmetic: type[M]
) -> tuple[LoopLayer, ...]:
    """Collect the bounds of each layer, for every weight of the ball.

    Parameters
    ----------
    network, facts, ball
        What is known at w_0, and around it.
    arithmetic
        Of the forward pass.

    May fail when
    -------------
    φ is not enclosed at a pre-activation: :class:`certificates.errors.EnclosureFailure`.
    """
    found: list[LoopLayer] = []
    inputs = arithmetic.from_exact(network.inputs)
    for index, (layer, fact, moves) in enumerate(zip(network.layers, facts, ball.moves, strict=True)):
        hidden, growth = index < len(ball.reach), exact(0)
        if index:
            growth = ball.slope[index - 1] * ball.spread[index - 1]
        padded = augmented(layer, inputs)
        size = arithmetic.from_exact(layer.weight).frobenius_norm() ** 2
        if layer.bias is not None:
            size += arithmetic.from_exact(layer.bias[None, :]).frobenius_norm() ** 2
        bounds = LoopLayer(
            layer.trained,
            layer.weight.shape[1] + (layer.bias is not None),
            layer.weight.shape[0],
            fact.weight_norm + moves,
            size.sqrt() + moves,
            ball.input_norm[index] if hidden else padded.frobenius_norm() + growth,  # Δ_L = ê is exact: not used
            padded.frobenius_norm() + growth,
            ball.reach[index] if hidden else (exact(0), exact(0)),
        )
        found.append(bounds)
        if hidden:
            inputs = activate(network.activations[index], affine(layer, inputs))[0]
    return tuple(found)


def loop_rounding(
    layers: Sequence[LoopLayer],
    activations: Sequence[Activation],
    samples: int,
    loop: Loop,
    *,
    residual: arb,
    jacobian: arb,
    weights: arb,
) -> LoopRounding:
    """Bound δ_e and δ_r.

    Parameters
    ----------
    layers, activations, samples
        The network, and n.
    loop
        What runs.
    residual, jacobian, weights
        ‖e‖, ‖J‖ and the norm of the trained parameters, at every weight in question.

    Guarantee
    ---------
    One step of every such loop, from weights at which all the bounds hold, has the form above.

    May fail when
    -------------
    φ or φ' has no finite bound of its growth on the reach: :class:`certificates.errors.EnclosureFailure`.
    """
    ahead = _forward(layers, activations, samples, loop)
    error = ahead.pre[-1] + _U * (residual + ahead.pre[-1])  # ê is one subtraction
    largest = residual + error
    relative, lost = _backward(layers, samples, loop, ahead, largest)
    drift = loop.step * (relative + _SCALINGS * (jacobian * largest + relative)) + loop.scale * lost
    moved = weights + loop.step * jacobian * largest + drift  # the unrounded w − fl(ηĝ)
    reach = exact(0)
    for layer, change in zip(layers[:-1], ahead.pre, strict=False):
        reach = reach.max(change - layer.reach[0]).max(layer.reach[1] + change)
    peak = _peak(layers, samples, loop, ahead, largest).max(moved)
    return LoopRounding(error, drift + _U * moved, largest, reach, 2 * peak)


def _peak(layers: Sequence[LoopLayer], samples: int, loop: Loop, ahead: _Forward, largest: arb) -> arb:
    """Partial sums are at most norm times norm, here with all errors of Δ bounded by what makes them large."""
    size, most = loop.scale * (1 + largest), exact(0)
    for index in range(len(layers) - 1, -1, -1):
        layer, inputs = layers[index], layers[index].input_size + ahead.inputs[index]
        most = most.max(inputs * layer.weight_size).max(size * (1 + inputs)).max(size * layer.weight_size)
        if index:
            computed = ahead.slopes[index - 1] + ahead.bends[index - 1] * ahead.pre[index - 1] + loop.slope_error
            size = (1 + 2 * size * layer.weight_size) * (1 + computed)
    return 2 * most * (1 + _gamma(samples))


def _gamma(count: int) -> arb:
    """γ_k = ku/(1 − ku)."""
    if count >= 2**50:
        raise ValueError("sums of at most 2^50 terms")
    return count * _U / (1 - count * _U)


def _forward(layers: Sequence[LoopLayer], activations: Sequence[Activation], samples: int, loop: Loop) -> _Forward:
    """ζ_ℓ = ‖W_ℓ‖ε_(ℓ−1) + γ (‖H̃‖ + ε_(ℓ−1)) ‖θ_ℓ‖ and ε_ℓ = M_1 ζ_ℓ + ω√(n d_ℓ)."""
    found = _Forward([exact(0)], [], [], [])
    for index, layer in enumerate(layers):
        before, entries = found.inputs[-1], exact(samples * layer.outputs).sqrt()
        carried = layer.weight_norm * before if index else exact(0)
        rounded = _gamma(layer.inputs) * (layer.input_size + before) * layer.weight_size
        found.pre.append(carried + rounded + layer.inputs * _TINY * entries)
        if index < len(activations):
            low, high = layer.reach[0] - found.pre[-1], layer.reach[1] + found.pre[-1]
            found.slopes.append(exact(slope_bound(activations[index], low, high)))
            found.bends.append(exact(curvature_bound(activations[index], low, high)))
            found.inputs.append(found.slopes[-1] * found.pre[-1] + loop.value_error * entries)
    return found


def _backward(layers: Sequence[LoopLayer], samples: int, loop: Loop, ahead: _Forward, largest: arb) -> tuple[arb, arb]:
    """Errors of the whole gradient of ½‖e‖², at a computed residual of norm ``largest``: rounded, and underflown.

    b bounds the exact Δ_ℓ = ∂⟨ê, F⟩/∂z_ℓ in the Frobenius norm, μ the error of what is computed of it; both with ê as
    given, for Δ is linear in it.
    """
    size, error, lost = largest, exact(0), 3 * _TINY * exact(samples * layers[-1].outputs).sqrt()
    squares, gone = exact(0), exact(0)
    for index in range(len(layers) - 1, -1, -1):
        layer, wrong = layers[index], ahead.inputs[index]
        inputs, rounding = layer.input_size + wrong, _gamma(samples)
        if layer.trained:
            exactly = size * wrong + error * (layer.input_norm + wrong)
            squares += (exactly + rounding * (size + error) * inputs) ** 2
            entries = exact(layer.inputs * layer.outputs).sqrt()
            gone += lost * (1 + rounding) * inputs + (samples + 3) * _TINY * entries
        if index:
            size, error, lost = _pulled_back(layer, layers[index - 1], samples, loop, ahead, index, size, error, lost)
    return squares.sqrt(), 2 * gone


def _pulled_back(
    layer: LoopLayer,
    before: LoopLayer,
    samples: int,
    loop: Loop,
    ahead: _Forward,
    index: int,
    size: arb,
    error: arb,
    lost: arb,
) -> tuple[arb, arb, arb]:
    """From Δ_(ℓ+1) to Δ_ℓ = (Δ_(ℓ+1) W_(ℓ+1)) ∘ φ'(Z_ℓ)."""
    slope, norm = ahead.slopes[index - 1], layer.weight_norm
    wrong = ahead.bends[index - 1] * ahead.pre[index - 1] + loop.slope_error  # π: of φ'
    computed, rounded = slope + wrong, _gamma(layer.outputs) * layer.weight_size
    fresh = norm * (wrong + _U * computed) + rounded * computed * (1 + _U)
    entries = exact(samples * before.outputs).sqrt()
    underflown = (layer.outputs * computed * (1 + _U) + 1) * _TINY * entries
    return (
        slope * norm * size,
        slope * norm * error + (size + error) * fresh,
        (norm + rounded) * computed * (1 + _U) * lost + underflown,
    )
