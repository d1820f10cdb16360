"""What rules about margins along a whole descent share: hard labels, an output layer that moves, φ on all of ℝ."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Literal

import numpy as np

from certificates.checks.outcome import Refusal
from certificates.checks.workload import Workload
from certificates.enclosures.infinity.analyticity import is_analytic_on_pieces
from certificates.enclosures.intervals.smoothness import smoothness
from certificates.expression import Activation
from certificates.subjects import Network, SoftmaxCrossEntropy

__all__ = ["margins_workload", "require_hard_labels", "require_smooth_everywhere", "require_trained_output"]

_MARGIN_OPERATIONS = 60.0  # single ones, for each margin of each sample
_CELL_OPERATIONS = 60_000.0  # for each layer, some 500 cells of the path's length


def require_hard_labels(check: int, problem: Network) -> None:
    """Refuse labels that are not 0 and 1: what they leave of the loss does not go to zero."""
    loss, targets = problem.objective.loss, problem.given_targets
    if isinstance(loss, SoftmaxCrossEntropy) and loss.class_labels:
        raise Refusal.undecided(
            check,
            "the classes stand for distributions (label smoothing): the loss has a positive infimum",
            required="labels of 0 and 1",
            seen="class_labels",
            advice="labels without smoothing",
        )
    soft = np.flatnonzero(((targets != 0) & (targets != 1)).any(axis=1))
    if soft.size:
        raise Refusal.rejected(
            check,
            f"the labels of sample {soft[0]} are soft: its loss has a positive infimum",
            required="labels of 0 and 1",
            seen=f"targets[{soft[0]}] with an entry strictly between 0 and 1",
            advice="labels of 0 and 1",
        )


def require_trained_output(check: int, problem: Network) -> None:
    """Refuse a frozen output layer; weight and bias of a layer move together or not at all."""
    if not problem.layers[-1].trained:
        raise Refusal.undecided(
            check,
            "the output layer is frozen: the theorem lets all of it grow, weight and bias",
            required="a trained output layer",
            seen=f"trained[{len(problem.layers) - 1}] = false",
            advice="train the output layer",
        )


def require_smooth_everywhere(
    check: int, index: int, activation: Activation, *, flow: Literal["gradient", "clarke"]
) -> None:
    """Refuse a φ that is not shown to be defined on ℝ, and C^{1,1} (gradient flow) or continuous (Clarke's).

    Parameters
    ----------
    check
        The number of the check.
    index
        Of the hidden layer, for messages.
    activation
        φ.
    flow
        What the claim is about.
    """
    found, smooth = smoothness(activation), flow == "gradient"
    if not (found.is_certainly_c11 if smooth else found.is_certainly_continuous):
        certain = found.is_certainly_not_c11 if smooth else found.is_certainly_discontinuous
        refuse = Refusal.rejected if certain else Refusal.undecided
        raise refuse(
            check,
            f"activation of hidden layer {index}: {found.reason}",
            required="φ continuous with Lipschitz φ'" if smooth else "φ continuous",
            seen=activation.text[:80],
            advice='a claim about solutions of the Clarke inclusion (flow "clarke")'
            if smooth and found.is_certainly_continuous
            else "a continuous activation",
        )
    if not is_analytic_on_pieces(activation):
        raise Refusal.undecided(
            check,
            f"activation of hidden layer {index} is not shown to be defined on the whole line, where the flow may go",
            required="φ defined everywhere",
            seen=activation.text[:80],
            advice="a formula without poles",
        )


def margins_workload(network: Network, *, steps: bool) -> Workload:
    """Estimate a forward pass and its margins and, for constant steps, norms of the weights and cells of the path."""
    n, widths, outputs = network.sample_count, network.widths, network.widths[-1]
    products = 2.0 * n * sum(a * b for a, b in pairwise(widths))
    entries, hidden = n * (6.0 * sum(widths) + 4.0 * outputs), float(n) * sum(widths[1:-1])
    work = Workload(products, entries, hidden, _MARGIN_OPERATIONS * n * outputs)
    if not steps:
        return work
    norms = 40.0 * sum(min(a, b) ** 2 * (max(a, b) + min(a, b)) for a, b in pairwise(widths))
    return replace(
        work,
        operations=products + norms + 4.0 * outputs**2 * widths[-2],
        scalars=work.scalars + _CELL_OPERATIONS * len(network.layers) + 1_000.0 * outputs,
    )
