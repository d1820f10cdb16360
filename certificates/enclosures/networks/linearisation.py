"""What a network is at the given weights, enclosed: residual, tangent kernel, norms that bound β (theory 1.3-1.4).

Written once over the two arithmetics. The N × p Jacobian is never formed: with Δ_ℓ = ∂F/∂z_ℓ (rows ordered
(output, sample)) and H̃_{ℓ−1} the layer's input with a column of ones for a bias,

    K = Σ_{ℓ trained} (Δ_ℓ Δ_ℓᵀ) ∘ (1 1ᵀ ⊗ H̃_{ℓ−1} H̃_{ℓ−1}ᵀ),    Δ_L = I ⊗ 1,

and the last hidden layer, usually the widest, is streamed in blocks of units.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Generic, Literal

import numpy as np
from flint import arb

from certificates.arithmetic.matrix import M
from certificates.enclosures.intervals.array_derivatives import slope_and_bend
from certificates.enclosures.intervals.derivatives import slope_and_bend_arb
from certificates.enclosures.intervals.smoothness import is_certainly_c2
from certificates.enclosures.networks.layers import activate, affine, augmented
from certificates.enclosures.networks.sample_hessians import SampleHessians, SampleTrace, sample_hessians
from certificates.enclosures.networks.sensitivities import Sensitivities, output_columns, sample_sensitivities
from certificates.enclosures.networks.unit_sensitivities import UnitSensitivities, unit_sensitivities
from certificates.enclosures.networks.units import Units, unit_norms
from certificates.memory import remembered
from certificates.subjects import FloatArray, Layer, Network

__all__ = ["LayerFacts", "Linearisation", "Norms", "linearise"]

Norms = Literal["jacobians", "products", "units", "hessians"]

_BLOCK_UNITS = 1024


@dataclass(frozen=True)
class LayerFacts:
    """Upper bounds at w_0 that belong to one affine layer z = W h + b; all are exact points.

    Parameters
    ----------
    trained
        Whether the layer moves.
    weight_norm, column_norm
        ‖W‖ and ‖W‖_{1→2}, the operator norm and the largest column norm (not needed for the first layer).
    input_norm, input_fourth, input_row
        ‖H̃‖, κ₄(H̃)^{1/2} and max_i ‖h̃_i‖ of the layer's input (not needed for the last layer).
    range
        Bounds of all pre-activations z (not for the last layer).
    """

    trained: bool
    weight_norm: arb = field(default_factory=arb)
    column_norm: arb = field(default_factory=arb)
    input_norm: arb = field(default_factory=arb)
    input_fourth: arb = field(default_factory=arb)
    input_row: arb = field(default_factory=arb)
    range: tuple[float, float] = (0.0, 0.0)


@dataclass(frozen=True)
class Linearisation(Generic[M]):
    """The network at w_0.

    Parameters
    ----------
    residual
        An enclosure of F(w_0) − y, shape (n, outputs).
    residual_norm
        An upper bound of its norm.
    kernel
        An enclosure of K = J Jᵀ, shape (N, N), rows ordered (output, sample).
    layers
        One :class:`LayerFacts` a layer.
    sensitivities
        Per-sample norms of the layer-to-layer Jacobians, which the adjoint form needs; ``None`` if not asked for
        or if there is one hidden layer only.
    units
        What the form by units needs; ``None`` if not asked for, for several hidden layers or a frozen first one.
    hessians
        What the centre form needs; ``None`` if not asked for or if there is one hidden layer only.
    products
        Norms for the adjoint form by units and layers; ``None`` if not asked for or if there is one hidden layer only.
    """

    residual: M
    residual_norm: arb
    kernel: M
    layers: tuple[LayerFacts, ...]
    sensitivities: Sensitivities | None
    units: Units[M] | None = None
    hessians: SampleHessians | None = None
    products: UnitSensitivities | None = None


@dataclass
class _Trace(Generic[M]):
    """What the forward pass keeps of the hidden layers before the last one."""

    inputs: list[M]  # H_0 … H_{h−1}: the input of every hidden layer
    slopes: list[M]  # φ'(z_0) … φ'(z_{h−2})
    facts: list[LayerFacts]


@dataclass
class _Streamed(Generic[M]):
    """What the last hidden layer contributes, summed over blocks of its units."""

    outputs: M  # F, (n, o)
    value_gram: M | None  # H_L H_Lᵀ, (n, n), if the last layer is trained
    adjoint_gram: M | None  # Δ Δᵀ, (N, N), if the last hidden layer is trained
    pulled_back: M | None  # Δ W, (N, width before), if there is a layer before
    sample_grams: M | None
    range: tuple[float, float]


def linearise(network: Network, arithmetic: type[M], *, norms: Collection[Norms] = ()) -> Linearisation[M]:
    """Enclose the residual, the tangent kernel and the norms of theory 1.4 at the given weights.

    Parameters
    ----------
    network
        The problem; its numbers are exact.
    arithmetic
        ``BallMatrix`` or ``ArbMatrix``.
    norms
        What is wanted beyond the norms of whole layers: ``jacobians`` of every sample, with them their ``hessians``,
        ``products`` of norms of layers and units in place of such Jacobians, ``units`` one by one.

    Guarantee
    ---------
    Every field contains, or bounds from above, the exact quantity of the exact network.

    May fail when
    -------------
    An activation is not enclosed at some pre-activation, or numbers overflow: :class:`EnclosureFailure`.
    """
    return _linearise(network, arithmetic, frozenset(norms))


@remembered(1)
def _linearise(network: Network, arithmetic: type[M], norms: frozenset[Norms]) -> Linearisation[M]:
    """The last one is remembered: a search has several claims about one network judged."""
    trace: _Trace[M] = _forward(network, arithmetic)
    streamed: _Streamed[M] = _stream_last_hidden(network, trace, arithmetic)
    wanted = bool({"jacobians", "products"} & norms) and len(network.layers) > 2
    partial = _last_layers_kernel(network, trace, streamed)
    kernel: M | None
    pulled: dict[int, M]
    kernel, pulled, output_norms = _pull_back(network, trace, streamed, partial, wanted)
    last = len(network.layers) - 2
    facts = [*trace.facts, replace(_input_facts(network, trace, last), range=streamed.range)]
    facts.append(LayerFacts(trained=network.layers[-1].trained))
    facts = [_with_weight_norms(facts[k], network.layers[k], arithmetic, k) for k in range(len(facts))]
    residual = streamed.outputs.add(arithmetic.from_exact(-network.given_targets))
    sensitivities, products, hessians = None, None, None
    if wanted and streamed.sample_grams is not None:
        output_norms[last] = streamed.sample_grams.sample_norms(network.widths[-1])
        inputs: list[M] = [augmented(network.layers[k], trace.inputs[k]) for k in range(last + 1)]
        slopes = trace.slopes + [_last_slopes(network, trace)]  # noqa: RUF005 - mypy loses M in a display
        given = (network, arithmetic, inputs, slopes, output_columns(network, arithmetic, pulled), output_norms)
        if "products" in norms:
            smooth = all(is_certainly_c2(activation) for activation in network.activations)
            bends: list[M] | None = _bends(network, trace)[1] if smooth else None
            products = unit_sensitivities(*given, bends)
        sensitivities = sample_sensitivities(*given) if "jacobians" in norms else None
        if "hessians" in norms and sensitivities is not None:
            back = [*(pulled[k] for k in range(last)), _readouts(network, arithmetic)]
            passed = SampleTrace(trace.inputs, *_bends(network, trace), back)
            hessians = sample_hessians(network, arithmetic, passed, sensitivities)
    if kernel is None:  # pragma: no cover - some layer is trained
        raise ValueError("no layer is trained")
    by_unit = "units" in norms and len(network.layers) == 2 and network.layers[0].trained
    units = unit_norms(network, arithmetic) if by_unit else None
    norm = residual.frobenius_norm()
    return Linearisation(residual, norm, kernel, tuple(facts), sensitivities, units, hessians, products)


def _readouts(network: Network, arithmetic: type[M]) -> M:
    """∂F/∂h of the last hidden layer, rows ordered (output, sample): the outer weights, the same for every sample."""
    return arithmetic.from_exact(np.repeat(network.layers[-1].weight, network.sample_count, axis=0))


def _bends(network: Network, trace: _Trace[M]) -> tuple[list[M], list[M]]:
    """φ' and φ'' of every hidden layer."""
    slopes, bends = [], []
    for layer, inputs, activation in zip(network.layers[:-1], trace.inputs, network.activations, strict=True):
        pre = affine(layer, inputs)
        slope, bend = pre.map_pair(partial(slope_and_bend, activation), partial(slope_and_bend_arb, activation))
        slopes.append(slope)
        bends.append(bend)
    return slopes, bends


