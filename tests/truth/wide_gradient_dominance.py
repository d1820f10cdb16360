"""`wide-gradient-dominance`: gradients and losses in Arb at the weights and at the worst points found in the ball."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import numpy as np
from scipy.integrate import solve_ivp

from certificates import Accepted, Dense, Network
from certificates.claims.wide_gradient_dominance import Claim, Evidence
from certificates.expression import parse_activation
from certificates.subjects import Objective, Squared
from tests.truth._balls import balls, bits, high, low, norm, to_ball
from tests.truth._networks import Perceptron, hostile_spelling, perceptron
from tests.truth._quadratic import hostile_number
from tests.truth.held import Held, at_least, at_most
from tests.truth.trial import Case
from verify.proposals.wide_gradient_dominance import propose

SAMPLE = 25

_NAMES = ("tanh", "sigmoid", "softplus", "gelu", "sin", "softsign", "elu", "identity", "quadratic")
_STEPS = 12
_COARSE = 1e-6  # of the outputs: what a float sees of a residual


def draw(rng: np.random.Generator) -> Case:
    """Wide layers somewhere, near zero loss or far from it; honest and bent shifts, all sizes of balls."""
    name = str(rng.choice(_NAMES))
    network = _network(rng, name)
    found = propose(network)
    claim = Claim(_layer(rng, network), 5e-324) if found.claim is None else Claim(found.claim.layer, 5e-324)
    if found.claim is not None and found.claim.distance is not None and rng.random() < 0.8:
        claim = replace(claim, distance=1e308)
    evidence = _bent(rng, found.evidence)
    seed = int(rng.integers(2**32))
    return Case(claim, evidence, network, lambda verdict: _truth(verdict, network, name, seed))


def _layer(rng: np.random.Generator, network: Network) -> int:
    return int(rng.choice([k for k, layer in enumerate(network.layers) if layer.trained]))


def _network(rng: np.random.Generator, name: str) -> Network:
    depth, d, n, o = int(rng.choice([1, 2, 2, 3])), *(int(size) for size in rng.integers(1, [4, 5, 3]))
    widths = [d, *(int(width) for width in rng.integers(1, 8, size=depth)), o]
    trained = rng.random(depth + 1) < 0.7
    trained[rng.integers(depth + 1)] = True
    if rng.random() < 0.2:
        trained[:-1], trained[-1] = False, True
    gain = 10.0 ** rng.uniform(-0.5, 0.3)
    layers = tuple(
        Dense(
            gain * rng.normal(size=(out, into)) / np.sqrt(into),
            0.5 * rng.normal(size=out) if rng.random() < 0.6 else None,
            bool(trained[index]),
        )
        for index, (into, out) in enumerate(pairwise(widths))
    )
    x = rng.normal(size=(n, d)) * 2.0 ** rng.choice([0, 0, 0, 3, -3])
    if rng.random() < 0.1 and n > 1:
        x[-1] = x[0] * (1 + rng.choice([0.0, 2.0**-30, -2.0]))
    if rng.random() < 0.1:
        part = layers[int(rng.integers(len(layers)))].weight.reshape(-1)
        part[rng.integers(part.size)] = hostile_number(rng)
    text = name if rng.random() < 0.85 else hostile_spelling(rng, name)
    scale = Fraction(1, n) * Fraction(2) ** int(rng.choice([-1, -1, 0, 40, -300]))
    blank = Network(layers, (parse_activation(text),) * depth, x, np.zeros((n, o)), Objective(Squared(scale)))
    plain = perceptron(blank, name, exact=False)
    outputs = np.nan_to_num(plain.residual(plain.weights()), posinf=1e150, neginf=-1e150)
    return replace(blank, targets=outputs + rng.normal(size=outputs.shape) * 10.0 ** rng.uniform(-9, 0.5))


def _bent(rng: np.random.Generator, evidence: Evidence) -> Evidence:
    """Another radius, one way alone, or a shift that is a little or a lot larger or smaller."""
    if rng.random() < 0.4:
        evidence = replace(evidence, radius=float(10.0 ** rng.uniform(-6, 0.5)))
    if evidence.samples is not None and evidence.layers is not None and rng.random() < 0.6:
        evidence = replace(evidence, **{str(rng.choice(["samples", "layers"])): None})
    if rng.random() < 0.3:
        factor = 1 + float(rng.choice([-1, 1])) * 10.0 ** float(rng.uniform(-12, 0))
        evidence = replace(evidence, features=evidence.features * factor)
    if evidence.samples is not None and rng.random() < 0.2:
        evidence = replace(evidence, samples=evidence.samples * float(rng.choice([0.5, 1.001, 1.1])))
    return evidence


# ---- truth --------------------------------------------------------------------------------------------------------


def _truth(verdict: Accepted, network: Network, name: str, seed: int) -> Iterator[Held]:
    rng, proved = np.random.default_rng(seed), verdict.proved
    plain = perceptron(network, name, exact=False)
    part = _part(network, proved.layer)
    with bits(320):
        exact = perceptron(network, name, exact=True)
        start = exact.weights()
        yield from _at(exact, start, part, proved)
        for point in _worst(rng, plain, part, proved.radius):
            there = balls(point)
            if norm(there - start) <= to_ball(proved.radius):
                yield from _at(exact, there, part, proved)
        yield from _facts(exact, start, part, verdict)
    if proved.distance is not None:
        yield from _flow(plain, proved)


def _part(network: Network, layer: int) -> slice:
    """Where the layer's parameters stand among the trained ones."""
    sizes = [each.parameter_count if each.trained else 0 for each in network.layers]
    return slice(sum(sizes[:layer]), sum(sizes[: layer + 1]))


