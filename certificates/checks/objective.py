"""Which objectives a rule accounts for, and the scale s for rules about s ‖F(w) − y‖²."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from certificates.checks.outcome import Refusal
from certificates.subjects import Dense, Layer, Logistic, Loss, Network, Problem, SoftmaxCrossEntropy, Squared

__all__ = ["PLAIN", "SMOOTH", "SQUARED_DENSE", "Scope", "require_squared"]


@dataclass(frozen=True)
class Scope:
    """What a kind's rule accounts for in a network and its objective; closed: what is not named is not covered.

    Parameters
    ----------
    losses, layers
        The classes of loss and of layer, exactly.
    decay, sample_weights
        Whether penalties, and weights of samples, may be there.
    """

    losses: tuple[type[Loss], ...] = (Squared,)
    layers: tuple[type[Layer], ...] = (Dense,)
    decay: bool = False
    sample_weights: bool = False

    def lacks(self, problem: Problem) -> tuple[str, ...]:
        """What of the problem is not covered, in words; nothing for subjects that are no networks."""
        return tuple(self._lacks(problem)) if isinstance(problem, Network) else ()

    def described(self) -> str:
        """What is covered, for those who ask what to change."""
        if self == SQUARED_DENSE:
            return PLAIN
        extras = [name for name, has in (("penalty", self.decay), ("sample weights", self.sample_weights)) if not has]
        without = f" without {' and '.join(extras)}" if extras else ""
        return f"the loss {' or '.join(loss.name for loss in self.losses)} of dense layers{without}"

    def _lacks(self, network: Network) -> Iterator[str]:
        objective = network.objective
        for layer in sorted({type(layer).__name__ for layer in network.layers if type(layer) not in self.layers}):
            yield f"{layer} layers"
        if type(objective.loss) not in self.losses:
            yield f"the {objective.loss.name} loss"
        if objective.decay and not self.decay:
            yield "a penalty on the weights"
        if objective.sample_weights and not self.sample_weights:
            yield "sample weights"


SQUARED_DENSE = Scope()
SMOOTH = Scope((Squared, Logistic, SoftmaxCrossEntropy), decay=True, sample_weights=True)
PLAIN = "a plain sum of squares s‖F(w) − y‖² of dense layers"


def require_squared(check: int, problem: Network) -> Fraction:
    """The s of f(w) = s ‖F(w) − y‖², for rules whose numbers depend on it.

    Raises
    ------
    Refusal
        The problem's objective is another function; undecided, with the number of the check.
    """
    scale = problem.objective.squared_scale
    if scale is None:
        raise Refusal.undecided(
            check,
            f"the rule is about sums of squares, not about {', '.join(SQUARED_DENSE.lacks(problem))}",
            required="f(w) = s ‖F(w) − y‖²",
            advice=PLAIN,
        )
    return scale
