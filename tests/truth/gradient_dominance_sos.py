"""`gradient-dominance-sos`: polynomials at rational points of the ball, where a search in floats finds them lowest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from functools import cache
from pathlib import Path

import numpy as np

from certificates import Accepted
from certificates.certificate import decode_certificate
from certificates.claims.gradient_dominance_sos import Claim, Evidence
from certificates.enclosures.quadratic.polynomials import monomials
from certificates.subjects import PolynomialProblem, Square, Term
from tests.support.polynomials import in_ball, values_and_gradients
from tests.truth._polynomials import (
    bend_at_root,
    difference_of,
    hessian,
    least_point,
    plus,
    square_of,
    subtract_ball,
    value_and_gradient,
)
from tests.truth.held import Held, at_least, at_most, root_above
from tests.truth.trial import Case

SAMPLE = 80

CORPUS = Path(__file__).resolve().parent.parent / "corpus" / "accepted" / "gradient-dominance-sos"

F = Fraction


def draw(rng: np.random.Generator) -> Case:
    """Quadratic losses, quartics of one variable, and a searched certificate in other units; some bent."""
    make = (_bowl, _quartic, _rescaled)[rng.choice(3, p=[0.5, 0.35, 0.15])]
    problem, claim, evidence = make(rng)
    if rng.random() < 0.15:
        claim, evidence = _bend(rng, claim, evidence)
    weak = Claim(claim.centre, claim.radius * F(1, 2), claim.constant * F(1, 2), claim.level + 1)
    seed = int(rng.integers(2**32))
    return Case(weak, evidence, problem, lambda verdict: _truth(verdict, problem, seed))


def _rational(rng: np.random.Generator, low: float, high: float, bits: int = 6) -> Fraction:
    return F(round(float(rng.uniform(low, high)) * 2**bits), 2**bits)


def _bowl(rng: np.random.Generator) -> tuple[PolynomialProblem, Claim, Evidence]:
    """Σ weight (aᵀw + b)², around any centre: the Gram matrix with the constant is unique for given Q_1 = (q)."""
    p = int(rng.integers(1, 4))
    squares = []
    for _ in range(int(rng.integers(1, p + 3))):
        terms = [((0,) * p, _rational(rng, -1, 1) * int(rng.integers(2)))]
        terms += [(tuple(int(i == j) for j in range(p)), _rational(rng, -2, 2)) for i in range(p)]
        squares.append(square_of(abs(_rational(rng, 0.1, 2)) * F(2) ** int(rng.choice([0, 0, 40, -40])), terms))
    squares = [square for square in squares if square.terms]
    problem = PolynomialProblem(p, tuple(squares or [square_of(F(1), [((1,) + (0,) * (p - 1), F(1))])]))
    minimiser = least_point(problem)
    centre = tuple(c + _rational(rng, -1, 1) * int(rng.integers(2)) for c in minimiser)
    curvatures = np.linalg.eigvalsh(hessian(problem))
    constant = F(max(float(curvatures[0]), 1e-9 * float(curvatures[-1]))) * rng.choice(
        [F(999999, 10**6), F(1, 2), F(2)]
    )
    least = value_and_gradient(problem, minimiser)[0]
    level = least + F(max(float(least), 1e-3)) * rng.choice([F(1, 2**40), F(1, 100), F(-1, 100)])
    radius, q = _rational(rng, 0.1, 2), F(float(rng.choice([1e-9, 1e-3]))) * constant
    difference = difference_of(problem, centre, constant, level)
    subtract_ball(difference, p, radius, {(0,) * p: q})
    basis = monomials(p, 0, 1)
    first = [
        difference.get(plus(a, b), F(0)) / (1 if a == b else 2) for i, a in enumerate(basis) for b in basis[: i + 1]
    ]
    claim = Claim(centre, radius, constant, level)
    return problem, claim, Evidence(radius, constant, level, tuple(first), (q,))


def _quartic(rng: np.random.Generator) -> tuple[PolynomialProblem, Claim, Evidence]:
    """Σ weight (aw² + bw + c)² near a root: the shares of Q_0's antidiagonals are drawn."""
    root = _rational(rng, -2, 2)
    squares = []
    for _ in range(int(rng.integers(1, 3))):
        a, b = _rational(rng, -2, 2), _rational(rng, -2, 2)
        squares.append(square_of(F(1, 2), [((0,), -(a * root**2 + b * root)), ((1,), b), ((2,), a)]))
    squares = [square for square in squares if square.terms] or [square_of(F(1), [((0,), -root), ((1,), F(1))])]
    problem = PolynomialProblem(1, tuple(squares))
    bend = bend_at_root(problem, root)
    radius, constant = _rational(rng, 0.02, 0.6), bend * rng.choice([F(1, 2), F(3, 4), F(9, 10), F(99, 100)])
    if constant <= 0:
        constant = F(1)
    difference = difference_of(problem, (root,), constant, F(0))
    highest = problem.degree - 1
    second = {(2 * k,): F(float(rng.uniform(0, 0.9))) * constant**2 / radius ** (2 * k) / 4 for k in range(1, highest)}
    subtract_ball(difference, 1, radius, second)
    basis = list(range(1, highest + 1))
    shares = {degree: F(float(rng.uniform(0.2, 1))) for degree in range(2, 2 * highest + 1)}
    first = [
        _antidiagonal(difference.get((i + j,), F(0)), i, j, basis, shares[i + j])
        for i in basis
        for j in basis
        if j <= i
    ]
    inner = [second.get((2 * i,), F(0)) if i == j else F(0) for i in range(1, highest) for j in range(1, i + 1)]
    return problem, Claim((root,), radius, constant, F(0)), Evidence(radius, constant, F(0), tuple(first), tuple(inner))