def _last_slopes(network: Network, trace: _Trace[M]) -> M:
    """φ' of the whole last hidden layer, which the stream did not keep."""
    return activate(network.activations[-1], affine(network.layers[-2], trace.inputs[-1]))[1]


# ---- forward ----------------------------------------------------------------------------------------------------


def _forward(network: Network, arithmetic: type[M]) -> _Trace[M]:
    trace: _Trace[M] = _Trace([arithmetic.from_exact(network.inputs)], [], [])
    for index in range(len(network.layers) - 2):
        pre = affine(network.layers[index], trace.inputs[-1])
        value, slope = activate(network.activations[index], pre)
        facts = replace(_input_facts(network, trace, index), range=pre.range())
        trace.inputs.append(value)
        trace.slopes.append(slope)
        trace.facts.append(facts)
    return trace


def _input_facts(network: Network, trace: _Trace[M], index: int) -> LayerFacts:
    layer = network.layers[index]
    wide = augmented(layer, trace.inputs[index])
    row, norm = wide.largest_row_norm(), wide.operator_norm()
    gram = wide.gram()
    return LayerFacts(
        trained=layer.trained,
        input_norm=norm,
        input_fourth=_point_min(gram.hadamard(gram).nonnegative_spectral_radius().root(4), (row * norm).sqrt()),
        input_row=row,
    )


