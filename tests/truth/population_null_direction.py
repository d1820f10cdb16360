"""`population-null-direction`: the Hessian entry by entry by Isserlis' theorem, its null space by elimination."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from certificates import Accepted
from certificates.claims.population_null_direction import Claim, Evidence
from certificates.expression import parse_activation
from certificates.subjects import PopulationProblem, Units
from tests.support.singular_populations import exact_hessian, form, null_space
from tests.truth.held import Held, at_least, exactly, statement
from tests.truth.trial import Case

SAMPLE = 60

F = Fraction
_SCALES = [F(1), F(1), F(1), F(2**60), F(1, 2**60), F(10**30), F(1, 10**30)]


def draw(rng: np.random.Generator) -> Case:
    """Up to four units in up to three dimensions, rows that depend on one another, and scales far apart."""
    k, d = int(rng.integers(1, 5)), int(rng.integers(1, 4))
    teacher = _teacher(rng, k, d)
    linear, quadratic = (_rational(rng) * _scale(rng) * int(rng.integers(2)) for _ in range(2))
    problem = PopulationProblem(parse_activation(_text(rng, linear, quadratic)), teacher)
    hessian = exact_hessian(linear, quadratic, teacher)
    evidence = _evidence(rng, null_space(hessian), k, d)
    return Case(Claim(1), evidence, problem, lambda verdict: _truth(verdict, evidence, hessian))


def _rational(rng: np.random.Generator) -> Fraction:
    return F(int(rng.integers(-3, 4)), int(rng.integers(1, 4)))


def _scale(rng: np.random.Generator) -> Fraction:
    return _SCALES[int(rng.integers(len(_SCALES)))]


def _teacher(rng: np.random.Generator, k: int, d: int) -> Units:
    rank = int(rng.integers(1, d + 1))
    basis = [[_rational(rng) for _ in range(d)] for _ in range(rank)]
    rows = []
    for _ in range(k):
        weights, scale = [_rational(rng) for _ in range(rank)], _scale(rng)
        row = (sum((w * b[p] for w, b in zip(weights, basis, strict=True)), F(0)) for p in range(d))
        rows.append(tuple(entry * scale for entry in row))
    if rng.random() < 0.2:
        rows[-1] = tuple(entry + F(1, 2**100) for entry in rows[0])  # nearly equal, or nearly dependent
    elif rng.random() < 0.3:
        rows[-1] = rows[0]
    return Units(tuple(rows), tuple(_rational(rng) * _scale(rng) for _ in range(k)))


def _text(rng: np.random.Generator, linear: Fraction, quadratic: Fraction) -> str:
    """The polynomial in one of several spellings."""
    spellings = [
        "({a})*z^2+({b})*z",
        "z*(({a})*z+({b}))-7",
        "({a})*(z+1)^2+(({b})-2*({a}))*z",
        "({a})*z^2+({b})*z+z^3-z*z*z",
    ]
    return spellings[int(rng.integers(len(spellings)))].format(a=quadratic, b=linear)


def _evidence(rng: np.random.Generator, basis: list[list[Fraction]], k: int, d: int) -> Evidence:
    """A combination of the null space, or anything; some entries off by little."""
    vector = [_rational(rng) for _ in range(k * d)]
    if basis and rng.random() < 0.8:
        weights = [_rational(rng) for _ in basis]
        vector = [sum((w * b[i] for w, b in zip(weights, basis, strict=True)), F(0)) for i in range(k * d)]
    if rng.random() < 0.2:
        vector[int(rng.integers(k * d))] += F(1, 2 ** int(rng.integers(1, 300)))
    if not any(vector):
        vector = [*(basis or [[F(1)] * (k * d)])[0]]
    scale = _scale(rng)
    rows = [tuple(entry * scale for entry in vector[j * d : (j + 1) * d]) for j in range(k)]
    return Evidence(tuple(rows))


def _truth(verdict: Accepted, evidence: Evidence, hessian: list[list[Fraction]]) -> Iterator[Held]:
    dimension = len(null_space(hessian))
    yield at_least("nullity", verdict.proved.nullity, dimension)
    (fact,) = verdict.facts
    yield from exactly("dim ker", fact.lower, fact.upper, dimension)
    vector = [entry for row in evidence.direction for entry in row]
    yield statement("∇²f(W*)[A, A] = 0", form(hessian, vector) == 0)
