"""`convergence-basin`: descents in Arb from starts on the sphere, random ones and along singular vectors."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

import numpy as np
from flint import arb

from certificates import Accepted, Network
from certificates.claims.convergence_basin import Claim, Evidence
from tests.truth import zero_loss_convergence as descents
from tests.truth._balls import balls, bits, low, norm, to_ball
from tests.truth._networks import ACTIVATIONS, Perceptron, as_spelt, perceptron
from tests.truth._quadratic import finite, shifted
from tests.truth.held import Held, at_most, statement
from tests.truth.trial import Case
from verify.proposals.convergence_basin import propose

SAMPLE = 20

_STEPS = 8


def draw(rng: np.random.Generator) -> Case:
    """Networks next to zero loss, and balls, steps and u_c about as large as they may be."""
    name = str(rng.choice(list(ACTIVATIONS)))
    fooled = rng.random() < 0.4
    network = _fitted(rng, descents._network(rng, name, fooled), name)
    plain = as_spelt(network) if fooled else perceptron(network, name, exact=False)
    evidence = _found(rng, network) if rng.random() < 0.6 else _evidence(rng, network, plain)
    seed = int(rng.integers(2**32))
    weakest = Claim(5e-324, 5e-324, 0.0, 1e308, 1e308, 1e308)
    return Case(weakest, evidence, network, lambda verdict: _truth(verdict, network, name, seed))


def _fitted(rng: np.random.Generator, network: Network, name: str) -> Network:
    """With labels next to the outputs, mostly."""
    plain = perceptron(network, name, exact=False)
    outputs = plain.residual(plain.weights()) + plain.targets
    if rng.random() < 0.1 or not np.isfinite(outputs).all():
        return network
    size = 10.0 ** rng.uniform(-9, -3) * rng.choice([0.0, 1.0], p=[0.1, 0.9])
    return replace(network, targets=outputs + size * rng.normal(size=outputs.shape))


def _found(rng: np.random.Generator, network: Network) -> Evidence:
    """What the search finds, a little bent now and then."""
    found = propose(network).evidence
    factors = rng.choice([1.0, 1.0, 1.02, 0.7, 1.3], size=4).tolist()
    numbers = finite([found.radius * factors[0], found.step_size * factors[1], found.ball * max(factors[2], 1.0)])
    most = min(found.most * factors[3], 0.5)
    return replace(found, radius=numbers[0], step_size=numbers[1], ball=numbers[2], most=most)


def _evidence(rng: np.random.Generator, network: Network, plain: Perceptron) -> Evidence:
    w = plain.weights()
    jacobian = descents._jacobian(plain, w)
    kernel = np.nan_to_num(jacobian @ jacobian.T)
    order = np.arange(kernel.shape[0]).reshape(network.sample_count, -1).T.ravel()
    c = np.array(finite(np.linalg.lstsq(kernel, np.nan_to_num(plain.residual(w).ravel()), rcond=None)[0]))
    values = np.linalg.eigvalsh(kernel)
    least = np.sqrt(max(float(values[0]), 1e-300))
    radius = least * 10.0 ** rng.uniform(-4, 0.5)
    most = float(rng.choice([0.5, 0.45, 0.4, 0.3, 0.2, 0.1, 0.02]))
    ball = radius * float(rng.choice([2.5, 3.0, 4.0, 8.0]))
    scale = float(network.objective.squared_scale)
    step = float(rng.choice([0.02, 0.2, 0.8, 1.5])) / max(float(values[-1]) * 2 * scale, 1e-300)
    shifts = shifted(float(values[0]), rng), float(values[-1]) * float(rng.choice([1 + 1e-9, 1.01]))
    shallow = len(network.layers) == 2
    forms = ["one-hidden-layer", "per-unit"] if shallow else ["sample-centre", "adjoint-per-unit"]
    form = str(rng.choice([*forms, "recursion", "adjoint"]))
    numbers = finite([radius, step, ball, *shifts])
    return Evidence(*numbers[:2], most, numbers[2], (tuple(float(x) for x in c[order]),), *numbers[3:], form)


def _truth(verdict: Accepted, network: Network, name: str, seed: int) -> Iterator[Held]:
    rng, proved = np.random.default_rng(seed), verdict.proved
    plain = perceptron(network, name, exact=False)
    with bits(320):
        exact = perceptron(network, name, exact=True)
        centre = exact.weights()
        for direction in _directions(rng, plain):
            start = centre + balls(direction) * (to_ball(Fraction(proved.radius)) / norm(balls(direction)))
            yield from _run(rng, exact, centre, start, proved)
    yield from _longer(rng, plain, proved)


def _directions(rng: np.random.Generator, plain: Perceptron) -> Iterator[np.ndarray]:
    w = plain.weights()
    _, _, right = np.linalg.svd(np.nan_to_num(descents._jacobian(plain, w)))
    yield rng.normal(size=w.size)
    for row in {0, min(plain.targets.size, w.size) - 1, w.size - 1}:
        yield right[row] * rng.choice([-1.0, 1.0])


def _run(rng: np.random.Generator, exact: Perceptron, centre, w, proved: Claim) -> Iterator[Held]:
    """The loss beside C P_k, and how far iterates are."""
    product, constant = arb(1), rng.random() < 0.6
    for _ in range(_STEPS):
        loss, slope, _ = exact.loss_and_gradient(w)
        yield at_most("loss_bound", proved.loss_bound, low(loss / product))
        yield at_most("reach", proved.reach, low(norm(w - centre)))
        share = Fraction(1) if constant else Fraction(float(rng.uniform(0.05, 1)))
        step = to_ball(Fraction(proved.step_size_max) * share)
        if not loss > 0 or loss.rel_accuracy_bits() < 40:
            return
        w, product = w - step * slope, product * (1 - to_ball(Fraction(proved.decrease_rate)) * step)
    yield statement("the product is positive", bool(product > 0))


def _longer(rng: np.random.Generator, plain: Perceptron, proved: Claim) -> Iterator[Held]:
    """Three hundred steps in double precision."""
    w = plain.weights()
    direction = rng.normal(size=w.size)
    centre, w = w, w + proved.radius * direction / np.linalg.norm(direction) * (1 - 1e-9)
    with np.errstate(all="ignore"):
        for _ in range(300):
            loss, slope = plain.loss_and_gradient(w)[:2]
            w = w - proved.step_size_max * slope
        product = (1 - proved.decrease_rate * proved.step_size_max) ** 299
    if np.isfinite(loss) and product > 0 and loss > 1e-20 * proved.loss_bound:
        yield at_most("loss after 300 steps", proved.loss_bound, Fraction(float(loss / product)) * Fraction(999, 1000))
        yield at_most("reach after 300 steps", proved.reach, float(np.linalg.norm(w - centre)) * 0.999)
