"""The adjoint form of β(ρ) by units and layers in float64: the formulas of theory 1.4.5 as they stand on paper."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tests.twins.curvature_forms import Bound, moment

__all__ = ["UnitBound"]


def _norm(matrix: np.ndarray) -> float:
    return float(np.linalg.norm(matrix, 2))


class UnitBound(Bound):
    """The form whose norms pass from layer to layer; ``fault`` names a wrong one."""

    def form(self, form: str = "adjoint-per-unit") -> np.ndarray:
        """Norms of the blocks of trained layers."""
        kept = [k for k, layer in enumerate(self.network.layers) if layer.trained]
        bendings = np.minimum(self._bendings(at_centre=False), self._bendings(at_centre=True))
        return (self._couplings() + bendings)[np.ix_(kept, kept)]

    def passed(self, layer: int, scales: np.ndarray) -> np.ndarray:
        """‖diag(scales of a sample) W‖ for every sample."""
        if self.fault == "layers pass nothing on":
            return np.ones(self.count)
        return np.array([_norm(row[:, None] * self.weights[layer]) for row in scales])

    def backwards(self, first: int, reach: np.ndarray) -> Iterator[tuple[int, np.ndarray]]:
        """(j, r) from layer ``first`` down to the first one."""
        for j in range(first, -1, -1):
            yield j, reach
            if j:
                reach = reach * self.passed(j, self.slope[j])

    def largest(self, later: int, earlier: int) -> float:
        """max_i ‖A_{kj,i}‖ as the judge bounds it: by norms of layers, exact for the outputs."""
        if later == earlier:
            return 1.0
        if later == self.size - 1:
            return float(self.norm[later, earlier].max())
        found = dict(self.backwards(later - 1, np.full(self.count, _norm(self.weights[later]))))
        return float((found[earlier] * np.abs(self.slope[earlier]).max(axis=1)).max())

    def _changes(self) -> None:
        """E, from the larger norms."""
        self.change = {(j, j): 0.0 for j in range(self.size)}
        for j in range(self.size):
            for k in range(j + 1, self.size):
                m1, before = self.m1[k - 1], self.largest(k - 1, j)
                self.change[k, j] = self.moves[k] * m1 * (before + self.change[k - 1, j])
                self.change[k, j] += _norm(self.weights[k]) * m1 * self.change[k - 1, j]
                columns = float(np.linalg.norm(self.weights[k], axis=0).max())
                self.change[k, j] += columns * self.m2[k - 1] * self.shift[k - 1] * before
        if self.fault == "no growth":
            self.change = dict.fromkeys(self.change, 0.0)

    def _couplings(self) -> np.ndarray:
        form, top = np.zeros((self.size, self.size)), self.size - 1
        for a in range(1, self.size):
            right = dict(self.backwards(a - 1, np.ones(self.count)))
            outer = np.ones(self.count) if self.fault == "no factor of the outputs" else self.norm[top, a]
            for b, reach in self.backwards(a - 1, outer):
                slopes = np.abs(self.slope[b]).max(axis=1)
                rows = (reach * slopes)[:, None] * self.inputs[b]
                entry = float(np.linalg.norm(rows, axis=1).max()) if self.fault == "one sample" else _norm(rows)
                steepest = float((right[b] * slopes).max())
                grown = self.m1[a - 1] * self.change[a - 1, b]
                if self.fault != "no growth":
                    grown += self.m2[a - 1] * self.shift[a - 1] * self.largest(a - 1, b)
                growth = self.norm[top, a].max() * grown + self.change[top, a] * (steepest + grown)
                entry += growth * _norm(self.inputs[b])
                entry += (float((reach * slopes).max()) + growth) * self.moved[1][b]
                form[a, b] += entry
                form[b, a] += entry
        return form

    def _bendings(self, *, at_centre: bool) -> np.ndarray:
        """With every sample's steepest unit and the largest |φ''|, or unit by unit with the |φ''| of the centre."""
        form = np.zeros((self.size, self.size))
        for k in range(self.size - 1):
            outer = np.linalg.norm(self.back[k], axis=1)
            weight = outer * np.abs(self.bend[k]) if at_centre else outer
            bent, plain = np.zeros(self.size), np.zeros(self.size)
            for b, scales in self._scales(k, np.sqrt(weight)):
                growth, base = np.sqrt(weight.max()) * self.change[k, b], moment(self.inputs[b], 2)
                units = scales.T if at_centre else scales.max(axis=1)[None]
                moments = [moment(unit[:, None] * self.inputs[b], 2) for unit in units]
                bent[b] = (min if self.fault == "the best unit" else max)(moments) + growth * base
                bent[b] += (scales.max() + growth) * self.moved[2][b]
                plain[b] = (self.largest(k, b) + self.change[k, b]) * (base + self.moved[2][b])
            extra = self.m2[k] * self._outer_growth(k)
            extra += outer.max() * self.m3[k] * self.shift[k] if at_centre else 0.0
            form += (1.0 if at_centre else self.m2[k]) * np.outer(bent, bent) + extra * np.outer(plain, plain)
        return form

    def _scales(self, layer: int, roots: np.ndarray) -> Iterator[tuple[int, np.ndarray]]:
        """(j, c^{1/2}) with numbers c_ip ≥ 0 of every sample and unit of layer j."""
        yield layer, roots
        if layer:
            for j, reach in self.backwards(layer - 1, self.passed(layer, roots)):
                scales = reach[:, None] * np.abs(self.slope[j])
                yield j, np.sqrt(scales) if self.fault == "roots of weights" else scales