def _point_min(first: arb, second: arb) -> arb:
    """An upper bound of a number bounded by both."""
    return first.min(second)


def _with_weight_norms(facts: LayerFacts, layer: Layer, arithmetic: type[M], index: int) -> LayerFacts:
    if index == 0:
        return facts
    weight = arithmetic.from_exact(layer.weight)
    return replace(facts, weight_norm=weight.operator_norm(), column_norm=weight.largest_column_norm())


# ---- the last hidden layer, streamed ------------------------------------------------------------------------------


def _stream_last_hidden(network: Network, trace: _Trace[M], arithmetic: type[M]) -> _Streamed[M]:
    hidden, last = network.layers[-2], network.layers[-1]
    total: _Streamed[M] | None = None
    for start in range(0, hidden.weight.shape[0], _BLOCK_UNITS):
        stop = start + _BLOCK_UNITS
        block = _stream_block(network, trace, arithmetic, start, stop)
        total = block if total is None else _add_blocks(total, block)
    if total is None:  # pragma: no cover - a layer without units is refused by the problem
        raise ValueError("a hidden layer without units")
    if last.bias is not None:
        total.outputs = total.outputs.add_to_rows(last.bias)
        if total.value_gram is not None:
            ones = arithmetic.from_exact(np.ones(total.value_gram.shape))
            total.value_gram = total.value_gram.add(ones)
    return total


