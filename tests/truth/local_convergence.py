"""`local-convergence`: descents from the rim of the ball of starts, enclosed in Arb; Jacobians sampled on the ball."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np

from certificates import Accepted, Dense, Network
from certificates.claims.local_convergence import Claim, Columns, Evidence
from certificates.expression import parse_activation
from certificates.subjects import Objective, Squared
from tests.truth._balls import balls, bits, high, low, norm, to_ball
from tests.truth._networks import ACTIVATIONS, Perceptron, hostile_spelling, perceptron
from tests.truth._quadratic import finite, hostile_number, shifted
from tests.truth.held import Held, at_least, at_most
from tests.truth.trial import Case

SAMPLE = 25

_STEPS = 10


def draw(rng: np.random.Generator) -> Case:
    """Random networks, labels planted at or near the weights or given, radii from cautious to too bold."""
    name = str(rng.choice([each for each in ACTIVATIONS if each != "64/(64-z)"]))
    network = _network(rng, name)
    around = "teacher" if network.teacher is not None and rng.random() < 0.7 else "weights"
    plain = _at(network, name, around, exact=False)
    evidence = _evidence(rng, plain)
    claim = Claim(around, 0.0, 1e308, 5e-324, 0.0, 1e308)
    seed = int(rng.integers(2**32))
    return Case(claim, evidence, network, lambda verdict: _truth(verdict, network, name, evidence, seed))


def _network(rng: np.random.Generator, name: str) -> Network:
    d, k, n = (int(size) for size in rng.integers(1, [4, 7, 5]))
    gain = 10.0 ** rng.uniform(-0.5, 0.3)
    x = rng.normal(size=(n, d)) * 2.0 ** rng.choice([0, 0, 0, 3, -3, -30])
    w, v = gain * rng.normal(size=(k, d)) / np.sqrt(d), rng.normal(size=(1, k))
    if rng.random() < 0.1:
        x.reshape(-1)[rng.integers(x.size)] = hostile_number(rng)
    if rng.random() < 0.1 and n > 1:
        x[-1] = x[0] * (1 + rng.choice([0.0, 2.0**-52, 2.0**-20]))
    both = bool(rng.random() < 0.6)
    text = name if rng.random() < 0.75 else hostile_spelling(rng, name)
    scale = Fraction(1, n) * Fraction(2) ** int(rng.choice([-1, -1, 0, 40, -300]))
    act, objective = (parse_activation(text),), Objective(Squared(scale))
    layers = Dense(w, None, True), Dense(v, None, both)
    if rng.random() < 0.6:
        away = rng.choice([0.0, 1e-6, 1e-3, 1.0])
        moved = Dense(w + away * rng.normal(size=w.shape), None, True), layers[1]
        teacher = Dense(w, None, False), Dense(v, None, False)
        return Network(moved if away else layers, act, x, None, objective, teacher)
    blank = Network(layers, act, x, np.zeros((n, 1)), objective)
    plain = perceptron(blank, name, exact=False)
    noise = rng.normal(size=(n, 1)) * 10.0 ** rng.uniform(-9, -1)
    return replace(blank, targets=np.nan_to_num(plain.residual(plain.weights()) + noise, posinf=1e308, neginf=-1e308))


def _at(network: Network, name: str, around: str, *, exact: bool) -> Perceptron:
    """The problem with the centre's weights; planted labels are what the teacher computes."""
    if network.teacher is None:
        return perceptron(network, name, exact=exact)
    planted = tuple(replace(t, trained=own.trained) for t, own in zip(network.teacher, network.layers, strict=True))
    blank = replace(network, teacher=None, targets=np.zeros((network.sample_count, 1)))
    teacher = perceptron(replace(blank, layers=planted), name, exact=exact)
    labels = teacher.residual(teacher.weights())
    centre = teacher if around == "teacher" else perceptron(blank, name, exact=exact)
    return replace(centre, targets=labels)


def _evidence(rng: np.random.Generator, plain: Perceptron) -> Evidence:
    w = plain.weights()
    jacobian = _jacobian(plain, w)
    values = np.linalg.eigvalsh(jacobian @ jacobian.T)
    error, least = float(np.linalg.norm(plain.residual(w))), np.sqrt(max(float(values[0]), 1e-300))
    path = max(least * 10.0 ** rng.uniform(-3.5, -0.3), rng.choice([0.0, 3.0, 6.0]) * error / least)
    start = path * least / np.sqrt(max(float(values[-1]), 1e-300)) * 10.0 ** rng.uniform(-2, 0.3)
    moments = float(np.linalg.eigvalsh((plain.inputs @ plain.inputs.T) ** 2)[-1]) / len(plain.inputs)
    least_shift, fourth = finite([shifted(float(values[0]), rng), moments * rng.choice([0.9, 1.01, 2.0])])
    theta = Fraction(float(rng.choice([0.0, 0.0, 1.0, rng.normal()])))
    start, path = finite([start if rng.random() < 0.8 else 0.0, path])
    shift = fourth if rng.random() < 0.5 else None
    return Evidence(start, path, least_shift, theta, _columns(rng, plain), shift)


