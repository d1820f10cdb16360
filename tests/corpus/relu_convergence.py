"""The corpus of ``relu-convergence``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import numpy as np

from certificates import Dense, Network
from certificates.claims.relu_convergence import Claim, Evidence
from certificates.expression import parse_activation
from tests.corpus._case import Bent, Case, Honest, Malformed
from tests.corpus._malformed import malformed
from tests.corpus._networks import honest, proposed, stronger
from verify.generators.wide import unit_data, wide_problem
from verify.proposals.relu_convergence import propose

__all__ = ["cases"]


def _start(samples: int, dimension: int, width: int, scale: int, **options) -> Network:
    return wide_problem(*unit_data(samples, dimension, seed=3), width=width, scale=scale, antisymmetric=True, **options)


def cases() -> Iterator[Case]:
    """Every file."""
    descent = _start(3, 3, 16, 3000)
    found = {
        "flow": proposed(propose, _start(4, 4, 40, 450)),
        "descent": proposed(propose, descent),
        "all-weights-together": proposed(propose, _start(3, 3, 40, 3000), movement="all"),
        "hidden-biases": proposed(propose, _biased(), movement="all"),
        "mean-loss": proposed(propose, _start(3, 3, 24, 9000, loss="mean")),
        "one-sample": proposed(propose, _start(1, 2, 8, 1000)),
    }
    yield from honest(found)
    yield from _other_networks(*found["descent"])
    yield from _other_evidence(*found["descent"])
    yield from _of_the_flow(*found["flow"])
    yield from stronger(*found["descent"], 8)
    good = Honest("", *found["descent"]).data
    yield Malformed("another-movement", good.replace(b'"movement": "unit"', b'"movement": "none"'))
    yield from malformed(good)


def _biased() -> Network:
    start = _start(3, 2, 24, 6000)
    half = np.linspace(-1, 1, 12)
    return replace(start, layers=(replace(start.layers[0], bias=np.concatenate([half, half])), start.layers[1]))


def _other_networks(network: Network, claim: Claim, evidence: Evidence) -> Iterator[Bent]:
    hidden, last = network.layers
    twin = network.inputs.copy()
    twin[2] = twin[0]
    uneven = last.weight.copy()
    uneven[0, 3] *= 2
    thin = Dense(last.weight / 64, None, False)
    turned = -last.weight.copy()
    turned[0, :8] *= -1
    of = partial(_with, network)
    below = replace(of(Dense(-np.abs(hidden.weight), None)), inputs=np.abs(network.inputs))
    for name, check, theorem, bent in (
        ("units-of-tanh", 1, "smooth units have kinks", replace(network, activations=(parse_activation("tanh"),))),
        ("leaky-units", 1, "a unit that leaks is off", replace(network, activations=(parse_activation("leaky_relu"),))),
        ("output-layer-trained", 1, "an output layer that moves stays", of(hidden, replace(last, trained=True))),
        ("uneven-outer-weights", 2, "the largest outer weight is every one", of(hidden, Dense(uneven, None, False))),
        ("no-outer-weights", 2, "zeros pass a gradient on", of(hidden, Dense(0 * uneven, None, False))),
        ("equal-inputs", 5, "one input can have two labels", replace(network, inputs=twin)),
        ("dead-units", 5, "units that are never active learn", below),
        ("small-outer-weights", 6, "the output scale does not matter", of(hidden, thin)),
        ("signs-that-do-not-cancel", 6, "outputs at the start do not matter", of(hidden, Dense(turned, None, False))),
        ("larger-labels", 6, "labels do not matter", replace(network, targets=64 * network.given_targets)),
    ):
        yield Bent(name, check, theorem, bent, claim, evidence)


def _with(network: Network, *layers: Dense) -> Network:
    return replace(network, layers=(*layers, *network.layers[len(layers) :]))


def _other_evidence(network: Network, claim: Claim, evidence: Evidence) -> Iterator[Bent]:
    last, shift = evidence.radii[-1], evidence.kernel_shift
    for name, check, theorem, changes in (
        ("no-radii", 3, "no ball is a ball", {"radii": ()}),
        ("radii-that-fall", 3, "cells may overlap", {"radii": (last, last / 2)}),
        ("a-radius-of-nothing", 3, "units need not move", {"radii": (0.0, last)}),
        ("kernel-a-hundredth-larger", 5, "λ_min is a hundredth larger", {"kernel_shift": 1.01 * shift}),
        ("units-that-stay", 6, "a thousandth of the way uses up the residual", {"radii": (last / 1000,)}),
        ("units-that-turn", 6, "the kernel is kept far away", {"radii": (1000.0,)}),
        ("half-the-way", 7, "descent goes no farther than the flow", {"radii": (0.51 * last,)}),
    ):
        wide = replace(claim, radius=1e3, decrease_rate=0.0)
        yield Bent(name, check, theorem, network, wide, replace(evidence, **changes))
    stopped = replace(claim, step_size_max=0.0)
    yield Bent("no-step", 3, "whatever the step, of which there is none", network, stopped, evidence)
    together = replace(claim, movement="all")
    yield Bent("descent-of-all", 3, "what keeps every unit keeps their sum", network, together, evidence)


def _of_the_flow(network: Network, claim: Claim, evidence: Evidence) -> Iterator[Bent]:
    step = replace(claim, step_size_max=1e-9)
    yield Bent("descent-like-the-flow", 7, "descent needs no more than the flow", network, step, evidence)
    together = replace(claim, movement="all")
    yield Bent("flow-of-all", 6, "the sum moves no farther than its largest part", network, together, evidence)
