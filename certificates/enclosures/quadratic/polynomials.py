"""Exact polynomials: the loss around a point, the square of its gradient, and quadratic forms in monomials.

Everything is a polynomial in h = w − centre over the rationals; no rounding takes place.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import reduce
from operator import add

from flint import Ordering, fmpq, fmpq_mpoly, fmpq_mpoly_ctx

from certificates.subjects import PolynomialProblem, Square

__all__ = ["Powers", "ball_defect", "gradient_square", "gram_form", "loss_around", "monomials", "rational"]

Powers = tuple[int, ...]


def rational(value: Fraction) -> fmpq:
    """The same number."""
    return fmpq(value.numerator, value.denominator)


def loss_around(problem: PolynomialProblem, centre: Sequence[Fraction]) -> fmpq_mpoly:
    """F(centre + h) as a polynomial in h.

    Examples
    --------
    >>> from certificates.subjects import Term
    >>> line = Square(Fraction(1), (Term(Fraction(-1), (0,)), Term(Fraction(1), (1,))))
    >>> str(loss_around(PolynomialProblem(1, (line,)), [Fraction(1)]))
    'h0^2'
    """
    ring = _ring(problem.variables)
    moved = [variable + rational(c) for variable, c in zip(ring.gens(), centre, strict=True)]
    return reduce(add, (_square(square, ring, moved) for square in problem.squares))


def _ring(variables: int) -> fmpq_mpoly_ctx:
    return fmpq_mpoly_ctx.get(("h", variables), Ordering.deglex)


def _square(square: Square, ring: fmpq_mpoly_ctx, moved: list[fmpq_mpoly]) -> fmpq_mpoly:
    residual = ring.from_dict({term.powers: rational(term.coefficient) for term in square.terms}).compose(*moved)
    return residual * residual * rational(square.weight)


def gradient_square(loss: fmpq_mpoly) -> fmpq_mpoly:
    """‖∇f‖²."""
    slopes = [loss.derivative(index) for index in range(len(loss.context().gens()))]
    return reduce(add, (slope * slope for slope in slopes))


def monomials(variables: int, lowest: int, highest: int) -> list[Powers]:
    """The monomials of degrees lowest … highest, in the order of :func:`monomial_key`.

    Examples
    --------
    >>> monomials(2, 1, 2)
    [(0, 1), (1, 0), (0, 2), (1, 1), (2, 0)]
    """
    return [powers for degree in range(lowest, highest + 1) for powers in sorted(_of_degree(variables, degree))]


def _of_degree(variables: int, degree: int) -> Iterator[Powers]:
    if variables == 1:
        yield (degree,)
        return
    for power in range(degree + 1):
        yield from ((power, *rest) for rest in _of_degree(variables - 1, degree - power))


def gram_form(ring: fmpq_mpoly_ctx, basis: Sequence[Powers], triangle: Sequence[Fraction]) -> fmpq_mpoly:
    """zᵀQz for the monomials z and the symmetric Q with this lower triangle, row by row."""
    found: dict[Powers, fmpq] = {}
    entries = iter(triangle)
    for i, left in enumerate(basis):
        for j in range(i + 1):
            powers = tuple(map(add, left, basis[j]))
            found[powers] = found.get(powers, fmpq(0)) + rational(next(entries)) * (1 if i == j else 2)
    return ring.from_dict(found)


def ball_defect(ring: fmpq_mpoly_ctx, radius: Fraction) -> fmpq_mpoly:
    """ϱ² − ‖h‖²."""
    return rational(radius * radius) - reduce(add, (h * h for h in ring.gens()))