def _antidiagonal(total: Fraction, i: int, j: int, basis: list[int], share: Fraction) -> Fraction:
    """One entry of Q_0: the middle of an antidiagonal gets its share, the next pair the rest."""
    pairs = [(a, i + j - a) for a in basis if i + j - a in basis and i + j - a <= a]
    pairs.sort(key=lambda pair: pair[0] - pair[1])
    weights = [share, 1 - share] if len(pairs) > 1 else [F(1)]
    position = pairs.index((i, j))
    weight = weights[position] if position < len(weights) else F(0)
    return total * weight / (1 if i == j else 2)


@cache
def _searched() -> list[tuple[PolynomialProblem, Claim, Evidence]]:
    """The certificates of the corpus, found by semidefinite programs."""
    files = (decode_certificate(path.read_bytes()) for path in sorted(CORPUS.glob("*.cert.json")))
    return [(each.problem.record, each.claim, each.evidence) for each in files]


def _rescaled(rng: np.random.Generator) -> tuple[PolynomialProblem, Claim, Evidence]:
    """s·f(w/t): every number moves by exact powers."""
    found = _searched()
    problem, claim, evidence = found[int(rng.integers(len(found)))]
    t, s = (F(int(rng.integers(1, 9)), int(rng.integers(1, 9))) * F(2) ** int(rng.integers(-40, 40)) for _ in range(2))
    squares = tuple(
        Square(
            square.weight * s,
            tuple(Term(term.coefficient / t ** sum(term.powers), term.powers) for term in square.terms),
        )
        for square in problem.squares
    )
    numbers = evidence.radius * t, evidence.constant * s / t**2, evidence.level * s
    first = _stretched(evidence.first, problem.variables, problem.degree - 1, t, s**2 / t**2)
    second = _stretched(evidence.second, problem.variables, problem.degree - 2, t, s**2 / t**4)
    centre = tuple(c * t for c in claim.centre)
    return replace(problem, squares=squares), Claim(centre, *numbers), Evidence(*numbers, first, second)


