"""What the kinds about strict minima share: fitted problems, and what every one of their claims may get wrong."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np

from certificates import Network
from certificates.expression import parse_activation
from certificates.subjects import Logistic, Objective, SoftmaxCrossEntropy, Squared
from tests.corpus._case import Bent
from tests.support.minima import classifier, decays, fitted, vector

__all__ = ["bent_minima", "deep_classifier", "labels_classifier", "regressor", "softmax_classifier", "vectors"]

SHARE = Fraction(1, 12)


def softmax_classifier() -> Network:
    """Three classes, biases without a penalty: one flat direction."""
    return fitted(classifier(np.random.default_rng(3), (2, 3, 3), 12, SoftmaxCrossEntropy(SHARE), Fraction(1, 200)))


def labels_classifier() -> Network:
    """Two labels a sample."""
    return fitted(classifier(np.random.default_rng(5), (2, 2, 2), 12, Logistic(SHARE), Fraction(1, 100)))


def deep_classifier() -> Network:
    """Two hidden layers."""
    network = classifier(np.random.default_rng(8), (2, 2, 2, 1), 10, Logistic(Fraction(1, 10)), Fraction(1, 30))
    return fitted(network)


def regressor() -> Network:
    """Squares of residuals, with weights of samples."""
    rng = np.random.default_rng(4)
    network = classifier(rng, (2, 2, 1), 10, Squared(Fraction(1, 20)), Fraction(1, 100), activation="softplus(1)")
    weights = tuple(Fraction(int(k), 4) for k in rng.integers(1, 8, size=10))
    return fitted(replace(network, objective=replace(network.objective, sample_weights=weights)))


def bent_minima(network: Network, claim: Any, evidence: Any, *, every: int = 1) -> Iterator[Bent]:
    """What checks 1 to 7 refuse, whatever else is claimed; the network's softmax has unpenalised biases."""
    bent = [*_other_problems(network, claim, evidence), *_other_evidence(network, claim, evidence)]
    yield from bent[::every]


def _other_problems(network: Network, claim: Any, evidence: Any) -> Iterator[Bent]:
    objective = network.objective
    moved = replace(network, layers=(_scaled(network.layers[0], 1 + 2.0**-20), *network.layers[1:]))
    dead = replace(network, layers=tuple(_scaled(layer, 0.0) for layer in network.layers))
    larger = tuple(replace(decay, rate=decay.rate * Fraction(10**6 + 1, 10**6)) for decay in objective.decay)
    unpenalised = replace(network, objective=Objective(objective.loss))
    wrong = network.targets[::-1].copy()
    biased = (*objective.decay, *decays("1/20", f"layers.{len(network.layers) - 1}.bias"))
    relu = (parse_activation("relu"),) * len(network.activations)
    for name, check, theorem, other in (
        ("relu", 5, "a minimum of tanh is one of ReLU", replace(network, activations=relu)),
        ("penalty-on-the-output-bias", 2, "a direction that is penalised is flat", _with(network, biased)),
        ("without-penalty", 2, "directions that are not listed are not flat", unpenalised),
        ("other-inputs", 7, "inputs a millionth larger have the same minimum", _stretched(network)),
        ("other-labels", 5, "the minimum does not depend on the labels", replace(network, targets=wrong)),
        ("dead-network", 5, "a network that carries nothing is at a strict minimum", dead),
        ("other-weights", 7, "weights a millionth larger are as near to a minimum", moved),
        ("a-larger-penalty", 7, "the minimum does not depend on the penalty", _with(network, larger)),
    ):
        yield Bent(name, check, theorem, other, claim, evidence)
    for name, theorem, flat in (
        ("no-flat-direction", "a softmax with a free bias has a strict minimum on the whole space", ()),
        ("another-flat-direction", "adding a number to all outer weights changes nothing", ("output.weight shift",)),
    ):
        yield Bent(name, 2, theorem, network, _of_flat(claim, flat), evidence)


def _of_flat(claim: Any, flat: tuple[str, ...]) -> Any:
    """The claim with other flat directions; a loop goes with its own."""
    return replace(claim, flat=flat, **({"float_loop": None} if hasattr(claim, "float_loop") else {}))


def _stretched(network: Network) -> Network:
    return replace(network, inputs=network.inputs * (1 + 2.0**-20))


def _with(network: Network, decay: Any) -> Network:
    return replace(network, objective=replace(network.objective, decay=decay))


def _scaled(layer: Any, factor: float) -> Any:
    return replace(layer, weight=layer.weight * factor, bias=None if layer.bias is None else layer.bias * factor)


def _other_evidence(network: Network, claim: Any, evidence: Any) -> Iterator[Bent]:
    bends: tuple[tuple[str, int, str, dict[str, Any]], ...] = (
        ("inner-ball-beyond", 3, "a ball may be larger than what contains it", {"inner_radius": 2 * evidence.radius}),
        ("no-ball", 3, "a ball of no radius holds a minimum", {"inner_radius": 0.0}),
        ("correction-too-short", 3, "parameters without a correction do not count", {"correction": ((0.0,),)}),
        ("shift-above-the-spectrum", 5, "λ_min is half as large again", {"shift_lower": 1.5 * evidence.shift_lower}),
        ("shift-below-the-spectrum", 5, "λ_max is half as large", {"shift_upper": evidence.shift_upper / 2}),
        ("a-huge-ball", 6, "the Hessian is positive definite far away", {"radius": 2.0}),
        (
            "a-tiny-inner-ball",
            7,
            "a minimum lies where the gradient still points elsewhere",
            {"inner_radius": 2.0**-70},
        ),
        ("correction-of-one", 7, "weights that are off by one are as near", {"correction": _ones(network)}),
    )
    for name, check, theorem, fields in bends:
        bent = replace(evidence, **fields)
        wide = {"radius": 2.0} if name == "a-huge-ball" else {}
        yield Bent(name, check, theorem, network, replace(claim, **wide), bent)


def _ones(network: Network) -> tuple[tuple[float, ...], ...]:
    return ((2.0**-20,) * network.trained_parameter_count,)


def vectors() -> dict[str, Network]:
    """Those of theory chapter 6 at a minimum."""
    return {name: vector(name) for name in "ACD"}
