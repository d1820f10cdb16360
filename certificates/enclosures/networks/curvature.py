"""β(ρ): how fast the Jacobian of a multilayer perceptron can turn within distance ρ (theory 1.4).

β(ρ) bounds the Lipschitz constant of w ↦ J(w) on the ball of radius ρ around w_0, in the bilinear norm
sup Σ_i a_i D²F_i[u, u'] over unit a, u, u'. Layers are 0-based in code, 1-based in the formulas. All numbers are
Arb balls whose every point is an upper bound.

One hidden layer: the closed formula, and the same by units, never larger. Any depth: the recursion (needs no Jacobian
norms) and the adjoint form (tighter with depth). Several hidden layers: the centre form, never above the adjoint one,
and the adjoint form by units, which asks for no matrix of any sample.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass

from flint import arb, arb_mat

from certificates.arithmetic.arb import exact
from certificates.arithmetic.effort import spend
from certificates.arithmetic.matrix import M
from certificates.enclosures.networks.adjoint import adjoint_form, centred_adjoint_form
from certificates.enclosures.networks.centre import centre_form
from certificates.enclosures.networks.layer_forms import largest_eigenvalue, least_of, outer, unit
from certificates.enclosures.networks.linearisation import Linearisation, Norms
from certificates.enclosures.networks.on_ball import JacobiansOnBall, OnBall, bend_changes, on_ball
from certificates.errors import EnclosureFailure
from certificates.expression import Activation

__all__ = ["CURVATURE_FORMS", "CurvatureForm", "curvature", "curvature_effort"]


def _one_hidden_layer(point: Linearisation[M], ball: OnBall) -> arb:
    """½(c₂ + √(c₂² + 4c₁²)), or c₂ alone if one layer is frozen (c₁ couples both)."""
    first, last = point.layers
    zero = exact(0)
    both = first.trained and last.trained
    bend = ball.bend[0] * first.input_fourth**2 * (last.column_norm + ball.moves[1]) if first.trained else zero
    couple = ball.slope[0] * first.input_norm if both else zero
    return (bend + (bend**2 + 4 * couple**2).sqrt()) / 2


def _per_unit(point: Linearisation[M], ball: OnBall) -> arb:
    """The same with the norms of each unit; 0 if the first layer is frozen."""
    first, last = point.layers
    if not first.trained:
        return exact(0)
    if point.units is None:
        raise ValueError("linearised without the norms of units")
    return point.units.turning(
        ball.radius,
        outer_moves=last.trained,
        bend=ball.bend[0],
        most_coupled=ball.slope[0] * first.input_norm,
        most_bent=ball.bend[0] * first.input_fourth**2,
    )


def _recursion(point: Linearisation[M], ball: OnBall) -> arb:
    """λ_max(Q_L) of the depth recursion."""
    size = len(point.layers)
    first = unit(size, 0)
    linear = [ball.input_norm[0] * x for x in first]  # P: ‖dZ_ℓ‖_F ≤ P · t
    fourth = [ball.input_fourth[0] * x for x in first]  # R: N₄(dZ_ℓ) ≤ R · t
    form = arb_mat(size, size)  # Q: ‖d²Z_ℓ‖_F ≤ tᵀ Q t'
    for index in range(1, size):
        layer, slope, bend = point.layers[index], ball.slope[index - 1], ball.bend[index - 1]
        weight = layer.weight_norm + ball.moves[index]
        column = layer.column_norm + ball.moves[index]
        here = unit(size, index)
        mixed = outer([slope * x for x in here], linear)
        bent = outer([column * bend * x for x in fourth], fourth)
        form = form * (weight * slope) + mixed + mixed.transpose() + bent
        if index < size - 1:
            linear = [weight * slope * x + ball.input_norm[index] * y for x, y in zip(linear, here, strict=True)]
            fourth = [weight * slope * x + ball.input_fourth[index] * y for x, y in zip(fourth, here, strict=True)]
    return largest_eigenvalue(form, point.layers)


def _adjoint(point: Linearisation[M], ball: OnBall) -> arb:
    """λ_max(Q) of the adjoint form with the weights of :mod:`sensitivities`, plus what can change on the ball."""
    if point.sensitivities is None:
        return _one_hidden_layer(point, ball)
    return largest_eigenvalue(adjoint_form(JacobiansOnBall(point, point.sensitivities, ball)), point.layers)


def _adjoint_per_unit(point: Linearisation[M], ball: OnBall) -> arb:
    """The adjoint form with norms by layers and units; with those of the centre, the lesser of two, block by block."""
    if point.products is None:
        raise ValueError("linearised without the norms of units and layers")
    jacobians, centre = JacobiansOnBall(point, point.products.norms, ball), point.products.centre
    form = adjoint_form(jacobians)
    if centre is not None:
        with suppress(EnclosureFailure):  # φ'' may have no bound of its growth here: the plain form needs none
            form = least_of(form, centred_adjoint_form(jacobians, centre, bend_changes(ball)))
    return largest_eigenvalue(form, point.layers)


def _centre(point: Linearisation[M], ball: OnBall) -> arb:
    """λ_max of the least of the three, block by block: of w_0 with its growth, and both adjoint forms."""
    if point.sensitivities is None or point.hessians is None:
        raise ValueError("linearised without the second derivatives of the samples")
    jacobians = JacobiansOnBall(point, point.sensitivities, ball)
    return largest_eigenvalue(centre_form(jacobians, point.hessians), point.layers)


def curvature_effort(layers: int) -> float:
    """Operations of one evaluation of β, without those of the bounds of activations."""
    return 100.0 + 120.0 * layers**2 + 0.8 * float(layers) ** 3


@dataclass(frozen=True)
class CurvatureForm:
    """One bound of β(ρ).

    Parameters
    ----------
    bound
        From what is known at w_0 and on the ball to β.
    norms
        What :func:`~certificates.enclosures.networks.linearisation.linearise` has to find out for it.
    only_two_layers, only_deep
        Whether it is about one hidden layer, or about several.
    needs_c2
        Whether φ'' has to be Lipschitz.
    """

    bound: Callable[..., arb]
    norms: tuple[Norms, ...] = ()
    only_two_layers: bool = False
    only_deep: bool = False
    needs_c2: bool = False

    def fits(self, layers: int) -> bool:
        """Whether it is about networks of so many layers."""
        return not (self.only_two_layers and layers != 2) and not (self.only_deep and layers == 2)


CURVATURE_FORMS: Mapping[str, CurvatureForm] = {
    "one-hidden-layer": CurvatureForm(_one_hidden_layer, only_two_layers=True),
    "per-unit": CurvatureForm(_per_unit, ("units",), only_two_layers=True),
    "recursion": CurvatureForm(_recursion),
    "adjoint": CurvatureForm(_adjoint, ("jacobians",)),
    "adjoint-per-unit": CurvatureForm(_adjoint_per_unit, ("products",), only_deep=True),
    "sample-centre": CurvatureForm(_centre, ("jacobians", "hessians"), only_deep=True, needs_c2=True),
}


def curvature(
    point: Linearisation[M],
    activations: tuple[Activation, ...],
    radius: float,
    form: str,
) -> arb:
    """Bound β(ρ), a Lipschitz constant of the Jacobian on the ball of radius ρ around w_0.

    Parameters
    ----------
    point
        Norms at w_0, with those that the form asks for.
    activations
        φ of each hidden layer; φ' must be Lipschitz on the reachable range (checked by the rule).
    radius
        ρ ≥ 0, distance over the trained parameters.
    form
        A key of :data:`CURVATURE_FORMS` that fits the depth.

    Guarantee
    ---------
    ‖J(w) − J(w')‖ ≤ β ‖w − w'‖ for all w, w' with ‖w − w_0‖, ‖w' − w_0‖ ≤ ρ, for every point β of the ball
    returned; non-decreasing in ρ up to the width of the balls.

    May fail when
    -------------
    The activation has no finite bound on the reachable range: :class:`certificates.errors.EnclosureFailure`.

    References
    ----------
    Theory 1.4. The per-layer ranges follow the layers in order, as the remark there requires.
    """
    spend(curvature_effort(len(point.layers)))
    ball = on_ball(point.layers, activations, exact(radius))
    return CURVATURE_FORMS[form].bound(point, ball)
