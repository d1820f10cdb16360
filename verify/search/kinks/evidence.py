"""The ball, the shift and the penalty with which the judge is asked about a minimum on kinks."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from certificates.arithmetic.arb import precision, upper
from certificates.arithmetic.ball_matrix import BallMatrix
from certificates.claims.kink_minimum import Evidence
from certificates.enclosures.objectives.flat import flat_directions, raised
from certificates.enclosures.objectives.kink_forces import least_rates, movements
from certificates.enclosures.objectives.kinks import Sides, held_point
from certificates.enclosures.objectives.point import Point
from certificates.enclosures.objectives.turning import turning
from certificates.subjects import Network
from verify.search.kinks.bilinear import Array
from verify.search.kinks.face import Face, Held, Look

__all__ = ["Basis", "basis_of", "evidence_of"]

_SMALL = 2.0**-40  # a radius at which h(R)/R is its slope
_BELOW = 1.0 - 2.0**-10
_SHARE = 1.8  # of a force over a reach: a little less than the judge takes
_PENALTY = 2.0**13  # in units of the Hessian's norm
_HALVINGS = 40


@dataclass(frozen=True)
class Basis:
    """What is known at a face's weights in binary64.

    Parameters
    ----------
    network
        The problem with these weights.
    sides
        The slopes of its units.
    face, look
        The kinks, and what is seen from there.
    point
        f_θ in balls.
    hessian
        ∇²f_θ, with the flat directions raised.
    lowest, norm
        Its least eigenvalue on ker C, and its norm.
    """

    network: Network
    sides: Sides
    face: Face
    look: Look
    point: Point
    hessian: Array
    lowest: float
    norm: float

    @property
    def pairs(self) -> tuple[tuple[int, int], ...]:
        """The kinks in order, without samples whose inputs are all 0."""
        pairs = zip(*np.nonzero(_real(self.face)), strict=True)
        return tuple((int(sample), int(unit)) for sample, unit in pairs)


def basis_of(face: Face, sides: Sides) -> Basis:
    """Look at a face that has settled."""
    look, network = face.look(), face.net.with_weights(face.weights)
    point = held_point(network, sides, _real(face), face.shares)
    matrix = face.net.hessian(face.weights, face.slopes())
    norm = float(np.abs(np.linalg.eigvalsh(matrix)).max())
    lifted = raised(BallMatrix(matrix), network, flat_directions(network), norm).mid
    tangent = look.basis.T @ lifted @ look.basis
    return Basis(network, sides, face, look, point, lifted, float(np.linalg.eigvalsh(tangent)[0]), norm)


def _real(face: Face) -> Held:
    """The pairs that are held and whose inputs are not all 0."""
    used = np.asarray(face.net.samples != 0).any(axis=1, keepdims=True)
    return np.asarray(face.held & used)


def evidence_of(basis: Basis, radius: Fraction | None = None) -> Evidence:
    """A radius at which about half of the curvature is left, if none is given; and what goes with it."""
    penalty = _PENALTY * basis.norm
    with precision(64):
        size = _radius(basis) if radius is None else float(radius)
        shift = _lowest(basis, size, penalty) * _BELOW
    shares = tuple(float(basis.face.shares[pair]) for pair in basis.pairs)
    return Evidence(size, shares, shift, penalty)


def _radius(basis: Basis) -> float:
    """Within the sides of all other pairs, and where every kink keeps half of its force."""
    point, face, sides = basis.point, basis.face, basis.sides
    slope = upper(turning(point, _SMALL, [sides.frozen]).h) / _SMALL
    size = max(basis.lowest, 0.0) / (2 * slope) if slope > 0 else 1.0
    size = min(max(size, _SMALL), 1.0)
    moves = movements(point, 1.0)[:, None]
    others = ~face.held & (moves > 0)
    nearest = np.abs(point.pre[0].mid) / np.where(moves > 0, moves, 1.0)
    size = min(size, 0.9 * float(np.min(nearest, where=others, initial=np.inf)))
    for _ in range(_HALVINGS):
        if (_rates(basis, size) >= basis.look.rates / 2)[face.held].all():
            break
        size /= 2
    return _rounded(size)


def _rates(basis: Basis, size: float) -> Array:
    """κ on the ball; without the Jacobians that the judge looks at."""
    reach = turning(basis.point, size, [basis.sides.frozen], by_jacobians=False)
    found: Array = least_rates(basis.point, basis.sides, reach, size)
    return found


def _rounded(size: float) -> float:
    """A short number a little below."""
    mantissa, exponent = np.frexp(size)
    return float(np.ldexp(np.floor(mantissa * 2**12) / 2**12, int(exponent)))


def _lowest(basis: Basis, size: float, penalty: float) -> float:
    """The least eigenvalue of what the judge tests."""
    face, point = basis.face, basis.point
    rates = _rates(basis, size)
    moves = movements(point, size)
    pressed = basis.hessian.copy()
    for sample, unit in basis.pairs:
        share = face.shares[sample, unit]
        force = max(0.0, float(rates[sample, unit])) * min(share, 1 - share)
        weight = min(penalty, max(0.0, _SHARE * force / moves[sample]))
        row, at = face.net.samples[sample], face.net.inner[unit]
        pressed[np.ix_(at, at)] += weight * np.outer(row, row)
    return float(np.linalg.eigvalsh(pressed)[0])
