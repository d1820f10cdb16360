"""What the rules about wide layers share: why features must be dependent, and which widths a spectrum allows.

Each answer is certain. None is needed for a proof: enclosures of spectra would fail later, and say less.
"""

from __future__ import annotations

from dataclasses import dataclass

from certificates.arithmetic.rounding import FloatArray
from certificates.subjects import Network

__all__ = ["Dependence", "dependent_features", "equal_inputs", "first_growth", "input_count", "narrowest_above"]

_HALF_CONSTANT = ("tanh", "sigmoid", "erf", "erf0", "arctan", "sin", "identity")  # φ(z) + φ(−z) = 2φ(0)
_DIFFERENT = "`verify problem select PROBLEM --different -o OUT`"


@dataclass(frozen=True)
class Dependence:
    """Why H̃_k has fewer than n independent rows, whatever the weights below are.

    Parameters
    ----------
    reason
        In words, naming the samples or the widths.
    required, seen, advice
        For a refusal.
    """

    reason: str
    required: str
    seen: str
    advice: str


def input_count(network: Network, k: int) -> int:
    """The columns of H̃_k: what layer k + 1 reads, with the one of its bias."""
    return network.widths[k] + (network.layers[k].bias is not None)


def equal_inputs(network: Network) -> tuple[int, int] | None:
    """Two samples whose inputs are equal as real vectors (−0 = 0), or ``None``."""
    seen: dict[bytes, int] = {}
    for index, row in enumerate(network.inputs + 0.0):
        other = seen.setdefault(row.tobytes(), index)
        if other != index:
            return other, index
    return None


def dependent_features(network: Network, k: int) -> Dependence | None:
    """Why rank H̃_k < n for all weights of layers 1 … k, if one of the known reasons holds (lemma 5.2.4)."""
    pair = equal_inputs(network)
    if pair is not None:
        return Dependence(
            f"samples {pair[0]} and {pair[1]} have identical inputs, and so every layer's features",
            "inputs that differ",
            f"inputs[{pair[0]}] = inputs[{pair[1]}]",
            f"remove one of the two samples, or all such ({_DIFFERENT})",
        )
    count, columns = network.sample_count, input_count(network, k)
    if columns < count:
        return Dependence(
            f"layers.{k} has {columns} inputs, its bias counted, for {count} samples: {count - columns} too few",
            f"d_{k} ≥ {count - (columns - network.widths[k])}",
            f"d_{k} = {network.widths[k]}",
            "a wider layer below, another layer, or fewer samples",
        )
    return _opposite(network, k)


def _opposite(network: Network, k: int) -> Dependence | None:
    """σ(z) + σ(−z) = 2σ(0): opposite inputs, without biases below."""
    odd_below = all(activation.name in _HALF_CONSTANT for activation in network.activations[:k])
    if k < 1 or not odd_below or any(layer.bias is not None for layer in network.layers[:k]):
        return None
    is_odd = all(activation.name != "sigmoid" for activation in network.activations[:k])
    if k > 1 and not is_odd:
        return None
    pairs, zero = _opposite_samples(network.inputs)
    ones = network.layers[k].bias is not None
    named = [f"samples {i} and {j} have opposite inputs" for i, j in pairs]
    named += [] if zero is None else [f"sample {zero} has an input of zeros"]
    if len(named) < (1 if is_odd and not ones else 2):
        return None
    return Dependence(
        f"{' and '.join(named[:2])}, and no layer below layers.{k} has a bias: "
        "φ(z) + φ(−z) = 2φ(0) makes their features dependent at all weights",
        "biases below, or no such inputs",
        "; ".join(named[:2]),
        "biases, as `torch.nn.Linear` has them, or leave one of these samples out (`verify problem select PROBLEM "
        "--samples LIST -o OUT`)",
    )


def _opposite_samples(inputs: FloatArray) -> tuple[list[tuple[int, int]], int | None]:
    """Up to two disjoint pairs x, −x with x ≠ 0, of rows that all differ, and the row of zeros."""
    seen: dict[bytes, int] = {}
    pairs: list[tuple[int, int]] = []
    zero: int | None = None
    for index, row in enumerate(inputs + 0.0):
        if not row.any():
            zero = index
            continue
        other = seen.get((-row + 0.0).tobytes())
        if other is not None and len(pairs) < 2:
            pairs.append((other, index))
        seen[row.tobytes()] = index
    return pairs, zero


def first_growth(network: Network, k: int) -> int | None:
    """The first layer l ≥ k + 2 with d_l > d_(l−1), whose W_l has dependent rows; ``None`` if there is none."""
    widths = network.widths
    return next((j for j in range(k + 2, len(widths)) if widths[j] > widths[j - 1]), None)


def narrowest_above(network: Network, k: int) -> int | None:
    """A layer l with k < l < H that is narrower than the outputs, so that rank J_i < d_H; ``None`` if there is none."""
    widths = network.widths
    return next((j for j in range(k + 1, len(widths) - 1) if widths[j] < widths[-1]), None)
