"""Units that carry nothing are dropped, copies merged: under decay a minimum of the smaller net is what is left of it.

A unit with w̃ = 0 and v = 0 moves no output, and copies (parallel w̃ and v) can be split in many ways of one value. At
such weights no minimum is strict; the network without them computes the same.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from certificates.subjects import Dense, Network
from verify.search.kinks.bilinear import Array, Bilinear

__all__ = ["Reduced", "reduced"]

_DEAD = 1e-6


@dataclass(frozen=True)
class Reduced:
    """The network that is left.

    Parameters
    ----------
    network
        With fewer units.
    kept
        Which units are left, the first of each group of copies.
    dead, copies
        How many units were dropped, and how many merged into others.
    """

    network: Network
    kept: tuple[int, ...]
    dead: int
    copies: int


def reduced(net: Bilinear, w: Array, likeness: float) -> Reduced:
    """The network with these weights, without dead units and copies; all of it where something is not penalised.

    Parameters
    ----------
    net, w
        The objective, and where.
    likeness
        The angle between both layers' weights of two units up to which they are copies.
    """
    if not (net.rates > 0).all():
        return Reduced(net.with_weights(w), tuple(range(net.units)), 0, 0)
    inner, v = w[net.inner], net.outer_weights(w)
    strength = np.linalg.norm(inner, axis=1) * np.linalg.norm(v, axis=0)
    alive = [unit for unit in range(net.units) if strength[unit] > _DEAD * max(1.0, strength.max())]
    groups: list[list[int]] = []
    for unit in alive or [0]:
        found = next(
            (g for g in groups if _parallel(inner, unit, g[0], likeness) and _parallel(v.T, unit, g[0], likeness)), None
        )
        if found is None:
            groups.append([unit])
        else:
            found.append(unit)
    merged = [_merged(inner[group], v[:, group].T) for group in groups]
    network = _with_units(net, w, np.array([a for a, _ in merged]), np.array([b for _, b in merged]).T)
    kept = tuple(group[0] for group in groups)
    return Reduced(network, kept, net.units - max(1, len(alive)), max(1, len(alive)) - len(groups))


def _parallel(rows: Array, one: int, other: int, likeness: float) -> bool:
    first, second = rows[one], rows[other]
    distance = np.linalg.norm(first * np.linalg.norm(second) - second * np.linalg.norm(first))
    return bool(distance < likeness * np.linalg.norm(first) * np.linalg.norm(second))


def _merged(inner: Array, v: Array) -> tuple[Array, Array]:
    """One unit that computes the sum of parallel ones, both layers' weights of one length."""
    if len(inner) == 1:
        return inner[0], v[0]
    total = (np.linalg.norm(inner, axis=1)[:, None] * v).sum(axis=0)
    length = np.sqrt(np.linalg.norm(total))
    return inner[0] / np.linalg.norm(inner[0]) * length, total / length


def _with_units(net: Bilinear, w: Array, inner: Array, v: Array) -> Network:
    hidden, outer = net.network.layers
    columns = hidden.weight.shape[1]
    offset = w[net.outer][:, net.units :]
    first = Dense(inner[:, :columns].copy(), None if hidden.bias is None else inner[:, columns].copy())
    second = Dense(v.copy(), None if outer.bias is None else offset[:, 0].copy())
    return replace(net.network, layers=(first, second))
