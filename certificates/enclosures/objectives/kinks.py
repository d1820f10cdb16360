"""One hidden layer of two-slope units with prescribed slopes: f_θ of theorem 6.4, in balls.

φ(u) = a u for u < 0 and b u for u > 0. On the held pairs (i, l) the unit is frozen, h = (a + (b − a)θ) u; elsewhere it
keeps the side of its centre. f_θ is smooth everywhere: its outputs are bilinear in the two layers.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from flint import arb

from certificates.arithmetic.arb import exact, upper
from certificates.arithmetic.ball_array import BallArray
from certificates.arithmetic.ball_matrix import BallMatrix
from certificates.arithmetic.effort import spend
from certificates.arithmetic.rounding import UNIT_ROUNDOFF, BoolArray, FloatArray
from certificates.enclosures.infinity.identities import homogeneity
from certificates.enclosures.intervals.smoothness import smoothness
from certificates.enclosures.objectives.loss_terms import loss_terms
from certificates.enclosures.objectives.parameters import tensor_slices
from certificates.enclosures.objectives.point import Point, affine, ball_layers, sample_weights
from certificates.enclosures.objectives.reach import ActivationBounds
from certificates.expression import Activation
from certificates.subjects import Network

__all__ = ["Sides", "extended_inputs", "held_point", "least_singular_value", "pressed", "sides_of"]

_PART = 1.0 - 2.0**-10  # of an estimated eigenvalue: what a factorisation is asked to show


@dataclass(frozen=True)
class Sides:
    """A continuous activation that is a u for u < 0 and b u for u > 0.

    Parameters
    ----------
    low, high
        a and b, exact.
    """

    low: Fraction
    high: Fraction

    @property
    def jump(self) -> Fraction:
        """The jump b − a of the slope."""
        return self.high - self.low

    @property
    def frozen(self) -> ActivationBounds:
        """M₁, M₂, M₃ of units with any prescribed slopes between the two."""
        return ActivationBounds(upper(exact(max(abs(self.low), abs(self.high)))), 0.0, 0.0)


def sides_of(activation: Activation) -> Sides | None:
    """The two slopes, ``None`` where it is not shown that there are two.

    Examples
    --------
    >>> from certificates.expression import parse_activation
    >>> sides_of(parse_activation("leaky_relu(1/4)"))
    Sides(low=Fraction(1, 4), high=Fraction(1, 1))
    >>> sides_of(parse_activation("tanh")) is None
    True
    """
    found = homogeneity(activation)
    if found is None or found.degree != 1 or not smoothness(activation).is_certainly_continuous:
        return None
    left, right = found.left.rational, found.right.rational
    if left is None or right is None:
        return None
    return Sides(-left, right)


def extended_inputs(network: Network) -> FloatArray:
    """The x̃_i, (n, d + 1): with a 1 where hidden units have a bias, which is trained."""
    if network.layers[0].bias is None:
        return network.inputs
    return np.hstack([network.inputs, np.ones((network.sample_count, 1))])


def held_point(network: Network, sides: Sides, held: BoolArray, shares: FloatArray) -> Point:
    """f_θ at the network's weights.

    Parameters
    ----------
    network
        One hidden layer with that activation.
    sides
        Its slopes.
    held
        A, (n, units).
    shares
        θ on A, (n, units); not read elsewhere.

    Guarantee
    ---------
    Contains value and derivatives of the function whose unit l has on sample i the slope a + (b − a)θ_il if the pair is
    held, else that of the side on which the midpoint of u_il lies.
    """
    layers = ball_layers(network)
    inputs = BallMatrix.from_exact(network.inputs)
    pre = affine(layers[0], inputs)
    low, high = (BallArray.from_arb(exact(slope)) for slope in (sides.low, sides.high))
    above = pre.mid > 0
    side = BallArray(np.where(above, high.mid, low.mid), np.where(above, high.rad, low.rad))
    between = BallArray.from_exact(np.where(held, shares, 0.0)) * sides.jump + low
    slopes = BallMatrix.of(BallArray.where(held, between, side))
    hidden = slopes.hadamard(pre)
    outputs = affine(layers[1], hidden)
    bends = BallMatrix.from_exact(np.zeros(pre.shape))
    terms = loss_terms(network.objective.loss, outputs, network.given_targets)
    weights = sample_weights(network)
    return Point(network, layers, (inputs, hidden), (pre,), (slopes,), (bends,), outputs, weights, terms)


def least_singular_value(rows: FloatArray) -> arb | None:
    """A lower bound of σ_min of exact rows; ``None`` if they are not shown to be independent.

    Examples
    --------
    >>> bool(least_singular_value(np.array([[3.0, 4.0]])) > 4.99)
    True
    >>> least_singular_value(np.array([[1.0, 0.0], [2.0, 0.0]])) is None
    True
    """
    count, columns = rows.shape
    if count > columns:
        return None
    spend(100 + count**3 / 100)
    gram = BallMatrix.from_exact(rows).gram()
    try:
        guess = float(np.linalg.eigvalsh(gram.mid)[0])
    except np.linalg.LinAlgError:
        return None
    found = gram.smallest_eigenvalue(_PART * guess) if guess > 0 else None
    return found.sqrt() if found is not None and found > 0 else None


def pressed(hessian: BallMatrix, network: Network, roots: FloatArray) -> BallMatrix:
    """∇²f_θ + Σ_a τ_a² C_aᵀC_a, C_a = x̃_i ⊗ e_l, symmetric bit for bit.

    Parameters
    ----------
    hessian
        Over all parameters.
    network
        The problem.
    roots
        τ, (n, units), exact, 0 where nothing is added.
    """
    mid, rad = hessian.mid.copy(), np.broadcast_to(hessian.rad, hessian.shape).copy()
    samples = extended_inputs(network)
    for unit, at in enumerate(_hidden_places(network)):
        chosen = np.flatnonzero(roots[:, unit])
        if not chosen.size:
            continue
        block, place = BallMatrix.from_exact(samples[chosen]).scale_rows(roots[chosen, unit]).T.gram(), np.ix_(at, at)
        with np.errstate(all="ignore"):
            mid[place] += block.mid
            rounded = exact(UNIT_ROUNDOFF) * exact(float(np.max(np.abs(mid[place]))))
            rad[place] = np.nextafter(rad[place] + upper(exact(block.radius) + rounded), np.inf)
    return BallMatrix(mid, rad)


def _hidden_places(network: Network) -> list[np.ndarray]:
    """Where the weights and the bias of every hidden unit stand among the parameters."""
    slices, layer = tensor_slices(network), network.layers[0]
    weight = slices["layers.0.weight"]
    places = np.arange(weight.start, weight.stop).reshape(layer.weight.shape)
    if layer.bias is not None:
        bias = slices["layers.0.bias"]
        places = np.hstack([places, np.arange(bias.start, bias.stop)[:, None]])
    return list(places)
