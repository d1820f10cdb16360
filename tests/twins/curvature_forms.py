"""Sharper bounds of β(ρ) in float64, sample by sample: the formulas of theory 1.4.2 to 1.4.4 as they stand on paper.

``fault`` names one wrong norm (:data:`FAULTS`): the attack on a form is worth something if it finds each of them.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from itertools import permutations, product

import numpy as np
from scipy.special import expit

from certificates import Network
from tests.support.naive import ACTIVATIONS

__all__ = ["FAULTS", "HIDDEN_FAULTS", "THIRD", "Bound", "bound", "moment"]

_N = np.sqrt(2 * np.pi)

THIRD = {
    "tanh": lambda z: (6 * np.tanh(z) ** 2 - 2) * (1 - np.tanh(z) ** 2),
    "sigmoid": lambda z: expit(z) * expit(-z) * (1 - 6 * expit(z) * expit(-z)),
    "softplus(1)": lambda z: expit(z) * expit(-z) * (1 - 2 * expit(z)),
    "gelu": lambda z: (z**3 - 4 * z) * np.exp(-z * z / 2) / _N,
    "sin": lambda z: -np.cos(z),
    "quadratic": lambda z: 0 * z,
}

_CENTRE = ("no input norm", "largest output", "no bend", "no growth")
FAULTS = {
    "per-unit": (
        "inner products not squared",
        "largest outer weight",
        "outer weights stay",
        "one sample",
        "fixed bend",
    ),
    "samples": _CENTRE,
    "blocks": _CENTRE,
    "adjoint-per-unit": (
        "layers pass nothing on",
        "no factor of the outputs",
        "the best unit",
        "one sample",
        "roots of weights",
        "no growth",
        "no third derivative",
    ),
    "bends": ("largest output",),
    "growth": ("no third derivative", "one sample", "one order"),
}
HIDDEN_FAULTS = ("no cross terms", "cross terms halved")  # too small to be climbed to: seen entry by entry


def _norm(matrix: np.ndarray) -> float:
    return float(np.linalg.norm(matrix, 2))


def _top(matrix: np.ndarray) -> float:
    return max(float(np.linalg.eigvalsh(matrix)[-1]), 0.0)


def _columns(matrix: np.ndarray) -> float:
    return float(np.linalg.norm(matrix, axis=0).max())


def moment(rows: np.ndarray, order: int) -> float:
    """κ_{2m}(H) ≥ sup (Σ (h_i · u)^{2m})^{1/2m}: of the Gram matrix to the power m; the norm for m = 1."""
    gram = rows @ rows.T
    return _top(gram if order == 1 else np.abs(gram) ** order) ** (0.5 / order)


@cache
def _peaks(function: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    """Where |f| is locally largest, to rounding, and both sides of 0, where some second derivatives jump."""
    grid = np.linspace(-400.0, 400.0, 80_001)
    values = np.abs(function(grid))
    tops = np.flatnonzero((values[1:-1] > values[:-2]) & (values[1:-1] >= values[2:])) + 1
    low, high = grid[tops - 1], grid[tops + 1]
    for _ in range(60):
        left, right = low + (high - low) / 3, high - (high - low) / 3
        falls = np.abs(function(left)) > np.abs(function(right))
        low, high = np.where(falls, low, left), np.where(falls, right, high)
    return np.concatenate([(low + high) / 2, [-1e-200, 1e-200]])


def _supremum(function: Callable[[np.ndarray], np.ndarray], low, high) -> np.ndarray:
    """sup |f| over [low, high], attained at an end or at a peak."""
    peaks = _peaks(function).reshape((-1,) + (1,) * np.ndim(low))
    inside = np.abs(function(np.clip(peaks, low, high))).max(axis=0)
    return np.maximum(inside, np.maximum(np.abs(function(np.asarray(low))), np.abs(function(np.asarray(high)))))


def bound(network: Network, name: str, radius: float, form: str, fault: str = "") -> float:
    """β(ρ) by one of the forms, exact but for rounding."""
    if form == "per-unit":
        return per_unit(network, name, radius, fault)
    return _top(Bound(network, name, radius, fault).form(form))


def per_unit(network: Network, name: str, radius: float, fault: str = "") -> float:
    """max_l ½(c₂ + √(c₂² + 4c₁²)) with the suprema of |φ'|, |φ''| at each sample and unit."""
    first, last = network.layers
    rows = network.inputs if first.bias is None else np.hstack([network.inputs, np.ones((len(network.inputs), 1))])
    z = network.inputs @ first.weight.T + (0 if first.bias is None else first.bias)
    reach = (radius if first.trained else 0.0) * np.linalg.norm(rows, axis=1)[:, None]
    slope = _supremum(ACTIVATIONS[name][1], z - reach, z + reach)
    bend = _supremum(ACTIVATIONS[name][2], *((z, z) if fault == "fixed bend" else (z - reach, z + reach)))
    outer = np.linalg.norm(last.weight, np.inf if fault == "largest outer weight" else None, axis=0)
    outer = outer + (radius if last.trained and fault != "outer weights stay" else 0.0)
    gram, best = rows @ rows.T, 0.0
    for unit in range(z.shape[1]):
        a, b = slope[:, unit], bend[:, unit]
        kept = np.abs(gram) if fault == "inner products not squared" else gram**2
        c2 = outer[unit] * np.sqrt(_top(b[:, None] * kept * b)) if first.trained else 0.0
        c1 = _norm(a[:, None] * rows) if first.trained and last.trained else 0.0
        if fault == "one sample":
            c1 = min(c1, float(np.linalg.norm(a[:, None] * rows, axis=1).max()))
        best = max(best, (c2 + np.sqrt(c2**2 + 4 * c1**2)) / 2)
    return best


