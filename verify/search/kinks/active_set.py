"""Newton's method on kinks with an active set: kinks that the line meets are held, loose ones released (theory 6.7)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, TypeAlias

import numpy as np

from verify.search.kinks.bilinear import Array
from verify.search.kinks.descent import descend
from verify.search.kinks.face import Face, Look

__all__ = ["End", "settle"]

End: TypeAlias = Literal["minimum", "saddle", "loose", "stuck", "steps"]

_STEPS = 200
_SETTLED = 1e-8  # ‖Π∇f‖ in units of the largest |κ|, at which multipliers are looked at
_FLAT = 1e-11  # of the largest eigenvalue
_REFINEMENTS = 12


def settle(face: Face, told: Callable[[int, float], None] = lambda *_: None) -> End:
    """Move a face to a minimum on kinks.

    Returns
    -------
    End
        A ``minimum`` along its kinks that holds them all; a ``saddle`` whose way down is not found; ``loose`` kinks are
        left; ``stuck`` where no step descends; so many ``steps`` were taken.
    """
    for step in range(_STEPS):
        look = face.look()
        told(step, look.size)
        settled = look.size <= _SETTLED * max(1e-6, float(np.abs(look.rates[face.held]).max(initial=0.0)))
        if settled:
            loose = look.loose(face.held)
            if loose.any():
                _release(face, look)
                if not descend(face, face.look().newton(), 1.0):
                    return "loose"
                continue
            if look.values[0] >= -_FLAT * float(np.abs(look.values).max()):
                refine(face)
                return "loose" if face.look().loose(face.held).any() else "minimum"
            if not _leave(face, look):
                return "saddle"
            continue
        _adopt(face, look)
        if not descend(face, look.newton(), 1.0):
            return "stuck"
    return "steps"


def _adopt(face: Face, look: Look) -> None:
    """Take the shares that the multipliers ask for, as far as they are some."""
    face.shares = np.where(face.held, np.clip(look.shares, 0.0, 1.0), 0.0)


def _release(face: Face, look: Look) -> None:
    """The kink that gains most."""
    beyond = np.maximum(-look.shares, look.shares - 1)
    gains = np.where(look.rates <= 0, 1.0 + np.abs(beyond), beyond) * np.abs(look.rates)
    pair = np.unravel_index(int(np.argmax(np.where(look.loose(face.held), gains, -1.0))), gains.shape)
    upwards = bool((look.shares[pair] > 0.5) != (look.rates[pair] < 0))
    _adopt(face, look)
    face.release(int(pair[0]), int(pair[1]), upwards=upwards)


def _leave(face: Face, look: Look) -> bool:
    """Along the lowest eigenvector, down."""
    direction: Array = look.basis @ look.vectors[:, 0]
    if direction @ look.gradient > 0:
        direction = -direction
    return descend(face, direction, float(np.linalg.norm(face.weights)))


def refine(face: Face) -> None:
    """Whole Newton steps while they come nearer: values do not see them any more."""
    best, kept = np.inf, face.weights
    for _ in range(_REFINEMENTS):
        look = face.look()
        _adopt(face, look)
        if look.size >= best / 2:
            if look.size >= best:
                face.weights = kept
            break
        best, kept = look.size, face.weights
        moved = face.weights + look.newton()
        u = face.net.inputs_of_units(moved)
        if ((u > 0) != face.above)[~face.held].any():
            break
        face.weights = moved
        face.project()
    _adopt(face, face.look())