def _columns(rng: np.random.Generator, plain: Perceptron) -> Columns:
    """Guesses at the eigenvalues of all matrices, a few wrong."""
    grams = [part @ part.T for part in _tall(plain, plain.weights())]
    ends = [np.linalg.eigvalsh(np.nan_to_num(gram))[[0, -1]] for gram in grams]
    return Columns(*finite([shifted(float(end[0]), rng) for end in ends]))


def _tall(plain: Perceptron, flat) -> list[Any]:
    """J, the larger side of W, X ∗ X, X and Ψ: matrices whose AAᵀ have the eigenvalues of the columns."""
    (w, v), x = _layers(plain, flat), plain.inputs
    slopes = plain.slope(x @ w.T) * v
    hidden = np.stack([np.outer(a, b).ravel() for a, b in zip(slopes, x, strict=True)])
    squares = np.stack([np.outer(b, b).ravel() for b in x])
    return [hidden, w if len(w) <= w.shape[1] else w.T, squares, x, slopes]


def _layers(plain: Perceptron, flat) -> tuple[Any, Any]:
    (w, _, _), (v, _, both) = plain.layers
    return flat[: w.size].reshape(w.shape), (flat[w.size :].reshape(v.shape) if both else v)


def _jacobian(plain: Perceptron, w) -> np.ndarray:
    shape = plain.targets.shape
    rows = [plain.transposed(w, unit.reshape(shape)) for unit in np.eye(shape[0])]
    return np.nan_to_num(np.array(rows, dtype=float), posinf=1e150, neginf=-1e150)


def _truth(verdict: Accepted, network: Network, name: str, evidence: Evidence, seed: int) -> Iterator[Held]:
    rng, proved = np.random.default_rng(seed), verdict.proved
    plain = _at(network, name, proved.around, exact=False)
    with bits(320):
        exact = _at(network, name, proved.around, exact=True)
        facts = {fact.symbol: fact for fact in verdict.facts}
        for start in _starts(rng, plain, exact, proved.start_radius):
            yield at_most(
                "criterion left", facts["criterion left"].upper, low(_mean(exact, norm(exact.residual(start))))
            )
            yield from _run(rng, exact, start, proved)
        yield from _on_ball(rng, plain, exact, facts, evidence)
        yield from _of_columns(plain, exact, facts)
    yield from _longer_steps(rng, plain, proved)


def _mean(exact: Perceptron, length):
    return length / to_ball(len(exact.inputs)).sqrt()


def _starts(rng: np.random.Generator, plain: Perceptron, exact: Perceptron, radius: float) -> Iterator[Any]:
    """On the rim: where the residual grows most, and anywhere."""
    centre = exact.weights()
    steepest = np.linalg.svd(_jacobian(plain, plain.weights()))[2][0]
    for direction in (steepest, rng.normal(size=steepest.size)):
        unit = balls(direction)
        yield centre + to_ball(Fraction(radius) * (1 - Fraction(1, 2**60))) / norm(unit) * unit


def _run(rng: np.random.Generator, exact: Perceptron, start, proved: Claim) -> Iterator[Held]:
    """Descent with steps up to the largest one."""
    constant, w, visited = rng.random() < 0.6, start, []
    for index in range(_STEPS + 1):
        loss, slope, e = exact.loss_and_gradient(w)
        share = Fraction(1) if constant else Fraction(float(rng.uniform(0.05, 1)))
        step = to_ball(Fraction(proved.step_size_max) * share)
        visited.append((w, loss, norm(e), step))
        if index == 0 and loss > 0:
            yield at_least("decrease_rate", proved.decrease_rate, high(np.sum(slope * slope) / loss))
        if not loss > 0 or loss.rel_accuracy_bits() < 40:
            break
        w = w - step * slope
    yield at_most("radius", proved.radius, max(low(norm(point - start)) for point, *_ in visited))
    for (_, loss, _, step), (_, after, _, _) in pairwise(visited):
        if loss > 0:
            yield at_least("decrease_rate", proved.decrease_rate, high((1 - after / loss) / step))
    last, _, remaining, _ = visited[-1]
    for point, _, size, _ in visited[:-1]:
        if size > 0:  # ‖w_k − w_K‖ ≤ ‖w_k − w*‖ + ‖w_K − w*‖
            yield at_most("distance_factor", proved.distance_factor, low(norm(point - last) / (size + remaining)))


