"""`relu-convergence`: descents enclosed in Arb, and small steps of double precision in place of the flow."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import numpy as np

from certificates import Accepted, Dense, Network
from certificates.claims.relu_convergence import Claim, Evidence
from tests.support.wide_relu import Run
from tests.truth._balls import balls, bits, high, low, norm, to_ball
from tests.truth._quadratic import hostile_number
from tests.truth.held import Held, at_least, at_most
from tests.truth.trial import Case
from verify.generators.wide import unit_data, wide_problem
from verify.proposals.relu_convergence import propose

SAMPLE = 12

_STEPS = 12


def draw(rng: np.random.Generator) -> Case:
    """Small layers with outer weights from too small to large, plain and in pairs; radii honest and bent."""
    network = _network(rng)
    together = bool(rng.random() < 0.25)
    found = propose(network, movement="all" if together else "unit").evidence
    evidence = found
    if found.radii and rng.random() < 0.5:
        factor = float(2.0 ** rng.uniform(-2, 2))
        evidence = Evidence(tuple(factor * r for r in found.radii), found.kernel_shift * float(rng.choice([1, 0.5])))
    step = None if together or rng.random() < 0.3 else 5e-324
    claim = Claim("all" if together else "unit", 1e308, 0.0, step)
    return Case(claim, evidence, network, lambda verdict: _truth(verdict, network))


def _network(rng: np.random.Generator) -> Network:
    n, d = (int(size) for size in rng.integers(1, [4, 4]))
    inputs, labels = unit_data(n, d + 1, seed=int(rng.integers(2**31)))
    inputs = inputs * 2.0 ** rng.choice([0, 0, 0, 20, -20])
    network = wide_problem(
        inputs,
        labels * float(10.0 ** rng.uniform(-3, 1)),
        width=2 * int(rng.integers(2, 25)),
        scale=Fraction(10.0 ** rng.uniform(0, 4.5)),
        seed=int(rng.integers(2**31)),
        antisymmetric=bool(rng.random() < 0.8),
        loss=str(rng.choice(["sum", "half-sum", "mean"])),
    )
    if rng.random() < 0.1:
        weight = network.layers[0].weight.copy()
        weight.reshape(-1)[rng.integers(weight.size)] = hostile_number(rng)
        network = replace(network, layers=(Dense(weight, None), network.layers[1]))
    return network


def _truth(verdict: Accepted, network: Network) -> Iterator[Held]:
    proved = verdict.proved
    facts = {fact.symbol: fact for fact in verdict.facts}
    yield from _start(network, facts)
    if proved.step_size_max is not None:
        yield from _descent(network, proved)
    yield from _flow(network, proved)


def _start(network: Network, facts) -> Iterator[Held]:
    """The least and the largest singular value of the pattern at the start, ties left out."""
    x, w = network.inputs, network.layers[0].weight
    pattern = (((x @ w.T) > 0)[:, :, None] * x[:, None, :]).reshape(len(x), -1)
    values = np.linalg.svd(pattern, compute_uv=False)
    yield at_least("σ", facts["σ"].lower, float(values[-1]) * (1 + 1e-9))
    yield at_most("‖P‖", facts["‖P‖"].upper, float(values[0]) * (1 - 1e-9))


def _descent(network: Network, proved: Claim) -> Iterator[Held]:
    """Steps of the largest size: where a sign is not certain, either slope is allowed."""
    with bits(400):
        x, v = balls(network.inputs), balls(network.layers[1].weight[0])
        y, start = balls(network.given_targets[:, 0]), balls(network.layers[0].weight)
        scale, step = to_ball(network.objective.squared_scale), to_ball(Fraction(proved.step_size_max))
        w, losses, farthest = start, [], Fraction(0)
        for _ in range(_STEPS):
            pre = x @ w.T
            units = np.vectorize(lambda z: z if z > 0 else to_ball(0), otypes=[object])(pre)
            e = units @ v - y
            losses.append(scale * np.sum(e * e))
            slopes = np.vectorize(lambda z: to_ball(1 if z > 0 else 0), otypes=[object])(pre) * e[:, None]
            w = w - 2 * scale * step * v[:, None] * (slopes.T @ x)
            farthest = max(farthest, *(low(norm(a - b)) for a, b in zip(w, start, strict=True)))
        yield at_most("radius", proved.radius, farthest)
        for before, after in pairwise(losses):
            if before > 0 and before.rel_accuracy_bits() > 60:
                yield at_least("decrease_rate", proved.decrease_rate, high((1 - after / before) / step))


def _flow(network: Network, proved: Claim) -> Iterator[Held]:
    """A thousandth of the loss a step: what is lost by it is well below a percent."""
    x, v = network.inputs, network.layers[1].weight[0]
    steepest = 4 * float(network.objective.squared_scale) * float(v @ v) * np.linalg.norm(x, 2) ** 2
    with np.errstate(all="ignore"):
        run = Run(network, 1e-3 / steepest, together=proved.movement == "all")
        before, farthest = run.loss(), 0.0
        for _ in range(400):
            moved, loss = run.step()
            farthest = max(farthest, moved)
        summands = np.maximum(x @ run.w.T, 0) @ np.abs(v)  # of outputs: what rounding is relative to
        blurred = np.min(np.abs(run.residual())) < 1e-9 * np.max(summands)
    if blurred or not (np.isfinite([before, loss, moved]).all() and loss > 1e-20 * before > 0):
        return
    yield at_least("rate of the flow", proved.decrease_rate, -np.log(loss / before) / run.time * 1.01)
    yield at_most("radius of the flow", proved.radius, farthest * 0.99)
