"""What a rule about descent towards planted weights asks of a network, and how far J turns around them (theory 4.2)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
from flint import arb

from certificates.arithmetic.arb import exact, lower, root_above
from certificates.arithmetic.ball_array import BallArray
from certificates.arithmetic.ball_matrix import BallMatrix
from certificates.checks.objective import require_squared
from certificates.checks.objective_workload import objective_workload
from certificates.checks.outcome import Refusal
from certificates.checks.workload import Workload
from certificates.enclosures.networks.distance import parameter_distance
from certificates.enclosures.objectives.frozen_output import (
    FrozenOutput,
    at_teacher,
    bend_on_ball,
    beta,
    chi,
    frozen_output,
    tangent_gram,
)
from certificates.enclosures.objectives.gram import gram
from certificates.enclosures.objectives.kinks import Sides, sides_of
from certificates.enclosures.objectives.point import stands_at_teacher
from certificates.enclosures.objectives.reach import BreakpointReached
from certificates.enclosures.objectives.slope_changes import has_two_slopes, may_change, turn_across_kinks
from certificates.subjects import Network

__all__ = ["Surroundings", "contraction_workload", "distance_above", "require_teacher", "spectrum", "surroundings"]

_PRODUCTS = 8.0  # of d × d matrices for the norm of one
_NORMS = 3.0  # of every unit: for checks 5 and 7, and for the facts


def require_teacher(check: int, problem: Network) -> Network:
    """The network at its teacher's weights, W_0 = W* and biases 0; refuse what plants no W* of its own shape.

    Parameters
    ----------
    check
        The number of the check.
    problem
        Refused as well if its objective is no plain sum of squares.
    """
    require_squared(check, problem)
    if problem.teacher is None:
        raise Refusal.undecided(
            check,
            "the labels are given, and this rule is about labels that a teacher plants",
            required="teacher.layers.N.weight instead of targets",
            advice="ask for strict-minimum or critical-point, which are about given labels",
        )
    if len(problem.layers) != 2 or problem.layers[1].trained:  # some layer is trained
        raise Refusal.undecided(
            check,
            "the rule is about one trained hidden layer under a frozen output layer",
            required="trained = [true, false]",
            seen=f"trained = [{', '.join(str(layer.trained).lower() for layer in problem.layers)}]",
            advice="freeze the output layer of a network with one hidden layer",
        )
    last, output = problem.layers[1], problem.teacher[1]
    if last.bias is not None or not np.array_equal(last.weight, output.weight):
        raise Refusal.undecided(
            check,
            "the network's output layer is not the teacher's: no weights of the hidden layer need fit the labels",
            required="as many units, the same output weights in the same order, no output bias",
            seen=f"{last.weight.shape[1]} units, a teacher of {output.weight.shape[1]}"
            + ("" if last.bias is None else ", an output bias"),
            advice="store the teacher's output layer as the network's, frozen",
        )
    return at_teacher(problem)


def spectrum(check: int, around: Surroundings, shift_lower: float, shift_upper: float) -> tuple[arb, arb]:
    """s_* > 0 and S_*, as bounds; refuse shifts that bound nothing."""
    gram = around.gram()
    smallest, largest = gram.smallest_eigenvalue(shift_lower), gram.largest_eigenvalue(shift_upper)
    if smallest is None or not smallest > 0:
        raise Refusal.undecided(
            check,
            "the outputs are not shown to depend on every direction of the weights at the teacher",
            required="λ_min(J*ᵀJ*/n) > 0",
            seen="no factorisation near shift_lower" if smallest is None else f"λ_min ≥ {lower(smallest):.6g}",
            advice="more samples than trained parameters, no unit with output weight 0, no two parallel units",
        )
    if largest is None:
        raise Refusal.undecided(
            check,
            "the shift does not bound λ_max(J*ᵀJ*/n) from above",
            required=f"λ_max ≤ {shift_upper:.6g}",
            seen="no factorisation",
            advice="a larger shift_upper",
        )
    return exact(lower(smallest)).sqrt(), root_above(largest)


@dataclass(frozen=True)
class Surroundings:
    """How far J turns, and r differs from J(W)D, on balls around the teacher.

    Parameters
    ----------
    problem
        The network at its teacher.
    sides
        The two slopes of φ; ``None`` where φ' is to be Lipschitz.
    fourth
        χ, then; 0 for two slopes.
    """

    problem: FrozenOutput
    sides: Sides | None
    fourth: arb

    def gram(self) -> BallMatrix:
        """J*ᵀJ*/n; of a φ of two slopes with those of the sides on which the midpoints of w*_l·x̃_i lie.

        Where that side is not certain the pair belongs to every F_l(R), and any slope between may stand in J*.
        """
        point = self.problem.point
        if self.sides is None:
            return tangent_gram(point.network)
        low, high = (BallArray.from_arb(exact(slope)) for slope in (self.sides.low, self.sides.high))
        slopes = BallMatrix.of(BallArray.where(point.pre[0].mid > 0, high, low))
        ones = BallArray.from_exact(np.ones((self.problem.sample_count, 1)))
        total = gram(replace(point, slopes=(slopes,)), "outputs", ones)
        return total.scale(Fraction(1, self.problem.sample_count))

    def bounds(self, check: int, radius: float) -> tuple[arb, arb]:
        """A and b, in units of √n."""
        if self.sides is None:
            turn = self.beta(check, radius) * exact(radius)
            return turn, turn / 2
        turn = self.turn(radius, self.sides)
        return turn, turn

    def turn(self, radius: float, sides: Sides) -> arb:
        """τ(R)."""
        point, rows = self.problem.point, self.problem.rows
        return turn_across_kinks(may_change(point.pre[0], rows, radius), rows, point.network.layers[1].weight, sides)

    def beta(self, check: int, radius: float) -> arb:
        """β of the ball."""
        try:
            bend = bend_on_ball(self.problem, radius)
        except BreakpointReached as kink:
            raise Refusal.undecided(
                check,
                "the slope of the activation may jump on the ball, and is not one number on either side of 0",
                required="φ' Lipschitz where the ball leads, or φ(u) = a u for u < 0 and b u for u > 0",
                seen=str(kink),
                advice="a smaller radius, or another activation",
            ) from kink
        return beta(self.problem, bend, self.fourth)


def surroundings(check: int, teacher: Network, theta: Fraction, shift: float | None) -> Surroundings:
    """What :class:`Surroundings` needs of φ and of the inputs; refuses a shift below their fourth moments."""
    problem = frozen_output(teacher)
    if has_two_slopes(teacher.activations[0]):
        return Surroundings(problem, sides_of(teacher.activations[0]), exact(0))
    found = chi(problem, theta, shift)
    if found is None:
        advice = "a larger fourth_shift"
        raise Refusal.undecided(check, "the shift does not bound the fourth moments of the inputs", advice=advice)
    return Surroundings(problem, None, found)


def distance_above(problem: Network, teacher: Network) -> arb:
    """‖W_0 − W*‖ from above, with the biases; 0 where the network stands at its teacher."""
    return exact(0) if stands_at_teacher(problem) else parameter_distance(problem, teacher, BallMatrix)


def contraction_workload(problem: Network, *, pairs: bool) -> Workload:
    """J*ᵀJ* with two spectral tests, fourth moments by pairs of inputs or by pairs of samples, a norm for every unit.

    Parameters
    ----------
    problem
        The network.
    pairs
        Whether fourth moments are formed over the pairs of inputs.
    """
    work = objective_workload(problem, hessians=0, grams=1, turnings=0 if pairs else 2)
    n, units, width = float(problem.sample_count), float(problem.widths[1]), problem.widths[0] + 1.0
    kinks = _NORMS * units * min(n, width) ** 2 * (max(n, width) + _PRODUCTS * min(n, width))
    table = width * (width + 1) / 2 if pairs else 0.0
    return replace(
        work,
        operations=work.operations + 2 * kinks + 2 * n * table**2 + 3 * table**3,
        entries=work.entries + 8 * min(n, 2048.0) * table + 8 * table**2 + 4 * n * units,
        scalars=work.scalars + 2e3 + 0.6 * n * units + 500 * units,
    )
