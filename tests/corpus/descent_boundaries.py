"""Further files about descents and balls: other signs and sizes, data without rank, evidence of the wrong form."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np

from certificates import Dense, Network
from certificates.claims import gradient_dominance_sos as sos
from certificates.subjects import PolynomialProblem, Square, Term
from tests.corpus.structure import bent_files, encoded, generator, parts, proposed, stronger_files
from tests.support import quadratic as naive
from tests.support.planted import random_planted
from tests.support.polynomials import neuron
from verify.proposals import (
    certified_orbit_run,
    gradient_dominance,
    gradient_dominance_sos,
    orbit_convergence,
)

__all__ = ["corpus"]

Files = dict[str, bytes]
Parts = tuple[Files, Files]
_F = Fraction


def _near_fit(seed: int, outer: list[float], d: int, n: int, residual: float = 1e-3) -> Network:
    rng = generator(seed)
    x, w, v = rng.normal(size=(n, d)), rng.normal(size=(len(outer), d)), np.array(outer)
    return naive.network_problem(w, outer, x, naive.residual(w, v, x, np.zeros(n)) + residual)


def _balls() -> Parts:
    tiny = _near_fit(62, [1.0], 2, 1)
    found = {
        "negative-signs": proposed(gradient_dominance.propose, _near_fit(60, [-1.0, -2.0], 3, 2)),
        "one-sample": proposed(gradient_dominance.propose, _near_fit(61, [1.0, -1.0], 2, 1)),
        "matrix-inequality": proposed(gradient_dominance.propose, tiny, method="lmi"),
    }
    network, claim, evidence = found["negative-signs"]
    inequality = found["matrix-inequality"]
    found["no-descent"] = network, replace(claim, descent=None), evidence
    many = _near_fit(63, [-1.0, -2.0], 3, 8)
    still = replace(
        network, layers=(replace(network.layers[0], weight=0 * network.layers[0].weight), network.layers[1])
    )
    faster = replace(claim.descent, decrease_rate=2 * claim.descent.decrease_rate)
    false = {
        "more-samples-than-weights-check-5": (many, claim, replace(evidence, moment_shift=1e3)),
        "weights-at-zero-check-5": (still, claim, evidence),
        "kernel-above-the-spectrum-check-5": (network, claim, replace(evidence, kernel_shift=1e4)),
        "inequality-without-a-multiplier-check-2": (network, claim, replace(evidence, method="lmi", constant=1.0)),
        "inequality-with-three-times-the-constant-check-5": (
            tiny,
            replace(inequality[1], descent=None),
            replace(inequality[2], constant=3 * inequality[2].constant),
        ),
        "inequality-on-a-large-ball-check-5": (
            tiny,
            replace(inequality[1], descent=None, radius=50.0),
            replace(inequality[2], radius=50.0),
        ),
        "faster-descent-check-7": (network, replace(claim, descent=faster), evidence),
    }
    return encoded(found), encoded(false) | bent_files(network, claim, evidence, 7)


def _sums_of_squares() -> Parts:
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
    false = {
        "identity-of-twice-the-loss-check-4": (heavy, claim, evidence),
        "identity-on-a-larger-ball-check-4": (problem, claim, replace(evidence, radius=2 * evidence.radius)),
        "one-part-in-a-billion-check-4": (
            problem,
            claim,
            replace(evidence, first=(evidence.first[0] * (1 + _F(1, 10**9)), *evidence.first[1:])),
        ),
        "second-matrix-too-long-check-3": (problem, claim, replace(evidence, second=(*evidence.second, _F(1)))),
        "singular-matrix-check-5": _bowl(plane, flat, _F(1), singular),
        "indefinite-matrix-check-5": _bowl(plane, flat, _F(3, 2), indefinite),
        "level-below-the-minimum-check-5": (
            shifted,
            replace(above, level=_F(1, 2)),
            sos.Evidence(_F(1), _F(1, 2), _F(1, 2), (_F(-1, 2), _F(0), _F(1, 2)), ()),
        ),
    }
    return encoded(found), encoded(false) | stronger_files(problem, claim, evidence, 6)


def _bowl(problem: PolynomialProblem, claim: Any, constant: Fraction, gram: Any) -> tuple[Any, Any, Any]:
    """The identity of the bowl for a constant at or beyond its curvature 1."""
    return problem, replace(claim, constant=constant), sos.Evidence(_F(3), constant, _F(0), gram, ())


def _given(network: Network) -> Network:
    """The same network with labels that are given."""
    x, teacher = network.inputs, network.teacher[0].weight
    return replace(network, teacher=None, targets=((x @ teacher.T) ** 2).sum(axis=1)[:, None])


def _wider(network: Network) -> Network:
    """One hidden unit more than the teacher has."""
    weight = np.vstack([network.layers[0].weight, network.layers[0].weight[:1]])
    return replace(network, layers=(Dense(weight, None, True), Dense(np.ones((1, len(weight))), None, False)))


def _constants(evidence: Any, **fields: Any) -> Any:
    return replace(evidence, constants=replace(evidence.constants, **fields))


def _shared(network: Network, claim: Any, evidence: Any) -> dict[str, tuple[Any, Any, Any]]:
    """What both kinds about planted networks refuse."""
    return {
        "given-labels-check-1": (_given(network), claim, evidence),
        "wider-student-check-1": (_wider(network), claim, evidence),
        "negative-weight-of-rotations-check-2": (network, claim, _constants(evidence, vertical_weight=-1.0)),
        "largest-curvature-too-small-check-4": (network, claim, _constants(evidence, curvature_shift_upper=1e-3)),
        "fourth-moments-too-small-check-4": (network, claim, _constants(evidence, fourth_moment_shift=1e-3)),
    }


def _orbits() -> Parts:
    def near(seed: int, d: int, r: int, m: int, **options: Any) -> Network:
        return random_planted(generator(seed), d, r, m, bits=4, **options)

    found = {
        "two-neurons": proposed(orbit_convergence.propose, near(70, 2, 2, 40)),
        "other-scale-of-the-loss": proposed(orbit_convergence.propose, near(71, 2, 1, 24, scale=_F(1, 3))),
        "one-input": proposed(orbit_convergence.propose, near(72, 1, 1, 5)),
        "half-the-step": proposed(orbit_convergence.propose, near(73, 2, 1, 24), step_size=_F(1, 100)),
    }
    network, claim, evidence = found["two-neurons"]
    false = _shared(network, claim, evidence) | {
        "rotations-left-out-check-4": (network, claim, _constants(evidence, vertical_weight=0.0)),
        "negative-radius-check-2": (network, claim, replace(evidence, radius=-1.0)),
        "faster-by-half-check-6": (network, replace(claim, half_decrease=2 * claim.half_decrease), evidence),
    }
    return encoded(found), encoded(false) | bent_files(network, claim, evidence, 6)


def _runs() -> Parts:
    def near(seed: int, d: int, r: int, m: int, **options: Any) -> Network:
        return random_planted(generator(seed), d, r, m, bits=4, **options)

    found = {
        "two-neurons": proposed(certified_orbit_run.propose, near(80, 2, 2, 40, away=0.2)),
        "other-scale-of-the-loss": proposed(certified_orbit_run.propose, near(81, 2, 1, 24, scale=_F(1, 3))),
        "one-input": proposed(certified_orbit_run.propose, near(82, 1, 1, 5)),
        "at-the-start": proposed(certified_orbit_run.propose, near(83, 2, 1, 24, away=1e-3)),
    }
    network, claim, evidence = found["two-neurons"]
    late = replace(evidence, entry_step=10**7)
    false = _shared(network, claim, evidence) | {
        "rotations-left-out-check-4": (network, claim, _constants(evidence, vertical_weight=0.0)),
        "step-beyond-all-check-2": (network, replace(claim, entry_step=10**7), late),
        "no-rotation-check-6": (network, claim, replace(evidence, rotation=(0.0,) * 4)),
        "negative-step-check-2": (network, replace(claim, step_size=-claim.step_size), evidence),
        "faster-in-the-limit-check-7": (
            network,
            replace(claim, asymptotic_decrease=2 * claim.asymptotic_decrease),
            evidence,
        ),
    }
    return encoded(found), encoded(false) | bent_files(network, claim, evidence, 7)


_KINDS = {
    "gradient-dominance": _balls,
    "gradient-dominance-sos": _sums_of_squares,
    "orbit-convergence": _orbits,
    "certified-orbit-run": _runs,
}


def corpus() -> Iterator[tuple[str, str, Iterator[tuple[str, bytes]]]]:
    """(folder, kind, files) of every part."""
    return parts(_KINDS)
