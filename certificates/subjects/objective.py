"""What gradient descent minimises: f(w) = Σ_i ω_i ℓ_i(F_i(w)) + ½ Σ_t λ_t ‖w_t − c_t‖², as exact data.

F_i(w) is the output for sample i; t runs over tensors that gradient descent moves, weights and biases apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

import numpy as np

from certificates.errors import MalformedProblem
from certificates.subjects.layers import FloatArray
from certificates.subjects.losses import Loss, Squared, check_positive, check_targets

__all__ = ["Decay", "Objective", "check_objective"]


@dataclass(frozen=True, eq=False)
class Decay:
    """½ λ ‖w_t − c‖² on one tensor.

    Parameters
    ----------
    tensor
        t, as problem files name it: ``layers.0.weight``.
    rate
        λ, a positive rational; a tensor without a penalty is left out.
    centre
        c, binary64, exact, of the tensor's shape; ``None`` for 0.
    """

    tensor: str
    rate: Fraction
    centre: FloatArray | None = None

    def __post_init__(self) -> None:
        """Refuse a rate that is not positive and a centre that is 0 or not finite, and freeze the centre."""
        check_positive(self.rate, f"decay.{_shown(self.tensor)}")
        _check_centre(self)

    def __eq__(self, other: object) -> bool:
        """Whether both are the same function of the tensor."""
        if not isinstance(other, Decay) or (self.tensor, self.rate) != (other.tensor, other.rate):
            return False
        if self.centre is None or other.centre is None:
            return self.centre is other.centre
        return bool(np.array_equal(self.centre, other.centre))

    def __repr__(self) -> str:
        """Tensor and rate."""
        centre = "" if self.centre is None else ", a centre"
        return f"Decay({self.tensor}, {self.rate}{centre})"

    def __hash__(self) -> int:
        """Of tensor and rate."""
        return hash((self.tensor, self.rate))


@dataclass(frozen=True)
class Objective:
    """The function that gradient descent minimises.

    Parameters
    ----------
    loss
        ℓ, with its scale.
    decay
        The penalties, in the order of the network's tensors, each tensor at most once.
    sample_weights
        ω_i, positive rationals, one a sample and not all equal; empty when all are 1. A common factor belongs into the
        loss's scale.

    Raises
    ------
    MalformedProblem
        A weight that is not positive or longer than 1,100 bits, equal weights; loss and decay refuse the like.

    Examples
    --------
    >>> Objective(Squared(Fraction(1, 2))).squared_scale
    Fraction(1, 2)
    >>> Objective(Squared(Fraction(1, 2)), (Decay("layers.0.weight", Fraction(1)),)).squared_scale is None
    True
    """

    loss: Loss
    decay: tuple[Decay, ...] = ()
    sample_weights: tuple[Fraction, ...] = ()

    def __post_init__(self) -> None:
        """Refuse weights of samples that are not positive, or are not in their one spelling."""
        for index, weight in enumerate(self.sample_weights):
            check_positive(weight, f"sample_weights[{index}]")
        if self.sample_weights and len(set(self.sample_weights)) == 1:
            raise MalformedProblem(
                "all are equal", place="sample_weights", remedy="multiply the loss's scale and leave them out"
            )

    @property
    def squared_scale(self) -> Fraction | None:
        """The s of f(w) = s ‖F(w) − y‖²; ``None`` where f is anything else."""
        plain = isinstance(self.loss, Squared) and not self.decay and not self.sample_weights
        return self.loss.scale if plain else None


def _check_centre(decay: Decay) -> None:
    if decay.centre is None:
        return
    place = f"centre.{_shown(decay.tensor)}"
    if decay.centre.dtype != np.float64:
        raise MalformedProblem(f"expected a float64 array, got {decay.centre.dtype}", place=place)
    if not np.isfinite(decay.centre).all():
        raise MalformedProblem("has NaN or infinite entries", place=place, remedy="remove or impute them")
    if not decay.centre.any():
        raise MalformedProblem("is zero", place=place, remedy="leave it out")
    decay.centre.flags.writeable = False


def check_objective(
    objective: Objective, samples: int, outputs: int, targets: FloatArray | None, trained: Mapping[str, tuple[int, ...]]
) -> None:
    """Refuse an objective that does not fit a network and its data.

    Parameters
    ----------
    objective
        What is to be minimised.
    samples, outputs
        n and o.
    targets
        (n, o), finite; ``None`` when a teacher plants the labels.
    trained
        The shape of every tensor that gradient descent moves, by its name, in order.

    Raises
    ------
    MalformedProblem
        The wrong number of sample weights, a penalty on a tensor that is frozen or not there, a centre of another
        shape, labels that the loss has no meaning for.
    """
    if objective.sample_weights and len(objective.sample_weights) != samples:
        raise MalformedProblem(
            f"expected one for each of {samples} samples, got {len(objective.sample_weights)}", place="sample_weights"
        )
    _check_decay(objective.decay, trained)
    check_targets(objective.loss, outputs, targets)


def _check_decay(decays: tuple[Decay, ...], trained: Mapping[str, tuple[int, ...]]) -> None:
    for decay in decays:
        if decay.tensor not in trained:
            raise MalformedProblem(
                "is no tensor that gradient descent moves",
                place=f"decay.{_shown(decay.tensor)}",
                remedy=f"those are {', '.join(list(trained)[:20])}",
            )
        if decay.centre is not None and decay.centre.shape != trained[decay.tensor]:
            raise MalformedProblem(
                f"expected {trained[decay.tensor]}, got {decay.centre.shape}", place=f"centre.{decay.tensor}"
            )
    order = {name: index for index, name in enumerate(trained)}
    for first, second in pairwise(decays):
        if order[first.tensor] >= order[second.tensor]:
            raise MalformedProblem("tensors repeat or are out of order", place=f"decay.{second.tensor}")


def _shown(name: str) -> str:
    """A stranger's name as a place: short and printable."""
    return ascii(name[:60])[1:-1]
