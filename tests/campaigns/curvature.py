"""Attack the bounds of β(ρ): climb over weights, data and points of the ball against exact second derivatives.

Run: ``python -m tests.campaigns.curvature --minutes 10 --seed 1``. It prints attempts and the largest |D²F| / bound of
every form; a number above 1 is a false theorem. ``--faults`` puts the wrong norms of the twin in the forms' place and
prints which of them are found.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise

import numpy as np

from certificates import Dense, Network
from certificates.expression import parse_activation
from certificates.subjects import Objective, Squared
from tests.support.naive import parameters
from tests.support.second_derivatives import bilinear_norm, second_derivatives
from tests.twins.curvature_forms import FAULTS, THIRD, Bound, per_unit
from tests.twins.unit_adjoint import UnitBound

__all__ = ["FORMS", "Attack", "attack", "layer_places"]

FORMS = tuple(FAULTS)
KINKED = ("softsign", "elu(1)", "squared_relu")  # φ'' jumps: the form by units alone
_SAME = 1e-9  # rounding


@dataclass(frozen=True)
class Case:
    """A network, a radius, and a direction in the space of its weights."""

    network: Network
    name: str
    radius: float
    direction: np.ndarray

    def point(self) -> np.ndarray:
        """The point of the ball, at the weights or on the sphere."""
        return parameters(self.network) + self.radius * self.direction / max(
            float(np.linalg.norm(self.direction)), 1e-300
        )


@dataclass
class Attack:
    """What was seen of one form: the number of attempts, the worst ratio and its case."""

    form: str
    fault: str = ""
    attempts: int = 0
    worst: float = 0.0
    case: Case | None = None

    def look(self, case: Case, rng: np.random.Generator) -> float:
        """The ratio at a case."""
        ratio = _ratio(case, self.form, self.fault, rng)
        self.attempts += 1
        if ratio > self.worst:
            self.worst, self.case = ratio, case
        return ratio

    @property
    def found(self) -> bool:
        """Whether a bound was exceeded."""
        return self.worst > 1 + _SAME


def _network(rng: np.random.Generator, form: str) -> tuple[Network, str]:
    depth = 1 if form == "per-unit" else int(rng.integers(1, 4))
    widths = rng.integers(1, 4, size=depth + 2)
    names = (*THIRD, *KINKED) if form == "per-unit" else tuple(THIRD)
    name = str(rng.choice(names))
    trained = rng.random(depth + 1) < 0.85
    trained[rng.integers(depth + 1)] = True
    gain, bias = 10.0 ** rng.uniform(-0.7, 0.6), rng.random() < 0.5
    layers = tuple(
        Dense(gain * rng.normal(size=(b, a)), rng.normal(size=b) if bias else None, bool(t))
        for (a, b), t in zip(pairwise(widths), trained, strict=True)
    )
    inputs = rng.normal(size=(int(rng.integers(1, 5)), widths[0])) * 10.0 ** rng.uniform(-0.5, 0.5)
    blank = np.zeros((len(inputs), widths[-1]))
    return Network(layers, (parse_activation(name),) * depth, inputs, blank, Objective(Squared(Fraction(1)))), name


def _fresh(rng: np.random.Generator, form: str) -> Case:
    network, name = _network(rng, form)
    radius = float(rng.choice([0.0, 1.0])) * 10.0 ** rng.uniform(-2, 0)
    return Case(network, name, radius, rng.normal(size=len(parameters(network))))


def _changed(rng: np.random.Generator, case: Case) -> Case:
    size = 10.0 ** rng.uniform(-2.5, -0.3)

    def moved(array: np.ndarray) -> np.ndarray:
        mask = rng.random(array.shape) < rng.choice([0.3, 1.0])
        return array + size * (0.1 + np.abs(array)) * rng.normal(size=array.shape) * mask

    kind = rng.random()
    if kind < 0.3 and case.radius:
        return replace(case, direction=moved(case.direction))
    if kind < 0.35 and case.radius:
        return replace(case, radius=case.radius * float(np.exp(size * rng.normal())))
    if kind < 0.6:
        return replace(case, network=replace(case.network, inputs=moved(case.network.inputs)))
    layers = list(case.network.layers)
    at = int(rng.integers(len(layers)))
    bias = layers[at].bias
    layers[at] = replace(layers[at], weight=moved(layers[at].weight), bias=None if bias is None else moved(bias))
    return replace(case, network=replace(case.network, layers=tuple(layers)))


def attack(form: str, seed: int, fault: str = "", climb: int = 40) -> Iterator[Attack]:
    """Restart and climb without end; what was seen so far after every attempt."""
    rng, seen = np.random.default_rng(seed), Attack(form, fault)
    while True:
        case = _fresh(rng, form)
        ratio = seen.look(case, rng)
        yield seen
        for _ in range(climb):
            other = _changed(rng, case)
            found = seen.look(other, rng)
            if found >= ratio:
                case, ratio = other, found
            yield seen


def _ratio(case: Case, form: str, fault: str, rng: np.random.Generator) -> float:
    """The largest |D²F| / bound: of the whole, and of each pair of layers for a form by layers."""
    seen = second_derivatives(case.network, case.point(), case.name)
    if form == "per-unit":
        return _quotient(bilinear_norm(seen, rng), per_unit(case.network, case.name, case.radius, fault))
    twin = UnitBound if form == "adjoint-per-unit" else Bound
    found = twin(case.network, case.name, case.radius, fault).form(form)
    if form == "growth":
        seen = seen - second_derivatives(case.network, parameters(case.network), case.name)
    layers = layer_places(case.network)
    ratios = [_quotient(bilinear_norm(seen, rng), float(np.linalg.eigvalsh(found)[-1]))]
    for a, rows in enumerate(layers):
        for b, columns in enumerate(layers[: a + 1]):
            block = bilinear_norm(seen[:, rows, columns], rng, starts=1)
            ratios.append(_quotient(block, float(found[a, b])))
    return max(ratios)


def _quotient(seen: float, allowed: float) -> float:
    return seen / max(allowed, 1e-9)


def layer_places(network: Network) -> list[slice]:
    """Where each trained layer lies in the flat vector."""
    sizes = [
        layer.weight.size + (0 if layer.bias is None else layer.bias.size) for layer in network.layers if layer.trained
    ]
    ends = np.cumsum([0, *sizes])
    return [slice(int(start), int(stop)) for start, stop in pairwise(ends)]


def main(arguments: list[str] | None = None) -> int:
    """Attack until the time is over; 1 if a bound was exceeded, or a planted fault was not found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--faults", action="store_true")
    options = parser.parse_args(arguments)
    pairs = [(form, fault) for form in FORMS for fault in (FAULTS[form] if options.faults else ("",))]
    good = True
    for form, fault in pairs:
        start, seen = time.monotonic(), Attack(form)
        for seen in attack(form, options.seed, fault):
            if time.monotonic() - start > 60 * options.minutes / len(pairs) or seen.found:
                break
        good = good and seen.found == bool(fault)
        sys.stdout.write(f"{form:10} {fault:26} {seen.attempts:8,} attempts, worst {seen.worst:.6f}\n")
        if seen.found and not fault:
            sys.stdout.write(f"{seen.case}\n")
        sys.stdout.flush()
    return 0 if good else 1


if __name__ == "__main__":
    raise SystemExit(main())
