"""The objective of an import: penalties by tensor and sample weights, exact and in their one spelling."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any, TypeAlias

from certificates.errors import MalformedProblem
from certificates.subjects import Decay, Layer, Objective
from verify.problems.cross_entropies import StatedLoss
from verify.problems.exact import exact_array, exact_rational

__all__ = ["DecayNames", "sample_factors", "stated_objective"]

DecayNames: TypeAlias = float | str | Fraction | Mapping[str, Any] | Iterable[Decay]


def stated_objective(
    stated: StatedLoss, layers: Sequence[Layer], sample_count: int, decay: DecayNames, sample_weights: Any
) -> Objective:
    """Put loss, penalties and weights of samples together.

    Parameters
    ----------
    stated
        The loss with the factors that it gives to samples.
    layers
        Of the network; frozen ones have no penalty.
    sample_count
        n.
    decay
        λ for every trained tensor; or by tensor; or ``Decay`` objects.
    sample_weights
        Further factors, n positive numbers; ``None`` for ones.

    Raises
    ------
    MalformedProblem
        A negative λ, one of a tensor that is not there; weights that are not positive (names the sample).
    """
    factors = stated.factors
    if sample_weights is not None:
        given = sample_factors(sample_weights, len(factors) or sample_count)
        factors = tuple(a * b for a, b in zip(factors, given, strict=True)) if factors else given
    loss = stated.loss
    if len(set(factors)) == 1:  # a common factor has one place
        loss, factors = replace(loss, scale=loss.scale * factors[0]), ()
    return Objective(loss, _decays(decay, layers), factors)


def sample_factors(sample_weights: Any, count: int) -> tuple[Fraction, ...]:
    """The exact weights of ``count`` samples, all positive."""
    array = exact_array(sample_weights, "sample_weights")
    if array.shape not in ((count,), (count, 1)):
        raise MalformedProblem(
            f"expected one for each of {count} samples, got shape {array.shape}", place="sample_weights"
        )
    found = tuple(
        exact_rational(weight, f"sample_weights[{index}]") for index, weight in enumerate(array.ravel().tolist())
    )
    for index, weight in enumerate(found):
        if weight <= 0:
            raise MalformedProblem(
                f"expected a positive number, got {float(weight):g}",
                place=f"sample_weights[{index}]",
                remedy="leave samples of weight 0 out of inputs, targets and weights" if weight == 0 else "",
            )
    return found


def _decays(decay: DecayNames, layers: Sequence[Layer]) -> tuple[Decay, ...]:
    trained = [
        f"layers.{index}.{kind}"
        for index, layer in enumerate(layers)
        if layer.trained
        for kind in ("weight", *(() if layer.bias is None else ("bias",)))
    ]
    if isinstance(decay, Mapping):
        return _by_order([made for name, rate in decay.items() for made in _decay(name, rate)], trained)
    if isinstance(decay, Iterable) and not isinstance(decay, str):
        given = list(decay)
        if not all(isinstance(each, Decay) for each in given):
            raise MalformedProblem(
                "expected a number, a mapping of tensors to numbers, or Decay objects",
                place="decay",
                remedy="such as {'layers.0.weight': '1/100'}",
            )
        return _by_order(given, trained)
    return tuple(made for name in trained for made in _decay(name, decay))


def _decay(name: str, rate: Any) -> list[Decay]:
    place = f"decay.{name}"
    exact = exact_rational(rate, place)
    if exact < 0:
        raise MalformedProblem(
            f"expected no negative number, got {float(exact):g}", place=place, remedy="a penalty is λ ≥ 0"
        )
    return [Decay(name, exact)] if exact else []


def _by_order(decays: list[Decay], trained: list[str]) -> tuple[Decay, ...]:
    """As problem files have them; those of other tensors last, where the network refuses them."""
    order = {name: index for index, name in enumerate(trained)}
    return tuple(sorted(decays, key=lambda each: order.get(each.tensor, len(order))))