def _on_ball(
    rng: np.random.Generator, plain: Perceptron, exact: Perceptron, facts: dict[str, Any], evidence: Evidence
) -> Iterator[Held]:
    """β, s and M_R beside quotients of differences between points of the ball."""
    at, centre = plain.weights(), exact.weights()
    reach = (evidence.start_radius + evidence.path_radius) * (1 - 1e-9)
    steps = rng.normal(size=(2, at.size))
    steps *= reach / np.linalg.norm(steps, axis=1, keepdims=True)
    steps[1] *= rng.choice([1.0, 0.0, -1.0])
    one, two = (balls(at + step) for step in steps)
    allowed = to_ball(Fraction(evidence.start_radius) + Fraction(evidence.path_radius))
    apart = norm(one - two)
    if not (apart > 0 and all(norm(point - centre) <= allowed for point in (one, two))):
        return
    change = np.nan_to_num(_jacobian(plain, at + steps[0]) - _jacobian(plain, at + steps[1]))
    a = balls(np.linalg.svd(change)[0][:, 0]).reshape(exact.targets.shape)
    turned = norm(exact.transposed(one, a) - exact.transposed(two, a)) / (norm(a) * apart)
    yield at_most("β", facts["β"].upper, low(_mean(exact, turned)))
    lowest = balls(np.linalg.svd(_jacobian(plain, at + steps[0]))[0][:, -1]).reshape(exact.targets.shape)
    yield at_least("s", facts["s"].lower, high(_mean(exact, norm(exact.transposed(one, lowest)) / norm(lowest))))
    bent = norm(exact.loss_and_gradient(one)[1] - exact.loss_and_gradient(two)[1]) / apart
    yield at_most("M_R", facts["M_R"].upper, low(bent / (2 * len(exact.inputs) * exact.scale)))


def _of_columns(plain: Perceptron, exact: Perceptron, facts: dict[str, Any]) -> Iterator[Held]:
    """Rayleigh quotients lie between the extreme eigenvalues."""
    count = len(exact.inputs)
    names = ("λ_min(JJᵀ)/n", "σ_min(W)", "σ_min(X∗X)"), ("λ_max(JJᵀ)/n", "σ_max(W)")
    for index, (rough, fine) in enumerate(
        zip(_tall(plain, plain.weights()), _tall(exact, exact.weights()), strict=True)
    ):
        vectors = np.linalg.svd(np.nan_to_num(rough))[0]
        if index < len(names[0]):
            least = _stretch(fine, vectors[:, -1])
            yield at_least(
                names[0][index], facts[names[0][index]].lower, high(least * least / count if index == 0 else least)
            )
            if index == 0:
                yield at_least("Schur", facts["Schur"].lower, high(least * least / count))
        if index < len(names[1]):
            most = _stretch(fine, vectors[:, 0])
            yield at_most(
                names[1][index], facts[names[1][index]].upper, low(most * most / count if index == 0 else most)
            )
    w, v = _layers(exact, exact.weights())
    lengths = [norm(row) for row in w]
    yield at_least("w_min", facts["w_min"].lower, min(high(length) for length in lengths))
    yield at_most("w_max", facts["w_max"].upper, max(low(length) for length in lengths))
    yield at_most("v_max", facts["v_max"].upper, max(low(abs(entry)) for entry in v.ravel()))
    for row in exact.inputs:  # a = x_i: Σ_j (a·x_j)⁴/‖a‖⁴
        size = norm(row)
        if size > 0:
            fourth = sum((np.sum(row * other) ** 4 for other in exact.inputs), to_ball(0)) / size**4
            yield at_most("χ/n", facts["χ/n"].upper, low(fourth / count))
    jacobian = _jacobian(plain, plain.weights())
    for side, index in ((at_least, -1), (at_most, 0)):
        a = balls(np.linalg.svd(jacobian)[0][:, index]).reshape(exact.targets.shape)
        quotient = (norm(exact.transposed(exact.weights(), a)) / norm(a)) ** 2 / count
        symbol = "λ_min(K)/n" if index else "λ_max(K)/n"
        yield side(
            symbol, facts[symbol].lower if index else facts[symbol].upper, high(quotient) if index else low(quotient)
        )


def _stretch(matrix, left: np.ndarray):
    """‖Aᵀa‖/‖a‖."""
    a = balls(left)
    return norm(a @ matrix) / norm(a)


def _longer_steps(rng: np.random.Generator, plain: Perceptron, proved: Claim) -> Iterator[Held]:
    """A multiple of the largest step with which the loss grows: what is proved stays below."""
    direction = rng.normal(size=plain.weights().size)
    start = plain.weights() + proved.start_radius / 2 * direction / np.linalg.norm(direction)
    for doublings in range(1, 14):
        step, w = proved.step_size_max * 2.0**doublings, start
        before = plain.loss_and_gradient(w)[0]
        for _ in range(20):
            w = w - step * plain.loss_and_gradient(w)[1]
        if np.isfinite(step) and before > 1e-20 and not plain.loss_and_gradient(w)[0] <= 2 * before:
            yield at_least("step_size_max", proved.step_size_max, step)
            return
