"""`zero-loss-convergence`: descents enclosed in Arb, and Jacobians sampled in the trapping ball."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import numpy as np

from certificates import Accepted, Dense, Network
from certificates.claims.zero_loss_convergence import ByDistance, Claim, DistanceEvidence, Evidence
from certificates.expression import parse_activation
from certificates.language.parts import Origin
from certificates.subjects import Layer, Objective, Squared
from tests.truth._balls import balls, bits, high, low, norm, to_ball
from tests.truth._networks import ACTIVATIONS, Perceptron, as_spelt, hostile_spelling, perceptron
from tests.truth._quadratic import finite, hostile_number, shifted
from tests.truth.held import Held, at_least, at_most, root_below, statement
from tests.truth.trial import Case

SAMPLE = 25

_STEPS, _MANY_STEPS = 12, 300


def draw(rng: np.random.Generator) -> Case:
    """Random networks near zero loss, spelt hostilely now and then, with evidence near the best."""
    name = str(rng.choice(list(ACTIVATIONS)))
    fooled = rng.random() < 0.5  # labels and evidence as floats see the formula
    network = _network(rng, name, fooled)
    plain = as_spelt(network) if fooled else perceptron(network, name, exact=False)
    evidence = _evidence(rng, network, plain)
    by_distance = None
    if rng.random() < 0.4:
        evidence, by_distance = _distance_evidence(rng, network, plain, evidence), ByDistance(1e308, 1e308)
    source, origin = (None, None) if rng.random() < 0.85 else _origin(rng, network)
    seed = int(rng.integers(2**32))

    def truth(verdict: Accepted) -> Iterator[Held]:
        return _truth(verdict, network, name, evidence, source, seed)

    return Case(Claim(1e308, 5e-324, 0.0, 1e308, origin, by_distance), evidence, network, truth, source)


def _network(rng: np.random.Generator, name: str, fooled: bool) -> Network:
    depth, d, n, o = int(rng.choice([1, 1, 2, 3])), *(int(size) for size in rng.integers(1, [4, 4, 3]))
    widths = [d, *(int(width) for width in rng.integers(1, 7, size=depth)), o]
    trained = rng.random(depth + 1) < 0.8
    trained[rng.integers(depth + 1)] = True
    if name == "64/(64-z)" and rng.random() < 0.7:
        trained[:] = [False] * depth + [True]  # features that stay: what is off in them is off in everything
    bias, gain = rng.random() < 0.6, 10.0 ** rng.uniform(-0.5, 1.5 if name == "64/(64-z)" else 0.3)
    layers = tuple(
        Dense(
            gain * rng.normal(size=(out, into)) / np.sqrt(into),
            0.3 * rng.normal(size=out) if bias else None,
            bool(trained[index]),
        )
        for index, (into, out) in enumerate(pairwise(widths))
    )
    x = rng.normal(size=(n, d)) * 2.0 ** rng.choice([0, 0, 0, 3, -3, -30])
    _bend(rng, layers, x)
    text = name if rng.random() < 0.75 else hostile_spelling(rng, name)
    scale = Fraction(1, n) * Fraction(2) ** int(rng.choice([-1, -1, 0, 40, -300]))
    blank = Network(layers, (parse_activation(text),) * depth, x, np.zeros((n, o)), Objective(Squared(scale)))
    plain = as_spelt(blank) if fooled else perceptron(blank, name, exact=False)
    outputs = plain.residual(plain.weights())
    noise = rng.normal(size=outputs.shape) * 10.0 ** rng.uniform(-7, -0.5) * rng.choice([0.0, 1.0], p=[0.05, 0.95])
    return replace(blank, targets=np.nan_to_num(outputs + noise, posinf=1e308, neginf=-1e308))


def _bend(rng: np.random.Generator, layers: tuple[Layer, ...], x: np.ndarray) -> None:
    """Coincident and nearly coincident samples, dead units, hostile entries."""
    if rng.random() < 0.1 and len(x) > 1:
        x[-1] = x[0] * (1 + rng.choice([0.0, 2.0**-52, 2.0**-20]))
    if rng.random() < 0.1:
        layers[0].weight[0] = 0.0
    if rng.random() < 0.1:
        part = x.reshape(-1)
        part[rng.integers(part.size)] = hostile_number(rng)
    if rng.random() < 0.1:
        part = layers[int(rng.integers(len(layers)))].weight.reshape(-1)
        part[rng.integers(part.size)] = hostile_number(rng)


def _evidence(rng: np.random.Generator, network: Network, plain: Perceptron) -> Evidence:
    w = plain.weights()
    jacobian = _jacobian(plain, w)
    values = np.linalg.eigvalsh(np.nan_to_num(jacobian @ jacobian.T))
    error = float(np.linalg.norm(plain.residual(w)))
    least = np.sqrt(max(float(values[0]), 1e-300))
    # half of σ_0/β, or a few times the distance that the residual asks for
    radius = rng.choice([4.0, 1.5]) * error / least if rng.random() < 0.6 else least * 10.0 ** rng.uniform(-3, 0)
    radius = finite([max(radius, 1e-300) * 2.0 ** rng.uniform(-0.5, 2)])[0]
    nodes = int(rng.choice([1, 2, 5]))
    grid = tuple(radius * (k + 1) / nodes for k in range(nodes))
    shallow = len(network.layers) == 2
    forms = ["one-hidden-layer", "per-unit"] if shallow else ["sample-centre", "adjoint-per-unit"]
    form = str(rng.choice([*forms, "recursion", "adjoint"]))
    shifts = finite([shifted(float(values[0]), rng), float(values[-1]) * rng.choice([1 + 1e-9, 1.01, 2.0])])
    return Evidence(grid[-1], float(rng.choice([0.01, 0.1, 0.3, 0.5, 0.9])), grid, *shifts, form)


def _distance_evidence(rng: np.random.Generator, network: Network, plain: Perceptron, evidence: Evidence) -> Evidence:
    """Newton steps, balls and step sizes honest and bent."""
    w = plain.weights()
    jacobian = _jacobian(plain, w)
    kernel, e = np.nan_to_num(jacobian @ jacobian.T), np.nan_to_num(plain.residual(w).ravel())
    order = np.arange(kernel.shape[0]).reshape(network.sample_count, -1).T.ravel()  # rows (output, sample)
    c = np.array(finite(np.linalg.lstsq(kernel, e, rcond=None)[0]))
    step = float(np.sqrt(max(float(c @ kernel @ c), 0.0)))
    if rng.random() < 0.2:
        c = c * float(rng.choice([0.9, 1.0 + 2.0**-20, -1.0, 0.0]))
    radius = finite([max(step, 1e-300) * float(rng.choice([2.0, 3.2, 4.0, 6.0]))])[0]
    most = max(float(np.linalg.eigvalsh(kernel)[-1]), 1e-300) * 2 * float(network.objective.loss.scale)
    eta = finite([float(rng.choice([0.1, 0.5, 1.0, 1.5, 1.9, 2.1])) / max(most, 1e-300)])[0]
    given = DistanceEvidence(abs(eta) or 1.0, (tuple(float(x) for x in c[order]),), int(rng.choice([1, 2, 8, 64])))
    return replace(evidence, trapping_radius=radius, grid=(radius,), by_distance=given)


def _jacobian(plain: Perceptron, w) -> np.ndarray:
    """J(w), one row an equation, in the order of the (n, o) residual."""
    shape = plain.targets.shape
    rows = [plain.transposed(w, unit.reshape(shape)) for unit in np.eye(shape[0] * shape[1])]
    return np.nan_to_num(np.array(rows), posinf=1e150, neginf=-1e150)


def _origin(rng: np.random.Generator, network: Network) -> tuple[Network, Origin]:
    """The same problem with other trained weights."""
    size = 10.0 ** rng.uniform(-9, 2)
    layers = tuple(
        replace(layer, weight=layer.weight + size * rng.normal(size=layer.weight.shape)) if layer.trained else layer
        for layer in network.layers
    )
    return replace(network, layers=layers), Origin("0" * 64, "origin.safetensors", 1e308)


def _truth(
    verdict: Accepted, network: Network, name: str, evidence: Evidence, source: Network | None, seed: int
) -> Iterator[Held]:
    rng, proved = np.random.default_rng(seed), verdict.proved
    with bits(320):
        exact = perceptron(network, name, exact=True)
        yield from _run(rng, exact, proved)
        if proved.by_distance is None:
            yield from _facts(rng, network, name, exact, verdict, evidence)
    if rng.random() < 0.3:
        yield from _longer_steps(network, name, proved)
    if source is not None:
        yield at_most("origin.distance", proved.origin.distance, root_below(_squared_distance(network, source)))


def _squared_distance(one: Network, two: Network) -> Fraction:
    total = Fraction(0)
    for left, right in zip(one.layers, two.layers, strict=True):
        pairs = zip(left.weight.ravel(), right.weight.ravel(), strict=True)
        total += sum(((Fraction(float(a)) - Fraction(float(b))) ** 2 for a, b in pairs), Fraction(0))
    return total


def _run(rng: np.random.Generator, exact: Perceptron, proved: Claim) -> Iterator[Held]:
    """Descent with steps up to the largest one."""
    steps = _MANY_STEPS if rng.random() < 0.02 else _STEPS
    constant = rng.random() < 0.6
    start = w = exact.weights()
    visited = []
    for index in range(steps + 1):
        loss, slope, e = exact.loss_and_gradient(w)
        share = Fraction(1) if constant else Fraction(float(rng.uniform(0.05, 1)))
        step = to_ball(Fraction(proved.step_size_max) * share)
        visited.append((w, loss, norm(e), step))
        if index == 0 and loss > 0 and proved.by_distance is None:
            yield at_least("decrease_rate", proved.decrease_rate, high(np.sum(slope * slope) / loss))
        if not loss > 0 or loss.rel_accuracy_bits() < 40:
            break
        w = w - step * slope
    yield at_most("radius", proved.radius, max(low(norm(point - start)) for point, *_ in visited))
    yield from _by_distance(visited, proved)
    for (_, loss, _, step), (_, after, _, _) in pairwise(visited):
        if loss > 0 and proved.by_distance is None:
            yield at_least("decrease_rate", proved.decrease_rate, high((1 - after / loss) / step))
    last, _, remaining, _ = visited[-1]
    for point, _, size, _ in visited[:-1]:
        if size > 0:  # ‖w_k − w_K‖ ≤ ‖w_k − w*‖ + ‖w_K − w*‖
            yield at_most("distance_factor", proved.distance_factor, low(norm(point - last) / (size + remaining)))


def _by_distance(visited: list, proved: Claim) -> Iterator[Held]:
    """Losses beside C P_k."""
    if proved.by_distance is None:
        return
    left = to_ball(1)
    for _, loss, _, step in visited:
        if left > 0:
            yield at_most("by_distance.loss_bound", proved.by_distance.loss_bound, low(loss / left))
        left = left * (1 - step * to_ball(proved.decrease_rate))
        yield statement("no step takes more than everything", not left < 0)


def _longer_steps(network: Network, name: str, proved: Claim) -> Iterator[Held]:
    """A multiple of the largest step with which the loss grows: what is proved stays below."""
    plain = perceptron(network, name, exact=False)
    for doublings in range(1, 16):
        step, w = proved.step_size_max * 2.0**doublings, plain.weights()
        start = plain.loss_and_gradient(w)[0]
        for _ in range(20):
            w = w - step * plain.loss_and_gradient(w)[1]
        if np.isfinite(step) and start > 0 and not plain.loss_and_gradient(w)[0] <= 2 * start:
            yield at_least("step_size_max", proved.step_size_max, step)
            return


def _facts(
    rng: np.random.Generator, network: Network, name: str, exact: Perceptron, verdict: Accepted, evidence: Evidence
) -> Iterator[Held]:
    """Numbers of the proof beside Rayleigh quotients and quotients of differences of J."""
    facts = {fact.symbol: fact for fact in verdict.facts}
    plain, w = perceptron(network, name, exact=False), exact.weights()
    at = plain.weights()
    vectors = np.linalg.svd(_jacobian(plain, at))[0]
    yield at_most("‖e₀‖", facts["‖e₀‖"].upper, low(norm(exact.residual(w))))
    yield at_least("σ₀", facts["σ₀"].lower, high(_stretch(exact, w, vectors[:, -1])))
    yield at_most("S₀", facts["S₀"].upper, low(_stretch(exact, w, vectors[:, 0])))
    pairs = [_pair(rng, plain, at, float(evidence.trapping_radius)) for _ in range(4)]
    _, one, two, left = max(pairs, key=lambda pair: pair[0])
    points = [balls(one), balls(two)]
    if not all(norm(point - w) <= to_ball(evidence.trapping_radius) for point in points):
        return
    a = balls(left / np.linalg.norm(left)).reshape(exact.targets.shape)
    apart = norm(points[0] - points[1])
    if apart > 0:
        change = norm(exact.transposed(points[0], a) - exact.transposed(points[1], a)) / (norm(a) * apart)
        yield at_most("β(r)", facts["β(r)"].upper, low(change))
    lowest = np.linalg.svd(_jacobian(plain, one))[0][:, -1]
    yield at_least("σ(r)", facts["σ(r)"].lower, high(_stretch(exact, points[0], lowest)))


def _stretch(exact: Perceptron, w, left: np.ndarray):
    """‖Jᵀa‖/‖a‖: between the extreme singular values of J where there are no more equations than weights."""
    a = balls(left).reshape(exact.targets.shape)
    return norm(exact.transposed(w, a)) / norm(a)


def _pair(rng: np.random.Generator, plain: Perceptron, at: np.ndarray, radius: float):
    """Two points of the ball, and the vector that the change of J stretches most: (quotient, one, two, vector)."""
    steps = rng.normal(size=(2, at.size))
    steps *= radius * (1 - 1e-9) / np.linalg.norm(steps, axis=1, keepdims=True)
    steps[1] *= rng.choice([1.0, 0.0, -1.0])
    one, two = at + steps[0], at + steps[1]
    change = np.nan_to_num(_jacobian(plain, one) - _jacobian(plain, two))
    left, sizes, _ = np.linalg.svd(change)
    return sizes[0] / max(float(np.linalg.norm(one - two)), 1e-300), one, two, left[:, 0]
