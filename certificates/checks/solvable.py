"""What rules ask of a network whose equations F(w) = y they show to be solvable near the given weights."""

from __future__ import annotations

from typing import Any

from flint import arb

from certificates.arithmetic.arb import lower
from certificates.checks.objective import require_squared
from certificates.checks.outcome import Context, Refusal
from certificates.enclosures.intervals.smoothness import is_certainly_c2, smoothness
from certificates.enclosures.networks.curvature import CURVATURE_FORMS
from certificates.enclosures.networks.linearisation import Linearisation
from certificates.subjects import Network

__all__ = [
    "positive_kernel",
    "require_curvature_form",
    "require_different_inputs",
    "require_enough_parameters",
    "require_given_labels",
    "require_lipschitz_slopes",
]


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


def _more_rank(problem: Network) -> list[str]:
    """What may give the tangent kernel more rank here; width gives a linear network none."""
    linear = all(activation.name == "identity" for activation in problem.activations)
    ways = ["an activation that is not affine" if linear else "a wider network"]
    return ways if all(layer.trained for layer in problem.layers) else [*ways, "train more layers"]
