"""`cross-entropy-convergence`: flows by a stiff integrator, descents enclosed in Arb, margins with hundreds of bits."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np
from flint import arb
from scipy.integrate import solve_ivp
from scipy.special import expit

from certificates import Accepted, Dense, Network
from certificates.claims.cross_entropy_convergence import Claim, Evidence, LossAt, Steps
from certificates.expression import parse_activation
from certificates.subjects import Logistic, Objective, SoftmaxCrossEntropy
from tests.truth._balls import bits, high, low, to_ball
from tests.truth._networks import ACTIVATIONS, Perceptron, hostile_spelling, perceptron
from tests.truth._quadratic import hostile_number
from tests.truth.held import Held, at_least, at_most, statement
from tests.truth.trial import Case

SAMPLE = 10

_STEPS, _ARMIJO_STEPS, _EULER_STEPS = 3, 12, 400
_EVALUATIONS = 3_000
_INTEGRATED = 1e-6  # of what e^M + M gains: how far the integrator may be off
_EULER = 1e-2


def draw(rng: np.random.Generator) -> Case:
    """Classifiers whose sum is near log 2 or far below it, up to saturated ones; kinks, frozen layers, spellings."""
    name = str(rng.choice(["relu", *(each for each in ACTIVATIONS if each != "64/(64-z)")]))
    network = _network(rng, name)
    weight = min(network.objective.sample_weights, default=Fraction(1)) * network.objective.loss.scale
    kinked = name == "relu" and not all(not layer.trained for layer in network.layers[:-1])
    rate = _guessed_rate(network, name, float(weight))
    parts: dict[str, Any] = {}
    if rng.random() < 0.5:
        parts["loss_at"] = LossAt(float(10.0 ** rng.uniform(-2, 3) / rate), 1e308)
    if not kinked and rng.random() < 0.6:
        parts["steps"] = Steps(5e-324, 1 - 2.0**-30)
    claim = Claim(weight, 5e-324, 5e-324, "clarke" if kinked else "gradient", **parts)
    evidence = Evidence(float(rng.choice([0.02, 0.1, 0.25, 0.5, 0.9])))
    truth = _Truth(network, name, int(rng.integers(2**32)))
    return Case(claim, evidence, network, truth.of, given=frozenset({"loss_at"}))


# ---- problems -----------------------------------------------------------------------------------------------------


def _network(rng: np.random.Generator, name: str) -> Network:
    depth, d, n = int(rng.choice([1, 1, 1, 2, 3])), int(rng.integers(1, 4)), int(rng.integers(1, 6))
    logistic = bool(rng.random() < 0.35)
    o = int(rng.integers(1, 3)) if logistic else int(rng.integers(2, 5))
    widths = [d, *(int(width) for width in rng.integers(2, 9, size=depth)), o]
    trained = rng.random(depth + 1) < 0.75
    trained[-1] = rng.random() < 0.98
    bias = rng.random() < 0.6
    gain = 10.0 ** rng.uniform(-0.5, 0.5)
    layers = [
        Dense(
            gain * rng.normal(size=(out, into)) / np.sqrt(into),
            0.3 * rng.normal(size=out) if bias else None,
            bool(trained[index]),
        )
        for index, (into, out) in enumerate(pairwise(widths))
    ]
    x = rng.normal(size=(n, d))
    labels = rng.integers(2, size=(n, o)).astype(float) if logistic else np.eye(o)[rng.integers(o, size=n)]
    kind: Any = Logistic if logistic else SoftmaxCrossEntropy
    weights = tuple(Fraction(int(each), 4) for each in rng.integers(4, 13, size=n)) if rng.random() < 0.4 else ()
    scale = Fraction(1, n) * Fraction(2) ** int(rng.choice([0, 0, -40, 40, 7]))
    objective = Objective(kind(scale), sample_weights=weights if len(set(weights)) > 1 else ())
    text = name if name == "relu" or rng.random() < 0.8 else hostile_spelling(rng, name)
    network = Network(tuple(layers), (parse_activation(text),) * depth, x, labels, objective)
    if not trained.any():
        network = replace(network, layers=(*layers[:-1], replace(layers[-1], trained=True)))
    return _bent(rng, _separated(rng, network, name))


def _separated(rng: np.random.Generator, network: Network, name: str) -> Network:
    """The output layer fitted, and scaled so that f/ω is near log 2, moderate, or that of a saturated classifier."""
    plain, last = _floats(network, name), network.layers[-1]
    hidden = _features(network, name)
    features = np.hstack([hidden, np.ones((len(hidden), 1))]) if last.bias is not None else hidden
    noise = 1 + 0.3 * rng.normal(size=network.given_targets.shape)
    fitted = np.linalg.lstsq(features, (network.given_targets - 0.5) * noise, rcond=None)[0].T
    target = math.log(2) * float(rng.choice([0.999, 0.9, 0.3, 0.05, 1e-4, 1e-12, 1e-40, 1.01]))

    def scaled(size: float) -> Network:
        weight = size * np.ascontiguousarray(fitted[:, : hidden.shape[1]])
        bias = size * np.array(fitted[:, -1]) if last.bias is not None else None
        return replace(network, layers=(*network.layers[:-1], Dense(weight, bias, last.trained)))

    low_size, high_size = 1e-3, 1e5
    for _ in range(40):
        middle = math.sqrt(low_size * high_size)
        moved = replace(plain, layers=perceptron(scaled(middle), "identity", exact=False).layers)
        above = _summed(network, moved.residual(moved.weights()) + moved.targets) > target
        low_size, high_size = (middle, high_size) if above else (low_size, middle)
    return scaled(high_size)


def _features(network: Network, name: str) -> np.ndarray:
    plain, hidden = _floats(network, name), network.inputs
    for layer in network.layers[:-1]:
        hidden = plain.value(hidden @ layer.weight.T + (0 if layer.bias is None else layer.bias))
    return np.asarray(hidden)


def _bent(rng: np.random.Generator, network: Network) -> Network:
    """Hostile entries now and then."""
    if rng.random() < 0.9:
        return network
    part = (network.inputs, *(layer.weight for layer in network.layers))[int(rng.integers(len(network.layers) + 1))]
    moved = part.copy()
    moved.reshape(-1)[rng.integers(part.size)] = hostile_number(rng)
    if part is network.inputs:
        return replace(network, inputs=moved)
    layers = tuple(replace(each, weight=moved) if each.weight is part else each for each in network.layers)
    return replace(network, layers=layers)


def _guessed_rate(network: Network, name: str, weight: float) -> float:
    plain = _floats(network, name)
    with np.errstate(all="ignore"):
        loss = _summed(network, plain.residual(plain.weights()) + plain.targets)
        margin = -np.log(np.expm1(np.float64(loss)))
        rate = weight * margin**2 / (np.sum(network.layers[-1].weight ** 2) or 1.0)
    return float(rate) if 1e-100 < rate < 1e100 else 1.0


# ---- floats -------------------------------------------------------------------------------------------------------


def _floats(network: Network, name: str) -> Perceptron:
    if name == "relu":
        plain = perceptron(network, "identity", exact=False)
        return replace(plain, value=lambda z: np.maximum(z, 0), slope=lambda z: (z > 0).astype(float))
    return perceptron(network, name, exact=False)


def _exactly(network: Network, name: str) -> Perceptron:
    if name == "relu":
        plain = perceptron(network, "identity", exact=True)
        positive = np.vectorize(lambda z: z.max(arb(0)), otypes=[object])
        slope = np.vectorize(lambda z: arb(1) if z > 0 else arb(0) if z < 0 else arb(0).union(arb(1)), otypes=[object])
        return replace(plain, value=positive, slope=slope)
    return perceptron(network, name, exact=True)


def _weights(network: Network) -> np.ndarray:
    """ω_i/ω."""
    given = network.objective.sample_weights
    return np.array([float(each / min(given)) for each in given] or [1.0] * network.sample_count)


def _powers(network: Network, outputs: Any) -> list[list[Any]]:
    """−m for every sample: of softmax in one list, of the logistic loss in lists of one."""
    found = []
    for row, labels in zip(outputs, network.given_targets, strict=True):
        if isinstance(network.objective.loss, Logistic):
            found.append([[-z if q == 1 else z] for z, q in zip(row, labels, strict=True)])
        else:
            own = int(np.argmax(labels))
            found.append([[z - row[own] for c, z in enumerate(row) if c != own]])
    return found


def _summed(network: Network, outputs: np.ndarray) -> float:
    """f/ω in floats; small ones keep their digits."""
    total = 0.0
    for weight, parts in zip(_weights(network), _powers(network, outputs), strict=True):
        total += weight * sum(_log_one_plus(np.array(powers)) for powers in parts)
    return float(total)


def _log_one_plus(powers: np.ndarray) -> float:
    top = max(0.0, float(np.max(powers)))
    if top > 0:
        return float(top + np.log(np.exp(-top) + np.sum(np.exp(powers - top))))
    return float(np.log1p(np.sum(np.exp(powers))))


def _sensitivity(network: Network, outputs: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """∂(f/ω)/∂F; p − 1 is the sum of the others."""
    targets = network.given_targets
    if isinstance(network.objective.loss, Logistic):
        found = np.where(targets == 1, -expit(-outputs), expit(outputs))
    else:
        powers = np.exp(outputs - np.max(outputs, axis=1, keepdims=True))
        p = powers / np.sum(powers, axis=1, keepdims=True)
        found = np.where(targets == 1, -np.sum(np.where(targets == 1, 0, p), axis=1, keepdims=True), p)
    return np.asarray(found * shares[:, None])


# ---- truth --------------------------------------------------------------------------------------------------------


class _Truth:
    """What flow and descent do from these weights."""

    def __init__(self, network: Network, name: str, seed: int) -> None:
        self.network, self.rng = network, np.random.default_rng(seed)
        self.name = name
        self.plain, self.shares = _floats(network, name), _weights(network)
        self.length, self.runs = 10.0 ** self.rng.uniform(-2, 2.5), dict[str, tuple[float, np.ndarray | None]]()

    def of(self, verdict: Accepted) -> Iterator[Held]:
        proved: Claim = verdict.proved
        with bits(320):
            exact = _exactly(self.network, self.name)
            start = exact.weights()
            loss, outputs = self._exact_loss(exact, start)
            margin = -loss.expm1().log()
            yield at_least("margin", proved.margin, high(margin))
            largest = max(power for parts in _powers(self.network, outputs) for powers in parts for power in powers)
            yield at_least("margin of samples", proved.margin, high(-largest))
            if proved.steps is not None:
                yield from self._descent(exact, proved)
        if proved.steps is not None:
            yield from self._longer_steps(proved)
        yield from self._flow(proved)
        if proved.flow == "gradient" and verdict.arithmetic == "fast":
            yield from self._armijo(proved)

    # -- flow

    def _slope(self, w: np.ndarray) -> np.ndarray:
        layers = self.plain._unflatten(w)
        residual, entered, slopes = self.plain._sweep(layers)
        sensitivity = _sensitivity(self.network, residual + self.plain.targets, self.shares)
        return self.plain._backward(layers, entered, slopes, sensitivity)

    def _loss(self, w: np.ndarray) -> float:
        return _summed(self.network, self.plain.residual(w) + self.plain.targets)

    def _flow(self, proved: Claim) -> Iterator[Held]:
        """In the time of f/ω."""
        weight = float(proved.smallest_weight)
        rate = proved.rate / weight
        rise = math.exp(min(proved.margin, 600.0)) + proved.margin
        time = rise * self.length / rate
        if proved.loss_at is not None:
            time = proved.loss_at.time * weight
        if not 1e-200 < time < 1e200 or proved.margin > 500:
            return
        if math.isclose(self.runs.get("flow", (-1.0, None))[0], time, rel_tol=1e-3):  # the other arithmetic's, earlier
            time, reached = self.runs["flow"]
        else:
            reached = self._integrated(time, proved.flow == "clarke")
            self.runs["flow"] = time, reached
        if reached is None:
            return
        loss = self._loss(reached)
        slack = _EULER if proved.flow == "clarke" else _INTEGRATED
        if not 0 < loss < math.inf:
            return
        if proved.loss_at is not None:
            yield at_most("loss_at.loss", proved.loss_at.loss, loss * weight * (1 - slack))
        later = -math.log(math.expm1(loss))
        if later > 600:
            return
        gained = math.exp(later) + later - rise
        rounding = 1e-9 * (math.exp(later) + later)  # of the difference, and of the integrator's ends
        yield at_least("rate", proved.rate, (gained * (1 + slack) + rounding) / time * weight)
        yield at_least("margin for ever", proved.margin, later * (1 + 1e-9))

    def _integrated(self, time: float, kinked: bool) -> np.ndarray | None:
        start = self.plain.weights()
        if kinked:
            w, step = start, time / _EULER_STEPS
            for _ in range(_EULER_STEPS):
                w = w - step * self._slope(w)
            return w if np.isfinite(w).all() and self._loss(w) <= self._loss(start) else None
        scale = max(1e-3, float(np.max(np.abs(start))))
        left = iter(range(_EVALUATIONS))

        def velocity(_: float, w: np.ndarray) -> np.ndarray:
            next(left)
            return -self._slope(w)

        try:
            with warnings.catch_warnings(action="ignore"):  # what does not converge is not used
                found = solve_ivp(velocity, (0.0, time), start, method="LSODA", rtol=1e-9, atol=1e-12 * scale)
        except StopIteration:
            return None
        return found.y[:, -1] if found.success and np.isfinite(found.y).all() else None

    # -- descent

    def _exact_loss(self, exact: Perceptron, w: np.ndarray) -> tuple[arb, Any]:
        outputs = exact.residual(w) + exact.targets
        total = arb(0)
        for index, parts in enumerate(_powers(self.network, outputs)):
            for powers in parts:
                total += self._exact_weight(index) * sum((power.exp() for power in powers), arb(0)).log1p()
        return total, outputs

    def _exact_weight(self, index: int) -> arb:
        given = self.network.objective.sample_weights
        return to_ball(given[index] / min(given)) if given else arb(1)

    def _exact_slope(self, exact: Perceptron, w: np.ndarray, outputs: Any) -> np.ndarray:
        rows = []
        for index, (row, labels) in enumerate(zip(outputs, self.network.given_targets, strict=True)):
            weight = self._exact_weight(index)
            if isinstance(self.network.objective.loss, Logistic):
                p = [1 / (1 + (-z).exp()) for z in row]
            else:
                powers = [z.exp() for z in row]
                whole = sum(powers, arb(0))
                p = [power / whole for power in powers]
            rows.append([weight * (each - int(label)) for each, label in zip(p, labels, strict=True)])
        return exact.transposed(w, np.array(rows, dtype=object))

    def _descent(self, exact: Perceptron, proved: Claim) -> Iterator[Held]:
        """A few steps of the largest size, enclosed."""
        assert proved.steps is not None
        share = Fraction(float(self.rng.choice([1.0, 1.0, 0.5])))
        eta = to_ball(Fraction(proved.steps.step_size_max) * share * proved.smallest_weight)  # for f/ω
        w, start = exact.weights(), to_ball(proved.margin)
        epsilon, rate = to_ball(proved.steps.epsilon), to_ball(Fraction(proved.rate) / proved.smallest_weight)
        loss, outputs = self._exact_loss(exact, w)
        for count in range(1, _STEPS + 1):
            slope = self._exact_slope(exact, w, outputs)
            square = np.sum(slope * slope)
            w = w - eta * slope
            after, outputs = self._exact_loss(exact, w)
            lost = 1 - (loss - after) / (eta * square)
            if not lost.is_finite() or lost.rad() > 1e-12:
                return
            yield at_most("steps.epsilon", proved.steps.epsilon, low(lost))
            loss, margin = after, -after.expm1().log()
            # the integrand increases: the integral is at most length times its value at the end
            grown = (margin - start) * (1 + margin.exp()) * (margin / start) ** (2 * epsilon / (1 - epsilon))
            yield at_least(
                "rate of steps", proved.rate, high(grown / ((1 - epsilon) * eta * count) * proved.rate / rate)
            )

    def _longer_steps(self, proved: Claim) -> Iterator[Held]:
        """A multiple of the largest step with which the first one decreases too little."""
        assert proved.steps is not None
        w = self.plain.weights()
        slope, loss = self._slope(w), self._loss(w)
        square = float(slope @ slope)
        for doublings in range(60):
            step = proved.steps.step_size_max * float(proved.smallest_weight) * 2.0**doublings
            fallen, wanted = loss - self._loss(w - step * slope), (1 - proved.steps.epsilon) * step * square
            if math.isfinite(step) and wanted > 1e-6 * loss and fallen < wanted * (1 - 1e-6):
                yield at_least("steps.step_size_max", proved.steps.step_size_max, step / float(proved.smallest_weight))
                return

    def _armijo(self, proved: Claim) -> Iterator[Held]:
        """Backtracking from a large first trial: the loss never rises, and no margin falls below M₀."""
        share, w = float(self.rng.choice([0.1, 0.5, 0.9])), self.plain.weights()
        loss, eta = self._loss(w), 10.0 ** self.rng.uniform(-1, 4)
        for _ in range(_ARMIJO_STEPS):
            slope = self._slope(w)
            square, step = float(slope @ slope), eta
            while step > 1e-12 * eta and not self._loss(w - step * slope) <= loss - share * step * square:
                step /= 2
            if step <= 1e-12 * eta:
                break
            w = w - step * slope
            loss = self._loss(w)
        margin = -math.log(math.expm1(loss)) if 0 < loss < 700 else -math.inf if loss > 0 else math.inf
        yield statement("margins under backtracking", margin >= proved.margin * (1 - 1e-9))
