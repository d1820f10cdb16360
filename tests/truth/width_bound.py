"""`width-bound`: kernels and norms of Arb at 300 bits in the formulas of the theorems, and the events drawn."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

import numpy as np
from flint import acb_mat, arb, arb_mat

from certificates import Accepted, Network
from certificates.claims.width_bound import Claim, Evidence
from tests.truth._balls import balls, bits, high, low, norm, to_ball
from tests.truth._quadratic import hostile_number
from tests.truth.held import Held, at_least, at_most, statement
from tests.truth.trial import Case
from verify.generators.wide import unit_data, wide_problem
from verify.proposals.width_bound import propose

SAMPLE = 20

_DRAWS = 200


def draw(rng: np.random.Generator) -> Case:
    """Few samples of any length and label, and failures shared out well or badly."""
    network = _network(rng)
    form, start = str(rng.choice(["printed", "sharpened"])), str(rng.choice(["plain", "antisymmetric"]))
    failure = Fraction(float(rng.choice([0.5, 0.1, 1e-6, 1 - 2.0**-40])))
    evidence = propose(network, form=form, start=start, failure=failure).evidence
    if rng.random() < 0.6:
        evidence = replace(
            evidence,
            shift=evidence.shift * float(rng.choice([1, 0.5, 1 + 2.0**-9, 1e-9])),
            kernel=evidence.kernel * Fraction(float(rng.choice([1, 0.01, 1e-30]))),
            flips=evidence.flips * Fraction(float(rng.choice([1, 0.3, 1e-6]))),
            residual=evidence.residual * Fraction(float(rng.choice([1, 0.01, 0.999]))),
            share=Fraction(float(rng.choice([2.0**-20, 0.3, 0.9, 1 - 2.0**-30]))),
        )
    claim = Claim(form, start, Fraction(2**60 - 1, 2**60), 1.7e308, 5e-324)
    return Case(claim, evidence, network, lambda verdict: _truth(verdict, evidence, network))


def _network(rng: np.random.Generator) -> Network:
    n, d = int(rng.integers(1, 6)), int(rng.integers(2, 5))
    inputs, labels = unit_data(n, d, seed=int(rng.integers(2**31)))
    if n > 1 and rng.random() < 0.3:
        inputs[1] = inputs[0] + 10.0 ** -rng.uniform(1, 8) * rng.normal(size=d)
    if n > 1 and rng.random() < 0.2:
        inputs[1] = -inputs[0]
    inputs = inputs * 2.0 ** rng.integers(-30, 30, size=(n, 1))
    labels = labels * 10.0 ** rng.uniform(-9, 3, size=n)
    if rng.random() < 0.15:
        (inputs if rng.random() < 0.5 else labels).reshape(-1)[0] = hostile_number(rng)
    network = wide_problem(inputs, labels, width=2)
    if rng.random() < 0.3:
        network = replace(network, layers=(replace(network.layers[0], bias=np.zeros(2)), network.layers[1]))
    return network


def _truth(verdict: Accepted, evidence: Evidence, network: Network) -> Iterator[Held]:
    proved = verdict.proved
    with bits(300):
        rows = balls(network.inputs)
        if network.layers[0].bias is not None:
            rows = np.hstack([rows, balls(np.ones((len(rows), 1)))])
        rows = np.array([row / norm(row) for row in rows])
        gram = rows @ rows.T
        kernel = [
            [
                arb(1) / 2 if i == j else rho / 2 - rho * _angle(rows[i], rows[j]) / (2 * arb.pi())
                for j, rho in enumerate(line)
            ]
            for i, line in enumerate(gram)
        ]
        least, largest = _eigenvalues(kernel)[0], _eigenvalues(gram.tolist())[-1]
        width = _width(proved, evidence, network, to_ball(proved.eigenvalue), largest)
        yield at_least("eigenvalue", proved.eigenvalue, high(least))
        yield at_most("width", proved.width, low(width))
        yield at_most("failure", proved.failure, evidence.kernel + evidence.flips + evidence.residual)
    yield statement("rare events", _rare(evidence, float(proved.eigenvalue), np.array(gram, dtype=float), proved))


def _angle(x, y) -> arb:
    """2 atan(‖x − y‖/‖x + y‖) of unit vectors."""
    difference, total = norm(x - y), norm(x + y)
    return 2 * arb.atan2(difference, total)


def _eigenvalues(matrix) -> list[arb]:
    if len(matrix) == 1:
        return [matrix[0][0]]
    mid = acb_mat(arb_mat(matrix).mid())
    values = sorted((each.real for each in mid.eig(algorithm="approx")), key=lambda value: float(value.mid()))
    return [value.mid() + arb(0, 1e-40) for value in values]


def _width(proved: Claim, evidence: Evidence, network: Network, lam: arb, gamma: arb) -> arb:
    """Written from the statements of theorems 5.3.3 and 5.3.4."""
    n, paired = network.sample_count, proved.start == "antisymmetric"
    y = balls(network.given_targets[:, 0])
    d1, d2, d3 = (to_ball(part) for part in (evidence.kernel, evidence.flips, evidence.residual))
    independent = 2 if paired else 1
    if proved.form == "printed":
        c2 = max(each * each for each in y)
        energy = n * c2 if paired else n * (c2 + arb(1) / 2) / d3
        other = 8 * independent * n**2 / lam**2 * (n * (n + 1) / d1).log()
        way = arb(512) / arb.pi() * n**5 * energy / (lam**4 * d2**2)
        return max(other, way)
    energy = np.sum(y * y) if paired else (np.sum(y * y) + arb(n) / 2) / d3
    q, share = (arb(3).sqrt() / 2 - arb(2).sqrt() / 2) ** 2, to_ball(evidence.share)
    start = independent * gamma * (n / d1).log() / (lam * (arb(1) / 4 + arb(3) / 4 * (arb(3) / 4).log()))
    turn = independent * (n / d2).log() / 2 * (gamma / ((1 - share) * q * lam)) ** 2
    way = 8 / arb.pi() * gamma**3 * energy / (lam**4 * share**2 * q**2)
    return max(start, turn, way)


def _rare(evidence: Evidence, lam: float, gram: np.ndarray, proved: Claim) -> bool:
    """The kernels of draws at the width that δ₁ asks for, if that is small: 3σ too many bad ones are too many."""
    n, independent = len(gram), 2 if proved.start == "antisymmetric" else 1
    delta, gamma = float(evidence.kernel), float(np.linalg.norm(gram, 2))
    if not (delta > 0.01 and lam > 1e-3):
        return True
    units = int(gamma * np.log(n / delta) / (lam * (0.25 + 0.75 * np.log(0.75)))) + 1
    if units * _DRAWS * n > 2e6:
        return True
    values, vectors = np.linalg.eigh(gram)
    root = vectors * np.sqrt(np.maximum(values, 0))
    active = (np.random.default_rng(n + independent).normal(size=(_DRAWS, units, n)) @ root.T > 0).astype(float)
    kernels = gram * np.einsum("kri,krj->kij", active, active) / units
    bad = int(np.sum(np.linalg.eigvalsh(kernels)[:, 0] < 0.75 * lam))
    return bad <= _DRAWS * delta + 3 * np.sqrt(_DRAWS * delta)
