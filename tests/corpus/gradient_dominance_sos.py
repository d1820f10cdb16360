"""The corpus of ``gradient-dominance-sos``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Any

from certificates.claims import gradient_dominance_sos as sos
from certificates.subjects import PolynomialProblem, Square, Term
from tests.corpus._case import Bent, Case, Honest, Malformed
from tests.corpus._malformed import malformed
from tests.corpus._networks import honest, proposed, stronger
from tests.support.polynomials import neuron
from verify.proposals import gradient_dominance_sos

__all__ = ["cases"]

_F = Fraction


def _first() -> Iterator[Case]:
    parabola = PolynomialProblem(1, (Square(_F(1, 2), (Term(_F(1), (1,)),)),))
    claim = sos.Claim((_F(0),), _F(1), _F(1, 2), _F(0))
    evidence = sos.Evidence(_F(1), _F(1, 2), _F(0), (_F(1, 2),), ())
    good = Honest("parabola", parabola, claim, evidence)
    yield good
    two, low = replace(evidence, constant=_F(2), first=(_F(-1),)), replace(evidence, level=_F(-1))
    yield Bent(
        "centre-of-the-plane",
        1,
        "a line has a point of the plane",
        parabola,
        replace(claim, centre=(_F(0), _F(0))),
        evidence,
    )
    yield Bent(
        "long-numbers",
        2,
        "nothing: exact numbers without end would only take time",
        parabola,
        replace(claim, centre=(_F(1, 7**3000),)),
        evidence,
    )
    yield Bent(
        "matrix-too-long",
        3,
        "a Gram matrix fits another basis",
        parabola,
        claim,
        replace(evidence, first=(_F(1, 2), _F(0))),
    )
    yield Bent(
        "identity-with-another-constant",
        4,
        "an identity holds with another constant",
        parabola,
        claim,
        replace(evidence, constant=_F(1, 3)),
    )
    yield Bent(
        "identity-at-another-level",
        4,
        "an identity holds at another level",
        parabola,
        replace(claim, level=_F(-1)),
        low,
    )
    yield Bent(
        "identity-around-another-centre",
        4,
        "an identity holds around another centre",
        parabola,
        replace(claim, centre=(_F(1),)),
        evidence,
    )
    yield Bent(
        "negative-square", 5, "w² of curvature 1 has the constant 2", parabola, replace(claim, constant=_F(2)), two
    )
    yield Bent(
        "larger-constant",
        6,
        "the constant is half as large again as its identity says",
        parabola,
        replace(claim, constant=_F(3, 4)),
        evidence,
    )
    yield Bent(
        "larger-ball",
        6,
        "the identity says something beyond its ball",
        parabola,
        replace(claim, radius=_F(2)),
        evidence,
    )
    yield Malformed("negative-weight", good.data.replace(b'"weight": "1/2"', b'"weight": "-1/2"'))
    yield Malformed("no-variables", good.data.replace(b'"variables": "1"', b'"variables": "0"'))
    yield Malformed("unreduced", good.data.replace(b'"weight": "1/2"', b'"weight": "2/4"'))


def _further() -> Iterator[Case]:
    quartic, centre = neuron(1, 2, 6)
    line, root = neuron(3, 1, 3)
    plane = PolynomialProblem(2, (Square(_F(1, 2), (Term(_F(1), (0, 1)),)), Square(_F(1), (Term(_F(1), (1, 0)),))))
    shifted = PolynomialProblem(1, (Square(_F(1, 2), (Term(_F(1), (1,)),)), Square(_F(1), (Term(_F(1), (0,)),))))
    flat, gram = sos.Claim((_F(0), _F(0)), _F(3), _F(1, 2), _F(0)), (_F(1, 2), _F(0), _F(3))
    above = sos.Claim((_F(0),), _F(1), _F(1, 2), _F(1))
    found = {
        "neuron-of-two-weights": proposed(gradient_dominance_sos.propose, quartic, centre, _F(1, 5)),
        "neuron-of-one-weight": proposed(gradient_dominance_sos.propose, line, root, abs(root[0]) / 8),
        "bowl": (plane, flat, sos.Evidence(_F(3), _F(1, 2), _F(0), gram, ())),
        "level-above-zero": (shifted, above, sos.Evidence(_F(1), _F(1, 2), _F(1), (_F(1, 2),), ())),
    }
    problem, claim, evidence = found["neuron-of-two-weights"]
    heavy = replace(problem, squares=tuple(replace(square, weight=2 * square.weight) for square in problem.squares))
    singular, indefinite = (_F(0), _F(0), _F(2)), (_F(-1, 2), _F(0), _F(1))
    yield Bent(
        "identity-of-twice-the-loss",
        4,
        "an identity holds for another loss",
        heavy,
        claim,
        evidence,
    )
    yield Bent(
        "identity-on-a-larger-ball",
        4,
        "an identity holds on another ball",
        problem,
        claim,
        replace(evidence, radius=2 * evidence.radius),
    )
    yield Bent(
        "one-part-in-a-billion",
        4,
        "an identity holds for another loss, another ball, nearly",
        problem,
        claim,
        replace(evidence, first=(evidence.first[0] * (1 + _F(1, 10**9)), *evidence.first[1:])),
    )
    yield Bent(
        "second-matrix-too-long",
        3,
        "a Gram matrix fits another basis",
        problem,
        claim,
        replace(evidence, second=(*evidence.second, _F(1))),
    )
    yield Bent(
        "singular-matrix",
        5,
        "the bowl's constant is 1, by a matrix that is only semidefinite",
        *_bowl(plane, flat, _F(1), singular),
    )
    yield Bent(
        "indefinite-matrix",
        5,
        "the bowl's constant is 3/2",
        *_bowl(plane, flat, _F(3, 2), indefinite),
    )
    yield Bent(
        "level-below-the-minimum",
        5,
        "a loss is dominated below its minimum",
        shifted,
        replace(above, level=_F(1, 2)),
        sos.Evidence(_F(1), _F(1, 2), _F(1, 2), (_F(-1, 2), _F(0), _F(1, 2)), ()),
    )
    yield from honest(found)
    yield from stronger(problem, claim, evidence, 6)
    yield from malformed(Honest("", *found["neuron-of-two-weights"]).data)


def _bowl(problem: PolynomialProblem, claim: Any, constant: Fraction, gram: Any) -> tuple[Any, Any, Any]:
    """The identity of the bowl for a constant at or beyond its curvature 1."""
    return problem, replace(claim, constant=constant), sos.Evidence(_F(3), constant, _F(0), gram, ())


def cases() -> Iterator[Case]:
    """Every file."""
    yield from _first()
    yield from _further()
