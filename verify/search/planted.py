"""Guesses at the constants of a planted quadratic network near its teacher, and the radius they give."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from flint import arb
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar

from certificates import Network
from certificates.arithmetic.arb import exact, precision, upper
from certificates.enclosures.quadratic.network import NotQuadratic
from certificates.enclosures.quadratic.planted import PlantedQuadratic, planted_quadratic, vertical_directions
from certificates.language.local_constants import LocalConstants
from certificates.theorems.teacher_basin import Regularity, step_factor
from verify.descent.planted import Moments
from verify.search.quadratic import not_quadratic

__all__ = ["Near", "default_step", "flattest_direction", "fourth_moment", "largest_radius", "near", "not_planted"]

Array = NDArray[np.float64]

_SLACK = 2.0**-21  # relative, above what other machines and the error bounds of the judge change
_LEAST_SHARE = 2.0**-10  # of the asymptotic decrease, wanted at the largest radius
_BISECTIONS = 60


@dataclass(frozen=True)
class Near:
    """What the search knows about the loss near the teacher.

    Parameters
    ----------
    constants
        For the evidence.
    bounds
        The same as the theorem takes them, not proved.
    """

    constants: LocalConstants
    bounds: Regularity


def not_planted(problem: Network) -> str | None:
    """Why the rules about planted quadratic networks do not accept the problem; ``None`` if they do."""
    unfit = not_quadratic(problem)
    if unfit is not None:
        return unfit
    try:
        planted_quadratic(problem)
    except NotQuadratic as reason:
        return f"no planted network: {reason}"
    return None


def near(problem: PlantedQuadratic, moments: Moments) -> Near:
    """Guess λ, Λ, τ, θ and c₄ from float64 eigenvalues."""
    form = _gauss_newton(problem)
    largest = float(np.linalg.eigvalsh(form)[-1])
    weight, smallest = _across_rotations(problem, form, largest)
    theta, fourth = fourth_moment(moments)
    allowance = _SLACK * largest
    constants = LocalConstants(
        curvature_shift_lower=_short(smallest - min(allowance, _SLACK * 64 * abs(smallest)), down=True),
        curvature_shift_upper=_short(largest + allowance),
        vertical_weight=weight,
        fourth_moment_shift=_short(fourth * (1 + _SLACK)),
        theta=theta,
    )
    guesses = (constants.curvature_shift_lower, constants.curvature_shift_upper, constants.fourth_moment_shift)
    return Near(constants, Regularity(*(exact(guess) for guess in guesses)))


def _short(value: float, *, down: bool = False) -> float:
    """The value to 24 bits, rounded away from what it bounds."""
    if value == 0 or not math.isfinite(value):
        return value
    mantissa, exponent = math.frexp(value)
    scaled = mantissa * 2.0**24
    return math.ldexp(math.floor(scaled) if down else math.ceil(scaled), exponent - 24)


def _gauss_newton(problem: PlantedQuadratic) -> Array:
    inputs, planted = problem.network.inputs, problem.planted
    hidden = inputs @ planted.T
    rows = (hidden[:, :, None] * inputs[:, None, :]).reshape(len(inputs), planted.size)
    form: Array = rows.T @ rows / len(inputs)
    return form


def _across_rotations(problem: PlantedQuadratic, form: Array, largest: float) -> tuple[float, float]:
    """(τ, λ): the rotations are lifted above Λ, so that they do not hide the least curvature."""
    vertical = vertical_directions(problem.planted)
    if not vertical.shape[1]:
        return 0.0, float(np.linalg.eigvalsh(form)[0])
    gram = float(np.linalg.eigvalsh(vertical.T @ vertical)[0])
    weight = 4.0 * len(problem.planted)
    if gram > 2.0**-30 * largest > 0:
        weight = 2.0 ** math.ceil(math.log2(largest / gram))
    return weight, float(np.linalg.eigvalsh(form + weight * (vertical @ vertical.T))[0])


def fourth_moment(moments: Moments) -> tuple[Fraction, float]:
    """(θ, c₄): λ_max(T − θE) is convex in θ."""
    first, second = np.tril_indices(moments.dimension)
    scale = np.where(first == second, 1.0, math.sqrt(2))
    table = moments.table * np.outer(scale, scale)
    diagonal = (first == second).astype(np.float64)
    exchange = np.outer(diagonal, diagonal) - np.eye(len(first))

    def largest(theta: float) -> float:
        return float(np.linalg.eigvalsh(table - theta * exchange)[-1])

    top = largest(0.0)
    found = minimize_scalar(largest, bounds=(0.0, top), method="bounded", options={"xatol": 1e-4 * top, "maxiter": 30})
    theta = Fraction(_short(float(found.x)))
    return theta, largest(float(theta))


def default_step(problem: PlantedQuadratic, found: Near) -> Fraction:
    """η with μ near 1/(8Λ), a power of two over 4ms: the radius is then nearly that of vanishing steps."""
    curvature = upper(found.bounds.upper)
    return Fraction(2) ** math.floor(math.log2(1 / (8 * curvature))) / problem.step_factor


def largest_radius(found: Near, step: arb) -> float:
    """The largest ϱ at which ρ(ϱ) still leaves a small share of the asymptotic decrease; 0 if there is none."""
    with precision(128):
        allowed = 1 - (1 - step_factor(found.bounds, step, exact(0))) * _LEAST_SHARE
        low, high = 0.0, 2 * upper((found.bounds.lower / found.bounds.fourth).sqrt())
        for _ in range(_BISECTIONS):
            middle = (low + high) / 2
            inside = step_factor(found.bounds, step, exact(middle)) < allowed and allowed < 1
            low, high = (middle, high) if inside else (low, middle)
    return low


def flattest_direction(planted: PlantedQuadratic) -> Array:
    """The direction of least curvature across rotations."""
    inputs, teacher = planted.network.inputs, planted.planted
    hidden = inputs @ teacher.T
    rows = (hidden[:, :, None] * inputs[:, None, :]).reshape(len(inputs), teacher.size)
    form, vertical = rows.T @ rows / len(inputs), vertical_directions(teacher)
    weight = 1e3 * float(np.trace(form)) / max(float(np.linalg.norm(teacher)) ** 2, 1e-300)
    direction: Array = np.linalg.eigh(form + weight * vertical @ vertical.T)[1][:, 0].reshape(teacher.shape)
    return direction
