"""One-hidden-layer networks x ↦ Σ_l v_l (w_lᵀx)² with a fixed outer layer v, enclosed (theory 3.0 and 3.1).

With M(W) = WᵀD_vW, 𝒜(M)_i = x_iᵀMx_i, q = 𝒜(M(W)) and r = q − y, everything is said about L = ‖r‖²/(2n); the
problem's own loss is f = s‖r‖² = 2ns·L. G = (1/n)Xᵀdiag(r)X carries gradient and Hessian:

    ∇L = 2D_vWG,    ∇²L = (1/n)JᵀJ + 2 D_v ⊗ G,    J_i = 2(D_vWx_i) ⊗ x_i.

Hidden units with v_l = 0 are deleted first: they change neither f nor its infimum, and add zeros to ∇f and ∇²f.
Written once over the two arithmetics.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Generic

import numpy as np
from flint import arb

from certificates.arithmetic.matrix import M
from certificates.errors import EnclosureFailure
from certificates.subjects import FloatArray, Network

__all__ = [
    "NotQuadratic",
    "Point",
    "QuadraticNetwork",
    "covariance",
    "evaluate",
    "gradient_norm",
    "gram_of_products",
    "hessian",
    "jacobian_gram",
    "label_column",
    "loss",
    "quadratic_network",
    "weighted_covariance",
]


class NotQuadratic(EnclosureFailure):
    """The problem is no network of this chapter; the message says why."""


@dataclass(frozen=True, eq=False)
class QuadraticNetwork:
    """Σ_l v_l (w_lᵀx)² with its data; all numbers are exact.

    Parameters
    ----------
    inputs
        X, shape (n, d).
    labels
        y, shape (n,); ``None`` when they are planted.
    weights
        W, shape (k, d): the trained layer, rows with v_l = 0 deleted.
    outer
        v, shape (k,), no zeros.
    loss_scale
        s of f(W) = s‖q − y‖².
    teacher
        (W°, v°) with y = 𝒜(W°ᵀD_v°W°), exact; ``None`` when labels are given.
    """

    inputs: FloatArray
    labels: FloatArray | None
    weights: FloatArray
    outer: FloatArray
    loss_scale: Fraction
    teacher: tuple[FloatArray, FloatArray] | None = None

    @property
    def sample_count(self) -> int:
        """n."""
        return int(self.inputs.shape[0])

    @property
    def dimension(self) -> int:
        """d."""
        return int(self.inputs.shape[1])

    @property
    def width(self) -> int:
        """k."""
        return int(self.weights.shape[0])

    @property
    def positive(self) -> int:
        """|P|, how many outer weights are positive."""
        return int(np.count_nonzero(self.outer > 0))

    @property
    def negative(self) -> int:
        """|N|, how many outer weights are negative."""
        return int(np.count_nonzero(self.outer < 0))

    @property
    def loss_factor(self) -> Fraction:
        """2ns: f = 2ns·L."""
        return 2 * self.sample_count * self.loss_scale

    def negated(self) -> QuadraticNetwork:
        """The same loss written with (−v, −y): r, G and the sign classes change sign, L and ∇²L do not."""
        labels = None if self.labels is None else -self.labels
        teacher = None if self.teacher is None else (self.teacher[0], -self.teacher[1])
        return replace(self, outer=-self.outer, labels=labels, teacher=teacher)


def quadratic_network(problem: Network) -> QuadraticNetwork:
    """Read a problem as a network of this chapter.

    Raises
    ------
    NotQuadratic
        Other than two layers, one output, activation z², a trained first and a frozen second layer, no biases; another
        objective than s‖F(w) − y‖²; or every outer weight is 0.
    """
    scale = problem.objective.squared_scale
    if scale is None:
        raise NotQuadratic("expected a sum of squares as objective")
    if len(problem.layers) != 2:
        raise NotQuadratic(f"expected one hidden layer, got {len(problem.layers) - 1}")
    hidden, outer = problem.layers
    if problem.activations[0].text != "quadratic":
        raise NotQuadratic(f"expected the activation quadratic, got {problem.activations[0].text[:60]}")
    if hidden.bias is not None or outer.bias is not None:
        raise NotQuadratic("expected layers without biases")
    if not hidden.trained or outer.trained:
        raise NotQuadratic("expected a trained first layer and a frozen second one")
    if outer.weight.shape[0] != 1:
        raise NotQuadratic(f"expected one output, got {outer.weight.shape[0]}")
    kept = outer.weight[0] != 0
    if not kept.any():
        raise NotQuadratic("every outer weight is 0: the loss does not depend on the trained weights")
    planted = problem.teacher
    return QuadraticNetwork(
        problem.inputs,
        None if problem.targets is None else problem.targets[:, 0],
        hidden.weight[kept],
        outer.weight[0][kept],
        scale,
        None if planted is None else (planted[0].weight, planted[1].weight[0]),
    )


@dataclass(frozen=True)
class Point(Generic[M]):
    """The network at the given weights.

    Parameters
    ----------
    hidden
        Z = XWᵀ, (n, k).
    outputs, residual
        q and r = q − y, (n, 1).
    force
        G = (1/n)Xᵀdiag(r)X, (d, d), symmetric.
    """

    hidden: M
    outputs: M
    residual: M
    force: M


def evaluate(network: QuadraticNetwork, arithmetic: type[M]) -> Point[M]:
    """Enclose Z, q, r and G.

    Guarantee
    ---------
    Every field contains the exact quantity.
    """
    hidden = _hidden(network.inputs, network.weights, arithmetic)
    outputs = _outputs(hidden, network.outer)
    residual = outputs.add(label_column(network, arithmetic).scale(Fraction(-1)))
    force = weighted_covariance(network, residual).scale(Fraction(1, network.sample_count))
    return Point(hidden, outputs, residual, force)


def label_column(network: QuadraticNetwork, arithmetic: type[M]) -> M:
    """The labels as a column, (n, 1): given ones exactly, planted ones enclosed."""
    if network.labels is not None:
        return arithmetic.from_exact(network.labels[:, None])
    if network.teacher is None:
        raise NotQuadratic("expected given or planted labels")
    weights, outer = network.teacher
    return _outputs(_hidden(network.inputs, weights, arithmetic), outer)


def _hidden(inputs: FloatArray, weights: FloatArray, arithmetic: type[M]) -> M:
    return arithmetic.from_exact(inputs).times(arithmetic.from_exact(weights).T)


def _outputs(hidden: M, outer: FloatArray) -> M:
    return hidden.hadamard(hidden).times(type(hidden).from_exact(outer[:, None]))


# ---- quantities at the weights ------------------------------------------------------------------------------------


def loss(network: QuadraticNetwork, point: Point[M]) -> arb:
    """L = ‖r‖²/(2n)."""
    return point.residual.dot(point.residual) / (2 * network.sample_count)


def gradient_norm(network: QuadraticNetwork, point: Point[M]) -> arb:
    """An upper bound of ‖∇L‖_F = 2‖D_vWG‖_F."""
    weights = type(point.force).from_exact(network.weights).scale_rows(network.outer)
    return 2 * weights.times(point.force).frobenius_norm()


def jacobian_gram(network: QuadraticNetwork, point: Point[M]) -> M:
    """JJᵀ = 4(ZD_v²Zᵀ) ∘ (XXᵀ), (n, n): the tangent kernel of q."""
    adjoint = point.hidden.T.scale_rows(network.outer).T
    data = type(point.force).from_exact(network.inputs)
    return adjoint.gram().hadamard(data.gram()).scale(Fraction(4))


def hessian(network: QuadraticNetwork, point: Point[M]) -> M:
    """∇²L = (1/n)JᵀJ + 2 D_v ⊗ G, (kd, kd), rows of W after one another."""
    arithmetic, width, d = type(point.force), network.width, network.dimension
    columns = arithmetic.from_exact(np.ascontiguousarray(network.inputs.T))
    adjoint = point.hidden.T.scale_rows(2 * network.outer)
    transposed = arithmetic.stack([columns.scale_columns(adjoint.take_row(unit)) for unit in range(width)])
    signs: FloatArray = np.kron(np.diag(2 * network.outer), np.ones((d, d))).astype(np.float64, copy=False)
    curved = point.force.tile(width, width).hadamard(arithmetic.from_exact(signs))
    return transposed.gram().scale(Fraction(1, network.sample_count)).add(curved)


# ---- quantities of the data ---------------------------------------------------------------------------------------


def weighted_covariance(network: QuadraticNetwork, column: M) -> M:
    """𝒜*(c) = Xᵀdiag(c)X for a column c."""
    data = type(column).from_exact(network.inputs)
    return data.T.scale_columns(column.T).times(data)


def covariance(network: QuadraticNetwork, arithmetic: type[M]) -> M:
    """Σ̂ = (1/n)XᵀX."""
    return arithmetic.from_exact(network.inputs).T.gram().scale(Fraction(1, network.sample_count))


def gram_of_products(network: QuadraticNetwork, arithmetic: type[M]) -> M:
    """K = ((x_iᵀx_j)²), (n, n): the Gram matrix of the x_ix_iᵀ, and 𝒜𝒜*."""
    gram = arithmetic.from_exact(network.inputs).gram()
    return gram.hadamard(gram)
