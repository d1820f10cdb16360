"""Why the Hessian of an objective is singular at some weights: what changes nothing, or what has no minimum at all.

Every structure that is known to make a direction flat is looked for, and its direction ν is held against the Hessian at
these very weights: a cause is named only if Hν is 0 up to rounding. Flat directions that claims split off (theory
lemma 6.0) are no causes.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from certificates import Network
from certificates.enclosures.objectives.flat import flat_directions
from certificates.subjects import SoftmaxCrossEntropy, Squared
from verify.numeric.mlp import Array
from verify.numeric.sample_losses import gradients, labels_of
from verify.search.data_causes import Cause
from verify.search.flat_structures import Weights, suspects

__all__ = ["singular_causes"]

_FLAT = 1e-9  # of the largest entry of the Hessian
_FITTED = 1e-6  # gradients by outputs that are called 0
_SHOWN = 8


def singular_causes(network: Network, hessian: Array | None = None) -> tuple[Cause, ...]:
    """What makes the Hessian singular at these weights, as far as it is one of the usual reasons.

    Parameters
    ----------
    network
        A problem with polished weights: most of these directions are flat at critical points only.
    hessian
        ∇²f there, (p, p), if it is known.

    Examples
    --------
    >>> import verify
    >>> given = verify.from_arrays([[[1.0]], [[2.0]]], None, "relu", [[1.0], [2.0], [3.0]], [[2.0], [4.0], [6.0]])
    >>> print(singular_causes(given)[0].remedy)
    penalise layers.0.weight and layers.1.weight
    """
    at = Weights(network)
    matrix = at.objective.hessian(at.vector) if hessian is None else hessian
    if not np.isfinite(matrix).all():
        return ()
    tolerance = _FLAT * float(np.max(np.abs(matrix)))
    seen: dict[tuple[str, str], list[str]] = {}
    for suspect in suspects(at):
        size = float(np.linalg.norm(suspect.direction))
        if size > 0 and float(np.linalg.norm(matrix @ suspect.direction)) <= tolerance * size:
            seen.setdefault((suspect.found, suspect.remedy), []).append(suspect.where)
    flat = (
        Cause(f"{_listed(where)}{': each' * (len(where) > 1)} {found}", remedy)
        for (found, remedy), where in seen.items()
    )
    return (*_without_minimum(at), *_too_few_equations(at), *flat)


def _listed(places: list[str]) -> str:
    return ", ".join(places[:_SHOWN]) + (f" and {len(places) - _SHOWN} more" if len(places) > _SHOWN else "")


def _without_minimum(at: Weights) -> Iterator[Cause]:
    """Cross-entropy that falls for ever, with larger biases or with longer outgoing weights."""
    network, last = at.network, len(at.network.layers) - 1
    if isinstance(network.objective.loss, Squared):
        return
    outputs = at.objective.outputs(at.vector)
    labels = labels_of(network.objective.loss, at.objective.targets, outputs.dtype)
    weight, bias = f"layers.{last}.weight", f"layers.{last}.bias"
    softmax = isinstance(network.objective.loss, SoftmaxCrossEntropy)
    same = (labels == 0).all(axis=0) | (not softmax and (labels == 1).all(axis=0))
    if same.any() and at.is_free(bias):
        where = _listed([f"output {each}" for each in np.flatnonzero(same)])
        yield Cause(
            f"all samples agree on {where}: no penalty holds its bias, and the loss falls for ever while that goes to "
            "±∞, so there is no minimum",
            f"remove the output, or penalise {bias}",
        )
    tensors = [weight] if network.layers[last].bias is None else [weight, bias]
    if all(map(at.is_free, tensors)) and _are_right(outputs, labels, softmax=softmax):
        yield Cause(
            "every sample is classified rightly and no penalty holds the output layer: multiplying it by more than 1 "
            "lowers the loss, again and again, so there is no minimum",
            f"add a penalty on {' and '.join(tensors)} (weight decay), or ask for cross-entropy-convergence",
        )


def _are_right(outputs: Array, labels: Array, *, softmax: bool) -> bool:
    """Whether all labels are hard, and all predicted, none by a tie."""
    if not ((labels == 0) | (labels == 1)).all():
        return False
    if not softmax:
        return bool(((outputs > 0) == (labels == 1)).all() and outputs.all())
    return bool(
        (np.where(labels == 1, outputs, np.inf).min(axis=1) > np.where(labels == 1, -np.inf, outputs).max(axis=1)).all()
    )


def _too_few_equations(at: Weights) -> Iterator[Cause]:
    """Where all samples are fitted only Σ ω JᵀPJ is left, of no larger rank than there are equations."""
    network, outputs = at.network, at.objective.outputs(at.vector)
    loss = network.objective.loss
    slopes = gradients(loss, outputs, labels_of(loss, at.objective.targets, outputs.dtype))
    softmax = isinstance(loss, SoftmaxCrossEntropy)
    equations = network.residual_count - (network.sample_count if softmax else 0)
    free = sum(place.stop - place.start for tensor, place in at.slices.items() if at.is_free(tensor))
    free -= sum(_dimension(network, name) for name in flat_directions(network))
    if free > equations and float(np.max(np.abs(slopes))) <= _FITTED:
        yield Cause(
            f"all samples are fitted, by {free} parameters that no penalty holds and {equations} equations: the "
            f"Hessian has rank {equations} at most on them",
            "add a penalty (weight decay), or more samples",
        )


def _dimension(network: Network, name: str) -> int:
    """Of the flat directions of one name."""
    if name.startswith("input"):
        return network.widths[1]
    return network.widths[-2] if name == "output.weight shift" else 1
