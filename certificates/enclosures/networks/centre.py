"""β(ρ) from the second derivatives at w_0 and their growth on the ball (theory 1.4.3 and 1.4.4).

The block of layers (a, b) of Σ_i α_i D²F_i is at most what it is at w_0 plus ρ times a row of a cubic form S in the
norms of three directions by layers, Σ_i α_i D³F_i[u, u', u''] ≤ S[t, t', t''] on the ball. S sums products of at most
three movements ‖dz_{k,i}‖; a product of m of them, summed over samples with Σ‖α_i‖² = 1, is at most the product of
their (Σ_i ‖dz_{k,i}‖^{2m})^{1/2m} ≤ flow · t. Block by block the least of this and of both adjoint forms is taken.
"""

from __future__ import annotations

from itertools import combinations_with_replacement

from flint import arb, arb_mat

from certificates.arithmetic.arb import exact
from certificates.arithmetic.effort import spend
from certificates.enclosures.networks.adjoint import adjoint_form, centred_adjoint_form
from certificates.enclosures.networks.layer_forms import least_of
from certificates.enclosures.networks.on_ball import JacobiansOnBall, bend_changes
from certificates.enclosures.networks.sample_hessians import SampleHessians

__all__ = ["centre_form"]

_ORDERS = {1: 1, 2: 3, 3: 6}  # of three indices with so many different ones

Layer = int
Term = tuple[
    arb, tuple[Layer, ...], tuple[Layer, ...]
]  # coefficient, layers ℓ of factors t_ℓ, layers k of factors dz_k


def centre_form(jacobians: JacobiansOnBall, hessians: SampleHessians) -> arb_mat:
    """Q with Σ a_i D²F_i[u, u'] ≤ tᵀQt' on the ball, t the norms of the parts of u by layers.

    May fail when
    -------------
    φ'' is not proven Lipschitz on the reachable range: :class:`certificates.errors.EnclosureFailure`.
    """
    ball = jacobians.ball
    changes = bend_changes(ball)
    adjoint = least_of(adjoint_form(jacobians), centred_adjoint_form(jacobians, hessians, changes))
    growth = _Growth(jacobians, hessians, changes).rows()
    size = len(jacobians.layers)
    form = arb_mat(size, size)
    for a in range(size):
        for b in range(a + 1):
            form[a, b] = form[b, a] = adjoint[a, b].min(
                _at_weights(jacobians, hessians, a, b) + ball.radius * growth[a][b]
            )
    return form


def _at_weights(jacobians: JacobiansOnBall, hessians: SampleHessians, later: int, earlier: int) -> arb:
    """The block at w_0; F is linear in the last layer, and a block with it is a coupling of the adjoint form."""
    if later < len(jacobians.layers) - 1:
        return hessians.blocks[later, earlier]
    return exact(0) if earlier == later else jacobians.norms.coupling[later, earlier].norm


