"""Polynomials as dictionaries of rationals, written without the judge's ring."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np

from certificates.subjects import PolynomialProblem, Square, Term, monomial_key

__all__ = [
    "bend_at_root",
    "difference_of",
    "hessian",
    "least_point",
    "plus",
    "square_of",
    "subtract_ball",
    "value_and_gradient",
]

F = Fraction
Polynomial = dict[tuple[int, ...], Fraction]


def square_of(weight: Fraction, terms) -> Square:
    kept = sorted(((powers, c) for powers, c in terms if c), key=lambda item: monomial_key(item[0]))
    return replace(Square(weight, ()), terms=tuple(Term(c, powers) for powers, c in kept))


def plus(left: tuple[int, ...], right: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(a + b for a, b in zip(left, right, strict=True))


def _times(left: Polynomial, right: Polynomial) -> Polynomial:
    found: Polynomial = {}
    for a, c in left.items():
        for b, e in right.items():
            found[plus(a, b)] = found.get(plus(a, b), F(0)) + c * e
    return found


def _add(into: Polynomial, other: Polynomial, factor: Fraction) -> None:
    for powers, c in other.items():
        into[powers] = into.get(powers, F(0)) + factor * c


def difference_of(problem: PolynomialProblem, centre, constant: Fraction, level: Fraction) -> Polynomial:
    """‖∇f‖² − 2μ(f − level) in h."""
    p = problem.variables
    zero = (0,) * p
    loss: Polynomial = {}
    for square in problem.squares:
        residual: Polynomial = {}
        for term in square.terms:
            product: Polynomial = {zero: term.coefficient}
            for index, power in enumerate(term.powers):
                unit = tuple(int(index == j) for j in range(p))
                for _ in range(power):
                    product = _times(product, {unit: F(1), zero: centre[index]})
            _add(residual, product, F(1))
        _add(loss, _times(residual, residual), square.weight)
    total: Polynomial = {zero: 2 * constant * level}
    _add(total, loss, -2 * constant)
    for index in range(p):
        slope = {
            tuple(e - int(i == index) for i, e in enumerate(powers)): c * powers[index]
            for powers, c in loss.items()
            if powers[index]
        }
        _add(total, _times(slope, slope), F(1))
    return total


def subtract_ball(difference: Polynomial, p: int, radius: Fraction, form: Polynomial) -> None:
    """Take form·(ϱ² − ‖h‖²) away."""
    defect = {(0,) * p: radius**2} | {tuple(2 * int(i == j) for j in range(p)): F(-1) for i in range(p)}
    _add(difference, _times(form, defect), F(-1))


def value_and_gradient(problem: PolynomialProblem, point) -> tuple[Fraction, list[Fraction]]:
    """f and ∇f at a rational point, term by term."""
    value, slope = F(0), [F(0)] * problem.variables
    for square in problem.squares:
        r, dr = F(0), [F(0)] * problem.variables
        for term in square.terms:
            r += term.coefficient * _monomial(point, term.powers)
            for index, power in enumerate(term.powers):
                if power:
                    lowered = tuple(e - int(i == index) for i, e in enumerate(term.powers))
                    dr[index] += term.coefficient * power * _monomial(point, lowered)
        value += square.weight * r * r
        slope = [s + 2 * square.weight * r * each for s, each in zip(slope, dr, strict=True)]
    return value, slope


def _monomial(point, powers) -> Fraction:
    product = F(1)
    for c, power in zip(point, powers, strict=True):
        product *= c**power
    return product


def hessian(problem: PolynomialProblem) -> np.ndarray:
    """∇²f of a loss of degree 2: 2Σ weight a aᵀ, in floats."""
    p = problem.variables
    total = np.zeros((p, p))
    for square in problem.squares:
        row = np.zeros(p)
        for term in square.terms:
            if any(term.powers):
                row[term.powers.index(1)] = float(term.coefficient)
        total += 2 * float(square.weight) * np.outer(row, row)
    return total


def bend_at_root(problem: PolynomialProblem, root: Fraction) -> Fraction:
    """f'' = 2Σ weight r'² at a common root of the r of one variable."""
    total = F(0)
    for square in problem.squares:
        slope = sum((t.coefficient * t.powers[0] * root ** max(t.powers[0] - 1, 0) for t in square.terms), F(0))
        total += 2 * square.weight * slope**2
    return total


def least_point(problem: PolynomialProblem) -> tuple[Fraction, ...]:
    """The minimiser of a loss of degree 2, rounded."""
    slope = np.array([float(s) for s in value_and_gradient(problem, (F(0),) * problem.variables)[1]])
    found = -np.linalg.lstsq(hessian(problem), slope, rcond=None)[0]
    return tuple(F(round(float(c) * 2**30), 2**30) for c in found)
