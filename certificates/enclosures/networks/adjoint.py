"""The adjoint form of β(ρ), with the largest |φ''| or with those of the centre (theory 1.4 and 1.4.3).

Pair (ℓ, j < ℓ): t_ℓ t_j ‖diag(u_{ℓj}) H̃_j‖. Bending of hidden layer k: M_2 (Σ_j t_j κ₄(diag(v_{kj}) H̃_j)^{1/2})²
with the column norms ĵ at w_0, and their growth ĵ − ĵ⁰ ≤ δ times M_2 (Σ_j t_j G_{kj} κ₄(H̃_j)^{1/2})². With the |φ''|
of w_0 inside v the factor M_2 goes, and δM_2 becomes δM_2 + (max ĵ) M_3 D_k: |φ''| moves by M_3 D_k at most.
"""

from __future__ import annotations

from flint import arb, arb_mat

from certificates.arithmetic.arb import exact
from certificates.enclosures.networks.layer_forms import outer
from certificates.enclosures.networks.on_ball import JacobiansOnBall
from certificates.enclosures.networks.sensitivities import CentreBends

__all__ = ["adjoint_form", "centred_adjoint_form"]


def adjoint_form(jacobians: JacobiansOnBall) -> arb_mat:
    """Q with Σ a_i D²F_i[u, u'] ≤ tᵀQt' on the ball, t the norms of the parts of u by layers."""
    ball, norms, form = jacobians.ball, jacobians.norms, _couplings(jacobians)
    for k in range(len(jacobians.layers) - 1):
        bent = [jacobians.bending(k, j, norms.bending[k, j], norms.adjoint[k]) for j in range(k + 1)]
        form += _squared(jacobians, bent, ball.bend[k])
        form += _squared(jacobians, _plain(jacobians, k), ball.bend[k] * jacobians.adjoint_growth(k))
    return form


def centred_adjoint_form(jacobians: JacobiansOnBall, centre: CentreBends, changes: list[arb]) -> arb_mat:
    """The same with the |φ''| of w_0; ``changes`` holds M_3 of each hidden layer over its reachable range."""
    ball, norms, form = jacobians.ball, jacobians.norms, _couplings(jacobians)
    for k in range(len(jacobians.layers) - 1):
        bent = [jacobians.bending(k, j, centre.bending[k, j], centre.bent[k]) for j in range(k + 1)]
        grown = ball.bend[k] * jacobians.adjoint_growth(k) + norms.adjoint[k] * changes[k] * ball.shift[k]
        form += _squared(jacobians, bent, exact(1)) + _squared(jacobians, _plain(jacobians, k), grown)
    return form


def _couplings(jacobians: JacobiansOnBall) -> arb_mat:
    size = len(jacobians.layers)
    form = arb_mat(size, size)
    for later in range(1, size):
        for earlier in range(later):
            form[later, earlier] = form[earlier, later] = jacobians.coupling(later, earlier)
    return form


def _plain(jacobians: JacobiansOnBall, hidden: int) -> list[arb]:
    """G_{kj} κ₄(H̃_j)^{1/2}."""
    return [jacobians.size(hidden, j) * jacobians.ball.input_fourth[j] for j in range(hidden + 1)]


def _squared(jacobians: JacobiansOnBall, vector: list[arb], factor: arb) -> arb_mat:
    """Factor · v vᵀ, v filled up with zeros."""
    whole = vector + [exact(0)] * (len(jacobians.layers) - len(vector))
    return outer([factor * x for x in whole], whole)
