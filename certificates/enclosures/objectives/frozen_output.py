"""One hidden layer under a frozen output: the constants of theory 4.2, in the units of L = (1/2n)Σ‖r_i‖².

F_i(W) = Vφ(Wx̃_i) + b with V and b frozen, x̃ = (x, 1) where the hidden layer has a bias; f = s‖F − y‖² = 2ns·L. With
J the Jacobian of all outputs, v = ‖V‖_{1→2} the largest column norm of V (max|v_l| for one output), and L_2, L_3
Lipschitz constants of φ' and φ'' over what pre-activations reach on a ball around W_0 (lemma 4.2.1),

    s_0 ≤ √λ_min(JᵀJ/n),    S_0 ≥ ‖J‖/√n,    χ ≥ sup_{‖a‖=1} Σ(a·x̃_i)⁴,    ξ ≥ ‖X̃‖/√n,    e_0 ≥ ‖r‖/√n,
    β = v L_2 √(χ/n),       γ = v L_3 max‖r_i‖ ξ √(χ/n).

Labels are given, or planted by a teacher; then e_0 is exactly 0 if and only if the network stands at its teacher.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
from flint import arb

from certificates.arithmetic.arb import exact, root_above, upper
from certificates.arithmetic.ball_array import BallArray
from certificates.arithmetic.ball_matrix import BallMatrix
from certificates.enclosures.intervals.ranges import curvature_bound, slope_bound
from certificates.enclosures.intervals.smoothness import smoothness
from certificates.enclosures.objectives.gram import gram
from certificates.enclosures.objectives.one_hidden_layer import fourth_moments
from certificates.enclosures.objectives.point import Point, evaluate, stands_at_teacher
from certificates.enclosures.objectives.reach import ActivationBounds, BreakpointReached, activation_bounds, reach
from certificates.enclosures.objectives.rows import row_norms_above
from certificates.enclosures.objectives.upward import times
from certificates.enclosures.quadratic.fourth_moments import fourth_moment_bound
from certificates.errors import EnclosureFailure
from certificates.memory import remembered
from certificates.subjects import FloatArray, Layer, Network

__all__ = [
    "FrozenOutput",
    "NotFrozenOutput",
    "activation_on_ball",
    "at_teacher",
    "bend_on_ball",
    "beta",
    "chi",
    "frozen_output",
    "gamma",
    "residual_norm",
    "tangent_gram",
    "xi",
]


class NotFrozenOutput(EnclosureFailure):
    """The problem is no network of this section; the message says why."""


@dataclass(frozen=True)
class FrozenOutput:
    """A network of this section at its weights.

    Parameters
    ----------
    point
        The network at W_0, in balls.
    rows
        X̃, (n, d), or (n, d + 1) with a column of ones for a trained bias; exact.
    column
        v = ‖V‖_{1→2}.
    is_exact
        Whether r = 0 exactly, because the network stands at the teacher that plants its labels.
    """

    point: Point
    rows: FloatArray
    column: arb
    is_exact: bool

    @property
    def sample_count(self) -> int:
        """n."""
        return int(self.rows.shape[0])

    @property
    def loss_factor(self) -> Fraction:
        """2ns: f = 2ns·L."""
        return 2 * self.sample_count * self.point.network.objective.loss.scale


@remembered(2)
def frozen_output(network: Network) -> FrozenOutput:
    """Read a network as one of this section, at its weights.

    Raises
    ------
    NotFrozenOutput
        The objective is no plain sum of squares, there is more than one hidden layer, it is frozen, or the output is
        trained.
    """
    if network.objective.squared_scale is None:
        raise NotFrozenOutput("expected a plain sum of squares as objective")
    if len(network.layers) != 2:
        raise NotFrozenOutput(f"expected one hidden layer, got {len(network.layers) - 1}")
    hidden, last = network.layers
    if not hidden.trained or last.trained:
        raise NotFrozenOutput("expected a trained hidden layer and a frozen output layer")
    rows = network.inputs
    if hidden.bias is not None:
        rows = np.hstack([rows, np.ones((len(rows), 1))])
    point = evaluate(network)
    return FrozenOutput(point, rows, point.layers[1].weight.largest_column_norm(), stands_at_teacher(network))


def at_teacher(network: Network) -> Network:
    """The same data and labels with the teacher's weights for the student's, biases 0: W_0 = W*, where r = 0 exactly.

    Raises
    ------
    NotFrozenOutput
        The labels are given.
    """
    if network.teacher is None:
        raise NotFrozenOutput("expected labels planted by a teacher, got given ones")
    pairs = zip(network.layers, network.teacher, strict=True)
    return replace(network, layers=tuple(_planted(mine, theirs) for mine, theirs in pairs))


def _planted(mine: Layer, theirs: Layer) -> Layer:
    """The teacher's layer, with biases of 0 where the network's has some: they are parameters."""
    return replace(theirs, bias=None if mine.bias is None else np.zeros_like(mine.bias), trained=mine.trained)


# ---- at the weights -----------------------------------------------------------------------------------------------


@remembered(2)
def tangent_gram(network: Network) -> BallMatrix:
    """JᵀJ/n at the weights, (p, p); s_0² and S_0² are bounds of its extreme eigenvalues.

    At a breakpoint of φ its entries contain what every choice between both one-sided slopes gives.
    """
    problem = frozen_output(network)
    ones = BallArray.from_exact(np.ones((problem.sample_count, 1)))
    return gram(problem.point, "outputs", ones).scale(Fraction(1, problem.sample_count))


def residual_norm(problem: FrozenOutput) -> tuple[arb, arb]:
    """e_0 ≥ ‖r‖/√n and max_i ‖r_i‖ from above; exactly 0 at the teacher."""
    if problem.is_exact:
        return exact(0), exact(0)
    norms = problem.point.loss.gradient_norms  # of 2 r_i
    largest = exact(float(np.max(norms))) / 2
    squares = problem.point.loss.values
    total = BallMatrix.of(squares).dot(BallMatrix.from_exact(np.ones(squares.shape)))
    return root_above(exact(upper(total)) / problem.sample_count), largest


# ---- of the inputs ------------------------------------------------------------------------------------------------


def chi(problem: FrozenOutput, theta: Fraction, shift: float | None) -> arb | None:
    """χ ≥ sup_{‖a‖=1} Σ(a·x̃_i)⁴ (primitive E2 of theory 4.0).

    Parameters
    ----------
    problem
        Only its inputs matter.
    theta
        t/n, any rational number; about the fourth moment of a coordinate over 3 is best.
    shift
        Slightly above λ_max(T − θE); untrusted. ``None`` asks for the bound without matrices of d(d + 1)/2 rows: the
        n × n matrix of (x̃_i·x̃_j)² where it is small, or max‖x̃_i‖²‖X̃‖².

    Guarantee
    ---------
    Σ‖Ax̃_i‖²‖Bx̃_i‖² ≤ χ‖A‖²‖B‖² for all A, B, with the upper end. ``None`` where the shift is too small.
    """
    if shift is None:
        ((_, fourth),) = fourth_moments(BallMatrix.from_exact(problem.rows), (np.ones(problem.sample_count),))
        return fourth**2
    found = fourth_moment_bound(problem.rows, BallMatrix, theta, shift)
    return None if found is None else found * problem.sample_count


def xi(problem: FrozenOutput, shift: float | None) -> arb | None:
    """ξ ≥ ‖X̃‖/√n, from a shift slightly above λ_max(X̃ᵀX̃/n); ``None`` where that is too small.

    Without a shift a fraction of a percent above the best bound.
    """
    rows, count = BallMatrix.from_exact(problem.rows), problem.sample_count
    if shift is None:
        return rows.operator_norm() / exact(count).sqrt()
    found = rows.T.gram().scale(Fraction(1, count)).largest_eigenvalue(shift)
    return None if found is None else root_above(found)


# ---- on a ball ----------------------------------------------------------------------------------------------------


def activation_on_ball(problem: FrozenOutput, radius: float) -> ActivationBounds:
    """Lipschitz constants of φ, φ', φ'' over what pre-activations reach on B(W_0, R).

    Guarantee
    ---------
    ``slope`` and ``bend`` hold between any two points of the ball, breakpoints or not. ``bend_change`` does, too, where
    it is finite: φ is C², or no pre-activation meets a breakpoint on the ball (then a ReLU has ``bend`` = 0); it is ∞
    where φ' is Lipschitz and φ'' may jump.

    May fail when
    -------------
    φ' jumps at a breakpoint that may be met: :class:`BreakpointReached`; φ has no finite bounds on the reach.
    """
    activation, pre = problem.point.network.activations[0], problem.point.pre[0]
    moves = times(row_norms_above(BallArray.from_exact(problem.rows)), radius)
    try:
        return activation_bounds(activation, pre, moves, 0)
    except BreakpointReached:
        if not smoothness(activation).is_certainly_c11:
            raise
    ends = reach(pre, moves)
    return ActivationBounds(slope_bound(activation, *ends), curvature_bound(activation, *ends), float("inf"))


def bend_on_ball(problem: FrozenOutput, radius: float) -> float:
    """L_2 alone, without the search for L_3.

    Guarantee
    ---------
    As ``bend`` of :func:`activation_on_ball`; it may be larger where φ'' jumps and no pre-activation meets the jump.
    """
    activation, pre = problem.point.network.activations[0], problem.point.pre[0]
    if not smoothness(activation).is_certainly_c11:
        return activation_on_ball(problem, radius).bend
    moves = times(row_norms_above(BallArray.from_exact(problem.rows)), radius)
    return curvature_bound(activation, *reach(pre, moves))


def beta(problem: FrozenOutput, bend: float, fourth: arb) -> arb:
    """β = v L_2 √(χ/n) from above."""
    return problem.column * exact(bend) * root_above(fourth / problem.sample_count)


def gamma(problem: FrozenOutput, bend_change: float, fourth: arb, inputs: arb) -> arb | None:
    """γ = v L_3 max‖r_i‖ ξ √(χ/n) from above; ``None`` where L_3 = ∞, unless r = 0 exactly."""
    if problem.is_exact:
        return exact(0)
    if not np.isfinite(bend_change):
        return None
    largest = residual_norm(problem)[1]
    return problem.column * exact(bend_change) * largest * inputs * root_above(fourth / problem.sample_count)