def _stream_block(network: Network, trace: _Trace[M], arithmetic: type[M], start: int, stop: int) -> _Streamed[M]:
    hidden, last = network.layers[-2], network.layers[-1]
    pre = affine(hidden, trace.inputs[-1], start, stop)
    value, slope = activate(network.activations[-1], pre)
    readout = np.ascontiguousarray(last.weight[:, start:stop])
    deep = len(network.layers) > 2
    adjoint = None
    if hidden.trained or deep:
        adjoint = arithmetic.stack([slope.scale_columns(arithmetic.from_exact(row[None])) for row in readout])
    before = arithmetic.from_exact(np.ascontiguousarray(hidden.weight[start:stop])) if deep else None
    return _Streamed(
        outputs=value.times(arithmetic.from_exact(readout).T),
        value_gram=value.gram() if last.trained else None,
        adjoint_gram=adjoint.gram() if adjoint is not None and hidden.trained else None,
        pulled_back=adjoint.times(before) if adjoint is not None and before is not None else None,
        sample_grams=adjoint.sample_grams(len(readout)) if adjoint is not None and deep else None,
        range=pre.range(),
    )


def _add_blocks(first: _Streamed[M], second: _Streamed[M]) -> _Streamed[M]:
    def add(left: M | None, right: M | None) -> M | None:
        return left.add(right) if left is not None and right is not None else None

    return _Streamed(
        outputs=first.outputs.add(second.outputs),
        value_gram=add(first.value_gram, second.value_gram),
        adjoint_gram=add(first.adjoint_gram, second.adjoint_gram),
        pulled_back=add(first.pulled_back, second.pulled_back),
        sample_grams=add(first.sample_grams, second.sample_grams),
        range=(
            first.range[0] if first.range[0] < second.range[0] else second.range[0],
            first.range[1] if first.range[1] > second.range[1] else second.range[1],
        ),
    )


# ---- kernel and Jacobians -----------------------------------------------------------------------------------------


def _last_layers_kernel(network: Network, trace: _Trace[M], streamed: _Streamed[M]) -> M | None:
    """What the last layer and the last hidden layer add to K."""
    outputs = network.widths[-1]
    kernel: M | None = None
    if streamed.value_gram is not None:
        kernel = streamed.value_gram.block_diagonal(outputs)
    if streamed.adjoint_gram is not None:
        inputs = augmented(network.layers[-2], trace.inputs[-1]).gram().tile(outputs, outputs)
        part = streamed.adjoint_gram.hadamard(inputs)
        kernel = part if kernel is None else kernel.add(part)
    return kernel


def _pull_back(
    network: Network, trace: _Trace[M], streamed: _Streamed[M], kernel: M | None, wanted: bool
) -> tuple[M | None, dict[int, M], dict[int, FloatArray]]:
    """Go back through the earlier hidden layers.

    Returns K with their parts, ∂F/∂h of each of them, and, if wanted, max norms of ∂F_i/∂z a sample.
    """
    outputs, sensitivity = network.widths[-1], streamed.pulled_back
    sensitivities: dict[int, M] = {}
    norms: dict[int, FloatArray] = {}
    for index in range(len(network.layers) - 3, -1, -1):
        if sensitivity is None:  # pragma: no cover - deep networks always carry it
            raise ValueError("the sensitivities of a deep network are missing")
        sensitivities[index] = sensitivity
        adjoint = sensitivity.hadamard(trace.slopes[index].tile(outputs, 1))
        if wanted:
            norms[index] = adjoint.sample_grams(outputs).sample_norms(outputs)
        if network.layers[index].trained:
            inputs = augmented(network.layers[index], trace.inputs[index]).gram().tile(outputs, outputs)
            part = adjoint.gram().hadamard(inputs)
            kernel = part if kernel is None else kernel.add(part)
        if index > 0:
            sensitivity = adjoint.times(type(adjoint).from_exact(network.layers[index].weight))
    return kernel, sensitivities, norms
