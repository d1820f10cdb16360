"""`interpolation`: every iterate of Newton's method with the first Jacobian, in Arb, and the Jacobian at its end."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np
from flint import arb, arb_mat

from certificates import Accepted, Network
from certificates.claims.interpolation import Claim, Evidence
from tests.truth import zero_loss_convergence as descents
from tests.truth._balls import balls, bits, high, low, norm
from tests.truth._networks import ACTIVATIONS, Perceptron, as_spelt, perceptron
from tests.truth._quadratic import finite, shifted
from tests.truth.held import Held, at_least, at_most, statement
from tests.truth.trial import Case

SAMPLE = 20

_STEPS = 60


def draw(rng: np.random.Generator) -> Case:
    """Networks as for descents, mostly near zero loss; Newton steps and balls honest and bent."""
    name = str(rng.choice(list(ACTIVATIONS)))
    fooled = rng.random() < 0.5
    network = descents._network(rng, name, fooled)
    plain = as_spelt(network) if fooled else perceptron(network, name, exact=False)
    evidence = _evidence(rng, network, plain)
    return Case(Claim(1e308, 0.0), evidence, network, lambda verdict: _truth(verdict, network, name))


def _evidence(rng: np.random.Generator, network: Network, plain: Perceptron) -> Evidence:
    w = plain.weights()
    jacobian = descents._jacobian(plain, w)
    kernel = np.nan_to_num(jacobian @ jacobian.T)
    order = np.arange(kernel.shape[0]).reshape(network.sample_count, -1).T.ravel()  # rows (output, sample)
    e = np.nan_to_num(plain.residual(w).ravel())
    c = np.array(finite(np.linalg.lstsq(kernel, e, rcond=None)[0]))
    step = float(np.sqrt(max(float(c @ kernel @ c), 0.0)))
    if rng.random() < 0.3:
        c = c * float(rng.choice([0.9, 1.0 + 2.0**-20, -1.0, 0.0]))
    shift = shifted(float(np.linalg.eigvalsh(kernel)[0]), rng)
    shallow = len(network.layers) == 2
    forms = ["one-hidden-layer", "per-unit"] if shallow else ["sample-centre", "adjoint-per-unit"]
    form = str(rng.choice([*forms, "recursion", "adjoint"]))
    reach = finite([max(step, 1e-300) * float(rng.choice([1.001, 1.1, 1.5, 2.0, 4.0]))])[0]
    return Evidence(reach, (tuple(float(x) for x in c[order]),), finite([shift])[0], form)


def _truth(verdict: Accepted, network: Network, name: str) -> Iterator[Held]:
    proved = verdict.proved
    with bits(320):
        exact = perceptron(network, name, exact=True)
        start = w = exact.weights()
        jacobian = _rows(exact, start)
        kernel = arb_mat((jacobian @ jacobian.T).tolist())
        sizes, farthest = [], Fraction(0)
        for _ in range(_STEPS):
            e = exact.residual(w).ravel()
            sizes.append(float(norm(e)))
            farthest = max(farthest, low(norm(w - start)))
            if not sizes[-1] > 1e-70:
                break
            step = kernel.solve(arb_mat([[x] for x in e]))
            w = w - np.array([[step[i, 0] for i in range(len(e))]], dtype=object).ravel() @ jacobian
            w = np.vectorize(lambda ball: arb(ball.mid()), otypes=[object])(w)
        yield at_most("radius", proved.radius, farthest)
        yield statement("Newton's method goes on", sizes[-1] <= sizes[0] * 1.01)
        if sizes[-1] < 1e-25 * max(sizes[0], 1e-280) or sizes[0] == 0:
            plain = perceptron(network, name, exact=False)
            lowest = np.linalg.svd(descents._jacobian(plain, np.array(w, dtype=float)))[0][:, -1]
            yield at_least("singular_value", proved.singular_value, high(descents._stretch(exact, w, lowest)))


def _rows(exact: Perceptron, w) -> np.ndarray:
    """J(w), a row an equation, in the order of the (n, o) residual."""
    shape = exact.targets.shape
    units = np.eye(shape[0] * shape[1])
    return np.array([exact.transposed(w, balls(unit).reshape(shape)) for unit in units], dtype=object)
