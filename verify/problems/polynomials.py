"""Build polynomial losses: from residuals written as dictionaries, and from small quadratic networks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from certificates.enclosures.quadratic.network import quadratic_network
from certificates.errors import MalformedProblem
from certificates.subjects import MOST_VARIABLES, Network, PolynomialProblem, Square, Term, monomial_key

__all__ = ["least_squares", "polynomial_of"]

Powers = tuple[int, ...]


def least_squares(residuals: Sequence[Mapping[Powers, Fraction]], weight: Fraction) -> PolynomialProblem:
    """The loss weight·Σ r_i², each r_i given as {exponents: coefficient}; coefficients 0 and residuals 0 are dropped.

    Examples
    --------
    >>> loss = least_squares([{(2,): Fraction(1), (0,): Fraction(-1)}, {(1,): Fraction(0)}], Fraction(1, 2))
    >>> loss.degree, len(loss.squares)
    (4, 1)
    """
    squares = []
    for residual in residuals:
        kept = sorted((powers for powers, c in residual.items() if c), key=monomial_key)
        if kept:
            squares.append(Square(weight, tuple(Term(Fraction(residual[powers]), powers) for powers in kept)))
    if not squares:
        raise MalformedProblem("every residual is 0", place="squares")
    return PolynomialProblem(len(next(iter(residuals[0]))), tuple(squares))


def polynomial_of(problem: Network) -> tuple[PolynomialProblem, tuple[Fraction, ...]]:
    """The loss of a small quadratic network as an exact polynomial in its first layer, and the given weights.

    Variables are the entries of W, row after row; rows whose outer weight is 0 are left out.

    Raises
    ------
    NotQuadratic
        The problem is no quadratic network with a trained first and a frozen second layer.
    MalformedProblem
        More than 6 trained weights, or planted labels.
    """
    network = quadratic_network(problem)
    k, d = network.weights.shape
    if k * d > MOST_VARIABLES:
        raise MalformedProblem(f"has {k * d} trained weights, at most {MOST_VARIABLES} are handled", place="layers.0")
    if network.labels is None:
        problem.given_targets  # noqa: B018 - refuses planted labels, with the remedy
    labels = [] if network.labels is None else network.labels.tolist()
    outer = [Fraction(value) for value in network.outer.tolist()]
    rows = [[Fraction(value) for value in row] for row in network.inputs.tolist()]
    residuals = [_residual(outer, x, Fraction(y)) for x, y in zip(rows, labels, strict=True)]
    centre = tuple(Fraction(value) for value in network.weights.ravel().tolist())
    return least_squares(residuals, network.loss_scale), centre


def _residual(outer: list[Fraction], x: list[Fraction], label: Fraction) -> dict[Powers, Fraction]:
    """Σ_l v_l (w_lᵀx)² − y."""
    d = len(x)
    found: dict[Powers, Fraction] = {(0,) * (len(outer) * d): -label}
    for unit, v in enumerate(outer):
        for a in range(d):
            for b in range(d):
                powers = [0] * (len(outer) * d)
                powers[unit * d + a] += 1
                powers[unit * d + b] += 1
                key = tuple(powers)
                found[key] = found.get(key, Fraction(0)) + v * x[a] * x[b]
    return found
