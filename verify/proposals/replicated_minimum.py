"""Search for better weights than those of a repeated unit, in rationals (theorem 5.2.7)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import product

from flint import fmpq, fmpq_mat

from certificates.claims.replicated_minimum import Biases, Claim, Evidence
from certificates.expression import Activation
from certificates.subjects import ActivationProblem
from certificates.theorems.replicated_minima import outputs
from verify.search.activation import judged
from verify.search.proposal import Proposal, Search

__all__ = ["SEARCH", "YU_CHEN", "RepeatedUnit", "propose"]

_REACH = 3  # units that are tried have entries of at most so many ln 2


@dataclass(frozen=True)
class RepeatedUnit:
    """A unit, repeated, and the residual that it is to have.

    Parameters
    ----------
    inputs
        Integer rows.
    unit
        Multiples of ln 2; the bias last where there is one.
    residual
        e = f − y: labels are y = f − e.
    outer, offset
        V and b.
    biases
        Which layers have one.
    """

    inputs: tuple[tuple[int, ...], ...]
    unit: tuple[int, ...]
    residual: tuple[int | Fraction, ...]
    outer: Fraction
    offset: Fraction = Fraction(0)
    biases: Biases = "none"

    @property
    def rows(self) -> tuple[tuple[int, ...], ...]:
        """The inputs x̃."""
        return tuple((*row, 1) for row in self.inputs) if self.biases in ("hidden", "both") else self.inputs

    def labels(self, name: str) -> tuple[Fraction, ...]:
        """The labels y = f − e."""
        found = outputs(name, self.rows, (self.unit,), (self.outer,), self.offset)
        return tuple(f - e for f, e in zip(found, self.residual, strict=True))


YU_CHEN = RepeatedUnit(((1,), (2,), (3,)), (1,), (4, 0, -3), Fraction(9))
"""Inputs 1, 2, 3 and labels 2, 36/5, 11: against the theorem of Yu and Chen, which is about d₁ ≥ 3 sigmoid units."""


def propose(activation: Activation, point: RepeatedUnit = YU_CHEN) -> Proposal:
    """Find as many units as samples that fit all labels; the judge decides whether the point is a minimum.

    Parameters
    ----------
    activation
        The catalogue's sigmoid or tanh.
    point
        The minimum.

    Examples
    --------
    >>> from certificates.expression import parse_activation
    >>> found = propose(parse_activation("sigmoid"))
    >>> found.verdict.outcome, found.claim.loss, found.claim.better, found.claim.better_from
    ('accepted', Fraction(25, 2), Fraction(0, 1), 3)
    """
    name = activation.name if activation.name in ("sigmoid", "tanh") else "sigmoid"
    units, outers = _fitted(name, point)
    loss = sum((Fraction(e) ** 2 for e in point.residual), Fraction(0)) / 2
    claim = Claim(
        point.inputs,
        point.labels(name),
        point.biases,
        point.unit,
        point.outer,
        point.offset,
        loss or Fraction(1),
        Fraction(0),
        max(len(units), 1),
    )
    return judged(activation, claim, Evidence(units, outers, point.offset))


def _units(size: int) -> Iterator[tuple[int, ...]]:
    """Small multiples, the shortest first."""
    everywhere = product(range(-_REACH, _REACH + 1), repeat=size)
    return iter(sorted((unit for unit in everywhere if any(unit)), key=lambda unit: sum(k * k for k in unit)))


def _fitted(name: str, point: RepeatedUnit) -> tuple[tuple[tuple[int, ...], ...], tuple[Fraction, ...]]:
    """As many units as samples with independent outputs, and the output weights that fit the labels; or the point's."""
    chosen: list[tuple[int, ...]] = []
    columns: list[list[fmpq]] = []
    for unit in _units(len(point.unit)):
        values = outputs(name, point.rows, (unit,), (Fraction(1),), Fraction(0))
        columns.append([fmpq(v.numerator, v.denominator) for v in values])
        if fmpq_mat(columns).rank() < len(columns):
            columns.pop()
            continue
        chosen.append(unit)
        if len(chosen) == len(point.rows):
            wanted = [y - point.offset for y in point.labels(name)]
            right = fmpq_mat([[fmpq(y.numerator, y.denominator)] for y in wanted])
            solved = fmpq_mat(columns).transpose().solve(right).entries()
            return tuple(chosen), tuple(Fraction(int(v.p), int(v.q)) for v in solved)
    return (point.unit,), (point.outer,)


SEARCH = Search(Claim, ActivationProblem, lambda problem, _: propose(problem.activation))
