"""What about the data makes a tangent kernel nearly singular or a residual large: coincident samples, scales."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from certificates import Network, Rejected, Undecided
from verify.numeric.mlp import Perceptron
from verify.search.closest_pair import Pair, closest_pair
from verify.search.estimated import Estimates
from verify.search.scales import Scales, scales

__all__ = ["Cause", "Data", "data_causes", "look_at_data", "with_data_causes"]

_NEARLY = 1e-3  # of the typical distance
_KERNEL_CHECK, _CRITERION_CHECK = 6, 7  # of zero-loss convergence: λ_min(K) > 0; the residual is small enough


@dataclass(frozen=True)
class Data:
    """Closest samples and scales.

    Parameters
    ----------
    pair
        The closest two samples; ``None`` of a single one.
    inputs, targets
        Scales of the columns.
    """

    pair: Pair | None
    inputs: Scales
    targets: Scales


@dataclass(frozen=True)
class Cause:
    """What was found, and what to do about it."""

    found: str
    remedy: str


def look_at_data(network: Network) -> Data:
    """Planted targets are computed in float64."""
    with np.errstate(all="ignore"):
        targets = Perceptron(network).targets
    return Data(closest_pair(network.inputs), scales(network.inputs), scales(targets))


def data_causes(data: Data) -> Iterator[Cause]:
    """Those that are notable.

    Examples
    --------
    >>> import verify
    >>> far = verify.from_arrays([[[1.0]], [[1.0]]], None, "tanh", [[500.0], [700.0]], [[0.5], [1.5]])
    >>> for cause in data_causes(look_at_data(far)): print(cause.found)
    the inputs have standard deviation 100, mean up to 6 of them, entries up to 700
    """
    if data.pair is not None and data.pair.distance <= _NEARLY * data.pair.typical:
        yield Cause(f"the closest are {data.pair}", "remove one of two samples that nearly coincide")
    for name, found in (("inputs", data.inputs), ("targets", data.targets)):
        if found.is_odd:
            remedy = (
                f"scale the {name} (from each column its mean, then divided by its standard deviation) and train again"
            )
            yield Cause(f"the {name} have {found}", remedy)


def with_data_causes(verdict: Rejected | Undecided, network: Network, known: Estimates | None) -> Rejected | Undecided:
    """The refusal of λ_min(K) > 0 with its estimate and the closest samples; with that of the residual, odd scales.

    Parameters
    ----------
    verdict
        Of other checks it comes back as it is.
    network, known
        The problem, and what is estimated about it; ``None`` when it is about other weights.
    """
    if verdict.check not in (_KERNEL_CHECK, _CRITERION_CHECK):
        return verdict
    data = look_at_data(network)
    causes = list(data_causes(data))
    if verdict.check == _KERNEL_CHECK:
        spectrum = [f"λ_min(K) {known.smallest:.3g} of λ_max(K) {known.largest:.3g}"] if known is not None else []
        pair = [f"closest samples {data.pair}"] if data.pair is not None else []
        verdict = replace(verdict, seen=f"{verdict.seen}; estimated: {', '.join([*spectrum, *pair])}")
    if not causes:
        return verdict
    advice = ", or ".join([cause.remedy for cause in causes] + ([verdict.advice] if verdict.advice else []))
    return replace(verdict, reason=f"{verdict.reason}: {', '.join(c.found for c in causes)}", advice=advice)
