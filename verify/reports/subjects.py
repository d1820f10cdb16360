"""What there is to say about the subject of a claim."""

from __future__ import annotations

from dataclasses import dataclass

from certificates import Network, Problem
from certificates.kinds import KINDS, find
from certificates.subjects import ActivationProblem, PolynomialProblem, PopulationProblem
from verify.problems import describe
from verify.problems.population import describe_population
from verify.reports.explanation import formula_of
from verify.search.wide_starts import demand_note
from verify.typesetting.formulas import Line

__all__ = ["Subject", "subject_of"]


@dataclass(frozen=True)
class Subject:
    """One subject, as reports show it.

    Parameters
    ----------
    rows
        (quantity, value).
    activations
        The formula of each activation that occurs, once.
    digest
        What the sha256 of the subject is of.
    name
        Ends the headline; empty where the claim says which subject it means.
    has_two_arithmetics
        Whether the check can be repeated in the other arithmetic.
    """

    rows: tuple[tuple[str, str], ...]
    activations: tuple[Line, ...]
    digest: str
    name: str = ""
    has_two_arithmetics: bool = False


def subject_of(problem: Problem, kind: str) -> Subject:
    """The subject of a claim of that kind.

    Raises
    ------
    TypeError
        No kind of claim is about this type of subject.
    """
    if isinstance(problem, Network):
        formulas = tuple(formula_of(each) for each in dict.fromkeys(problem.activations))
        both = kind not in KINDS or "arb" in find(kind).arithmetics
        rows = (*describe(problem), *(("for comparison", note) for note in demand_note(problem)))
        return Subject(rows, formulas, "problem", has_two_arithmetics=both)
    if isinstance(problem, PolynomialProblem):
        return Subject(_polynomial(problem), (), "polynomial")
    if isinstance(problem, PopulationProblem):
        return Subject(tuple(describe_population(problem)), (formula_of(problem.activation),), "population")
    if isinstance(problem, ActivationProblem):
        name = problem.activation.name or "a user's activation"
        return Subject((("kind of claim", kind),), (formula_of(problem.activation),), "expression", name)
    raise TypeError(f"no report about a subject of type {problem.type}")


def _polynomial(problem: PolynomialProblem) -> tuple[tuple[str, str], ...]:
    return (
        ("variables", str(problem.variables)),
        ("degree of f", str(problem.degree)),
        ("weighted squares", f"{len(problem.squares):,}"),
    )