def _at(exact: Perceptron, w, part: slice, proved: Claim) -> Iterator[Held]:
    loss, slope, _ = exact.loss_and_gradient(w)
    if loss > 0:
        yield at_least("constant", proved.constant, high(np.sum(slope[part] * slope[part]) / loss))


def _worst(rng: np.random.Generator, plain: Perceptron, part: slice, radius: float) -> Iterator[np.ndarray]:
    """Random points of the ball, and from the worst of them on, steps that lower the quotient."""
    if not 0 < radius < 1e100:
        return
    w = plain.weights()

    def quotient(point) -> float:
        with np.errstate(all="ignore"):
            loss, slope, _ = plain.loss_and_gradient(point)
            found = float(np.sum(slope[part] ** 2) / loss)
        return found if np.isfinite(found) else np.inf

    def inside(step):
        return w + step * min(1.0, radius * (1 - 1e-9) / max(float(np.linalg.norm(step)), 1e-300))

    points = [inside(radius * unit / np.linalg.norm(unit)) for unit in rng.normal(size=(6, len(w)))]
    best = min(points, key=quotient)
    for _ in range(_STEPS):
        trials = [inside(best - w + radius * 0.3 * rng.normal(size=len(w)) / np.sqrt(len(w))) for _ in range(4)]
        best = min([best, *trials], key=quotient)
    yield from (points[0], best)


def _facts(exact: Perceptron, w, part: slice, verdict: Accepted) -> Iterator[Held]:
    facts = {fact.symbol: fact for fact in verdict.facts}
    loss, slope, _ = exact.loss_and_gradient(w)
    here = norm(slope[part])
    yield at_least("f(w₀) (lower)", facts["f(w₀)"].lower, high(loss))
    yield at_most("f(w₀) (upper)", facts["f(w₀)"].upper, low(loss))
    yield at_most("‖∇f(w₀)‖", facts["‖∇f(w₀)‖"].upper, low(here))
    yield at_least("√(c f)", facts["√(c f)"].lower, high(here))
    yield at_most("‖∇f‖²/c", facts["‖∇f‖²/c"].upper, low(loss))


def _flow(plain: Perceptron, proved: Claim) -> Iterator[Held]:
    """A fine run of the flow in floats, which shows a direction and no more: a hundredth is left to it.

    Only where residuals stay far above the rounding of the outputs that they are differences of.
    """
    w, time = plain.weights(), 1 / proved.constant
    least = _COARSE * (1 + float(np.max(np.abs(plain.targets))))
    loss, _, e = plain.loss_and_gradient(w)
    if not float(np.linalg.norm(e)) > 100 * least or not 1e-200 < loss < 1e200:
        return
    with np.errstate(all="ignore"):
        run = solve_ivp(
            lambda _, point: -plain.loss_and_gradient(point)[1],
            (0.0, time),
            w,
            method="LSODA",
            rtol=1e-9,
            atol=1e-9 * proved.distance,
        )
    if not run.success or not np.isfinite(run.y).all():
        return
    far = float(np.max(np.linalg.norm(run.y - w[:, None], axis=0)))
    yield at_most("distance", proved.distance, Fraction(far) * Fraction(99, 100))
    after, _, e = plain.loss_and_gradient(run.y[:, -1])
    if float(np.linalg.norm(e)) > least:
        yield at_least("constant", proved.constant, Fraction(np.log(loss / after) / time) * Fraction(101, 100))
