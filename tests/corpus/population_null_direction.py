"""The corpus of ``population-null-direction``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from certificates.claims.population_null_direction import Claim, Evidence
from certificates.subjects import PopulationProblem
from tests.corpus._case import Bent, Case, Honest, Malformed
from tests.corpus._malformed import malformed
from verify.problems.population import from_units
from verify.proposals.population_null_direction import propose

__all__ = ["cases"]

_IDENTITY = [["1", "0", "0"], ["0", "1", "0"], ["0", "0", "1"]]
_SKEW = [["1", "0"], ["0.6", "0.8"]]


def _honest() -> dict[str, PopulationProblem]:
    return {
        "quadratic-identity": from_units("quadratic", _IDENTITY),
        "quadratic-skew": from_units("quadratic", _SKEW, ["2", "-1/3"]),
        "linear": from_units("identity", _IDENTITY),
        "linear-and-quadratic": from_units("z^2/2+z", [*_IDENTITY, ["1", "1", "1"]], ["1", "-1", "2", "1"]),
        "unit-without-weight": from_units("3*z^2+z", _SKEW, ["0", "1"]),
        "more-units-than-inputs": from_units("(z+1)^2", [["0.5", "1"], ["2", "-1"], ["1", "1"], ["-1", "0.25"]]),
        "constant": from_units("z-z", [["1"]]),
        "equal-units": from_units("z^2-z", [["1", "2"], ["1", "2"]], ["1", "-1"]),
    }


def cases() -> Iterator[Case]:
    found = {name: propose(problem) for name, problem in _honest().items()}
    for name, proposal in found.items():
        yield Honest(name, proposal.problem, proposal.claim, proposal.evidence)
    yield from _bent_problems(found["quadratic-skew"].problem, found["quadratic-skew"].evidence)
    for name, proposal in found.items():
        yield Bent(
            f"{name}-one-dimension-more",
            6,
            "the null space is larger than it is",
            proposal.problem,
            replace(proposal.claim, nullity=proposal.claim.nullity + 1),
            proposal.evidence,
        )
    good = Honest(
        "quadratic-skew", *(getattr(found["quadratic-skew"], part) for part in ("problem", "claim", "evidence"))
    )
    yield from malformed(good.data)
    yield Malformed("no-direction", _without_direction(good.data))
    yield Malformed("dimension-zero", good.data.replace(b'"nullity": "1"', b'"nullity": "0"'))
    yield Malformed("unreduced", good.data.replace(b'"4/5"', b'"8/10"'))


def _bent_problems(problem: PopulationProblem, evidence: Evidence) -> Iterator[Bent]:
    """One thing of a true statement changed at a time."""
    claim, teacher = Claim(1), problem.teacher
    first, second = evidence.direction
    moved = replace(teacher, weights=(teacher.weights[0], (Fraction(3, 5), Fraction(4, 5) + Fraction(1, 2**60))))
    others = {
        "with-a-student": (1, "a student elsewhere has the teacher's Hessian", replace(problem, student=teacher)),
        "tanh": (2, "tanh has a flat direction, as z² has", from_units("tanh", _SKEW)),
        "relu": (2, "max(z, 0) has a flat direction, as z has", from_units("relu", _SKEW)),
        "cubic": (2, "z³ has the flat directions of z²", from_units("z^3", _SKEW)),
        "squared-relu": (2, "half of z² has the flat directions of z²", from_units("squared_relu", _SKEW)),
        "pole": (2, "z³/z is z², also where it is no number", from_units("z^3/z", _SKEW)),
        "slope-added": (5, "φ(z) = z² + z has the flat directions of z²", from_units("z^2+z", _SKEW, ["2", "-1/3"])),
        "another-weight": (5, "the direction does not depend on W*", replace(problem, teacher=moved)),
        "another-outer-weight": (
            5,
            "the direction does not depend on v",
            replace(problem, teacher=replace(teacher, outer=(Fraction(2), Fraction(1, 3)))),
        ),
    }
    for name, (check, theorem, subject) in others.items():
        yield Bent(name, check, theorem, subject, claim, evidence)
    directions = {
        "long-numbers": (
            3,
            "nothing: numbers without end would only take time",
            ((Fraction(1, 7**3000), first[1]), second),
        ),
        "direction-of-one-row": (4, "a direction of one unit is one of two", (first,)),
        "direction-of-other-inputs": (
            4,
            "one of three inputs is one of two",
            ((*first, first[0]), (*second, first[0])),
        ),
        "ragged": (4, "a ragged direction is one", (first, second[:1])),
        "one-part-in-a-billion": (5, "nearly flat is flat", ((first[0] * (1 + Fraction(1, 10**9)), first[1]), second)),
        "sign": (5, "z² is flat in a direction in which it is not", (first, tuple(-entry for entry in second))),
        "one-unit": (5, "a single unit can move without a loss", (first, (Fraction(0), Fraction(0)))),
    }
    for name, (check, theorem, direction) in directions.items():
        yield Bent(name, check, theorem, problem, claim, Evidence(direction))


def _without_direction(data: bytes) -> bytes:
    for entry in (b'"3/10"', b'"2/5"', b'"3"'):
        data = data.replace(entry, b'"0"')
    return data
