"""Polynomial losses as subjects of claims: sums of weighted squares with exact rational coefficients."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import ClassVar

from certificates.errors import MalformedProblem
from certificates.subjects.problem import Problem

__all__ = ["MOST_DEGREE", "MOST_VARIABLES", "PolynomialProblem", "Square", "Term", "monomial_key"]

MOST_VARIABLES = 6
MOST_DEGREE = 6
_MOST_SQUARES = 4_096


@dataclass(frozen=True)
class Term:
    """c·w^α.

    Parameters
    ----------
    coefficient
        c, not 0.
    powers
        α, one exponent per variable.
    """

    coefficient: Fraction
    powers: tuple[int, ...]


@dataclass(frozen=True)
class Square:
    """weight·r(w)² with r the sum of the terms.

    Parameters
    ----------
    weight
        Positive.
    terms
        At least one, strictly increasing in :func:`monomial_key`: no monomial occurs twice.
    """

    weight: Fraction
    terms: tuple[Term, ...]


@dataclass(frozen=True)
class PolynomialProblem(Problem):
    """The loss f(w) = Σ weight_i r_i(w)² on ℝᵖ, exact; it is never negative.

    Parameters
    ----------
    variables
        p, 1 to 6.
    squares
        1 to 4,096, each r_i of degree at most 6.

    Raises
    ------
    MalformedProblem
        Too many variables or squares, a weight that is not positive, a coefficient 0, exponents of the wrong number,
        negative or too high, monomials that repeat or are out of order.

    Examples
    --------
    >>> circle = Square(Fraction(1), (Term(Fraction(-1), (0, 0)), Term(Fraction(1), (0, 2)), Term(Fraction(1), (2, 0))))
    >>> PolynomialProblem(2, (circle,)).degree
    4
    """

    type: ClassVar[str] = "polynomial"

    variables: int
    squares: tuple[Square, ...]

    def __post_init__(self) -> None:
        """Refuse what is no loss in the one spelling."""
        if not 1 <= self.variables <= MOST_VARIABLES:
            raise MalformedProblem(f"expected 1 to {MOST_VARIABLES}", place="variables")
        if not 1 <= len(self.squares) <= _MOST_SQUARES:
            raise MalformedProblem(f"expected 1 to {_MOST_SQUARES} squares, got {len(self.squares)}", place="squares")
        for index, square in enumerate(self.squares):
            _check_square(square, self.variables, f"squares[{index}]")

    @property
    def degree(self) -> int:
        """The degree of f: twice that of its highest r_i, because positive squares do not cancel."""
        return 2 * max(sum(term.powers) for square in self.squares for term in square.terms)

    def __repr__(self) -> str:
        """Its size."""
        return f"PolynomialProblem({self.variables} variables, {len(self.squares)} squares, degree {self.degree})"


def monomial_key(powers: tuple[int, ...]) -> tuple[int, tuple[int, ...]]:
    """The order of monomials: by total degree, then by exponents.

    Examples
    --------
    >>> sorted([(1, 1), (0, 0), (1, 0), (0, 1)], key=monomial_key)
    [(0, 0), (0, 1), (1, 0), (1, 1)]
    """
    return sum(powers), powers


def _check_square(square: Square, variables: int, place: str) -> None:
    if square.weight <= 0:
        raise MalformedProblem("expected a positive rational", place=f"{place}.weight")
    if not square.terms:
        raise MalformedProblem("expected at least one term", place=f"{place}.terms")
    for index, term in enumerate(square.terms):
        where = f"{place}.terms[{index}]"
        if term.coefficient == 0:
            raise MalformedProblem("is 0; leave the term out", place=f"{where}.coefficient")
        if len(term.powers) != variables:
            raise MalformedProblem(f"expected {variables} exponents, got {len(term.powers)}", place=f"{where}.powers")
        if min(term.powers) < 0 or sum(term.powers) > MOST_DEGREE:
            raise MalformedProblem(f"expected exponents ≥ 0 of sum ≤ {MOST_DEGREE}", place=f"{where}.powers")
    for index, (first, second) in enumerate(pairwise(square.terms)):
        if monomial_key(first.powers) >= monomial_key(second.powers):
            raise MalformedProblem(
                "monomials are not strictly increasing",
                place=f"{place}.terms[{index + 1}].powers",
                remedy="sort by total degree, then by exponents, and add up what repeats",
            )
