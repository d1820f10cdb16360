"""D²F of a small perceptron by propagating values, first and second derivatives forwards, every entry written out."""

from __future__ import annotations

from itertools import count

import numpy as np

from certificates import Network
from tests.support.naive import ACTIVATIONS, unflatten

__all__ = ["bilinear_norm", "second_derivatives"]


def second_derivatives(network: Network, w: np.ndarray, name: str) -> np.ndarray:
    """D²F(w), shape (n · o, p, p), for the trained parameters in their flat order."""
    value, slope, bend = ACTIVATIONS[name]
    samples, size, at = len(network.inputs), len(w), 0
    h = network.inputs
    dh, ddh = np.zeros((*h.shape, size)), np.zeros((*h.shape, size, size))
    for index, (weight, bias) in enumerate(unflatten(network, w)):
        z = h @ weight.T + (0 if bias is None else bias)
        dz, ddz = np.einsum("ab,nbp->nap", weight, dh), np.einsum("ab,nbpq->napq", weight, ddh)
        if network.layers[index].trained:
            for row, place in zip(range(len(weight)), count(at, weight.shape[1])):
                entries = np.arange(place, place + weight.shape[1])
                dz[:, row, entries] += h
                ddz[:, row, entries, :] += dh
                ddz[:, row, :, entries] += dh.transpose(1, 0, 2)
            at += weight.size
            if bias is not None:
                dz[:, np.arange(len(bias)), at + np.arange(len(bias))] += 1
                at += len(bias)
        if index == len(network.layers) - 1:
            return ddz.reshape(samples * len(weight), size, size)
        s, b = slope(z)[..., None], bend(z)[..., None, None]
        h, dh, ddh = value(z), s * dz, s[..., None] * ddz + b * dz[..., None] * dz[..., None, :]
    raise ValueError("a network without layers")


def bilinear_norm(tensor: np.ndarray, rng: np.random.Generator, *, starts: int = 2, steps: int = 8) -> float:
    """A lower bound of sup Σ_i a_i uᵀH_i u' over unit a, u, u', by alternating maximisation: it is attained."""
    best = 0.0
    for _ in range(starts):
        a = rng.normal(size=len(tensor))
        for _ in range(steps):
            left, _, right = np.linalg.svd(np.tensordot(a / max(float(np.linalg.norm(a)), 1e-300), tensor, 1))
            a = np.einsum("ijk,j,k->i", tensor, left[:, 0], right[0])
        best = max(best, float(np.linalg.norm(a)))
    return best
