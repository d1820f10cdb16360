"""An objective and its first and second derivatives by hyper-dual numbers in Arb: nothing but definitions.

a + bε₁ + cε₂ + dε₁ε₂ with ε₁² = ε₂² = 0: evaluated at w + ε₁e_i + ε₂e_j, d is ∂²f/∂w_i∂w_j.
"""

from __future__ import annotations

from dataclasses import dataclass

from flint import arb, fmpq

from certificates.subjects import Logistic, Network, SoftmaxCrossEntropy, Squared

__all__ = ["derivative_along", "parameters", "second_derivative"]


@dataclass
class HyperDual:
    """One number and its derivatives."""

    a: arb
    b: arb
    c: arb
    d: arb

    def __add__(self, other):
        """Entry by entry."""
        other = lift(other)
        return HyperDual(self.a + other.a, self.b + other.b, self.c + other.c, self.d + other.d)

    __radd__ = __add__

    def __mul__(self, other):
        """Leibniz."""
        o = lift(other)
        mixed = self.a * o.d + self.b * o.c + self.c * o.b + self.d * o.a
        return HyperDual(self.a * o.a, self.a * o.b + self.b * o.a, self.a * o.c + self.c * o.a, mixed)

    __rmul__ = __mul__

    def __sub__(self, other):
        """The difference."""
        return self + -1 * lift(other)

    def through(self, f, slope, bend):
        """f(x), given f, f' and f'' at its first part."""
        return HyperDual(f, slope * self.b, slope * self.c, slope * self.d + bend * self.b * self.c)


def lift(value):
    """A constant."""
    return value if isinstance(value, HyperDual) else HyperDual(arb(value), arb(0), arb(0), arb(0))


def _tanh(x):
    t = x.a.tanh()
    return x.through(t, 1 - t * t, -2 * t * (1 - t * t))


def _sin(x):
    return x.through(x.a.sin(), x.a.cos(), -x.a.sin())


def _softplus(x):
    s = 1 / (1 + (-x.a).exp())
    return x.through((1 + x.a.exp()).log(), s, s * (1 - s))


def _log(x):
    return x.through(x.a.log(), 1 / x.a, -1 / x.a**2)


def _exp(x):
    return x.through(x.a.exp(), x.a.exp(), x.a.exp())


ACTIVATIONS = {"tanh": _tanh, "sin": _sin, "softplus": _softplus, "identity": lambda x: x}


def parameters(network: Network) -> list[float]:
    """The trained parameters, layer by layer, weight row by row, then bias."""
    found: list[float] = []
    for layer in network.layers:
        if layer.trained:
            found += layer.weight.ravel().tolist() + ([] if layer.bias is None else layer.bias.tolist())
    return found


def second_derivative(network: Network, i: int, j: int) -> HyperDual:
    """f, ∂f/∂w_i, ∂f/∂w_j and ∂²f/∂w_i∂w_j at the given weights."""
    size = len(parameters(network))
    unit = [[arb(int(k == place)) for k in range(size)] for place in (i, j)]
    return derivative_along(network, parameters(network), *unit)


def derivative_along(network: Network, weights, first, second) -> HyperDual:
    """f, ∇f·u, ∇f·v and uᵀ∇²f v at any weights; floats or balls."""
    balls = [[arb(entry) for entry in vector] for vector in (weights, first, second)]
    values = [HyperDual(a, b, c, arb(0)) for a, b, c in zip(*balls, strict=True)]
    tensors = _tensors(network, values)
    total = lift(0)
    ones = [1] * network.sample_count
    for x, y, weight in zip(network.inputs, _labels(network), network.objective.sample_weights or ones, strict=True):
        loss = _loss(network.objective.loss, _outputs(network, network.layers, tensors, x), y)
        total += _rational(weight) * loss
    total = _rational(network.objective.loss.scale) * total
    for decay in network.objective.decay:
        flat = [value for row in tensors[decay.tensor] for value in row]
        centre = [0.0] * len(flat) if decay.centre is None else decay.centre.ravel().tolist()
        for value, c in zip(flat, centre, strict=True):
            total += _rational(decay.rate) / 2 * ((value - c) * (value - c))
    return total


def _rational(value) -> arb:
    return arb(fmpq(int(value.numerator), int(value.denominator)))


def _tensors(network, values):
    found, at = {}, 0
    for index, layer in enumerate(network.layers):
        for name, array in (("weight", layer.weight), ("bias", layer.bias)):
            if array is None:
                continue
            flat = values[at : at + array.size] if layer.trained else [lift(v) for v in array.ravel().tolist()]
            at += array.size if layer.trained else 0
            columns = array.shape[1] if array.ndim == 2 else 1
            found[f"layers.{index}.{name}"] = [flat[k : k + columns] for k in range(0, len(flat), columns)]
    return found


def _labels(network):
    """As given, or what the teacher computes."""
    if network.targets is not None:
        return network.targets.tolist()
    rows = [[[lift(value) for value in row] for row in layer.weight.tolist()] for layer in network.teacher]
    tensors = {f"layers.{index}.weight": each for index, each in enumerate(rows)}
    return [[z.a for z in _outputs(network, network.teacher, tensors, x)] for x in network.inputs]


def _outputs(network, layers, tensors, x):
    hidden = [lift(value) for value in x.tolist()]
    for index, layer in enumerate(layers):
        rows = tensors[f"layers.{index}.weight"]
        affine = [sum((w * h for w, h in zip(row, hidden, strict=True)), lift(0)) for row in rows]
        if layer.bias is not None:
            affine = [z + b[0] for z, b in zip(affine, tensors[f"layers.{index}.bias"], strict=True)]
        last = index == len(layers) - 1
        hidden = affine if last else [ACTIVATIONS[network.activations[index].name](z) for z in affine]
    return hidden


def _loss(loss, outputs, labels):
    match loss:
        case Squared():
            return sum(((z - t) * (z - t) for z, t in zip(outputs, labels, strict=True)), lift(0))
        case Logistic():
            return sum((_softplus(z) - t * z for z, t in zip(outputs, labels, strict=True)), lift(0))
        case SoftmaxCrossEntropy(class_labels=rows):
            q = [_rational(v) for v in rows[labels.index(1.0)]] if rows else labels
            total = _log(sum((_exp(z) for z in outputs), lift(0)))
            return total - sum((t * z for z, t in zip(outputs, q, strict=True)), lift(0))
