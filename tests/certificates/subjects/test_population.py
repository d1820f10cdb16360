"""Population problems: what is one, its one spelling inside a certificate, and what is refused."""

from __future__ import annotations

from fractions import Fraction

import pytest

from certificates.document import ProblemReference
from certificates.document.population import read_population, write_population
from certificates.errors import MalformedCertificate, MalformedProblem
from certificates.expression import parse_activation
from certificates.subjects import PopulationProblem, Units

ONE, ZERO = Fraction(1), Fraction(0)
SLANTED = Units(((ONE, ZERO), (Fraction(3, 5), Fraction(4, 5))), (ONE, Fraction(-2)))
LEARNS = PopulationProblem(parse_activation("relu"), SLANTED, Units(((ONE, ONE),), (ONE,)))


def test_a_population_is_read_as_it_is_written():
    for problem in (LEARNS, PopulationProblem(LEARNS.activation, SLANTED)):
        assert read_population(write_population(problem), "problem") == problem


def test_the_hash_depends_on_every_number_and_on_the_student():
    others = [
        PopulationProblem(parse_activation("tanh"), SLANTED, LEARNS.student),
        PopulationProblem(LEARNS.activation, SLANTED),
        PopulationProblem(LEARNS.activation, SLANTED, SLANTED),
        PopulationProblem(LEARNS.activation, Units(SLANTED.weights, (ONE, ONE)), LEARNS.student),
        PopulationProblem(LEARNS.activation, Units(SLANTED.weights[::-1], SLANTED.outer), LEARNS.student),
    ]
    assert len({ProblemReference.of_record(each).sha256 for each in (LEARNS, *others)}) == 6


@pytest.mark.parametrize(
    ("weights", "outer", "place"),
    [
        ((), (), "weights"),
        (((ONE,),) * 65, (ONE,) * 65, "weights"),
        (((ONE,),), (ONE, ONE), "outer"),
        (((),), (ONE,), "weights"),
        (((ONE,) * 65,), (ONE,), "weights"),
        (((ONE, ONE), (ONE,)), (ONE, ONE), r"weights\[1\]"),
    ],
)
def test_rows_that_do_not_fit_are_refused(weights, outer, place):
    with pytest.raises(MalformedProblem, match=place):
        Units(weights, outer)


def test_a_student_of_other_inputs_is_refused():
    with pytest.raises(MalformedProblem, match="student"):
        PopulationProblem(LEARNS.activation, SLANTED, Units(((ONE,),), (ONE,)))


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"activation": "max(z, 0)"}, "activation"),
        ({"activation": ["relu"]}, "activation"),
        ({"activation": "nonsense("}, "activation"),
        ({"teacher": {"weights": [["1", "0"]], "outer": ["1", "1"]}}, "teacher"),
        ({"teacher": {"weights": [["2/2", "0"]], "outer": ["1"]}}, "teacher"),
        ({"teacher": {"weights": [["0.5", "0"]], "outer": ["1"]}}, "teacher"),
        ({"student": {"weights": [["1"]], "outer": ["1"]}}, "student"),
        ({"student": None}, "student"),
        ({"samples": "3"}, "samples"),
    ],
)
def test_another_spelling_is_refused_with_its_place(change, place):
    with pytest.raises(MalformedCertificate, match=place):
        read_population(write_population(LEARNS) | change, "problem")
