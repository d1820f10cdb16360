"""Per-sample Jacobians between the layers of a deep network, and the weighted norms the adjoint form needs.

With A_{ℓj,i} = ∂z_{ℓ,i}/∂z_{j,i} at w_0 (layers 0-based here), the second derivative of F pairs layer ℓ with an
earlier layer j through u_{ℓj,i} = ‖A_{Lℓ,i}‖ ‖diag(φ'_{ℓ−1,i}) A_{ℓ−1,j,i}‖, and bends hidden layer k through
v_{kj,i} = ‖diag(ĵ_{k,i})^{1/2} A_{kj,i}‖, ĵ_{k,i} the column norms of ∂F_i/∂h_k. Keeping the weight of every
sample and unit, instead of the product of the largest norms, halves the bound for three layers and more.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from flint import arb

from certificates.arithmetic.arb import exact, upper
from certificates.arithmetic.effort import reserve
from certificates.arithmetic.matrix import M
from certificates.subjects import FloatArray, Network

__all__ = [
    "CentreBends",
    "Chains",
    "Pair",
    "Sensitivities",
    "Weighted",
    "largest",
    "output_columns",
    "sample_sensitivities",
    "scaled_norm",
    "weighted",
]

Pair = tuple[int, int]


@dataclass(frozen=True)
class Weighted:
    """A norm of diag(weights) H̃ and the largest weight."""

    norm: arb
    largest: arb


@dataclass(frozen=True)
class CentreBends:
    """Upper bounds at w_0 for the adjoint form of the centre (theory 1.4.3); keys are (later, earlier) hidden layers.

    Parameters
    ----------
    bending
        κ₄(diag(v_{kj}) H̃_j)^{1/2} and max v for v_{kj,i} = ‖diag((ĵ_{k,i} |φ''_{k,i}|)^{1/2}) A_{kj,i}‖.
    bent
        max ĵ_{k,i} |φ''_{k,i}| over samples and units of each hidden layer.
    """

    bending: dict[Pair, Weighted]
    bent: dict[int, arb]


@dataclass(frozen=True)
class Sensitivities:
    """Upper bounds at w_0; keys are (later, earlier) layers, the output layer is the last.

    Parameters
    ----------
    jacobian
        max_i ‖A_{ℓj,i}‖, ℓ > j.
    slope_jacobian
        max_i ‖diag(φ'_{ℓ−1,i}) A_{ℓ−1,j,i}‖, ℓ > j.
    coupling
        ‖diag(u_{ℓj}) H̃_j‖ and max u, H̃_j the input of layer j.
    bending
        κ₄(diag(v_{kj}) H̃_j)^{1/2} and max v, k hidden, j ≤ k.
    adjoint
        max_i ‖∂F_i/∂h_k‖_{1→2} of each hidden layer.
    columns
        The column norms of ∂F_i/∂h_k, (n, d_k), of each hidden layer.
    sample_jacobian
        ‖A_{kj,i}‖ of every sample, (n,), k > j hidden.
    """

    jacobian: dict[Pair, arb]
    slope_jacobian: dict[Pair, arb]
    coupling: dict[Pair, Weighted]
    bending: dict[Pair, Weighted]
    adjoint: dict[int, arb]
    columns: dict[int, FloatArray]
    sample_jacobian: dict[Pair, FloatArray]


def sample_sensitivities(
    network: Network,
    arithmetic: type[M],
    inputs: list[M],
    slopes: list[M],
    columns: dict[int, FloatArray],
    output_norms: dict[int, FloatArray],
) -> Sensitivities:
    """Bound every norm of :class:`Sensitivities`.

    Parameters
    ----------
    network, arithmetic
        As in :func:`certificates.enclosures.networks.linearisation.linearise`.
    inputs
        H̃_j of every hidden layer.
    slopes
        φ'(z_k) of every hidden layer, (n, d_k).
    columns
        The column norms of ∂F_i/∂h_k, (n, d_k), of every hidden layer.
    output_norms
        ‖∂F_i/∂z_k‖, one a sample, of every hidden layer.

    Guarantee
    ---------
    All fields bound the exact quantities of the exact network from above.
    """
    return _chain_norms(network, arithmetic, slopes, columns).sensitivities(arithmetic, inputs, columns, output_norms)


@dataclass(frozen=True)
class Chains:
    """Norms of products of layers from above, one a sample.

    Parameters
    ----------
    jacobian, sloped, bent
        ‖A_{ℓj,i}‖ for hidden ℓ > j, ‖diag(φ'_{ℓ−1,i}) A_{ℓ−1,j,i}‖ for ℓ > j, ‖diag(ĵ_{k,i})^{1/2} A_{kj,i}‖ for hidden
        k ≥ j.
    """

    jacobian: dict[Pair, FloatArray]
    sloped: dict[Pair, FloatArray]
    bent: dict[Pair, FloatArray]

    def sensitivities(
        self,
        arithmetic: type[M],
        inputs: list[M],
        columns: dict[int, FloatArray],
        output_norms: dict[int, FloatArray],
    ) -> Sensitivities:
        """What they weigh: the layers' inputs, and norms up to the outputs as in :func:`sample_sensitivities`."""
        hidden = len(inputs)
        output_norms = {**output_norms, hidden: np.ones(inputs[0].shape[0])}
        jacobian = {**self.jacobian, **{(hidden, k): output_norms[k] for k in range(hidden)}}
        coupling = {
            (target, source): weighted(inputs[source], arithmetic.products_above(output_norms[target], weights), 1)
            for (target, source), weights in self.sloped.items()
        }
        return Sensitivities(
            {pair: largest(norms) for pair, norms in jacobian.items()},
            {pair: largest(norms) for pair, norms in self.sloped.items()},
            coupling,
            {pair: weighted(inputs[pair[1]], weights, 2) for pair, weights in self.bent.items()},
            {k: largest(norms) for k, norms in columns.items()},
            columns,
            self.jacobian,
        )


def output_columns(network: Network, arithmetic: type[M], pulled: dict[int, M]) -> dict[int, FloatArray]:
    """Bound the column norms of ∂F_i/∂h_k, (n, d_k), of every hidden layer.

    Parameters
    ----------
    network, arithmetic
        As in :func:`sample_sensitivities`.
    pulled
        ∂F/∂h_k of every hidden layer but the last, rows ordered (output, sample).
    """
    last, outputs = network.layers[-1].weight, network.widths[-1]
    readout = arithmetic.from_exact(last).group_column_norms(outputs)
    columns = {k: pulled[k].group_column_norms(outputs) for k in pulled}
    columns[len(network.layers) - 2] = np.broadcast_to(readout, (network.sample_count, readout.shape[1]))
    return columns


def _chain_norms(network: Network, arithmetic: type[M], slopes: list[M], columns: dict[int, FloatArray]) -> Chains:
    """By the matrices of every sample."""
    hidden, count = len(slopes), network.sample_count
    reserve(hidden * hidden * (300.0 + 12.0 * count))
    jacobian = {(k, j): np.zeros(count) for k in range(hidden) for j in range(k)}
    sloped = {(k + 1, j): np.zeros(count) for k in range(hidden) for j in range(k + 1)}
    bent = {(k, j): np.zeros(count) for k in range(hidden) for j in range(k + 1)}
    weights = [arithmetic.from_exact(layer.weight) for layer in network.layers[:-1]]
    for i in range(count):
        rows = [slope.take_row(i) for slope in slopes]
        roots = [arithmetic.roots_above(columns[k][i]) for k in range(hidden)]
        for j in range(hidden):
            chain: M | None = None  # A_{kj,i}; None is the identity at k = j
            for k in range(j, hidden):
                if k > j:
                    step = weights[k].scale_columns(rows[k - 1])
                    chain = step if chain is None else step.times(chain)
                    jacobian[k, j][i] = upper(chain.operator_norm())
                sloped[k + 1, j][i] = scaled_norm(chain, rows[k])
                bent[k, j][i] = scaled_norm(chain, arithmetic.from_exact(roots[k][None]))
    return Chains(jacobian, sloped, bent)


def scaled_norm(chain: M | None, row: M) -> float:
    """‖diag(row) A‖; A = I if ``None``, and then it is the largest |entry|, which is the row's ‖·‖_{1→2}."""
    if chain is None:
        return upper(row.largest_column_norm())
    return upper(chain.T.scale_columns(row).operator_norm())


def weighted(inputs: M, weights: FloatArray, order: int) -> Weighted:
    """κ_{2m}(diag(weights) H̃), m = ``order``: sup (Σ_i (w_i h̃_i · u)^{2m})^{1/2m} over unit u, from above."""
    scaled = inputs.scale_rows(weights)
    if order == 1:
        return Weighted(scaled.operator_norm(), largest(weights))
    gram = power = scaled.gram()
    for _ in range(order - 1):
        power = power.hadamard(gram)
    return Weighted(power.nonnegative_spectral_radius().root(2 * order), largest(weights))


def largest(norms: FloatArray) -> arb:
    """The largest of some numbers."""
    return exact(float(np.max(norms)))
