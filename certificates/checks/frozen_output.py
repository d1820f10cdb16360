"""The constants of theory 4.2 for one hidden layer under a frozen output, from shifts that nobody trusts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from flint import arb

from certificates.arithmetic.arb import exact, root_above
from certificates.checks.acceptance import fact_above, fact_below
from certificates.checks.outcome import Refusal
from certificates.checks.workload import Workload
from certificates.enclosures.objectives.frozen_output import (
    FrozenOutput,
    NotFrozenOutput,
    activation_on_ball,
    beta,
    chi,
    frozen_output,
    gamma,
    residual_norm,
    tangent_gram,
    xi,
)
from certificates.enclosures.objectives.one_hidden_layer import MOMENT_STEPS, MOST_SAMPLES
from certificates.enclosures.quadratic.fourth_moments import BLOCK_SAMPLES
from certificates.language.frozen_output import FrozenShifts
from certificates.subjects import Network
from certificates.theorems.hessian_balls import Slopes
from certificates.verdict import Fact

__all__ = ["FrozenConstants", "frozen_constants", "frozen_workload", "slopes_on_ball"]


@dataclass(frozen=True)
class FrozenConstants:
    """What does not depend on the ball, in the units of L.

    Parameters
    ----------
    problem
        The network.
    smallest, largest
        s_0 and S_0.
    fourth, inputs, residual
        χ, ξ and e_0.
    """

    problem: FrozenOutput
    smallest: arb
    largest: arb
    fourth: arb
    inputs: arb
    residual: arb

    @property
    def facts(self) -> tuple[Fact, ...]:
        """The constants, for those who read the verdict."""
        return (
            fact_below("s₀", "least singular value of J/√n at the weights", self.smallest),
            fact_above("S₀", "largest singular value of J/√n at the weights", self.largest),
            fact_above("χ", "fourth moment of the inputs, summed over samples", self.fourth),
            fact_above("ξ", "‖X‖/√n", self.inputs),
            fact_above("e₀", "root mean square residual", self.residual),
        )


def frozen_constants(check: int, network: Network, shifts: FrozenShifts) -> FrozenConstants:
    """Prove s_0, S_0, χ, ξ and e_0.

    Raises
    ------
    Refusal
        The network is none of this section, a shift is not finite or too strong; undecided or rejected, with the number
        of the check.
    """
    try:
        problem = frozen_output(network)
    except NotFrozenOutput as reason:
        raise Refusal.undecided(
            check, f"the bounds are those of one hidden layer under a frozen output: {reason}"
        ) from reason
    _require_finite(check, shifts)
    gram = tangent_gram(network)
    smallest = gram.smallest_eigenvalue(shifts.gram_lower)
    largest = gram.largest_eigenvalue(shifts.gram_upper)
    fourth, inputs = chi(problem, shifts.theta, shifts.fourth_moment), xi(problem, shifts.covariance_upper)
    if smallest is None or largest is None or fourth is None or inputs is None:
        raise Refusal.undecided(
            check,
            "a spectral shift is not proven",
            required="λ_min(JᵀJ/n) ≥ gram_lower, λ_max(JᵀJ/n) ≤ gram_upper, ξ² ≤ covariance_upper, χ/n ≤ fourth_moment",
            seen=f"no factorisation for {_failed(smallest, largest, inputs, fourth)}",
            advice="weaker shifts",
        )
    least = smallest.sqrt() if smallest > 0 else exact(0)
    return FrozenConstants(problem, least, root_above(largest), fourth, inputs, residual_norm(problem)[0])


def _failed(*bounds: arb | None) -> str:
    names = "gram_lower", "gram_upper", "covariance_upper", "fourth_moment"
    return ", ".join(name for name, bound in zip(names, bounds, strict=True) if bound is None)


def _require_finite(check: int, shifts: FrozenShifts) -> None:
    numbers = shifts.gram_lower, shifts.gram_upper, shifts.covariance_upper, shifts.fourth_moment or 0.0
    if not np.isfinite(numbers).all():
        raise Refusal.rejected(check, "the shifts are out of range", required="finite numbers", seen=f"{numbers}")


def slopes_on_ball(constants: FrozenConstants, radius: float) -> tuple[Slopes, tuple[Fact, ...]]:
    """S_0, s_0, e_0, β and γ on the ball of this radius, in the units of f = ½‖r‖², and β, γ in those of L as facts.

    Raises
    ------
    BreakpointReached
        φ' jumps at a breakpoint that a pre-activation may meet.
    """
    problem = constants.problem
    bounds = activation_on_ball(problem, radius)
    bend = beta(problem, bounds.bend, constants.fourth)
    change = gamma(problem, bounds.bend_change, constants.fourth, constants.inputs)
    factor = exact(problem.loss_factor)
    root = factor.sqrt()
    scaled = None if change is None else change * factor
    found = Slopes(constants.largest * root, constants.smallest * root, constants.residual * root, bend * root, scaled)
    facts = fact_above("β", "how fast J/√n turns on the ball", bend), *_fact_of_gamma(change)
    return found, facts


def _fact_of_gamma(change: arb | None) -> tuple[Fact, ...]:
    return () if change is None else (fact_above("γ", "how fast φ'' turns under the residual on the ball", change),)


def frozen_workload(network: Network, shifts: FrozenShifts) -> Workload:
    """A Gram matrix of Jacobians, one of the inputs' fourth moments, and their factorisations."""
    n, p = float(network.residual_count), float(network.trained_parameter_count)
    columns = network.widths[0] + 1.0
    pairs = 0.0 if shifts.fourth_moment is None else columns * (columns + 1) / 2
    square = n * n if shifts.fourth_moment is None and n <= MOST_SAMPLES else 0.0
    operations = n * p * p + 2 * n * (pairs**2 + columns**2) + 6 * p**3 + 3 * pairs**3
    operations += square * (2 * columns + 4 * MOMENT_STEPS)
    scalars = 2e4 + 0.35 * p * p + 0.06 * n * p + 0.2 * n * pairs + pairs**2 + 0.3 * square
    return Workload(operations, 4 * p * p + 4 * pairs**2 + BLOCK_SAMPLES * pairs + 4 * square, 0.0, scalars)
