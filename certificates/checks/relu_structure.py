"""What rules about one wide hidden layer of ReLU under a frozen output ask of a network."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from certificates.checks.objective import require_squared
from certificates.checks.outcome import Refusal
from certificates.subjects import Network

__all__ = ["require_equal_outer_weights", "require_wide_relu"]


def require_wide_relu(check: int, problem: Network) -> Fraction:
    """The factor s of f = s‖F − y‖², where the network is of the form and its labels are given."""
    scale = require_squared(check, problem)
    names = [activation.name for activation in problem.activations]
    if len(problem.layers) != 2 or problem.widths[-1] != 1 or names != ["relu"]:
        raise Refusal.undecided(
            check,
            "the rule is about one hidden layer of ReLU and one output",
            required="F(W) = v Σ a_r max(w_r·x, 0)",
            seen="–".join(map(str, problem.widths)) + f", {', '.join(name or 'a formula' for name in names)}",
            advice="`verify certify PROBLEM --kind zero-loss-convergence` for smooth activations",
        )
    trained = tuple(layer.trained for layer in problem.layers)
    if trained != (True, False):
        raise Refusal.undecided(
            check,
            "the hidden layer is to be trained, and the output layer to stay",
            required="trained 0",
            seen="trained " + ", ".join(str(k) for k, yes in enumerate(trained) if yes),
            advice="freeze the output layer",
        )
    if problem.teacher is not None:
        raise Refusal.undecided(check, "the labels are planted, and the rule is about given ones", seen="a teacher")
    return scale


def require_equal_outer_weights(check: int, problem: Network) -> float:
    """v > 0, where all outer weights are ±v."""
    sizes = np.abs(problem.layers[1].weight[0])
    if not (sizes == sizes[0]).all() or sizes[0] == 0:
        raise Refusal.rejected(
            check,
            "the outer weights differ in size",
            required="±v with one v > 0",
            seen=f"|v_r| from {sizes.min():.17g} to {sizes.max():.17g}",
            advice="a start of `verify problem wide`",
        )
    return float(sizes[0])
