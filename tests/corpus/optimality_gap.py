"""The corpus of ``optimality-gap``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from certificates import Network
from tests.corpus._case import Bent, Case, Honest, Malformed
from tests.corpus._malformed import malformed
from tests.corpus._networks import honest, of_other_form, proposed, stronger, with_outer
from tests.support import quadratic as naive
from verify.proposals import optimality_gap

__all__ = ["cases"]


def _first() -> Iterator[Case]:
    network = _minimum()
    _, claim, evidence = proposed(optimality_gap.propose, network)
    good = Honest("noisy-labels", network, claim, evidence)
    yield good
    dual = replace(evidence, method="dual", shift=0.0, columns=())
    positive, negative = replace(dual, vector=(1.0,) * 8), replace(dual, vector=(-1.0,) * 8)
    rest = optimality_gap.Evidence("nonnegative")
    loss = naive.exact_loss(network.layers[0].weight, [1.0, 1.0], network.inputs, network.targets[:, 0])
    crossed = network.inputs.copy()
    crossed[:, 1] = 2 * crossed[:, 0]
    crossed[0, 1] += 1.0
    named = replace(evidence, columns=(0,))
    yield Honest("loss-alone", network, type(claim)(float(loss) * 1.001), rest)
    yield Bent(
        "trained-outer-layer",
        1,
        "the infimum over the first layer is that over both",
        with_outer(network, [1.0, 1.0], trained=True),
        claim,
        evidence,
    )
    yield Bent(
        "dual-point-for-mixed-signs",
        2,
        "W ↦ WᵀD_vW is positive semidefinite for outer weights of both signs",
        with_outer(network, [1.0, -1.0]),
        claim,
        positive,
    )
    yield Bent(
        "dual-point-too-short",
        2,
        "a dual point may leave samples out",
        network,
        claim,
        replace(positive, vector=(1.0,) * 7),
    )
    yield Bent(
        "infeasible-dual-point", 4, "every ν is a dual point, so the infimum may exceed f(W)", network, claim, negative
    )
    yield Bent(
        "one-column-for-two", 4, "one input spans two independent ones", replace(network, inputs=crossed), claim, named
    )
    yield Bent(
        "other-labels",
        5,
        "a gap does not depend on the labels",
        replace(network, targets=-network.targets),
        claim,
        positive,
    )
    yield Bent("nothing-but-the-loss", 5, "the gap is smaller than the loss, by the loss alone", network, claim, rest)
    yield Bent(
        "half-the-gap",
        5,
        "a gap is half what its evidence proves",
        network,
        replace(claim, gap=claim.gap / 2),
        evidence,
    )
    key = b'"gap": "'
    key = b'"gap": "'
    yield Malformed("negative-gap", good.data.replace(key, key + b"-"))
    yield Malformed("infinite-gap", good.data.replace(key, key + b"inf"))


def _further() -> Iterator[Case]:
    negative = naive.trained(_network(20, [-1.0, -0.5], 2, 7))
    mixed = naive.trained(_network(21, [1.0, -1.0, 0.5], 2, 9))
    flat = _network(22, [1.0, 2.0], 3, 6)
    x = flat.inputs.copy()
    x[:, 2] = x[:, 0] + 2 * x[:, 1]
    flat = naive.trained(replace(flat, inputs=np.rint(x * 4) / 4))
    x = np.rint(x * 4) / 4
    x[:, 2] = x[:, 0] + 2 * x[:, 1]
    flat = replace(flat, inputs=x)
    one = naive.network_problem([[0.5]], [1.0], [[1.0], [2.0]], [1.0, 1.0])
    found = {
        "negative-signs": proposed(optimality_gap.propose, negative),
        "mixed-signs": proposed(optimality_gap.propose, mixed),
        "dependent-inputs": proposed(optimality_gap.propose, flat),
        "one-weight": proposed(optimality_gap.propose, one),
        "no-minimum": proposed(optimality_gap.propose, _network(24, [1.0, 2.0], 2, 6)),
    }
    network, claim, evidence = found["negative-signs"]
    squares = found["mixed-signs"]
    few = _network(23, [1.0, -1.0], 3, 4)
    own = replace(evidence, method="self-dual", shift=0.0, vector=(), eigenvalue_shift=0.0, columns=())
    yield Bent(
        "self-dual-far-from-a-minimum",
        4,
        "every residual is a dual point",
        _network(20, [-1.0, -0.5], 2, 7),
        claim,
        own,
    )
    yield Bent(
        "least-squares-of-few-samples",
        4,
        "four samples determine six products",
        few,
        squares[1],
        replace(squares[2], vector=(0.0,) * 6),
    )
    yield Bent(
        "moments-above-the-spectrum",
        4,
        "λ_min(T) is 1,000",
        squares[0],
        squares[1],
        replace(squares[2], eigenvalue_shift=1000.0),
    )
    yield Bent(
        "columns-out-of-order",
        2,
        "columns out of order span what columns in order span",
        network,
        claim,
        replace(own, columns=(1, 0)),
    )
    yield Bent(
        "vector-without-a-use",
        2,
        "evidence that is not read proves something",
        network,
        claim,
        replace(own, vector=(1.0,)),
    )
    yield Bent(
        "gap-of-a-better-point",
        5,
        "weights twice as far out are as good",
        naive.network_problem(*_moved(mixed)),
        squares[1],
        squares[2],
    )
    yield from honest(found)
    yield from stronger(*found["no-minimum"], 5)
    yield from of_other_form(network, claim, evidence)
    yield from malformed(Honest("", *found["negative-signs"]).data)


def _minimum() -> Network:
    """d = k = 2, noisy labels: the loss at the minimum is far from 0."""
    return naive.trained(naive.random_problem(np.random.default_rng(0), 2, 2, 8))


def _network(seed: int, outer: list[float], d: int, n: int, *, noise: float = 1.0) -> Network:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, d))
    return naive.network_problem(rng.normal(size=(len(outer), d)), outer, x, noise * rng.normal(size=n))


def _moved(network: Network) -> tuple[Any, ...]:
    return 2 * network.layers[0].weight, network.layers[1].weight[0], network.inputs, network.given_targets[:, 0]


def cases() -> Iterator[Case]:
    """Every file."""
    yield from _first()
    yield from _further()