def _stretched(triangle, variables: int, highest: int, t: Fraction, factor: Fraction) -> tuple[Fraction, ...]:
    for lowest in (0, 1):
        degrees = [sum(powers) for powers in monomials(variables, lowest, highest)]
        if len(triangle) == len(degrees) * (len(degrees) + 1) // 2:
            break
    pairs = [(a, b) for i, a in enumerate(degrees) for b in degrees[: i + 1]]
    return tuple(entry * factor / t ** (a + b) for entry, (a, b) in zip(triangle, pairs, strict=True))


def _bend(rng: np.random.Generator, claim: Claim, evidence: Evidence) -> tuple[Claim, Evidence]:
    """One number of the evidence, a little off."""
    factor = 1 + F(1, 2 ** int(rng.integers(1, 80))) * int(rng.choice([-1, 1]))
    name = str(rng.choice(["constant", "radius", "first", "centre"]))
    if name == "centre":
        return replace(claim, centre=tuple(c * factor for c in claim.centre)), evidence
    if name == "first":
        first = list(evidence.first)
        first[int(rng.integers(len(first)))] *= factor
        return claim, replace(evidence, first=tuple(first))
    return claim, replace(evidence, **{name: getattr(evidence, name) * factor})


def _truth(verdict: Accepted, problem: PolynomialProblem, seed: int) -> Iterator[Held]:
    rng, proved = np.random.default_rng(seed), verdict.proved
    points = _lowest(rng, problem, proved, 1.0)
    for point in points:
        value, slope = value_and_gradient(problem, point)
        square = sum(s * s for s in slope)
        if proved.level > 0:
            yield at_most("level", proved.level, value - square / (2 * proved.constant))
        if value > proved.level:
            yield at_least("constant", proved.constant, square / (2 * (value - proved.level)))
    for reach in (1.05, 1.5, 4.0):
        for point in _lowest(rng, problem, proved, reach):
            value, slope = value_and_gradient(problem, point)
            if sum(s * s for s in slope) < 2 * proved.constant * (value - proved.level):
                distance = root_above(sum((a - b) ** 2 for a, b in zip(point, proved.centre, strict=True)))
                yield at_least("radius", proved.radius, distance)


def _lowest(
    rng: np.random.Generator, problem: PolynomialProblem, proved: Claim, reach: float
) -> list[tuple[Fraction, ...]]:
    """The centre, and where a search in floats finds ‖∇f‖²/2(f − level) least within ``reach`` radii."""
    centre = np.array([float(c) for c in proved.centre])
    radius, level = float(proved.radius) * reach, float(proved.level)
    points = in_ball(rng, proved.centre, radius, 60)
    for _ in range(6):
        best = points[np.nanargmin(_quotients(problem, points, level))]
        near = best + radius * 10.0 ** rng.uniform(-6, -0.5, size=(40, 1)) * rng.normal(size=(40, len(centre)))
        away = np.linalg.norm(near - centre, axis=1, keepdims=True)
        points = np.vstack([best, centre + (near - centre) * np.minimum(1, radius / np.maximum(away, 1e-300))])
    best = points[np.nanargmin(_quotients(problem, points, level))]
    return [_inside(best, proved, F(reach)), proved.centre]


def _quotients(problem: PolynomialProblem, points, level: float) -> np.ndarray:
    values, slopes = values_and_gradients(problem, points)
    excess = values - level
    return np.where(excess > 0, (slopes**2).sum(axis=1) / np.where(excess > 0, excess, 1), np.inf)


def _inside(point, proved: Claim, reach: Fraction) -> tuple[Fraction, ...]:
    """The point as rationals, pulled into the ball."""
    steps = [F(float(c)) - centre for c, centre in zip(point, proved.centre, strict=True)]
    while sum(s * s for s in steps) > (proved.radius * reach) ** 2:
        steps = [s * (1 - F(1, 2**40)) for s in steps]
    return tuple(centre + s for centre, s in zip(proved.centre, steps, strict=True))
