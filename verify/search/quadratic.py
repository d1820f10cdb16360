"""What the proposals about quadratic networks share: the judge's view of the problem."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from certificates import Network
from certificates.arithmetic.arb import precision
from certificates.arithmetic.ball_matrix import BallMatrix
from certificates.checks.outcome import Refusal
from certificates.checks.quadratic import require_quadratic
from certificates.enclosures.quadratic.network import Point, QuadraticNetwork, evaluate
from certificates.errors import EnclosureFailure
from certificates.expression import parse_activation
from verify.problems.polynomial_activations import polynomial

__all__ = ["Array", "Seen", "look", "lowered", "not_quadratic", "overlooked", "read", "smallest_eigenpair", "symmetric"]

Array = NDArray[np.float64]

_ROUNDING = 2.0**-53


@dataclass(frozen=True)
class Seen:
    """The network as the judge reads it, with outer weights that are not all negative, and the midpoints at W."""

    network: QuadraticNetwork
    point: Point[BallMatrix]

    @property
    def residual(self) -> Array:
        """R, (n,)."""
        return self.point.residual.mid[:, 0]

    @property
    def outputs(self) -> Array:
        """Q, (n,)."""
        return self.point.outputs.mid[:, 0]

    @property
    def labels(self) -> Array:
        """Y = q − r, (n,)."""
        given = self.network.labels
        return self.outputs - self.residual if given is None else given

    @property
    def force(self) -> Array:
        """G, (d, d)."""
        return symmetric(self.point.force.mid)


def read(problem: Network) -> QuadraticNetwork | None:
    """The network of a problem that the rules of this chapter accept, or ``None``."""
    try:
        network = require_quadratic(1, problem)
    except Refusal:
        return None
    return network if network.positive else network.negated()


def overlooked(problem: Network) -> str | None:
    """Why a network with the activation c·z² is none that the rules of this chapter accept, though it could be."""
    squares = [polynomial(activation.expression) for activation in problem.activations]
    factor = squares[0].get(2) if len(squares) == 1 and squares[0] and {*squares[0]} == {2} else None
    named = replace(problem, activations=(parse_activation("quadratic"),) * len(problem.activations))
    if factor is None or problem.activations == named.activations or read(named) is None:
        return None
    scaled = "" if factor == 1 else f" and the outer weights multiplied by {factor}"
    return (
        f"the activation {problem.activations[0].text[:60]} is not read as the square: with the activation z^2{scaled} "
        "this is a quadratic network, the same function of the trained weights, about which more can be proved"
    )


def not_quadratic(problem: Network) -> str | None:
    """Why the rules of this chapter do not accept the problem; ``None`` if they do."""
    try:
        require_quadratic(1, problem)
    except Refusal as refusal:
        return refusal.reason
    return None


def look(problem: Network) -> Seen | None:
    """The network with its enclosures; ``None`` when the rules do not accept it, or when numbers overflow."""
    network = read(problem)
    if network is None:
        return None
    with precision(128):
        try:
            return Seen(network, evaluate(network, BallMatrix))
        except EnclosureFailure:
            return None


def symmetric(matrix: Array) -> Array:
    """The symmetric part."""
    return (matrix + matrix.T) / 2


def smallest_eigenpair(matrix: Array) -> tuple[float, Array]:
    """λ_min and its unit eigenvector."""
    values, vectors = np.linalg.eigh(symmetric(matrix))
    return float(values[0]), vectors[:, 0]


def lowered(matrix: BallMatrix) -> float:
    """A guess slightly below λ_min: room for the judge's factorisation of what remains, in either arithmetic.

    Residuals of factorisations grow like √n at most; 16√n u is some thirty times what is seen at n = 1,000.
    """
    values = np.linalg.eigvalsh(symmetric(matrix.mid))
    size, count = max(abs(float(values[0])), abs(float(values[-1])), 2.0**-1000), len(values)
    return float(values[0]) - 16 * math.sqrt(count) * _ROUNDING * size - count * matrix.radius
