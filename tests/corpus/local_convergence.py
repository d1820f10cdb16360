"""The corpus of ``local-convergence``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from certificates import Dense, Network
from certificates.claims.local_convergence import Claim, Evidence
from certificates.expression import parse_activation
from tests.corpus._case import Bent, Case, Honest
from tests.corpus._malformed import malformed
from tests.corpus._networks import honest, proposed, stronger
from tests.support.shallow import shallow_problem
from verify.proposals.local_convergence import propose

__all__ = ["cases"]


def _problem(seed: int, *args: Any, **options: Any) -> Network:
    return shallow_problem(np.random.default_rng(seed), 4, 12, 6, *args, **options)


def cases() -> Iterator[Case]:
    """Every file."""
    good = Honest("around-the-teacher", *proposed(propose, _problem(1)))
    yield good
    yield from honest(
        {
            "softplus-around-the-teacher": proposed(propose, _problem(2, "softplus(1)", away=1.0), around="teacher"),
            "hidden-layer-alone": proposed(propose, _problem(3, trained=(True, False))),
            "given-labels": proposed(propose, _problem(4, "sigmoid", residual=1e-5)),
            "given-labels-near": proposed(propose, _problem(5, residual=1e-5), start_radius=1e-6),
            "planted-labels-around-the-weights": proposed(propose, _problem(6, away=1e-4), around="weights"),
            "many-inputs": proposed(propose, shallow_problem(np.random.default_rng(9), 40, 3, 6, "sigmoid")),
            "squared-relu": proposed(propose, _problem(7, "squared_relu")),
        }
    )
    yield from _other_networks(good.subject, good.claim, good.evidence)
    yield from _other_evidence(good.subject, good.claim, good.evidence)
    yield from _of_given_labels()
    yield from stronger(good.subject, good.claim, good.evidence, 7)
    yield from malformed(good.data)


def _other_networks(network: Network, claim: Claim, evidence: Evidence) -> Iterator[Bent]:
    hidden, last = network.layers
    twin = network.inputs.copy()
    twin[3] = twin[1]
    biased = replace(network, layers=(replace(hidden, bias=np.full(12, 0.25)), last))
    frozen = replace(network, layers=(replace(hidden, trained=False), last))
    narrow = tuple(replace(layer, weight=weight) for layer, weight in _narrower(network))
    other = replace(network, layers=(hidden, Dense(last.weight * 2, None, False)))
    for name, check, theorem, bent in (
        ("more-samples-than-parameters", 1, "seventy labels can be met with sixty weights", _wide(70)),
        ("two-hidden-layers", 1, "one hidden layer is two", _deep(network)),
        ("hidden-biases", 1, "formulas without biases hold with them", biased),
        ("hidden-layer-frozen", 1, "a statement about both layers is one about the second", frozen),
        ("narrower-teacher", 1, "weights of another shape are a start", replace(network, teacher=narrow)),
        ("frozen-layer-of-another", 1, "outer weights that do not move become the teacher's", other),
        ("relu", 3, "a kinked network has a Lipschitz Jacobian", _of(network, "relu")),
        ("jump", 3, "a network with a jump has a Lipschitz Jacobian", _of(network, "piecewise(z, 0, z+1)")),
        ("twin-samples", 5, "one input can have two labels nearby", replace(network, inputs=twin)),
        ("steeper-activation", 5, "what is proved of tanh(z) holds for tanh(z/4)", _of(network, "tanh(z/4)")),
    ):
        yield Bent(name, check, theorem, bent, claim, evidence)


def _other_evidence(network: Network, claim: Claim, evidence: Evidence) -> Iterator[Bent]:
    start, path, shift = evidence.start_radius, evidence.path_radius, evidence.kernel_shift
    for name, check, theorem, changes in (
        ("no-path", 2, "a path of no length reaches the minimum", {"path_radius": 0.0}),
        ("kernel-a-hundredth-larger", 5, "λ_min(K) is a hundredth larger", {"kernel_shift": shift * 1.01}),
        ("lighter-inputs", 5, "fourth moments are no more than a tenth", {"fourth_moment_shift": 0.1}),
        ("starts-three-times-as-far", 6, "residuals grow no further out", {"start_radius": 3 * start}),
        ("shorter-path", 6, "half the path uses up the residual", {"path_radius": path / 2}),
        ("path-past-the-limit", 6, "the Jacobian keeps full rank far away", {"path_radius": 100.0}),
    ):
        wide = replace(claim, radius=100.0)
        yield Bent(name, check, theorem, network, wide, replace(evidence, **changes))
    yield Bent("no-step", 2, "whatever the step, of which there is none", network, _stopped(claim), evidence)
    theorem = "no start at all is a start"
    yield Bent("negative-start-radius", 2, theorem, network, replace(claim, start_radius=-1.0), evidence)


def _of_given_labels() -> Iterator[Bent]:
    network, claim, evidence = proposed(propose, _problem(4, "sigmoid", residual=1e-5))
    about = replace(claim, around="teacher")
    yield Bent("teacher-of-given-labels", 1, "a small residual plants labels", network, about, evidence)
    changed = network.given_targets.copy()
    changed[2] += 1
    yield Bent("one-label-changed", 6, "labels do not matter", replace(network, targets=changed), claim, evidence)
    planted = _problem(1, away=0.5)
    _, claim, evidence = proposed(propose, planted, around="teacher")
    about = replace(claim, around="weights")
    yield Bent("weights-that-plant-nothing", 6, "what plants labels is any start", planted, about, evidence)


def _stopped(claim: Claim) -> Claim:
    return replace(claim, step_size_max=0.0)


def _narrower(network: Network) -> Iterator[tuple[Any, np.ndarray]]:
    hidden, last = network.teacher or ()
    yield hidden, np.ascontiguousarray(hidden.weight[:-1])
    yield last, np.ascontiguousarray(last.weight[:, :-1])


def _wide(samples: int) -> Network:
    return shallow_problem(np.random.default_rng(8), 4, 12, samples)


def _deep(network: Network) -> Network:
    between = Dense(np.eye(12), None, True)
    layers = network.layers[0], between, network.layers[1]
    teacher = tuple(replace(layer, trained=False) for layer in layers)
    return replace(network, layers=layers, activations=network.activations * 2, teacher=teacher)


def _of(network: Network, activation: str) -> Network:
    return replace(network, activations=(parse_activation(activation),))
