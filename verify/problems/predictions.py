"""Predictions that come with weights without code: compared with the network's outputs within a rounding bound."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from certificates.errors import MalformedProblem
from certificates.subjects import Network
from verify.problems.comparison import first_difference, largest_difference, weakness
from verify.problems.exact import exact_array
from verify.problems.readers import Reading
from verify.problems.rounding import NO_SLACK, Range, Slack, coarsest, evaluate

__all__ = ["compare_predictions", "framework_notes"]

_THRESHOLD = 20.0  # of PyTorch's Softplus, by default
_SOFTPLUS = re.compile(r"softplus(?:\(([0-9]+(?:/[0-9]+)?)\))?")


def compare_predictions(network: Network, weights: Sequence[Any], given: Reading) -> str:
    """Say how well predictions agree with the network's outputs.

    Parameters
    ----------
    network
        The problem as read.
    weights
        As stored: their format is what the source computed in, unless the predictions are coarser.
    given
        The predictions, shape (n, outputs) or (n,).

    Raises
    ------
    MalformedProblem
        They differ by more than rounding: the largest difference and its sample.
    """
    place, _, _ = given.said.partition(":")
    theirs = exact_array(given.values, place)
    theirs = theirs[:, None] if theirs.ndim == 1 else theirs
    precision = coarsest(*weights, given.values)
    outputs = evaluate(network, precision, [_slack(activation.text) for activation in network.activations])[-1]
    printed = given.half_units if theirs.shape == outputs.values.shape else 0.0
    ours = Range(outputs.values, outputs.allowed + printed)
    if first_difference([(place, ours, theirs)]) is not None:
        raise MalformedProblem(
            f"the predictions are not the network's, computed in {precision.name}: "
            f"{largest_difference('the largest', ours, theirs)}",
            place=place,
            remedy="check the activation, the order of the layers, how they are connected, and how inputs are scaled",
        )
    worst = largest_difference("the largest", ours, theirs)
    return (
        f"predictions of {place} agree within rounding in {precision.name} (largest difference {worst.size:.2g} at "
        f"sample {worst.sample}, counted from 0; at most {float(ours.allowed.max()):.2g} allowed){weakness(ours)}"
    )


def framework_notes(network: Network) -> list[str]:
    """Activations whose name stands for another function in some framework, where no module said which."""
    notes = []
    if any(_SOFTPLUS.fullmatch(activation.text) for activation in network.activations):
        notes.append(
            "softplus is certified as log(1+exp(βz))/β; if PyTorch's Softplus computed it, that gives z where βz > 20 "
            "(its default threshold), which is less by up to 2.1e-09/β"
        )
    if any(activation.text == "gelu" for activation in network.activations):
        notes.append("gelu is certified as z Φ(z), by the error function; approximations by tanh are other functions")
    return notes


def _slack(text: str) -> Slack:
    """What PyTorch's Softplus leaves out beyond its threshold."""
    found = _SOFTPLUS.fullmatch(text)
    if found is None:
        return NO_SLACK
    beta = float(Fraction(found[1] or 1))
    return Slack(_THRESHOLD / beta * (1 - 1e-12), math.log1p(math.exp(-_THRESHOLD)) / beta * (1 + 1e-12))
