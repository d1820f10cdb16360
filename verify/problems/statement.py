"""What an importer says of the objective that it wrote, beyond a plain sum of squares."""

from __future__ import annotations

import numpy as np

from certificates.subjects import Network
from verify.numeric.smooth_objective import FloatObjective
from verify.problems.objectives import describe_objective

__all__ = ["objective_statement"]


def objective_statement(network: Network) -> list[str]:
    """One sentence: f in symbols, its value and the norm of its gradient; nothing for a plain sum of squares.

    Examples
    --------
    >>> from verify.problems.arrays import from_arrays
    >>> net = from_arrays([[[1.0]], [[0.0]]], None, "tanh", [[1.0]], [1], loss="logistic", decay=0.1)
    >>> print(objective_statement(net)[0])
    as imported, the objective is 0.743147 and its gradient has norm 0.394 (in floating point): \
1 · Σ_i Σ_c (log(1 + exp F_ic(w)) − q_ic F_ic(w)) + 1/20 · ‖layers.0.weight‖² + 1/20 · ‖layers.1.weight‖²
    """
    if network.objective.squared_scale is not None:
        return []
    rows = dict(describe_objective(network))
    others = [f"{name}: {text}" for name, text in rows.items() if name not in ("loss", "penalty")]
    terms = " + ".join(rows[name] for name in ("loss", "penalty") if name in rows)
    f = FloatObjective(network)
    value, gradient = f.value_and_gradient(f.initial())
    norm = float(np.linalg.norm(gradient))
    here = f"as imported, the objective is {value:.6g} and its gradient has norm {norm:.3g} (in floating point)"
    return ["; ".join([f"{here}: {terms}", *others])]
