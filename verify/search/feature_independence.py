"""How independent the last hidden features are, and how far a ball of weights moves them: enclosed (theory 1.3.1)."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from flint import arb

from certificates.arithmetic.arb import exact, lower, precision, upper
from certificates.arithmetic.ball_matrix import BallMatrix
from certificates.enclosures.networks.layers import activate, affine, augmented
from certificates.enclosures.networks.linearisation import LayerFacts
from certificates.enclosures.networks.on_ball import on_ball
from certificates.errors import EnclosureFailure
from certificates.subjects import Network

__all__ = ["Independence", "feature_independence"]


@dataclass(frozen=True)
class Independence:
    """What is proved of the last hidden features H, with a column of ones where the last layer has a bias.

    Parameters
    ----------
    smallest_singular
        A lower bound of σ_min([H, 1]) at the given weights; 0 if none was found.
    movement
        An upper bound of ‖H(w) − H‖ for all weights w of the ball.
    """

    smallest_singular: float
    movement: float

    @property
    def holds(self) -> bool:
        """Whether [H, 1] has independent columns at every point of the ball (Weyl)."""
        return self.smallest_singular > self.movement


def feature_independence(network: Network, radius: float) -> Independence:
    """Enclose σ_min([H, 1]), and how far H moves while the trained parameters stay within ``radius`` of the given ones.

    Guarantee
    ---------
    Both bounds hold for the exact network. Of P, about a left inverse, nothing is trusted:
    ‖P[H, 1]x‖ ≥ (1 − ‖P[H, 1] − I‖)‖x‖, so σ_min([H, 1]) ≥ (1 − ‖P[H, 1] − I‖)/‖P‖.

    May fail when
    -------------
    Numbers overflow or no finite slope is found: the bounds are then 0 and ∞, which prove nothing.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from certificates import Dense
    >>> from certificates.expression import parse_activation
    >>> from certificates.subjects import Objective, Squared
    >>> layers = (Dense(np.eye(2), None), Dense(np.ones((1, 2)), None))
    >>> x, y = np.array([[3.0, 0.0], [0.0, 4.0], [0.0, 0.0]]), np.zeros((3, 1))
    >>> net = Network(layers, (parse_activation("identity"),), x, y, Objective(Squared(Fraction(1))))
    >>> found = feature_independence(net, 0.5)
    >>> round(found.smallest_singular, 6), round(found.movement, 6), found.holds
    (3.0, 2.0, True)
    """
    with precision(128):
        try:
            features, facts = _forward(network)
            return Independence(_smallest_singular(features), upper(_movement(network, facts, exact(radius))))
        except EnclosureFailure:
            return Independence(0.0, np.inf)


def _forward(network: Network) -> tuple[BallMatrix, tuple[LayerFacts, ...]]:
    """[H, 1] of the last layer, and what bounds how far the layers before it move."""
    value, facts = BallMatrix.from_exact(network.inputs), list[LayerFacts]()
    for layer, activation in zip(network.layers[:-1], network.activations, strict=True):
        inputs, pre = augmented(layer, value), affine(layer, value)
        found = LayerFacts(
            trained=layer.trained,
            input_norm=inputs.operator_norm(),
            input_row=inputs.largest_row_norm(),
            range=pre.range(),
        )
        weight = BallMatrix.from_exact(layer.weight)
        facts.append(replace(found, weight_norm=weight.operator_norm()) if facts else found)
        value, _ = activate(activation, pre)
    last = network.layers[-1]
    return augmented(last, value), (*facts, LayerFacts(trained=last.trained))


def _smallest_singular(features: BallMatrix) -> float:
    """By a left inverse, not by the Gram matrix, which squares the condition number."""
    try:
        guess = np.linalg.pinv(features.mid)
    except np.linalg.LinAlgError:
        return 0.0
    if not np.isfinite(guess).all() or not guess.any():
        return 0.0
    inverse = BallMatrix.from_exact(np.ascontiguousarray(guess))
    missed = inverse.times(features).add(BallMatrix.from_exact(-np.eye(len(guess)))).operator_norm()
    return max(0.0, lower((1 - missed) / inverse.operator_norm()))


def _movement(network: Network, facts: tuple[LayerFacts, ...], radius: arb) -> arb:
    """‖H(w) − H‖_F on the ball, by the norms of theory 1.4: ΔZ = ΔW H̃ + W ΔH layer by layer."""
    ball = on_ball(facts, network.activations, radius)
    moved = exact(0)
    for index, layer in enumerate(facts[:-1]):
        before = layer.weight_norm * moved if index else exact(0)
        moved = ball.slope[index] * (ball.moves[index] * ball.input_norm[index] + before)
    return moved
