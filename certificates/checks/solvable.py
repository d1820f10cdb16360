"""What rules ask of a network whose equations F(w) = y they show to be solvable near the given weights."""

from __future__ import annotations

from fractions import Fraction
from math import inf, isfinite
from typing import Any

import numpy as np
from flint import arb

from certificates.arithmetic.arb import lower
from certificates.checks.objective import require_squared
from certificates.checks.outcome import Context, Refusal
from certificates.enclosures.intervals.smoothness import is_certainly_c2, smoothness
from certificates.enclosures.networks.curvature import CURVATURE_FORMS
from certificates.enclosures.networks.linearisation import Linearisation
from certificates.subjects import Network

__all__ = [
    "bounded_kernel",
    "newton_step",
    "positive_kernel",
    "require_curvature_form",
    "require_different_inputs",
    "require_enough_parameters",
    "require_finite_numbers",
    "require_given_labels",
    "require_lipschitz_slopes",
]


Parts = tuple[tuple[float, ...], ...]


def require_given_labels(check: int, problem: Network) -> None:
    """Refuse objectives that are no sum of squares, and planted labels."""
    require_squared(check, problem)
    if problem.teacher is not None:
        raise Refusal.undecided(
            check,
            "the labels are planted by a teacher, and this rule encloses residuals of given ones",
            advice="store labels as targets, or ask for a kind about planted networks",
        )


def require_enough_parameters(check: int, problem: Network) -> None:
    """Refuse N > p: the tangent kernel is singular."""
    equations, parameters = problem.residual_count, problem.trained_parameter_count
    if equations > parameters:
        raise Refusal.rejected(
            check,
            "more equations than trained parameters: the tangent kernel is singular",
            required=f"N ≤ p = {parameters}",
            seen=f"N = {equations}",
            advice=", or ".join(["fewer samples", *_more_rank(problem)]),
        )


def require_curvature_form(check: int, problem: Network, name: str) -> None:
    """Refuse a bound of β that is none, or not for that many layers."""
    form = CURVATURE_FORMS.get(name)
    if form is None or not form.fits(len(problem.layers)):
        raise Refusal.rejected(
            check,
            f"the curvature bound {name!r} does not fit a network of {len(problem.layers)} layers",
            required="one-hidden-layer, per-unit for two layers; adjoint-per-unit, sample-centre for more; "
            "recursion, adjoint for any",
        )


def require_different_inputs(check: int, problem: Network) -> None:
    """Refuse two rows of the inputs that are equal as real vectors (−0 = 0)."""
    seen: dict[bytes, int] = {}
    for index, row in enumerate(problem.inputs + 0.0):
        other = seen.setdefault(row.tobytes(), index)
        if other != index:
            raise Refusal.rejected(
                check,
                f"samples {other} and {index} have identical inputs: the tangent kernel is singular",
                required="distinct inputs",
                seen=f"inputs[{other}] = inputs[{index}]",
                advice="remove one of the two samples, or all such "
                "(`verify problem select PROBLEM --different -o OUT`)",
            )


def require_lipschitz_slopes(check: int, problem: Network, form: str) -> None:
    """Refuse activations that are not C^{1,1}, or whose φ'' is not continuous where the form of β needs it to be."""
    for index, activation in enumerate(problem.activations):
        found = smoothness(activation)
        if not found.is_certainly_c11:
            outcome = Refusal.rejected if found.is_certainly_not_c11 else Refusal.undecided
            raise outcome(
                check,
                f"activation of hidden layer {index}: {found.reason}; theory 1.2 needs a Lipschitz gradient",
                required="φ continuous with Lipschitz φ'",
                seen=activation.text,
                advice="a smooth activation; ReLU nets need another theorem",
            )
        if CURVATURE_FORMS[form].needs_c2 and not is_certainly_c2(activation):
            raise Refusal.undecided(
                check,
                f"activation of hidden layer {index}: φ'' is not proven continuous, which {form} needs",
                required="φ'' continuous at every breakpoint",
                seen=activation.text,
                advice="evidence with another bound of β: recursion or adjoint",
            )


def positive_kernel(check: int, point: Linearisation[Any], shift: float, problem: Network, context: Context) -> arb:
    """A positive lower bound of λ_min(K) at the weights.

    Parameters
    ----------
    check
        The number of this check in its rule.
    shift
        s: K − sI is tested; not trusted.
    """
    smallest = point.kernel.smallest_eigenvalue(shift)
    if smallest is None or not smallest > 0:
        raise Refusal.undecided(
            check,
            "the tangent kernel is not proven positive definite",
            required="λ_min(K) > 0",
            seen=f"no factorisation of K − {shift:.6g} I" if smallest is None else f"λ_min(K) ≥ {lower(smallest):.6g}",
            advice=", or ".join(["remove nearly coincident samples", *_more_rank(problem)]),
            options="--arithmetic arb" if context.arithmetic == "fast" else "",
        )
    found: arb = smallest
    return found


def bounded_kernel(check: int, point: Linearisation[Any], shift: float) -> arb:
    """An upper bound of λ_max(K) at the weights: tI − K is tested, t = ``shift``."""
    largest = point.kernel.largest_eigenvalue(shift)
    if largest is None:
        raise Refusal.undecided(
            check,
            "the upper spectral shift is not proven",
            required=f"λ_max(K) ≤ {shift:.6g}",
            seen="no factorisation",
            advice="a larger kernel_shift_upper",
        )
    found: arb = largest
    return found


def require_finite_numbers(
    check: int, problem: Network, multipliers: Parts, positive: dict[str, float], others: tuple[float, ...]
) -> None:
    """Refuse numbers that are not finite, not positive where they have to be, or not one for each equation."""
    count = sum(len(part) for part in multipliers)
    numbers = [*others, *(number for part in multipliers for number in part)]
    sound = all(0 < value < inf for value in positive.values()) and all(map(isfinite, numbers))
    if not (sound and count == problem.residual_count):
        raise Refusal.rejected(
            check,
            "the evidence is out of range",
            required=f"{', '.join(positive)} positive and finite, finite shifts, {problem.residual_count} multipliers",
            seen=", ".join(f"{name} = {value:g}" for name, value in positive.items()) + f", {count} numbers",
        )


def newton_step(point: Linearisation[Any], multipliers: Parts, singular_value: arb) -> arb:
    """An upper bound of ‖J⁺e‖, √(cᵀKc) + ‖e − Kc‖/σ_0, whatever c is.

    Parameters
    ----------
    multipliers
        c, about K⁻¹e, ordered (output, sample), in parts.
    singular_value
        σ_0 ≤ σ_min(J), positive.
    """
    matrix = type(point.kernel)
    numbers = [number for part in multipliers for number in part]
    c = matrix.from_exact(np.array(numbers, dtype=np.float64)[:, None])
    columns = point.residual.T  # one row for each output
    e = matrix.stack([columns.take_row(k).T for k in range(columns.shape[0])])
    reached = point.kernel.times(c)
    missed = e.add(reached.scale(Fraction(-1))).frobenius_norm()
    bound: arb = c.dot(reached).nonnegative_part().sqrt() + missed / singular_value
    return bound


def _more_rank(problem: Network) -> list[str]:
    """What may give the tangent kernel more rank here; width gives a linear network none."""
    linear = all(activation.name == "identity" for activation in problem.activations)
    ways = ["an activation that is not affine" if linear else "a wider network"]
    return ways if all(layer.trained for layer in problem.layers) else [*ways, "train more layers"]
