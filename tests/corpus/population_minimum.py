"""The corpus of ``population-minimum``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

import numpy as np

from certificates import decide
from certificates.claims.population_minimum import Claim, Evidence, Transverse
from certificates.expression import parse_activation
from certificates.subjects import PopulationProblem, Units
from tests.corpus._case import Bent, Case, Honest, Malformed
from tests.corpus._malformed import malformed
from tests.corpus._networks import honest, proposed
from tests.support.population_students import short_student
from verify.proposals import population_minimum
from verify.search.relu_students import orthonormal_problem, shared_student, turned_student

__all__ = ["cases"]

_ONE = Fraction(1)


def cases() -> Iterator[Case]:
    """Every file."""
    six = turned_student(6)
    problem, claim, evidence = proposed(population_minimum.propose, orthonormal_problem(six))
    found = {
        "six-by-six": (problem, claim, evidence),
        "six-in-their-span-alone": (problem, replace(claim, transverse=None), evidence),
        "six-in-eight-dimensions": proposed(population_minimum.propose, orthonormal_problem(six, 8)),
        "eight-by-seven": proposed(population_minimum.propose, orthonormal_problem(shared_student(7))),
        "eight-by-eight-two-turned": proposed(population_minimum.propose, orthonormal_problem(turned_student(8, 2))),
        "saddle-of-three": proposed(population_minimum.propose, orthonormal_problem(turned_student(3))),
        "saddle-across-the-span": proposed(population_minimum.propose, orthonormal_problem(short_student(), 4)),
        "saddle-of-five": proposed(population_minimum.propose, orthonormal_problem(turned_student(5))),
    }
    yield from honest(found)
    yield from _other_settings(problem, claim, evidence)
    yield from _bent(problem, claim, evidence)
    yield from _saddles(*found["saddle-of-five"])
    deep, wide, at = found["six-in-eight-dimensions"]
    yield Bent(
        "nothing-across-the-span",
        2,
        "a minimum in the span is one in more dimensions, whatever T is",
        deep,
        replace(wide, transverse=None),
        at,
    )
    yield from _stronger(problem, claim, evidence)
    good = Honest("", problem, claim, evidence).data
    yield Malformed("no-nondegeneracy", good.replace(_hex(claim.nondegeneracy), b"0x0.0p+0"))
    yield Malformed("reversed-value", good.replace(_hex(claim.value_upper), b"-0x1.0000000000000p+0"))
    yield from malformed(good)


def _hex(number: float) -> bytes:
    return number.hex().encode()


def _other_settings(problem: PopulationProblem, claim: Claim, evidence: Evidence) -> Iterator[Bent]:
    """Problems that the theorem is not about."""
    teacher, student = problem.teacher, problem.student
    assert student is not None
    swapped = replace(teacher, weights=(teacher.weights[1], teacher.weights[0], *teacher.weights[2:]))
    long = replace(teacher, weights=((Fraction(2), *teacher.weights[0][1:]), *teacher.weights[1:]))
    fewer = Units(student.weights[1:], student.outer[1:])
    wider = _widened(problem, 7)
    zero = replace(teacher, weights=(*teacher.weights, (Fraction(0),) * 6), outer=(*teacher.outer, _ONE))
    more = Units((*student.weights, student.weights[0]), (*student.outer, _ONE))
    outside = replace(wider, student=_moved(wider.student, 0, 6, Fraction(1, 2**40)))
    settings = {
        "leaky-relu": (replace(problem, activation=parse_activation("leaky_relu(1/4)")), "a loss is another unit's"),
        "teachers-in-another-order": (replace(problem, teacher=swapped), "nothing: a rule knows one order alone"),
        "a-longer-teacher": (replace(problem, teacher=long), "a minimum of one teacher is one of another"),
        "a-negative-teacher": (
            replace(problem, teacher=replace(teacher, outer=(-_ONE, *teacher.outer[1:]))),
            "a minimum of one teacher is one of its opposite",
        ),
        "a-heavier-student": (
            replace(problem, student=replace(student, outer=(2 * _ONE, *student.outer[1:]))),
            "outer weights do not matter",
        ),
        "more-teachers-than-dimensions": (replace(problem, teacher=zero, student=more), "a teacher may be 0"),
        "no-student": (replace(problem, student=None), "a student has a minimum without being there"),
        "fewer-students": (replace(problem, student=fewer), "a loss that cannot be 0 has spurious minima"),
        "outside-the-span": (outside, "a student outside the span is in it"),
    }
    for name, (other, theorem) in settings.items():
        yield Bent(name, 1, theorem, other, claim, evidence)


def _widened(problem: PopulationProblem, dimension: int) -> PopulationProblem:
    zeros = (Fraction(0),) * (dimension - problem.dimension)
    wide = [
        Units(tuple((*row, *zeros) for row in units.weights), units.outer)
        for units in (problem.teacher, problem.student)
        if units is not None
    ]
    return replace(problem, teacher=wide[0], student=wide[1])


def _moved(student: Units | None, unit: int, column: int, by: Fraction) -> Units:
    assert student is not None
    rows = [list(row) for row in student.weights]
    rows[unit][column] += by
    return replace(student, weights=tuple(map(tuple, rows)))


def _bent(problem: PopulationProblem, claim: Claim, evidence: Evidence) -> Iterator[Bent]:
    """Of the minimum with six students."""
    far = replace(problem, student=_moved(problem.student, 2, 2, Fraction(1, 100)))
    exact = orthonormal_problem(np.eye(6))
    wide = replace(claim, radius=1.0)
    across = claim.transverse
    assert across is not None
    bent = {
        "no-radius": (3, "a box may be empty", problem, claim, replace(evidence, radius=0.0)),
        "a-negative-shift": (3, "an eigenvalue may be negative", problem, claim, replace(evidence, shift=-1.0)),
        "no-shift-across": (3, "an eigenvalue of 0 is none", problem, claim, replace(evidence, transverse_shift=0.0)),
        "a-box-with-zeros": (5, "units of length 0 have a Hessian", problem, wide, replace(evidence, radius=1.0)),
        "at-the-teacher": (5, "units on top of teachers have a Hessian", exact, claim, evidence),
        "a-hundred-times-the-radius": (
            6,
            "no other critical point is a hundred times as far",
            problem,
            replace(claim, radius=100 * claim.radius),
            replace(evidence, radius=100 * evidence.radius),
        ),
        "moved-away": (6, "a point has no gradient where it has one", far, claim, evidence),
        "a-box-below-the-distance": (
            6,
            "the critical point is nearer than it is",
            problem,
            claim,
            replace(evidence, radius=claim.distance / 4),
        ),
        "shift-too-large": (7, "the least eigenvalue is larger", problem, claim, replace(evidence, shift=0.0048)),
        "an-index-too-many": (7, "a minimum is a saddle", problem, replace(claim, index=1), evidence),
        "an-index-beyond-the-parameters": (
            7,
            "37 of 36 eigenvalues are negative",
            problem,
            replace(claim, index=37),
            evidence,
        ),
        "an-index-across-too-many": (
            8,
            "a minimum is a saddle in more dimensions",
            problem,
            replace(claim, transverse=replace(across, index=1)),
            evidence,
        ),
        "shift-across-too-large": (
            8,
            "T has a larger least eigenvalue",
            problem,
            claim,
            replace(evidence, transverse_shift=0.21),
        ),
    }
    for name, parts in bent.items():
        yield Bent(name, *parts)


def _saddles(problem: PopulationProblem, claim: Claim, evidence: Evidence) -> Iterator[Bent]:
    """Five students: three negative eigenvalues."""
    for index, name in ((0, "five-as-a-minimum"), (2, "five-with-an-index-too-few")):
        theorem = f"a saddle of index 3 has index {index}"
        yield Bent(name, 7, theorem, problem, replace(claim, index=index, transverse=Transverse(0, 1e-3)), evidence)


def _stronger(problem: PopulationProblem, claim: Claim, evidence: Evidence) -> Iterator[Bent]:
    """Each number a thousandth beyond what is proved; the value's interval cut down to either end."""
    proved = decide(claim, evidence, problem).proved
    across = proved.transverse
    for name, value in {
        "radius": proved.radius * 1.001,
        "distance": proved.distance * 0.999,
        "nondegeneracy": proved.nondegeneracy * 1.001,
        "value_lower": proved.value_upper,
        "value_upper": proved.value_lower,
        "transverse": replace(across, nondegeneracy=across.nondegeneracy * 1.001),
    }.items():
        theorem = "a number stronger than its evidence proves"
        yield Bent(
            f"stronger-{name}".replace("_", "-"), 9, theorem, problem, replace(proved, **{name: value}), evidence
        )
