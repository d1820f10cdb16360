"""Further files about points of quadratic networks: other signs and sizes, singular data, evidence of other forms."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np

from certificates import Network
from certificates.claims import global_landscape as landscape
from certificates.claims import negative_curvature as saddle
from tests.corpus.structure import bent_files, encoded, generator, other_files, parts, proposed, stronger_files
from tests.support import quadratic as naive
from tests.support.certificates import certificate_bytes
from tests.support.planted import random_planted
from verify.proposals import (
    global_landscape,
    negative_curvature,
    optimality_gap,
    second_order_stationary,
)

__all__ = ["corpus"]

Files = dict[str, bytes]
Parts = tuple[Files, Files]
_F = Fraction


def _network(seed: int, outer: list[float], d: int, n: int, *, noise: float = 1.0) -> Network:
    rng = generator(seed)
    x = rng.normal(size=(n, d))
    return naive.network_problem(rng.normal(size=(len(outer), d)), outer, x, noise * rng.normal(size=n))


def _gaps() -> Parts:
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
    false = {
        "self-dual-far-from-a-minimum-check-4": (_network(20, [-1.0, -0.5], 2, 7), claim, own),
        "least-squares-of-few-samples-check-4": (few, squares[1], replace(squares[2], vector=(0.0,) * 6)),
        "moments-above-the-spectrum-check-4": (squares[0], squares[1], replace(squares[2], eigenvalue_shift=1e3)),
        "columns-out-of-order-check-2": (network, claim, replace(own, columns=(1, 0))),
        "vector-without-a-use-check-2": (network, claim, replace(own, vector=(1.0,))),
        "gap-of-a-better-point-check-5": (naive.network_problem(*_moved(mixed)), squares[1], squares[2]),
    }
    stronger = stronger_files(*found["no-minimum"], 5)
    return encoded(found), encoded(false) | stronger | other_files(network, claim, evidence)


def _moved(network: Network) -> tuple[Any, ...]:
    return 2 * network.layers[0].weight, network.layers[1].weight[0], network.inputs, network.given_targets[:, 0]


def _landscapes() -> Parts:
    mixed, single = _network(30, [1.0, 1.0, -1.0, -1.0, 0.0], 2, 3), _network(31, [2.0, -1.0], 1, 1)
    dead = _network(32, [1.0, -1.0], 2, 1)
    x = dead.inputs.copy()
    x[:, 1] = 0.0
    found = {
        "a-dead-unit": proposed(global_landscape.propose, mixed),
        "one-sample": proposed(global_landscape.propose, single),
        "a-dead-input": proposed(global_landscape.propose, replace(dead, inputs=x)),
        "positive-signs": proposed(global_landscape.propose, _network(33, [1.0, 0.5, 2.0], 3, 9)),
    }
    network, claim, evidence = found["a-dead-unit"]
    mirrored, zero = network.inputs.copy(), network.inputs.copy()
    mirrored[2], zero[1] = -mirrored[0], 0.0
    many = _network(30, [1.0, 1.0, -1.0, -1.0], 2, 4)
    plain = landscape.Claim()
    false = {
        "one-unit-too-few-check-2": (_network(30, [1.0], 2, 3), plain, evidence),
        "one-of-each-sign-check-2": (_network(30, [1.0, -1.0], 2, 3), plain, evidence),
        "mirrored-inputs-check-4": (replace(network, inputs=mirrored), claim, evidence),
        "a-sample-of-zeros-check-4": (replace(network, inputs=zero), claim, evidence),
        "more-samples-than-pairs-check-4": (many, claim, evidence),
        "shift-above-the-spectrum-check-4": (network, claim, replace(evidence, gram_shift=1e6)),
    }
    return encoded(found), encoded(false) | bent_files(network, claim, evidence, 5)


def _saddles() -> Parts:
    def origin(seed: int, outer: list[float], labels: list[float]) -> Network:
        return naive.network_problem(np.zeros((len(outer), 2)), outer, generator(seed).normal(size=(5, 2)), labels)

    dead = origin(42, [1.0, 0.0], [1.0] * 5)
    x = dead.inputs.copy()
    x[:, 1] = 0.0
    start = naive.network_problem(0.1 * np.ones((2, 2)), [1.0, 1.0], generator(43).normal(size=(5, 2)), [2.0] * 5)
    found = {
        "negative-signs": proposed(negative_curvature.propose, origin(40, [-1.0, -2.0], [-1.0] * 5)),
        "mixed-signs": proposed(negative_curvature.propose, origin(41, [1.0, -1.0], [1.0, -1.0, 1.0, -1.0, 1.0])),
        "a-dead-unit-and-input": proposed(negative_curvature.propose, replace(dead, inputs=x)),
        "no-critical-point": proposed(negative_curvature.propose, start),
    }
    network, claim, evidence = found["no-critical-point"]
    flat = naive.network_problem(np.zeros((2, 2)), [1.0, 1.0], network.inputs, [0.0] * 5)
    false = {
        "direction-for-more-inputs-check-2": (network, claim, replace(evidence, inputs=(*evidence.inputs, 1.0))),
        "flat-in-every-direction-check-4": (flat, claim, evidence),
        "half-the-gradient-check-5": (network, replace(claim, gradient_norm=claim.gradient_norm / 2), evidence),
        "descent-of-no-step-check-5": (network, claim, replace(evidence, step=0.0)),
    }
    bits = stronger_files(network, claim, evidence, 5)
    honest = encoded(found) | {
        "no-descent": certificate_bytes(network, saddle.Claim(claim.curvature, claim.gradient_norm, 0.0), evidence)
    }
    return honest, encoded(false) | bits | other_files(network, claim, evidence)


def _points() -> Parts:
    planted = random_planted(generator(52), 3, 2, 30, scale=_F(1, 60), away=1e-6)
    found = {
        "mixed-signs": proposed(
            second_order_stationary.propose, naive.trained(_network(50, [1.0, -1.0, 1.0, -2.0], 2, 9))
        ),
        "negative-signs": proposed(second_order_stationary.propose, naive.trained(_network(51, [-1.0, -2.0], 2, 8))),
        "planted-labels": proposed(second_order_stationary.propose, planted),
        "no-critical-point": proposed(second_order_stationary.propose, _network(53, [1.0, 1.0], 2, 6, noise=9.0)),
    }
    network, claim, evidence = found["no-critical-point"]
    wide = replace(evidence, force_lower=-1e4, force_upper=1e4, hessian_shift=None)
    false = {
        "upper-shift-below-the-spectrum-check-4": (network, claim, replace(evidence, force_upper=-1e3)),
        "hessian-above-the-spectrum-check-5": (network, claim, replace(wide, hessian_shift=1e4)),
        "moments-above-the-spectrum-check-5": (network, claim, replace(wide, moment_shift=1e4)),
        "gram-of-many-samples-check-5": (network, claim, replace(wide, gram_shift=0.1)),
        "fourth-moment-too-small-check-5": (network, claim, replace(wide, fourth_moment_shift=1e-3)),
    }
    return encoded(found), encoded(false) | bent_files(network, claim, evidence, 6)


_KINDS = {
    "optimality-gap": _gaps,
    "global-landscape": _landscapes,
    "negative-curvature": _saddles,
    "second-order-stationary": _points,
}


def corpus() -> Iterator[tuple[str, str, Iterator[tuple[str, bytes]]]]:
    """(folder, kind, files) of every part."""
    return parts(_KINDS)
