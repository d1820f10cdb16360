"""What the two rules about planted quadratic networks share: structure, evidence in range, constants."""

from __future__ import annotations

import math
from fractions import Fraction

from flint import arb

from certificates.arithmetic.arb import exact, lower, upper
from certificates.arithmetic.matrix import Matrix
from certificates.checks.objective import require_squared
from certificates.checks.outcome import Refusal
from certificates.checks.workload import Workload
from certificates.enclosures.quadratic.fourth_moments import BLOCK_SAMPLES, fourth_moment_bound
from certificates.enclosures.quadratic.network import NotQuadratic
from certificates.enclosures.quadratic.planted import (
    PlantedQuadratic,
    gauss_newton,
    planted_quadratic,
    vertical_directions,
)
from certificates.language.local_constants import LocalConstants
from certificates.subjects import Network
from certificates.theorems.teacher_basin import Regularity
from certificates.verdict import Fact

__all__ = ["check_range", "local_facts", "local_workload", "read_problem", "regularity"]

_ADVICE = "find the constants anew: `verify certify PROBLEM --kind KIND`"


def read_problem(problem: Network, check: int) -> PlantedQuadratic:
    """The problem as a planted quadratic network, or a refusal that says why it is none."""
    require_squared(check, problem)
    try:
        return planted_quadratic(problem)
    except NotQuadratic as reason:
        raise Refusal.undecided(check, f"the rule is about planted quadratic networks: {reason}") from reason


def check_range(check: int, step_size: Fraction, constants: LocalConstants, **positive: float) -> None:
    """Refuse steps, radii and weights out of range."""
    values: dict[str, Fraction | float] = {"step_size": step_size, **positive}
    for name, value in values.items():
        if not (value > 0 and (isinstance(value, Fraction) or math.isfinite(value))):
            raise Refusal.rejected(check, f"{name} is not positive", required=f"{name} > 0", seen=f"{value!r}"[:60])
    if not (constants.vertical_weight >= 0 and math.isfinite(constants.vertical_weight)):
        raise Refusal.rejected(
            check,
            "the weight of the vertical directions is negative",
            required="vertical_weight ≥ 0",
            seen=f"{constants.vertical_weight!r}",
        )


def local_workload(planted: PlantedQuadratic) -> Workload:
    """Products of the two Gram matrices and their factorisations."""
    network = planted.network
    pairs = network.dimension * (network.dimension + 1) / 2
    size, samples = float(network.width * network.dimension), float(network.sample_count)
    operations = 2 * samples * (pairs**2 + size**2) + 3 * (pairs**3 + size**3)
    block = min(samples, float(BLOCK_SAMPLES))
    return Workload(operations, 8 * block * (pairs + size) + 8 * (pairs**2 + size**2), 0.0)


def regularity(
    planted: PlantedQuadratic, constants: LocalConstants, arithmetic: type[Matrix], check: int
) -> tuple[Regularity, tuple[Fact, ...]]:
    """λ, Λ and c₄ from the given shifts, as points; refuses a λ that is not certainly positive."""
    smallest, largest, fourth = _eigenvalues(planted, constants, arithmetic)
    if fourth is None:
        raise Refusal.undecided(check, "the shift does not bound c₄ from above", advice=_ADVICE)
    if largest is None:
        raise Refusal.undecided(check, "the shift does not bound Λ from above", advice=_ADVICE)
    if smallest is None:
        raise Refusal.undecided(check, "the shift does not bound λ from below", advice=_ADVICE)
    return _positive(smallest, largest, fourth, check)


def _eigenvalues(
    planted: PlantedQuadratic, constants: LocalConstants, arithmetic: type[Matrix]
) -> tuple[arb | None, arb | None, arb | None]:
    fourth = fourth_moment_bound(planted.network.inputs, arithmetic, constants.theta, constants.fourth_moment_shift)
    form = gauss_newton(planted, arithmetic)
    largest = form.largest_eigenvalue(constants.curvature_shift_upper)
    vertical = vertical_directions(planted.planted)
    if vertical.shape[1]:
        form = form.add(arithmetic.from_exact(vertical).gram().scale(Fraction(constants.vertical_weight)))
    return form.smallest_eigenvalue(constants.curvature_shift_lower), largest, fourth


def _positive(smallest: arb, largest: arb, fourth: arb, check: int) -> tuple[Regularity, tuple[Fact, ...]]:
    bounds = Regularity(*(exact(end) for end in (lower(smallest), upper(largest), upper(fourth))))
    facts = (
        Fact("λ", "curvature of 𝓛/2 at the teacher, across rotations", lower(smallest), math.inf),
        Fact("Λ", "largest curvature of 𝓛/2 at the teacher", 0.0, upper(largest)),
        Fact("c₄", "fourth moment constant of the inputs", 0.0, upper(fourth)),
    )
    if not (bounds.lower > 0 and bounds.upper.is_finite() and bounds.fourth.is_finite() and bounds.fourth > 0):
        raise Refusal.undecided(
            check,
            "the curvature across rotations is not certainly positive",
            required="λ > 0",
            seen=f"λ ≥ {lower(smallest):.6g}",
            advice="a teacher of full rank, more samples, or the directions of rotation with a larger weight",
            facts=facts,
        )
    return bounds, facts


def local_facts(bounds: Regularity, step: arb) -> tuple[Fact, ...]:
    """The step in the scaling 1/(4m), and h₀ = √(λ/c₄)."""
    reach = (bounds.lower / bounds.fourth).sqrt()
    return (
        Fact("μ", "the step for 𝓛 = (1/4m)Σ(·)²: 4msη", lower(step), upper(step)),
        # λ is known from below and c₄ from above: so is their quotient from below only
        Fact("h₀", "√(λ/c₄), beyond which ρ_R certifies nothing", lower(reach), math.inf),
    )
