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
    tolerance = _FLAT * float(np.max(np.abs(matrix)))
    seen: dict[tuple[str, str], list[str]] = {}
    for suspect in suspects(at):
        size = float(np.linalg.norm(suspect.direction))
        if size > 0 and float(np.linalg.norm(matrix @ suspect.direction)) <= tolerance * size:
            seen.setdefault((suspect.found, suspect.remedy), []).append(suspect.where)
    flat = (Cause(f"{_listed(where)} {found}", remedy) for (found, remedy), where in seen.items())
    return (*_without_minimum(at), *_too_few_equations(at), *flat)


def _listed(places: list[str]) -> str:
    return ", ".join(places[:_SHOWN]) + (f" and {len(places) - _SHOWN} more" if len(places) > _SHOWN else "")


def _without_minimum(at: Weights) -> Iterator[Cause]:
    """Cross-entropy that falls for ever: where all samples are right, longer outgoing weights are better."""
    network, last = at.network, len(at.network.layers) - 1
    tensors = [f"layers.{last}.weight"] + ([] if network.layers[last].bias is None else [f"layers.{last}.bias"])
    if isinstance(network.objective.loss, Squared) or not all(map(at.is_free, tensors)):
        return
    outputs = at.objective.outputs(at.vector)
    labels = labels_of(network.objective.loss, at.objective.targets, outputs.dtype)
    if not ((labels == 0) | (labels == 1)).all():
        return
    if isinstance(network.objective.loss, SoftmaxCrossEntropy):
        others = np.where(labels == 1, -np.inf, outputs).max(axis=1)
        right = (np.where(labels == 1, outputs, -np.inf).max(axis=1) > others).all()
    else:
        right = ((outputs > 0) == (labels == 1)).all() and (outputs != 0).all()
    if right:
        yield Cause(
            "every sample is classified rightly and no penalty holds the output layer: multiplying it by more than 1 "
            "lowers the loss, again and again, so there is no minimum",
            f"add a penalty on {' and '.join(tensors)} (weight decay), or ask for cross-entropy-convergence",
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
