"""What both kinds about planted networks refuse."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from certificates import Dense, Network
from tests.corpus._case import Bent

__all__ = ["of_other_orbits", "with_constants"]


def with_constants(evidence: Any, **fields: Any) -> Any:
    """The evidence with other constants of the teacher."""
    return replace(evidence, constants=replace(evidence.constants, **fields))


def of_other_orbits(network: Network, claim: Any, evidence: Any) -> Iterator[Bent]:
    """Labels and widths of other problems, constants of other teachers."""
    attracts = "a teacher's orbit attracts a student of other labels, or of another width"
    yield Bent("given-labels", 1, attracts, _given(network), claim, evidence)
    yield Bent("wider-student", 1, attracts, _wider(network), claim, evidence)
    moves, bends = "a rotation of the hidden units moves the loss", "the loss bends less than it does"
    for name, check, theorem, fields in (
        ("negative-weight-of-rotations", 2, moves, {"vertical_weight": -1.0}),
        ("rotations-left-out", 4, moves, {"vertical_weight": 0.0}),
        ("largest-curvature-too-small", 4, bends, {"curvature_shift_upper": 1e-3}),
        ("fourth-moments-too-small", 4, bends, {"fourth_moment_shift": 1e-3}),
    ):
        yield Bent(name, check, theorem, network, claim, with_constants(evidence, **fields))


def _given(network: Network) -> Network:
    """The same network with labels that are given."""
    x, teacher = network.inputs, network.teacher[0].weight
    return replace(network, teacher=None, targets=((x @ teacher.T) ** 2).sum(axis=1)[:, None])


def _wider(network: Network) -> Network:
    """One hidden unit more than the teacher has."""
    weight = np.vstack([network.layers[0].weight, network.layers[0].weight[:1]])
    return replace(network, layers=(Dense(weight, None, True), Dense(np.ones((1, len(weight))), None, False)))
