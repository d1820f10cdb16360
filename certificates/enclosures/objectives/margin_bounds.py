"""How large the derivatives of all margins are on the ball of radius s around the weights, for every s (theory 6.3).

One recursion for all samples, with the largest input of each layer and global bounds M_1, M_2 of the activations, so
that T^k(λs) ≤ λ^d T^k(s) for λ ≥ 1. Layers before the first trained one are fixed features.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from flint import arb

from certificates.arithmetic.arb import exact
from certificates.arithmetic.effort import spend
from certificates.arithmetic.matrix import M
from certificates.enclosures.intervals.ranges import global_bounds
from certificates.enclosures.objectives.margins import Forward, pair_norm
from certificates.errors import EnclosureFailure
from certificates.subjects import Network

__all__ = ["MarginBounds", "margin_bounds", "moving_layers"]

_EFFORT_OF_A_LAYER = 30.0


@dataclass(frozen=True)
class _Moving:
    """A layer from the first trained one on: ‖W‖, max ‖h̃_i‖ of its input, and M_1, M_2 of the activation before it."""

    trained: bool
    weight_norm: arb
    input_norm: arb
    slope: arb
    bend: arb


class _Derivatives(NamedTuple):
    """T¹ and T²."""

    first: arb
    second: arb


@dataclass(frozen=True)
class MarginBounds:
    """Bounds that hold for every margin at every point within s of the weights; they grow with s.

    Parameters
    ----------
    layers
        From the first trained one on; of the last one ``weight_norm`` is v.
    pairs
        κ: 2 for softmax, 1 for the logistic loss.
    """

    layers: tuple[_Moving, ...]
    pairs: arb

    @property
    def degree(self) -> int:
        """D with K(λs) ≤ λ^D K(s), K = T¹² + T²: in L moving layers T¹ has degree L − 1 and T² less than 2L − 2."""
        return 2 * len(self.layers) - 2

    def first(self, radius: arb) -> arb:
        """𝒢(s) = T¹ ≥ ‖∇m‖."""
        return self._chained(radius).first.upper()

    def second(self, radius: arb) -> arb:
        """β(s) = T², a Lipschitz constant of ∇m."""
        return self._chained(radius).second.upper()

    def curvature(self, radius: arb) -> arb:
        """K(s) = 𝒢² + β."""
        found = self._chained(radius)
        return (found.first**2 + found.second).upper()

    def _chained(self, radius: arb) -> _Derivatives:
        spend(_EFFORT_OF_A_LAYER * len(self.layers))
        passed, moved = _Derivatives(exact(0), exact(0)), exact(0)  # moved: how far z of the layer before can move
        for index, layer in enumerate(self.layers):
            last = index == len(self.layers) - 1
            inputs = layer.input_norm + layer.slope * moved
            passed = _after(layer, passed, inputs, radius, self.pairs if last else exact(1))
            moved = passed.first * radius
        return passed


def _after(layer: _Moving, before: _Derivatives, inputs: arb, radius: arb, pairs: arb) -> _Derivatives:
    """One layer of the recursion; with κ, ‖dW‖ is √κ times as large where rows are subtracted."""
    first, second = layer.slope * before.first, layer.bend * before.first**2 + layer.slope * before.second
    if not layer.trained:
        return _Derivatives(layer.weight_norm * first, layer.weight_norm * second)
    weight = layer.weight_norm + pairs.sqrt() * radius
    bent = weight * second
    return _Derivatives(
        (pairs * inputs**2 + (weight * first) ** 2).sqrt(),
        (bent + (bent**2 + 4 * pairs * first**2).sqrt()) / 2,
    )


def moving_layers(network: Network) -> int:
    """L − k: how many layers there are from the first trained one on."""
    return len(network.layers) - next(index for index, layer in enumerate(network.layers) if layer.trained)


def margin_bounds(network: Network, passed: Forward[M], arithmetic: type[M]) -> MarginBounds:
    """Collect what the recursion needs; φ' of every activation behind the first trained layer must be continuous.

    May fail when
    -------------
    The catalogue has no bounds of φ' and φ'' of such an activation on the whole line: :class:`EnclosureFailure`.
    """
    start = len(network.layers) - moving_layers(network)
    norm, pairs = pair_norm(network, arithmetic)
    layers: list[_Moving] = []
    for index in range(start, len(network.layers)):
        slope, bend = (0.0, 0.0) if index == start else global_bounds(network.activations[index - 1])
        if slope is None or bend is None:
            raise EnclosureFailure(
                f"φ' or φ'' has no bound on the whole line: {network.activations[index - 1].text[:80]}"
            )
        last = index == len(network.layers) - 1
        given = network.layers[index]
        size = norm if last else arithmetic.from_exact(given.weight).operator_norm()
        inputs = passed.inputs[index].largest_row_norm()
        layers.append(_Moving(given.trained, size.upper(), inputs.upper(), exact(slope), exact(bend)))
    return MarginBounds(tuple(layers), exact(pairs))
