"""What about the data makes a tangent kernel nearly singular or a residual large: coincident samples, scales."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from certificates import Network, Rejected, Undecided
from verify.numeric.mlp import Perceptron
from verify.search.closest_pair import Pair, closest_pair, repeated_samples
from verify.search.estimated import Estimates
from verify.search.representatives import different_samples
from verify.search.scales import Scales, scales

__all__ = ["Cause", "Data", "data_causes", "look_at_data", "rank_cause", "with_data_causes"]

_NEARLY = 1e-3  # of the typical distance
_INPUTS_CHECK, _KERNEL_CHECK, _CRITERION_CHECK = 3, 6, 7  # of zero-loss convergence
_MOST_EQUATIONS = 1_000  # whose kernel is factorised with pivots
_SHOWN = 12


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


def data_causes(data: Data, *, singular: bool = False) -> Iterator[Cause]:
    """Those that are notable.

    Parameters
    ----------
    data
        What was seen.
    singular
        Whether the kernel is singular up to rounding: then inputs that are not standardised are a likely cause.

    Examples
    --------
    >>> import verify
    >>> far = verify.from_arrays([[[1.0]], [[1.0]]], None, "tanh", [[500.0], [700.0]], [[0.5], [1.5]])
    >>> for cause in data_causes(look_at_data(far)): print(cause.found)
    the inputs have standard deviation 100, means within 6 deviations of 0, entries up to 700
    """
    if data.pair is not None and data.pair.distance <= _NEARLY * data.pair.typical:
        yield Cause(f"the closest samples are {data.pair}", "remove one of two samples that nearly coincide")
    odd = [("inputs", data.inputs)] if data.inputs.is_odd or (singular and not data.inputs.is_standard) else []
    if data.targets.is_odd and not (singular and odd):  # the kernel is the inputs' first of all
        odd.append(("targets", data.targets))
    if odd:
        names = " and the ".join(name for name, _ in odd)
        yield Cause(
            "; ".join(f"the {name} have {found}" for name, found in odd),
            f"scale the {names} (subtract each column's mean, divide by its standard deviation) and train again",
        )


def rank_cause(network: Network) -> Cause | None:
    """How many samples differ to six digits, if not all do: the others ask for what is nearly given already.

    Of inputs on odd scales it says little: keeping those samples does not help before they are scaled.
    """
    if network.residual_count > _MOST_EQUATIONS:
        return None
    kept = len(different_samples(network))
    if not 0 < kept < network.sample_count:
        return None
    return Cause(
        f"to six digits {kept} of {network.sample_count} samples ask for something that the others do not",
        f"keep those {kept} samples (`verify problem select PROBLEM --different -o FEWER`)",
    )


def with_data_causes(verdict: Rejected | Undecided, network: Network, known: Estimates | None) -> Rejected | Undecided:
    """The refusal of λ_min(K) > 0 with its estimate and the closest samples; with that of the residual, odd scales.

    Parameters
    ----------
    verdict
        Of other checks it comes back as it is.
    network, known
        The problem as given, and what is estimated about it; ``None`` when the verdict is about polished weights.
    """
    if verdict.check == _INPUTS_CHECK:
        return _with_repeated(verdict, network)
    if verdict.check not in (_KERNEL_CHECK, _CRITERION_CHECK):
        return verdict
    data = look_at_data(network)
    stuck = verdict.check == _KERNEL_CHECK or known is None  # weights that were polished in vain
    causes, own = list(data_causes(data, singular=stuck)), [verdict.advice] if verdict.advice else []
    if verdict.check == _KERNEL_CHECK:
        verdict = replace(verdict, seen=f"{verdict.seen}; estimated: {_estimated(data, known)}")
    rank = rank_cause(network) if stuck and not data.inputs.is_odd else None
    if rank is not None:
        causes, own = [*causes, rank], [] if verdict.check == _KERNEL_CHECK else own  # which asks for width
    if not causes:
        return verdict
    advice = ", or ".join([cause.remedy for cause in causes] + own)
    return replace(verdict, reason=f"{verdict.reason}: {'; '.join(c.found for c in causes)}", advice=advice)


def _estimated(data: Data, known: Estimates | None) -> str:
    spectrum = [f"λ_min(K) {known.smallest:.3g} of λ_max(K) {known.largest:.3g}"] if known is not None else []
    pair = [f"closest samples {data.pair}"] if data.pair is not None else []
    return ", ".join([*spectrum, *pair])


def _with_repeated(verdict: Rejected | Undecided, network: Network) -> Rejected | Undecided:
    """All samples that repeat others, so that nobody removes one and is told of the next."""
    repeated = repeated_samples(network.inputs)
    if len(repeated) < 2:
        return verdict
    shown = ", ".join(map(str, repeated[:_SHOWN])) + (", …" if len(repeated) > _SHOWN else "")
    advice = f"remove the {len(repeated)} samples that repeat the inputs of others: {shown}"
    return replace(verdict, advice=advice)
