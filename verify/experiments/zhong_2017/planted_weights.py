"""Random planted weights of `zhong-hessian`: exact rows with singular values that are drawn."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from certificates.expression import parse_activation
from certificates.subjects import PopulationProblem, Units

__all__ = ["Planted", "Settings", "draw_planted"]

_UNIT = 2**20  # entries are multiples of its inverse


@dataclass(frozen=True)
class Settings:
    """Sizes of the experiment; the slides print none.

    Parameters
    ----------
    activations
        Catalogue names; each has P2.
    sizes
        (k, d) with k ≤ d.
    draws
        Weights of each size.
    singular_values
        Between these, uniform in the logarithm.
    seed
        Of the weights, which are the same for every activation.
    """

    activations: tuple[str, ...] = ("relu", "leaky_relu(1/100)", "squared_relu", "erf0", "tanh", "sigmoid", "softplus")
    sizes: tuple[tuple[int, int], ...] = ((2, 2), (2, 4), (3, 3), (3, 5), (4, 4))
    draws: int = 4
    singular_values: tuple[float, float] = (0.5, 2.0)
    seed: int = 0


@dataclass(frozen=True)
class Planted:
    """W* and v.

    Parameters
    ----------
    name
        ``k3-d5-2``, or ``orthonormal``.
    units
        Exact.
    """

    name: str
    units: Units

    @property
    def is_orthonormal(self) -> bool:
        """Whether it is the one at which the bound is attained."""
        return self.name == "orthonormal"

    def problem(self, activation: str) -> PopulationProblem:
        """The teacher with this activation."""
        return PopulationProblem(parse_activation(activation), self.units)


def draw_planted(settings: Settings) -> tuple[Planted, ...]:
    """The weights I_3, and random ones of every size; outer weights are ±1."""
    rng = np.random.default_rng(settings.seed)
    found = [Planted("orthonormal", _exact(np.eye(3), np.ones(3)))]
    low, high = np.log(settings.singular_values).tolist()
    for k, d in settings.sizes:
        for index in range(settings.draws):
            left, right = _orthogonal(rng, k), _orthogonal(rng, d)[:k]
            values = np.exp(rng.uniform(low, high, size=k))
            outer = rng.choice([-1.0, 1.0], size=k)
            found.append(Planted(f"k{k}-d{d}-{index + 1}", _exact((left * values) @ right, outer)))
    return tuple(found)


def _orthogonal(rng: np.random.Generator, size: int) -> NDArray[np.float64]:
    factor: NDArray[np.float64] = np.linalg.qr(rng.normal(size=(size, size)))[0]
    return factor


def _exact(rows: NDArray[np.float64], outer: NDArray[np.float64]) -> Units:
    weights = tuple(tuple(Fraction(round(float(entry) * _UNIT), _UNIT) for entry in row) for row in rows)
    return Units(weights, tuple(map(Fraction, outer.tolist())))