class Bound:
    """The centre forms of a perceptron of any depth on the ball of one radius; layers count from 0."""

    def __init__(self, network: Network, name: str, radius: float, fault: str = "") -> None:
        self.network, self.name, self.radius, self.fault = network, name, radius, fault
        self.size, self.count = len(network.layers), len(network.inputs)
        self.moves = [radius if layer.trained else 0.0 for layer in network.layers]
        self.weights = [layer.weight for layer in network.layers]
        self._forward()
        self._jacobians()
        self._walk()

    def form(self, form: str) -> np.ndarray:
        """Norms of the blocks of trained layers, of one form or of its parts "samples", "blocks", "bends", "growth"."""
        if form == "growth":
            found = self.growth()
        elif form == "bends":
            found = self.adjoint(at_centre=True)
        else:
            found = self.centre(blocks=form in ("block-centre", "blocks"))
            found = found + (0.0 if self.fault == "no growth" else self.growth())
        if form.endswith("centre"):
            found = np.minimum(found, np.minimum(self.adjoint(at_centre=True), self.adjoint(at_centre=False)))
        kept = [k for k, layer in enumerate(self.network.layers) if layer.trained]
        return found[np.ix_(kept, kept)]

    # ---- at the weights -------------------------------------------------------------------------------------

    def _forward(self) -> None:
        value, slope, bend = ACTIVATIONS[self.name]
        hidden, self.plain, self.inputs, self.z, self.slope, self.bend = self.network.inputs, [], [], [], [], []
        for layer in self.network.layers:
            self.plain.append(hidden)
            ones = np.ones((self.count, 1))
            self.inputs.append(hidden if layer.bias is None else np.hstack([hidden, ones]))
            z = hidden @ layer.weight.T + (0 if layer.bias is None else layer.bias)
            self.z.append(z)
            self.slope.append(slope(z))
            self.bend.append(0 * bend(z) if self.fault == "no bend" else bend(z))
            hidden = value(z)

    def _jacobians(self) -> None:
        """A_{kj,i} and B_{kj,i} = diag(φ'_{k−1}) A_{k−1,j,i}, ∂F_i/∂h_k, and the Hessians Γ_k of the outputs in z_k."""
        self.chain, self.before = {}, {}
        for j in range(self.size):
            width = len(self.weights[j])
            self.chain[j, j] = np.broadcast_to(np.eye(width), (self.count, width, width))
            for k in range(j + 1, self.size):
                self.before[k, j] = self.slope[k - 1][:, :, None] * self.chain[k - 1, j]
                self.chain[k, j] = self.weights[k] @ self.before[k, j]
        top, outputs = self.size - 1, len(self.weights[-1])
        self.back = [self.chain[top, k + 1] @ self.weights[k + 1] for k in range(top)]  # (n, o, d_k)
        self.hessian = {top: np.zeros((self.count, outputs, outputs, outputs))}
        for k in range(top - 1, -1, -1):
            step = self.weights[k + 1] * self.slope[k][:, None, :]
            part = np.einsum("nap,ncab,nbq->ncpq", step, self.hessian[k + 1], step)
            diagonal = np.arange(part.shape[-1])
            part[:, :, diagonal, diagonal] += self.back[k] * self.bend[k][:, None, :]
            self.hessian[k] = part
        self.norm = {pair: np.array([_norm(a) for a in chain]) for pair, chain in self.chain.items()}

    def gram(self, later: int, earlier: int) -> np.ndarray:
        """T_i, (n, d_j, d_j): T_i[y, y] is the squared norm of the block's matrix at dθ_j h̃ = y."""
        top = self.size - 1
        squares = np.ones(self.count) if self.fault == "no input norm" else (self.inputs[later] ** 2).sum(axis=1)
        curved = np.einsum("ncab,ncbd->nad", self.hessian[later], self.hessian[later])
        if self.fault == "largest output":
            curved = (self.hessian[later] @ self.hessian[later])[:, 0]
        if later == earlier:
            return squares[:, None, None] * curved
        width = self.weights[later].shape[1]
        inner = np.broadcast_to(np.eye(width), (self.count, width, width))
        if later < top:
            weight, delta = self.weights[later], self.chain[top, later]
            cross = (
                self.plain[later][:, :, None]
                * (np.einsum("ncab,ncb->na", self.hessian[later], delta) @ weight)[:, None]
            )
            cross = cross + (0 if self.fault == "cross terms halved" else cross.transpose(0, 2, 1))
            outputs = delta[:, :1] if self.fault == "largest output" else delta
            inner = (outputs**2).sum(axis=(1, 2))[:, None, None] * inner
            inner = inner + (0 if self.fault == "no cross terms" else (cross + cross.transpose(0, 2, 1)) / 2)
            inner = inner + squares[:, None, None] * (weight.T @ curved @ weight)
        step = self.before[later, earlier]
        return step.transpose(0, 2, 1) @ inner @ step

    def centre(self, *, blocks: bool) -> np.ndarray:
        """The blocks at w_0: of every sample alone, or together as a matrix of the size of an earlier layer."""
        form = np.zeros((self.size, self.size))
        for later in range(self.size):
            for earlier in range(later + 1):
                grams, rows = self.gram(later, earlier), self.inputs[earlier]
                if blocks:
                    width = grams.shape[1] * rows.shape[1]
                    whole = np.einsum("nab,nc,nd->acbd", grams, rows, rows).reshape(width, width)
                    entry = np.sqrt(_top(whole))
                else:
                    entry = _norm(np.sqrt([_top((t + t.T) / 2) for t in grams])[:, None] * rows)
                form[later, earlier] = form[earlier, later] = entry
        return form

    # ---- on the ball ----------------------------------------------------------------------------------------

    def _walk(self) -> None:
        """Suprema of the layers in order, and how far inputs can move in the three moments."""
        self.m1, self.m2, self.m3, self.shift = [], [], [], []
        self.moved = {order: [0.0] for order in (1, 2, 3)}  # of h_k, k = −1, 0, …
        still = dict.fromkeys((1, 2, 3), 0.0)
        shift = 0.0
        for k in range(self.size - 1):
            m1 = self.m1[-1] if k else 0.0
            passed = _norm(self.weights[k]) * m1 if k else 0.0
            largest = np.linalg.norm(self.inputs[k], axis=1).max() + m1 * shift
            for order in still:
                now = moment(self.inputs[k], order) + self.moved[order][k]
                still[order] = self.moves[k] * now + passed * still[order]
            shift = self.moves[k] * largest + passed * shift
            low, high = self.z[k].min() - shift, self.z[k].max() + shift
            bounds = [float(_supremum(f, low, high)) for f in (*ACTIVATIONS[self.name][1:], THIRD[self.name])]
            for kept, found in zip((self.m1, self.m2, self.m3), bounds, strict=True):
                kept.append(found)
            if self.fault == "no third derivative":
                self.m3[-1] = 0.0
            if self.fault == "largest slope":
                self.m2[-1] = min(self.m2[-1], float(np.abs(self.bend[k]).max()))
            self.shift.append(shift)
            for order, value in still.items():
                self.moved[order].append(0.0 if self.fault == "still inputs" else bounds[0] * value)
        self._changes()

    def _changes(self) -> None:
        self.change = {(j, j): 0.0 for j in range(self.size)}
        for j in range(self.size):
            for k in range(j + 1, self.size):
                m1, before = self.m1[k - 1], self.norm[k - 1, j].max()
                self.change[k, j] = (
                    self.moves[k] * m1 * (before + self.change[k - 1, j])
                    + _norm(self.weights[k]) * m1 * self.change[k - 1, j]
                    + _columns(self.weights[k]) * self.m2[k - 1] * self.shift[k - 1] * before
                )

    def _jacobian(self, later: int, earlier: int) -> float:
        return self.norm[later, earlier].max() + self.change[later, earlier]

    def flow(self, layer: int, order: int) -> np.ndarray:
        """(Σ_i ‖dz_{k,i}‖^{2m})^{1/2m} ≤ this vector · t."""
        vector = np.zeros(self.size)
        for j in range(layer + 1):
            g, change = self.norm[layer, j], self.change[layer, j]
            vector[j] = moment(g[:, None] * self.inputs[j], order) + change * moment(self.inputs[j], order)
            vector[j] += (g.max() + change) * self.moved[order][j]
            if self.fault == "one sample":
                vector[j] = (g.max() + change) * np.linalg.norm(self.inputs[j], axis=1).max()
        return vector

    def _outer(self, later: int, layer: int) -> float:
        """‖A_{k,b+1} W_{b+1}‖_{1→2} on the ball."""
        if later < self.size - 1:
            return self._jacobian(later, layer + 1) * (_columns(self.weights[layer + 1]) + self.moves[layer + 1])
        return max(_columns(matrix) for matrix in self.back[layer]) + self._outer_growth(layer)

    def _outer_growth(self, layer: int) -> float:
        top, after = self.size - 1, layer + 1
        return self._jacobian(top, after) * self.moves[after] + self.change[top, after] * _columns(self.weights[after])

    def _second(self, layer: int) -> list[tuple[float, tuple[np.ndarray | int, ...]]]:
        """‖d²z_k‖ ≤ Σ c · (factors): a unit vector e_ℓ with a flow, or a flow twice, the flow named by its layer."""
        unit, terms = np.eye(self.size), []
        for j in range(1, layer + 1):
            terms += [(2 * self._jacobian(layer, j) * self.m1[j - 1], (unit[j], j - 1))]
        for b in range(layer):
            terms += [(self._outer(layer, b) * self.m2[b], (b, b))]
        return terms

    def growth(self) -> np.ndarray:
        """ρ times the norms of the rows of the cubic form that bounds D³F on the ball."""
        cubic, unit, top = np.zeros((self.size,) * 3), np.eye(self.size), self.size - 1

        def add(coefficient: float, factors) -> None:
            order = sum(isinstance(f, int) for f in factors)
            a, b, c = (self.flow(f, order) if isinstance(f, int) else f for f in factors)
            nonlocal cubic
            whole = np.einsum("a,b,c", a, b, c)
            cubic = cubic + coefficient * sum(whole.transpose(p) for p in permutations(range(3))) / (
                12 if self.fault == "one order" else 6
            )

        for j in range(1, self.size):
            outer = 3 * self._jacobian(top, j)
            add(outer * self.m2[j - 1], (unit[j], j - 1, j - 1))
            for coefficient, factors in self._second(j - 1):
                add(outer * self.m1[j - 1] * coefficient, (unit[j], *factors))
        for k in range(top):
            add(self._outer(top, k) * self.m3[k], (k, k, k))
            for coefficient, factors in self._second(k):
                add(3 * self._outer(top, k) * self.m2[k] * coefficient, (k, *factors))
        for index in product(range(self.size), repeat=3):
            if not all(self.network.layers[k].trained for k in index):
                cubic[index] = 0.0
        return self.radius * np.linalg.norm(cubic, axis=2)

    def adjoint(self, at_centre: bool) -> np.ndarray:
        """The adjoint form, with φ'' of the centre and its growth, or with its largest value."""
        top, form = self.size - 1, np.zeros((self.size, self.size))
        for a in range(1, self.size):
            for b in range(a):
                left, right = self.norm[top, a], np.array([_norm(m) for m in self.before[a, b]])
                grown = self.m1[a - 1] * self.change[a - 1, b]
                grown += self.m2[a - 1] * self.shift[a - 1] * self.norm[a - 1, b].max()
                growth = left.max() * grown + self.change[top, a] * (right.max() + grown)
                weights, base = left * right, _norm(self.inputs[b])
                entry = _norm(weights[:, None] * self.inputs[b]) + growth * base
                entry += (weights.max() + growth) * self.moved[1][b]
                form[a, b] += entry
                form[b, a] += entry
        for k in range(top):
            outer = np.linalg.norm(self.back[k], axis=1)
            if self.fault == "largest output":
                outer = np.abs(self.back[k]).max(axis=1)
            weight = outer * np.abs(self.bend[k]) if at_centre else outer
            extra = 0.0 if self.fault == "fixed outer norms" else self.m2[k] * self._outer_growth(k)
            extra += outer.max() * self.m3[k] * self.shift[k] if at_centre else 0.0
            bent, plain = np.zeros(self.size), np.zeros(self.size)
            for b in range(k + 1):
                v = np.array(
                    [_norm(np.sqrt(row)[:, None] * m) for row, m in zip(weight, self.chain[k, b], strict=True)]
                )
                growth, base = np.sqrt(weight.max()) * self.change[k, b], moment(self.inputs[b], 2)
                bent[b] = moment(v[:, None] * self.inputs[b], 2) + growth * base
                bent[b] += (v.max() + growth) * self.moved[2][b]
                plain[b] = self._jacobian(k, b) * (base + self.moved[2][b])
            form += (1.0 if at_centre else self.m2[k]) * np.outer(bent, bent) + extra * np.outer(plain, plain)
        return form
