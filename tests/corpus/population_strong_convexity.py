"""The corpus of ``population-strong-convexity``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Any

from certificates.claims.population_strong_convexity import Claim
from certificates.subjects import PopulationProblem, Units
from tests.corpus._case import Bent, Case, Malformed
from tests.corpus._malformed import malformed
from tests.corpus._networks import honest, proposed, stronger
from verify.problems import from_units
from verify.proposals.population_strong_convexity import propose

__all__ = ["cases"]

_SLANTED = [["1", "0"], ["3/5", "4/5"]]
_WEAK = Claim(1e-9, 1e9)


def _population(activation: str, rows: Any = _SLANTED, outer: Any = None) -> PopulationProblem:
    return from_units(activation, rows, outer)


def _found() -> dict[str, Any]:
    three = [["1", "1/2", "0"], ["-1/3", "1", "1/4"], ["1/5", "0", "3/2"]]
    problems = {
        "relu": _population("relu"),
        "leaky-relu": _population("leaky_relu(1/100)"),
        "squared-relu": _population("squared_relu"),
        "erf": _population("erf0"),
        "tanh": _population("tanh"),
        "gelu-of-three": _population("gelu", three, ["1", "-2", "1/2"]),
        "more-units-than-inputs": _population("relu", [*_SLANTED, ["-1", "1"]]),
        "opposite-rows": _population("softplus", [["1", "0"], ["-2", "0"]]),
        "one-linear-unit": _population("identity", [["2", "1"]]),
    }
    return {name: proposed(propose, problem) for name, problem in problems.items()}


def cases() -> Iterator[Case]:
    """Every file."""
    found = _found()
    yield from honest(found)
    yield from stronger(*found["tanh"], 8)
    yield from _flat(found["tanh"][2])
    yield from _units(found)
    yield from _enclosures(found)
    good = next(iter(honest({"": found["relu"]}))).data
    yield from malformed(good)
    yield Malformed("no-terms", good.replace(b'"terms": "32"', b'"terms": "1"'))
    yield Malformed("no-curvature", good.replace(b'"curvature": "', b'"curvature": "-', 1))


def _flat(evidence: Any) -> Iterator[Bent]:
    for name, theorem in (
        ("identity", "two linear units are strongly convex, though their rows can be exchanged for each other's"),
        ("quadratic", "two quadratic units are strongly convex, though rotations keep their sum"),
    ):
        yield Bent(name, 3, theorem, _population(name), _WEAK, evidence)
    yield Bent("affine-by-formula", 3, "3z/2 + 1 is not affine", _population("3*z/2+1"), _WEAK, evidence)
    yield Bent(
        "jump", 1, "a step has a slope that knows of its jump", _population("piecewise(0, 0, 1)"), _WEAK, evidence
    )


def _units(found: dict[str, Any]) -> Iterator[Bent]:
    problem, claim, evidence = found["relu"]
    learner = replace(problem, student=problem.teacher)
    yield Bent("student", 2, "a statement about the teacher is one about a student", learner, claim, evidence)
    silent = _population("relu", _SLANTED, ["1", "0"])
    yield Bent("silent-unit", 2, "a unit of outer weight 0 bends the loss", silent, _WEAK, evidence)
    dead = _population("relu", [["1", "0"], ["0", "0"]])
    yield Bent("dead-row", 2, "the slope of ReLU at 0 is a number", dead, _WEAK, evidence)
    short, long = replace(evidence, direction=(1.0,)), replace(evidence, direction=(*evidence.direction, 1.0))
    for name, bent in (("short-direction", short), ("long-direction", long)):
        yield Bent(name, 4, "a quotient of another length is one of the Hessian", problem, claim, bent)
    smaller = _population("relu", _SLANTED, ["1", "1/2"])
    yield Bent("smaller-outer-weight", 8, "the bound does not depend on the outer weights", smaller, claim, evidence)
    copied = _population("relu", [["1", "0"], ["2", "0"]])
    yield Bent("copied-unit", 6, "two copies of a unit are strongly convex", copied, _WEAK, evidence)


def _enclosures(found: dict[str, Any]) -> Iterator[Bent]:
    problem, claim, evidence = found["tanh"]
    kinked = _population("softsign")
    yield Bent("slope-not-analytic", 5, "the series converges for a slope with a kink", kinked, _WEAK, evidence)
    tiny = Fraction(1, 2**400)
    near = replace(problem, teacher=Units(((Fraction(1), Fraction(0)), (Fraction(1), tiny)), problem.teacher.outer))
    yield Bent("nearly-parallel", 5, "a series in powers of 1 has a geometric tail", near, _WEAK, evidence)
    few = replace(evidence, terms=8)
    yield Bent("too-few-terms", 8, "the rest of a series is nothing", problem, claim, few)
    turned = replace(evidence, direction=evidence.direction[::-1])
    yield Bent("other-direction", 8, "any direction attains the least curvature", problem, claim, turned)
    sigmoid = _population("sigmoid")
    yield Bent("sigmoid-as-tanh", 8, "a sigmoid is as convex as tanh", sigmoid, claim, evidence)
    many, bounded, other = found["more-units-than-inputs"]
    yield Bent(
        "no-full-row-rank",
        7,
        "three rows in the plane have full row rank",
        many,
        replace(bounded, general_bound=1e-9),
        other,
    )
    overstated = replace(claim, general_bound=claim.curvature)
    yield Bent(
        "exact-value-as-general-bound",
        8,
        "the singular values alone show the exact value",
        problem,
        overstated,
        evidence,
    )
