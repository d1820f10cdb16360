"""What is in the way of a strict minimum at weights: what makes the Hessian singular, and where polishing ended."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from certificates import Network, Rejected, Undecided
from certificates.expression import Activation, smooth_pieces
from verify.numeric.activations import compile_activation
from verify.search.data_causes import Cause
from verify.search.objective_polish import MOST_PARAMETERS, PolishedObjective
from verify.search.singular_causes import singular_causes

__all__ = ["explained_minimum"]

_NEAR = 1e-9


def explained_minimum(
    verdict: Rejected | Undecided, network: Network, polished: PolishedObjective | None = None
) -> Rejected | Undecided:
    """The refusal with its causes; the judge's own advice, to polish, stays where none is found.

    Parameters
    ----------
    verdict
        About these weights: the Hessian or the gradient was not what a strict minimum needs.
    network
        With the weights that were refused.
    polished
        How they were found, if they are not the given ones.
    """
    small = network.trained_parameter_count <= MOST_PARAMETERS
    causes = list(singular_causes(network)) if small else []
    tail = [cause.found for cause in causes]
    if polished is not None:
        end = _end(polished, singular=bool(causes))
        first, last = polished.gradient_norms[0], polished.gradient_norms[1]
        steps = f"{polished.steps} Newton steps took ‖∇f‖ from {first:.3g} to {last:.3g}"
        tail, causes = [f"{steps}{end.found}", *tail], causes or [end]
    if not tail:
        return verdict
    advice = ", or ".join(cause.remedy for cause in causes if cause.remedy) or verdict.advice
    return replace(verdict, reason=f"{verdict.reason}: {'; '.join(tail)}", advice=advice)


def _end(polished: PolishedObjective, *, singular: bool) -> Cause:
    """Where polishing ended, as the end of a sentence, and what to try; of a minimum there is nothing to say."""
    smallest, largest = polished.eigenvalues
    match polished.ended:
        case "singular":
            found = f", where the Hessian is singular up to rounding (λ_min about {smallest:.3g}, λ_max {largest:.3g})"
            return Cause(found, "" if singular else "penalise every tensor, biases too")
        case "stuck":
            found = f", where no step lowers f (λ_min about {smallest:.3g}, λ_max {largest:.3g})"
            return Cause(found, _after_kinks(polished.network) or "train from another start")
        case "steps":
            return Cause(" and reached their limit", _after_kinks(polished.network) or "train further before polishing")
        case "overflow":
            return Cause(": f is not finite there", "weights, inputs or targets of a smaller scale")
        case "large":
            found = f": there are more than {MOST_PARAMETERS:,} parameters"
            return Cause(found, "a smaller network, or frozen layers")
        case "minimum" | "critical":
            return Cause(f" (λ_min about {smallest:.3g}, λ_max {largest:.3g})", "")


def _after_kinks(network: Network) -> str:
    """What to try where slopes jump: minima of such networks lie on their kinks."""
    if not any(map(_has_kinks, network.activations)):
        return ""
    return ("ask for kink-minimum, or use " if len(network.layers) == 2 else "use ") + "a smooth activation"


def _has_kinks(activation: Activation) -> bool:
    breakpoints = smooth_pieces(activation.expression)[1]
    z = np.array([float(each) for each in breakpoints])
    near = _NEAR * (1 + np.abs(z))
    slopes = compile_activation(activation)
    return bool(np.any(np.abs(slopes(z + near)[1] - slopes(z - near)[1]) > np.sqrt(_NEAR)))
