"""Further files about quadratic networks: other signs and sizes, singular data, evidence of the wrong form."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np

from certificates import Layer, Network, decide
from certificates.claims import global_landscape as landscape
from certificates.claims import gradient_dominance_sos as sos
from certificates.claims import negative_curvature as saddle
from certificates.polynomial import PolynomialProblem, Square, Term
from tests.corpus.structure import malformed_files, other_networks, stronger_claims
from tests.support import quadratic as naive
from tests.support.certificates import certificate_bytes
from tests.support.planted import random_planted
from tests.support.polynomials import neuron
from verify.proposals import (
    certified_orbit_run,
    global_landscape,
    gradient_dominance,
    gradient_dominance_sos,
    negative_curvature,
    optimality_gap,
    orbit_convergence,
    second_order_stationary,
)

__all__ = ["corpus"]

Files = dict[str, bytes]
Parts = tuple[Files, Files]
_F = Fraction


def _honest(propose: Any, network: Any, *args: Any, **options: Any) -> tuple[Any, Any, Any]:
    found = propose(network, *args, **options)
    if found.claim is None:
        raise SystemExit(f"{propose.__module__}: {found.verdict.explanation()}")
    return network, found.claim, found.evidence


def _stronger(problem: Any, claim: Any, evidence: Any, check: int) -> Files:
    """Each number of the claim a thousandth stronger than what this evidence proves."""
    proved = decide(claim, evidence, problem).proved
    return {
        f"stronger-{name}-check-{check}": certificate_bytes(problem, each, evidence)
        for name, each in stronger_claims(proved)
    }


def _structural(network: Network, claim: Any, evidence: Any) -> Files:
    return {name: certificate_bytes(other, claim, evidence) for name, other in other_networks(network).items()}


def _rng(seed: int) -> np.random.Generator:
    return np.random.default_rng(seed)


def _network(seed: int, outer: list[float], d: int, n: int, *, noise: float = 1.0) -> Network:
    rng = _rng(seed)
    x = rng.normal(size=(n, d))
    return naive.network_problem(rng.normal(size=(len(outer), d)), outer, x, noise * rng.normal(size=n))


def _near_fit(seed: int, outer: list[float], d: int, n: int, residual: float = 1e-3) -> Network:
    rng = _rng(seed)
    x, w, v = rng.normal(size=(n, d)), rng.normal(size=(len(outer), d)), np.array(outer)
    return naive.network_problem(w, outer, x, naive.residual(w, v, x, np.zeros(n)) + residual)


def _gaps() -> Parts:
    negative = naive.trained(_network(20, [-1.0, -0.5], 2, 7))
    mixed = naive.trained(_network(21, [1.0, -1.0, 0.5], 2, 9))
    flat = _network(22, [1.0, 2.0], 3, 6)
    x = flat.inputs.copy()
    x[:, 2] = x[:, 0] + 2 * x[:, 1]
    flat = naive.trained(replace(flat, inputs=np.rint(x * 4) / 4))
    x = np.rint(x * 4) / 4
    x[:, 2] = x[:, 0] + 2 * x[:, 1]
    flat = replace(flat, inputs=x)
    one = naive.network_problem([[0.5]], [1.0], [[1.0], [2.0]], [1.0, 1.0])
    found = {
        "negative-signs": _honest(optimality_gap.propose, negative),
        "mixed-signs": _honest(optimality_gap.propose, mixed),
        "dependent-inputs": _honest(optimality_gap.propose, flat),
        "one-weight": _honest(optimality_gap.propose, one),
        "no-minimum": _honest(optimality_gap.propose, _network(24, [1.0, 2.0], 2, 6)),
    }
    network, claim, evidence = found["negative-signs"]
    squares = found["mixed-signs"]
    few = _network(23, [1.0, -1.0], 3, 4)
    own = replace(evidence, method="self-dual", shift=0.0, vector=(), eigenvalue_shift=0.0, columns=())
    false = {
        "self-dual-far-from-a-minimum-check-4": (_network(20, [-1.0, -0.5], 2, 7), claim, own),
        "least-squares-of-few-samples-check-4": (few, squares[1], replace(squares[2], vector=(0.0,) * 6)),
        "moments-above-the-spectrum-check-4": (squares[0], squares[1], replace(squares[2], eigenvalue_shift=1e3)),
        "columns-out-of-order-check-2": (network, claim, replace(own, columns=(1, 0))),
        "vector-without-a-use-check-2": (network, claim, replace(own, vector=(1.0,))),
        "gap-of-a-better-point-check-5": (naive.network_problem(*_moved(mixed)), squares[1], squares[2]),
    }
    stronger = _stronger(*found["no-minimum"], 5)
    return _files(found), _files(false) | stronger | _structural(network, claim, evidence)


def _moved(network: Network) -> tuple[Any, ...]:
    return 2 * network.layers[0].weight, network.layers[1].weight[0], network.inputs, network.given_targets[:, 0]


def _files(found: dict[str, tuple[Any, Any, Any]]) -> Files:
    return {name: certificate_bytes(*parts) for name, parts in found.items()}


def _landscapes() -> Parts:
    mixed, single = _network(30, [1.0, 1.0, -1.0, -1.0, 0.0], 2, 3), _network(31, [2.0, -1.0], 1, 1)
    dead = _network(32, [1.0, -1.0], 2, 1)
    x = dead.inputs.copy()
    x[:, 1] = 0.0
    found = {
        "a-dead-unit": _honest(global_landscape.propose, mixed),
        "one-sample": _honest(global_landscape.propose, single),
        "a-dead-input": _honest(global_landscape.propose, replace(dead, inputs=x)),
        "positive-signs": _honest(global_landscape.propose, _network(33, [1.0, 0.5, 2.0], 3, 9)),
    }
    network, claim, evidence = found["a-dead-unit"]
    mirrored, zero = network.inputs.copy(), network.inputs.copy()
    mirrored[2], zero[1] = -mirrored[0], 0.0
    many = _network(30, [1.0, 1.0, -1.0, -1.0], 2, 4)
    plain = landscape.Claim()
    false = {
        "one-unit-too-few-check-2": (_network(30, [1.0], 2, 3), plain, evidence),
        "one-of-each-sign-check-2": (_network(30, [1.0, -1.0], 2, 3), plain, evidence),
        "mirrored-inputs-check-4": (replace(network, inputs=mirrored), claim, evidence),
        "a-sample-of-zeros-check-4": (replace(network, inputs=zero), claim, evidence),
        "more-samples-than-pairs-check-4": (many, claim, evidence),
        "shift-above-the-spectrum-check-4": (network, claim, replace(evidence, gram_shift=1e6)),
    }
    return _files(found), _files(false) | _stronger(network, claim, evidence, 5) | _structural(network, claim, evidence)


def _saddles() -> Parts:
    def origin(seed: int, outer: list[float], labels: list[float]) -> Network:
        return naive.network_problem(np.zeros((len(outer), 2)), outer, _rng(seed).normal(size=(5, 2)), labels)

    dead = origin(42, [1.0, 0.0], [1.0] * 5)
    x = dead.inputs.copy()
    x[:, 1] = 0.0
    start = naive.network_problem(0.1 * np.ones((2, 2)), [1.0, 1.0], _rng(43).normal(size=(5, 2)), [2.0] * 5)
    found = {
        "negative-signs": _honest(negative_curvature.propose, origin(40, [-1.0, -2.0], [-1.0] * 5)),
        "mixed-signs": _honest(negative_curvature.propose, origin(41, [1.0, -1.0], [1.0, -1.0, 1.0, -1.0, 1.0])),
        "a-dead-unit-and-input": _honest(negative_curvature.propose, replace(dead, inputs=x)),
        "no-critical-point": _honest(negative_curvature.propose, start),
    }
    network, claim, evidence = found["no-critical-point"]
    flat = naive.network_problem(np.zeros((2, 2)), [1.0, 1.0], network.inputs, [0.0] * 5)
    false = {
        "direction-for-more-inputs-check-2": (network, claim, replace(evidence, inputs=(*evidence.inputs, 1.0))),
        "flat-in-every-direction-check-4": (flat, claim, evidence),
        "half-the-gradient-check-5": (network, replace(claim, gradient_norm=claim.gradient_norm / 2), evidence),
        "descent-of-no-step-check-5": (network, claim, replace(evidence, step=0.0)),
    }
    bits = _stronger(network, claim, evidence, 5)
    honest = _files(found) | {
        "no-descent": certificate_bytes(network, saddle.Claim(claim.curvature, claim.gradient_norm, 0.0), evidence)
    }
    return honest, _files(false) | bits | _structural(network, claim, evidence)


def _points() -> Parts:
    planted = random_planted(_rng(52), 3, 2, 30, scale=_F(1, 60), away=1e-6)
    found = {
        "mixed-signs": _honest(
            second_order_stationary.propose, naive.trained(_network(50, [1.0, -1.0, 1.0, -2.0], 2, 9))
        ),
        "negative-signs": _honest(second_order_stationary.propose, naive.trained(_network(51, [-1.0, -2.0], 2, 8))),
        "planted-labels": _honest(second_order_stationary.propose, planted),
        "no-critical-point": _honest(second_order_stationary.propose, _network(53, [1.0, 1.0], 2, 6, noise=9.0)),
    }
    network, claim, evidence = found["no-critical-point"]
    wide = replace(evidence, force_lower=-1e4, force_upper=1e4, hessian_shift=None)
    false = {
        "upper-shift-below-the-spectrum-check-4": (network, claim, replace(evidence, force_upper=-1e3)),
        "hessian-above-the-spectrum-check-5": (network, claim, replace(wide, hessian_shift=1e4)),
        "moments-above-the-spectrum-check-5": (network, claim, replace(wide, moment_shift=1e4)),
        "gram-of-many-samples-check-5": (network, claim, replace(wide, gram_shift=0.1)),
        "fourth-moment-too-small-check-5": (network, claim, replace(wide, fourth_moment_shift=1e-3)),
    }
    return _files(found), _files(false) | _stronger(network, claim, evidence, 6) | _structural(network, claim, evidence)


def _balls() -> Parts:
    tiny = _near_fit(62, [1.0], 2, 1)
    found = {
        "negative-signs": _honest(gradient_dominance.propose, _near_fit(60, [-1.0, -2.0], 3, 2)),
        "one-sample": _honest(gradient_dominance.propose, _near_fit(61, [1.0, -1.0], 2, 1)),
        "matrix-inequality": _honest(gradient_dominance.propose, tiny, method="lmi"),
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
    return _files(found), _files(false) | _stronger(network, claim, evidence, 7) | _structural(network, claim, evidence)


def _sums_of_squares() -> Parts:
    quartic, centre = neuron(1, 2, 6)
    line, root = neuron(3, 1, 3)
    plane = PolynomialProblem(2, (Square(_F(1, 2), (Term(_F(1), (0, 1)),)), Square(_F(1), (Term(_F(1), (1, 0)),))))
    shifted = PolynomialProblem(1, (Square(_F(1, 2), (Term(_F(1), (1,)),)), Square(_F(1), (Term(_F(1), (0,)),))))
    flat, gram = sos.Claim((_F(0), _F(0)), _F(3), _F(1, 2), _F(0)), (_F(1, 2), _F(0), _F(3))
    above = sos.Claim((_F(0),), _F(1), _F(1, 2), _F(1))
    found = {
        "neuron-of-two-weights": _honest(gradient_dominance_sos.propose, quartic, centre, _F(1, 5)),
        "neuron-of-one-weight": _honest(gradient_dominance_sos.propose, line, root, abs(root[0]) / 8),
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
    return _files(found), _files(false) | _stronger(problem, claim, evidence, 6)


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
    return replace(network, layers=(Layer(weight, None, True), Layer(np.ones((1, len(weight))), None, False)))


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
        return random_planted(_rng(seed), d, r, m, bits=4, **options)

    found = {
        "two-neurons": _honest(orbit_convergence.propose, near(70, 2, 2, 40)),
        "other-scale-of-the-loss": _honest(orbit_convergence.propose, near(71, 2, 1, 24, scale=_F(1, 3))),
        "one-input": _honest(orbit_convergence.propose, near(72, 1, 1, 5)),
        "half-the-step": _honest(orbit_convergence.propose, near(73, 2, 1, 24), step_size=_F(1, 100)),
    }
    network, claim, evidence = found["two-neurons"]
    false = _shared(network, claim, evidence) | {
        "rotations-left-out-check-4": (network, claim, _constants(evidence, vertical_weight=0.0)),
        "negative-radius-check-2": (network, claim, replace(evidence, radius=-1.0)),
        "faster-by-half-check-6": (network, replace(claim, half_decrease=2 * claim.half_decrease), evidence),
    }
    return _files(found), _files(false) | _stronger(network, claim, evidence, 6) | _structural(network, claim, evidence)


def _runs() -> Parts:
    def near(seed: int, d: int, r: int, m: int, **options: Any) -> Network:
        return random_planted(_rng(seed), d, r, m, bits=4, **options)

    found = {
        "two-neurons": _honest(certified_orbit_run.propose, near(80, 2, 2, 40, away=0.2)),
        "other-scale-of-the-loss": _honest(certified_orbit_run.propose, near(81, 2, 1, 24, scale=_F(1, 3))),
        "one-input": _honest(certified_orbit_run.propose, near(82, 1, 1, 5)),
        "at-the-start": _honest(certified_orbit_run.propose, near(83, 2, 1, 24, away=1e-3)),
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
    return _files(found), _files(false) | _stronger(network, claim, evidence, 7) | _structural(network, claim, evidence)


_KINDS = {
    "optimality-gap": _gaps,
    "global-landscape": _landscapes,
    "negative-curvature": _saddles,
    "second-order-stationary": _points,
    "gradient-dominance": _balls,
    "gradient-dominance-sos": _sums_of_squares,
    "orbit-convergence": _orbits,
    "certified-orbit-run": _runs,
}


def corpus() -> Iterator[tuple[str, str, Iterator[tuple[str, bytes]]]]:
    """(folder, kind, files) of every part."""
    for kind, make in _KINDS.items():
        honest, false = make()
        broken = malformed_files(next(iter(honest.values())))
        for folder, files in (("accepted", honest), ("rejected", false), ("malformed", broken)):
            yield folder, kind, iter(files.items())