class _Growth:
    """The cubic form S that bounds third derivatives on the ball, in the norms of three directions by layers."""

    def __init__(self, jacobians: JacobiansOnBall, hessians: SampleHessians, changes: list[arb]) -> None:
        self.jacobians, self.hessians, self.changes = jacobians, hessians, changes
        self.layers, self.ball = jacobians.layers, jacobians.ball
        self.size, self.top = len(self.layers), len(self.layers) - 1
        self.inputs = {order: self._inputs(order) for order in (1, 2, 3)}
        self.flows = {(order, k): self._flow(order, k) for order in (1, 2, 3) for k in range(self.top)}

    def rows(self) -> list[list[arb]]:
        """‖S_ab·‖ over trained layers: what the block (a, b) of D²F gains on a path of length 1."""
        cubic = self._cubic()
        trained = [k for k, layer in enumerate(self.layers) if layer.trained]
        return [[self._length(cubic, a, b, trained) for b in range(self.size)] for a in range(self.size)]

    @staticmethod
    def _length(cubic: dict[tuple[Layer, Layer, Layer], arb], a: Layer, b: Layer, trained: list[Layer]) -> arb:
        squares = exact(0)
        for c in trained:
            i, j, k = sorted((a, b, c))
            squares += cubic[i, j, k] ** 2
        return squares.sqrt()

    def _inputs(self, order: int) -> list[tuple[arb, arb]]:
        """κ_{2m}(H̃_j)^{1/2m} at w_0, and the (Σ_i ‖·‖^{2m})^{1/2m} by which H̃_j moves on the ball, for every j."""
        found, still = [], exact(0)
        for k in range(self.top):
            start = self.hessians.flow[order, k, k].norm
            slope = self.ball.slope[k - 1] if k else exact(0)
            moved = slope * still
            found.append((start, moved))
            still = self.ball.moves[k] * (start + moved) + self.layers[k].weight_norm * moved
        return found

    def _flow(self, order: int, layer: int) -> list[arb]:
        """r with (Σ_i ‖dz_{k,i}‖^{2m})^{1/2m} ≤ r · t on the ball."""
        vector = [exact(0)] * self.size
        for j in range(layer + 1):
            start, change = self.hessians.flow[order, layer, j], self.jacobians.change(layer, j)
            base, moved = self.inputs[order][j]
            vector[j] = start.norm + change * base + (start.largest + change) * moved
        return vector

    def _outer(self, later: Layer, layer: Layer) -> arb:
        """‖A_{k,b+1} W_{b+1}‖_{1→2} on the ball."""
        if later == self.top:
            return self.jacobians.norms.adjoint[layer] + self.jacobians.adjoint_growth(layer)
        after = layer + 1
        return self.jacobians.size(later, after) * (self.layers[after].column_norm + self.ball.moves[after])

    def _second(self, layer: Layer) -> list[Term]:
        """‖d²z_k‖ ≤ the sum of these products, symmetrised."""
        ball = self.ball
        bends: list[Term] = [(self._outer(layer, b) * ball.bend[b], (), (b, b)) for b in range(layer)]
        return bends + [
            (2 * self.jacobians.size(layer, j) * ball.slope[j - 1], (j,), (j - 1,)) for j in range(1, layer + 1)
        ]

    def _third(self) -> list[Term]:
        """|Σ_c α_c d³F_c| for one sample and unit α, likewise."""
        ball, terms = self.ball, list[Term]()
        for j in range(1, self.size):
            outer = 3 * self.jacobians.size(self.top, j)
            terms.append((outer * ball.bend[j - 1], (j,), (j - 1, j - 1)))
            terms += [(outer * ball.slope[j - 1] * c, (j, *direct), flows) for c, direct, flows in self._second(j - 1)]
        for k in range(self.top):
            outer = self._outer(self.top, k)
            terms.append((outer * self.changes[k], (), (k, k, k)))
            terms += [(3 * outer * ball.bend[k] * c, direct, (k, *flows)) for c, direct, flows in self._second(k)]
        return terms

    def _cubic(self) -> dict[tuple[Layer, Layer, Layer], arb]:
        """S_abc for a ≤ b ≤ c. The terms summed over samples: as many flows, as high a moment."""
        sums = {triple: exact(0) for triple in combinations_with_replacement(range(self.size), 3)}
        for coefficient, direct, flows in self._third():
            vectors = [self._single(j) for j in direct] + [self._entries(len(flows), k) for k in flows]
            spend(0.5 * len(vectors[0]) * len(vectors[1]) * len(vectors[2]))
            for a, x in vectors[0]:
                first = coefficient * x
                for b, y in vectors[1]:
                    second = first * y
                    for c, z in vectors[2]:
                        i, j, k = sorted((a, b, c))
                        sums[i, j, k] += second * z
        return {triple: total / _ORDERS[len(set(triple))] for triple, total in sums.items()}

    def _single(self, layer: Layer) -> list[tuple[Layer, arb]]:
        return [(layer, exact(1))]

    def _entries(self, order: int, layer: Layer) -> list[tuple[Layer, arb]]:
        return list(enumerate(self.flows[order, layer][: layer + 1]))
