"""`replicated-minimum`: integer data with residuals from kernels, and weights near by in high precision."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

import numpy as np
from flint import arb

from certificates import Accepted
from certificates.claims.replicated_minimum import Claim, Evidence
from certificates.expression import parse_activation
from certificates.subjects import ActivationProblem
from certificates.theorems.replicated_minima import residual_conditions
from tests.support.replicated import kernel_residuals
from tests.truth._balls import bits, to_ball
from tests.truth.held import Held, statement
from tests.truth.trial import Case
from verify.proposals.replicated_minimum import RepeatedUnit, propose

SAMPLE = 60

_STEPS = 12


def draw(rng: np.random.Generator) -> Case:
    """Random rows and units, a combination of kernel residuals, sometimes bent."""
    name = str(rng.choice(["sigmoid", "tanh"]))
    biases = str(rng.choice(["none", "hidden", "output", "both"]))
    point = _point(rng, name, biases)
    found = propose(parse_activation(name), point)
    claim, evidence = found.claim, found.evidence
    if rng.random() < 0.2:
        claim = replace(
            claim, labels=(claim.labels[0] + Fraction(1, int(10 ** rng.integers(1, 30))), *claim.labels[1:])
        )
    problem = ActivationProblem(parse_activation(name))
    seed = int(rng.integers(2**32))
    return Case(claim, evidence, problem, lambda verdict: _truth(verdict, evidence, name, seed))


def _point(rng: np.random.Generator, name: str, biases: str) -> RepeatedUnit:
    d = int(rng.integers(1, 3))
    size = d + (biases in ("hidden", "both"))
    count = size + 2 + int(rng.integers(0, 3)) + (biases in ("output", "both"))
    drawn = {tuple(int(x) for x in row): None for row in rng.integers(-4, 5, size=(2 * count, d))}
    inputs = tuple(drawn)[:count]
    unit = tuple(int(k) for k in rng.integers(-2, 3, size=size))
    outer = Fraction(int(rng.integers(1, 9)), 2) * (1 if rng.random() < 0.5 else -1)
    offset = Fraction(int(rng.integers(-3, 4))) if biases in ("output", "both") else Fraction(0)
    blank = RepeatedUnit(inputs, unit, (0,) * len(inputs), outer, offset, biases)
    return replace(blank, residual=_residual(rng, name, blank))


def _residual(rng: np.random.Generator, name: str, blank: RepeatedUnit) -> tuple[int, ...]:
    """A combination for which g curves upwards, if some drawn one does."""
    basis = kernel_residuals(name, blank.rows, blank.unit, output_bias=blank.biases in ("output", "both"))
    found = (1,) + (0,) * (len(blank.inputs) - 1)
    for _ in range(60 if basis else 0):
        weights = rng.integers(-3, 4, size=len(basis))
        mixed = [sum(int(w) * e[i] for w, e in zip(weights, basis, strict=True)) for i in range(len(blank.inputs))]
        found = tuple(mixed) if any(mixed) else found
        _, _, curvature = residual_conditions(name, blank.rows, blank.unit, [Fraction(e) for e in found])
        table = np.array([[float(Fraction(int(x.p), int(x.q))) for x in row] for row in curvature.tolist()])
        if np.linalg.eigvalsh(table * float(blank.outer))[0] > 0 or rng.random() < 0.02:
            break
    return found


def _truth(verdict: Accepted, evidence: Evidence, name: str, seed: int) -> Iterator[Held]:
    claim, rng = verdict.proved, np.random.default_rng(seed)
    with bits(300):
        width = int(rng.integers(1, 4))
        ln2 = arb(2).log()
        theta = [[k * ln2 for k in claim.unit] for _ in range(width)]
        outer = [to_ball(claim.outer) / width] * width
        here = _loss(claim, name, theta, outer, to_ball(claim.offset))
        yield statement("loss", bool(abs(here - to_ball(claim.loss)) < arb(2) ** -200 * (1 + here)))
        for _ in range(_STEPS):
            size = to_ball(Fraction(float(10.0 ** rng.uniform(-9, -5))))
            moved = [[w + size * to_ball(Fraction(float(rng.normal()))) for w in row] for row in theta]
            shares = [v * (1 + size * to_ball(Fraction(float(rng.normal())))) for v in outer]
            offset = to_ball(claim.offset)
            if claim.has_output_bias:
                offset += size * to_ball(Fraction(float(rng.normal())))
            near = _loss(claim, name, moved, shares, offset)
            yield statement("minimum", not near < to_ball(claim.loss))
        units = [[k * ln2 for k in unit] for unit in evidence.units]
        other = _loss(claim, name, units, [to_ball(v) for v in evidence.outers], to_ball(evidence.offset))
        yield statement("better", bool(abs(other - to_ball(claim.better)) < arb(2) ** -100 * (1 + here)))


def _loss(claim: Claim, name: str, units, outer, offset):
    rows = [(*row, 1) for row in claim.inputs] if claim.has_hidden_bias else claim.inputs
    total = arb(0)
    for row, label in zip(rows, claim.labels, strict=True):
        output = offset
        for unit, v in zip(units, outer, strict=True):
            z = sum((w * x for w, x in zip(unit, row, strict=True)), arb(0))
            output = output + v * (z.tanh() if name == "tanh" else 1 / (1 + (-z).exp()))
        rest = output - to_ball(label)
        total += rest * rest  # a power of a ball around 0 is no number
    return total / 2
