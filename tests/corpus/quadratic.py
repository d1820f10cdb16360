"""The part of the corpus about quadratic networks and polynomial losses: honest certificates, and bent ones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np

from certificates import Network
from certificates.certificate import Certificate, encode_certificate
from certificates.claims import global_landscape as landscape
from certificates.claims import gradient_dominance_sos as sos
from certificates.document import ProblemReference, encode_problem, sha256_hex
from certificates.subjects import Dense, PolynomialProblem, Square, Term
from tests.support import quadratic as naive
from tests.support.planted import random_planted
from verify.proposals import (
    certified_orbit_run,
    global_landscape,
    gradient_dominance,
    negative_curvature,
    optimality_gap,
    orbit_convergence,
    second_order_stationary,
)

__all__ = ["corpus"]

Files = dict[str, bytes]
Parts = tuple[Files, Files, Files]
_F = Fraction


def _encode(problem: Network | PolynomialProblem, claim: Any, evidence: Any) -> bytes:
    if isinstance(problem, PolynomialProblem):
        reference = ProblemReference.of_polynomial(problem)
    else:
        data = encode_problem(problem)
        reference = ProblemReference("network", sha256_hex(data), None, data)
    return encode_certificate(Certificate(claim.kind, reference, claim, evidence, {}))


def _proposed(found: Any) -> tuple[Any, Any]:
    if found.claim is None:
        raise SystemExit(found.verdict.explanation())
    return found.claim, found.evidence


def _with_outer(network: Network, outer: list[float], *, trained: bool = False) -> Network:
    hidden = network.layers[0]
    weight = np.resize(hidden.weight, (len(outer), hidden.weight.shape[1]))
    layers = (Dense(weight, None, True), Dense(np.array([outer]), None, trained))
    return replace(network, layers=layers)


def _minimum() -> Network:
    """d = k = 2, noisy labels: the loss at the minimum is far from 0."""
    return naive.trained(naive.random_problem(np.random.default_rng(0), 2, 2, 8))


def _gaps() -> Parts:
    network = _minimum()
    claim, evidence = _proposed(optimality_gap.propose(network))
    good = _encode(network, claim, evidence)
    dual = replace(evidence, method="dual", shift=0.0, columns=())
    positive, negative = replace(dual, vector=(1.0,) * 8), replace(dual, vector=(-1.0,) * 8)
    rest = optimality_gap.Evidence("nonnegative")
    loss = naive.exact_loss(network.layers[0].weight, [1.0, 1.0], network.inputs, network.targets[:, 0])
    crossed = network.inputs.copy()
    crossed[:, 1] = 2 * crossed[:, 0]
    crossed[0, 1] += 1.0
    named = replace(evidence, columns=(0,))
    honest = {"noisy-labels": good, "loss-alone": _encode(network, type(claim)(float(loss) * 1.001), rest)}
    false = {
        "trained-outer-layer-check-1": _encode(_with_outer(network, [1.0, 1.0], trained=True), claim, evidence),
        "dual-point-for-mixed-signs-check-2": _encode(_with_outer(network, [1.0, -1.0]), claim, positive),
        "dual-point-too-short-check-2": _encode(network, claim, replace(positive, vector=(1.0,) * 7)),
        "infeasible-dual-point-check-4": _encode(network, claim, negative),
        "one-column-for-two-check-4": _encode(replace(network, inputs=crossed), claim, named),
        "other-labels-check-5": _encode(replace(network, targets=-network.targets), claim, positive),
        "nothing-but-the-loss-check-5": _encode(network, claim, rest),
        "half-the-gap-check-5": _encode(network, replace(claim, gap=claim.gap / 2), evidence),
    }
    key = b'"gap": "'
    return (
        honest,
        false,
        {"negative-gap": good.replace(key, key + b"-"), "infinite-gap": good.replace(key, key + b"inf")},
    )


def _landscapes() -> Parts:
    rng = np.random.default_rng(1)
    x, y = rng.normal(size=(3, 2)), rng.normal(size=3)
    weights = rng.normal(size=(4, 2))
    mixed = naive.network_problem(weights, [1.0, 2.0, -1.0, -0.5], x, y)
    claim, evidence = _proposed(global_landscape.propose(mixed))
    plain = landscape.Claim()
    good = _encode(mixed, claim, evidence)
    twin = x.copy()
    twin[2] = -2 * twin[0]
    kappa = claim.gram_eigenvalue
    false = {
        "dead-units-count-check-2": _encode(_with_outer(mixed, [1.0, 0.0, -1.0, -0.5]), plain, evidence),
        "three-and-one-check-2": _encode(_with_outer(mixed, [1.0, 2.0, 1.0, -0.5]), plain, evidence),
        "one-sign-fits-all-labels-check-2": _encode(_with_outer(mixed, [1.0, 2.0, 1.0, 0.5]), claim, evidence),
        "parallel-inputs-check-4": _encode(replace(mixed, inputs=twin), claim, evidence),
        "larger-eigenvalue-check-5": _encode(mixed, landscape.Claim(2 * kappa), evidence),
    }
    one_sign = _encode(_with_outer(mixed, [-1.0, -2.0]), plain, evidence)
    broken = good.replace(b'"gram_eigenvalue": "', b'"gram_eigenvalue": "-')
    return {"mixed-signs": good, "negative-signs": one_sign}, false, {"negative-eigenvalue": broken}


def _saddles() -> Parts:
    rng = np.random.default_rng(2)
    network = naive.network_problem(np.zeros((3, 2)), [1.0, 1.0, 1.0], rng.normal(size=(6, 2)), [1.0] * 6)
    claim, evidence = _proposed(negative_curvature.propose(network))
    good = _encode(network, claim, evidence)
    curvature, descent = 2 * claim.curvature, 2 * claim.descent
    moved = replace(network, layers=(Dense(np.ones((3, 2)), None, True), network.layers[1]))
    false = {
        "direction-too-short-check-2": _encode(network, claim, replace(evidence, units=evidence.units[:2])),
        "upwards-check-4": _encode(_with_outer(network, [-1.0, -1.0, -1.0]), claim, evidence),
        "beyond-the-minimum-check-4": _encode(moved, claim, evidence),
        "twice-the-curvature-check-5": _encode(network, replace(claim, curvature=curvature), evidence),
        "twice-the-descent-check-5": _encode(network, replace(claim, descent=descent), evidence),
        "step-too-long-check-5": _encode(network, claim, replace(evidence, step=100.0)),
    }
    start = good.index(b'"inputs": [', good.index(b'"evidence"'))
    end = good.index(b"]", start)
    return {"origin": good}, false, {"no-direction": good[:start] + b'"inputs": [' + good[end:]}


def _points() -> Parts:
    network = naive.trained(naive.random_problem(np.random.default_rng(3), 3, 2, 8))
    claim, evidence = _proposed(second_order_stationary.propose(network))
    good = _encode(network, claim, evidence)
    mixed = _with_outer(network, [1.0, 1.0, -1.0])
    direction = replace(evidence, units=(1.0, 0.0, 0.0), fourth_moment_shift=1e3)
    flat = network.inputs.copy()
    flat[:, 1] = flat[:, 0]
    false = {
        "direction-too-long-check-2": _encode(network, claim, replace(evidence, units=(1.0,) * 4)),
        "shift-above-the-spectrum-check-4": _encode(network, claim, replace(evidence, force_lower=1e3)),
        "equal-inputs-check-5": _encode(replace(network, inputs=flat), claim, _wide(evidence, covariance_shift=0.1)),
        "any-direction-for-mixed-signs-check-5": _encode(mixed, claim, _wide(direction, covariance_shift=None)),
        "half-the-gradient-check-6": _encode(network, replace(claim, gradient_norm=claim.gradient_norm / 2), evidence),
        "half-the-gap-check-6": _encode(network, replace(claim, gap=claim.gap / 2), evidence),
        "other-labels-check-6": _encode(replace(network, targets=-network.targets), claim, _wide(evidence)),
    }
    return {"noisy-labels": good}, false, {"negative-gap": good.replace(b'"gap": "', b'"gap": "-')}


def _wide(evidence: Any, **fields: Any) -> Any:
    """The evidence with bounds of G that hold anyway, and without the whole Hessian."""
    return replace(evidence, force_lower=-1e4, force_upper=1e4, hessian_shift=None, **fields)


def _balls() -> Parts:
    rng = np.random.default_rng(4)
    x, weights = rng.normal(size=(2, 3)), rng.normal(size=(2, 3))
    labels = naive.residual(weights, np.array([1.0, -1.0]), x, np.zeros(2)) + 1e-3
    network = naive.network_problem(weights, [1.0, -1.0], x, labels)
    claim, evidence = _proposed(gradient_dominance.propose(network))
    good = _encode(network, claim, evidence)
    twin = x.copy()
    twin[1] = twin[0]
    descent, wide = claim.descent, replace(evidence, radius=1e3)
    false = {
        "multiplier-for-the-ball-check-2": _encode(network, claim, replace(evidence, multiplier=(1.0,))),
        "fourth-moments-too-small-check-4": _encode(network, claim, replace(evidence, moment_shift=1e-3)),
        "twin-inputs-check-5": _encode(replace(network, inputs=twin), claim, replace(evidence, moment_shift=1e3)),
        "ball-too-large-check-5": _encode(network, replace(claim, radius=1e3), wide),
        "far-labels-check-6": _encode(replace(network, targets=network.targets + 1.0), claim, evidence),
        "larger-constant-check-7": _encode(network, replace(claim, constant=claim.constant * 2), evidence),
        "longer-step-check-7": _encode(
            network, replace(claim, descent=replace(descent, step_size_max=2 * descent.step_size_max)), evidence
        ),
        "shorter-path-check-7": _encode(
            network, replace(claim, descent=replace(descent, radius=descent.radius / 2)), evidence
        ),
    }
    return {"near-fit": good}, false, {"no-radius": good.replace(b'"radius": "', b'"radius": "-')}


def _sums_of_squares() -> Parts:
    parabola = PolynomialProblem(1, (Square(_F(1, 2), (Term(_F(1), (1,)),)),))
    claim = sos.Claim((_F(0),), _F(1), _F(1, 2), _F(0))
    evidence = sos.Evidence(_F(1), _F(1, 2), _F(0), (_F(1, 2),), ())
    good = _encode(parabola, claim, evidence)
    two, low = replace(evidence, constant=_F(2), first=(_F(-1),)), replace(evidence, level=_F(-1))
    false = {
        "centre-of-the-plane-check-1": _encode(parabola, replace(claim, centre=(_F(0), _F(0))), evidence),
        "long-numbers-check-2": _encode(parabola, replace(claim, centre=(_F(1, 7**3000),)), evidence),
        "matrix-too-long-check-3": _encode(parabola, claim, replace(evidence, first=(_F(1, 2), _F(0)))),
        "identity-with-another-constant-check-4": _encode(parabola, claim, replace(evidence, constant=_F(1, 3))),
        "identity-at-another-level-check-4": _encode(parabola, replace(claim, level=_F(-1)), low),
        "identity-around-another-centre-check-4": _encode(parabola, replace(claim, centre=(_F(1),)), evidence),
        "negative-square-check-5": _encode(parabola, replace(claim, constant=_F(2)), two),
        "larger-constant-check-6": _encode(parabola, replace(claim, constant=_F(3, 4)), evidence),
        "larger-ball-check-6": _encode(parabola, replace(claim, radius=_F(2)), evidence),
    }
    broken = {
        "negative-weight": good.replace(b'"weight": "1/2"', b'"weight": "-1/2"'),
        "no-variables": good.replace(b'"variables": "1"', b'"variables": "0"'),
        "unreduced": good.replace(b'"weight": "1/2"', b'"weight": "2/4"'),
    }
    return {"parabola": good}, false, broken


def _orbits() -> Parts:
    network = random_planted(np.random.default_rng(1), 2, 1, 24, bits=4)
    claim, evidence = _proposed(orbit_convergence.propose(network))
    good = _encode(network, claim, evidence)
    constants = evidence.constants
    high = replace(constants, curvature_shift_lower=constants.curvature_shift_upper * 2)
    heavy = replace(network, teacher=(network.teacher[0], Dense(np.array([[2.0]]), None, False)))
    wide = replace(evidence, radius=100.0)
    false = {
        "heavier-teacher-check-1": _encode(heavy, claim, evidence),
        "negative-step-check-2": _encode(network, replace(claim, step_size=-claim.step_size), evidence),
        "shift-above-the-spectrum-check-4": _encode(network, claim, replace(evidence, constants=high)),
        "dead-teacher-check-4": _encode(_dead_teacher(network), claim, evidence),
        "radius-too-large-check-5": _encode(network, replace(claim, radius=100.0), wide),
        "step-too-long-check-5": _encode(network, replace(claim, step_size=claim.step_size * 1000), evidence),
        "larger-radius-check-6": _encode(network, replace(claim, radius=claim.radius * 2), evidence),
        "faster-limit-check-6": _encode(
            network, replace(claim, asymptotic_decrease=2 * claim.asymptotic_decrease), evidence
        ),
    }
    return {"one-neuron": good}, false, {"step-as-float": good.replace(b'"step_size": "', b'"step_size": "0x1.')}


def _dead_teacher(network: Network) -> Network:
    """A teacher with weights 0: convergence is slower than any geometric rate."""
    if network.teacher is None:
        raise SystemExit("expected planted labels")
    dead = Dense(network.teacher[0].weight * 0, None, False)
    return replace(network, teacher=(dead, network.teacher[1]))


def _runs() -> Parts:
    network = random_planted(np.random.default_rng(1), 2, 1, 24, bits=4)
    claim, evidence = _proposed(certified_orbit_run.propose(network))
    good = _encode(network, claim, evidence)
    far = replace(network, layers=(Dense(network.layers[0].weight * 100, None, True), network.layers[1]))
    half = replace(claim, entry_distance=claim.entry_distance / 2)
    false = {
        "rotation-too-short-check-2": _encode(network, claim, replace(evidence, rotation=())),
        "before-the-start-check-2": _encode(network, claim, replace(evidence, entry_step=-1)),
        "diverging-run-check-0": _encode(far, claim, evidence),
        "rotation-of-length-two-check-6": _encode(network, claim, replace(evidence, rotation=(2.0,))),
        "closer-check-7": _encode(network, half, evidence),
        "faster-check-7": _encode(network, replace(claim, decrease=claim.decrease * 2), evidence),
        "earlier-check-7": _encode(network, replace(claim, entry_step=evidence.entry_step - 1), evidence),
    }
    return {"one-neuron": good}, false, {"too-precise": good.replace(b'"bits": "', b'"bits": "99999')}


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
        for folder, files in zip(("accepted", "rejected", "malformed"), make(), strict=True):
            yield folder, kind, iter(files.items())
