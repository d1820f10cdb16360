"""The corpus of ``zero-loss-convergence``."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from functools import partial

import numpy as np

from certificates import Dense, Network
from certificates.claims.zero_loss_convergence import Claim, Evidence
from certificates.document import sha256_hex
from certificates.expression import parse_activation
from certificates.subjects import Objective, Squared
from tests.campaigns.parsers import settings_of, with_settings
from tests.corpus._case import Bent, Case, Honest, Malformed
from tests.corpus._malformed import malformed
from tests.corpus._networks import proposed
from tests.support.naive import jacobian, parameters, random_network
from verify.proposals.zero_loss_convergence import propose
from verify.search.estimates import estimates

__all__ = ["cases"]


def _found(
    seed: int, widths: tuple[int, ...], name: str = "tanh", form: str = "one-hidden-layer", **options: object
) -> tuple[Network, Claim, Evidence]:
    network = random_network(np.random.default_rng(seed), widths, 5, name, residual=1e-6, **options)
    return proposed(propose, network, known=estimates(network, forms=(form,)))


def cases() -> Iterator[Case]:
    """Every file."""
    good = Honest("one-hidden-layer", *_found(1, (4, 20, 1)))
    yield good
    yield Honest("two-hidden-layers-gelu", *_found(2, (4, 9, 8, 1), "gelu", "adjoint"))
    yield Honest("two-outputs-softplus", *_found(3, (4, 20, 2), "softplus(1)"))
    yield Honest("first-layer-frozen", *_found(4, (4, 20, 1), "sigmoid", trained=(False, True)))
    yield Honest("no-bias-squared-relu", *_found(5, (4, 24, 1), "squared_relu", bias=False))
    yield Honest("by-units-elu", *_found(8, (4, 20, 2), "elu(1)", "per-unit"))
    yield Honest("by-units-first-layer-alone", *_found(9, (4, 20, 1), "gelu", "per-unit", trained=(True, False)))
    yield Honest("from-the-centre", *_found(10, (4, 7, 6, 5, 2), "tanh", "sample-centre"))
    yield Honest("by-units-of-three-layers", *_found(11, (4, 7, 6, 5, 2), "softsign", "adjoint-per-unit"))
    near = Honest("by-distance", *_by_distance())
    yield near
    yield from _other_distances(near.subject, near.claim, near.evidence)
    yield from _other_networks(good.subject, good.claim, good.evidence)
    yield from _other_evidence(good.subject, good.claim, good.evidence)
    yield from _stronger_claims(good.subject, good.claim, good.evidence)
    yield from _other_bounds_of_curvature()
    yield _underflowing_quotient()
    yield from _malformed(good.data)


def _by_distance() -> tuple[Network, Claim, Evidence]:
    """A residual that trapping does not admit, along the largest eigenvector of K."""
    network = random_network(np.random.default_rng(12), (4, 20, 1), 5, residual=0.0)
    slopes = jacobian(network, parameters(network), "tanh")
    top = np.linalg.eigh(slopes @ slopes.T)[1][:, -1:]
    network = replace(network, targets=network.targets + 2 * estimates(network).needed * top)
    return proposed(propose, network)


def _other_distances(network: Network, claim: Claim, evidence: Evidence) -> Iterator[Bent]:
    given, bounds = evidence.by_distance, claim.by_distance
    loss = "the loss falls at every step because a distance does"
    yield Bent("distance-told-as-loss", 2, loss, network, replace(claim, by_distance=None), evidence)
    yield Bent("loss-told-as-distance", 2, loss, network, claim, replace(evidence, by_distance=None))
    half = replace(evidence, trapping_radius=evidence.trapping_radius / 2, grid=(evidence.trapping_radius / 2,))
    yield Bent("distance-out-of-the-ball", 7, "β beyond the ball is that within", network, claim, half)
    for name, check, theorem, changes in (
        ("distance-no-cells", 2, "a sum over no cells is a bound", {"cells": 0}),
        ("distance-no-step", 2, "whatever the step, of which there is none", {"step_size": 0.0}),
        ("distance-longer-step", 7, "a step may be sixteen times as long", {"step_size": given.step_size * 16}),
        ("distance-opposite", 7, "signs do not matter", {"multipliers": (tuple(-x for x in given.multipliers[0]),)}),
    ):
        yield Bent(name, check, theorem, network, claim, replace(evidence, by_distance=replace(given, **changes)))
    theorem = "a claim stronger than its evidence"
    for name, changes in (
        ("nearer-zero", {"distance_bound": bounds.distance_bound * 0.99}),
        ("smaller-loss", {"loss_bound": bounds.loss_bound * 0.99}),
    ):
        yield Bent(name, 8, theorem, network, replace(claim, by_distance=replace(bounds, **changes)), evidence)
    yield Bent(
        "distance-faster", 8, theorem, network, replace(claim, decrease_rate=claim.decrease_rate * 1.01), evidence
    )


def _other_networks(network: Network, claim: Claim, evidence: Evidence) -> Iterator[Bent]:
    twin = network.inputs.copy()
    twin[3] = twin[1]
    many = random_network(np.random.default_rng(6), (2, 2, 1), 12)
    dead = replace(network, layers=tuple(replace(layer, weight=layer.weight * 0) for layer in network.layers))
    deep = random_network(np.random.default_rng(7), (4, 9, 8, 1), 5)
    for name, check, theorem, other in (
        ("more-equations-than-parameters", 1, "twelve equations in nine unknowns can always be solved", many),
        ("planted-labels", 1, "residuals of labels that are given are those of a teacher", _planted(network)),
        ("bound-of-one-hidden-layer-for-two", 2, "a second hidden layer does not bend the network", deep),
        ("twin-samples", 3, "one input can have two targets", replace(network, inputs=twin)),
        ("relu", 4, "a kinked network has a Lipschitz Jacobian", _of(network, "relu")),
        ("leaky-relu", 4, "a kinked network has a Lipschitz Jacobian", _of(network, "leaky_relu(1/2)")),
        ("jump", 4, "a network with a jump has a Lipschitz Jacobian", _of(network, "piecewise(z, 0, z+1)")),
        ("dead-network", 6, "a network that cannot move reaches zero loss", dead),
        (
            "flipped-targets",
            7,
            "the residual is small whatever the targets",
            replace(network, targets=-network.targets),
        ),
    ):
        yield Bent(name, check, theorem, other, claim, evidence)


def _other_evidence(network: Network, claim: Claim, evidence: Evidence) -> Iterator[Bent]:
    lower, grid = evidence.kernel_shift_lower, evidence.grid
    huge = replace(evidence, trapping_radius=100.0, grid=(100.0,))
    for name, check, theorem, other in (
        ("epsilon-one", 2, "the criterion holds with nothing left on its right-hand side", {"epsilon": 1.0}),
        ("grid-stops-short", 2, "curvature beyond the grid costs nothing", {"grid": grid[:-1]}),
        ("no-grid", 2, "curvature needs no nodes", {"grid": ()}),
        ("grid-in-reverse", 2, "curvature may be summed from the far end", {"grid": grid[::-1]}),
        (
            "shift-above-the-spectrum",
            6,
            "λ_min(K) is half as large again as it is",
            {"kernel_shift_lower": lower * 1.5},
        ),
        ("shift-below-the-spectrum", 6, "λ_max(K) is no more than λ_min(K)", {"kernel_shift_upper": lower}),
    ):
        yield Bent(name, check, theorem, network, claim, replace(evidence, **other))
    theorem = "the Jacobian keeps full rank far away"
    yield Bent("inflated-radius", 7, theorem, network, replace(claim, radius=100.0), huge)


def _other_bounds_of_curvature() -> Iterator[Bent]:
    """Evidence that would do, had the network the depth or the smoothness that its bound of β asks for."""
    by_units, centre = _found(8, (4, 20, 2), "elu(1)", "per-unit"), _found(10, (4, 7, 6, 5, 2), "tanh", "sample-centre")
    for name, check, theorem, (network, claim, evidence), form in (
        ("centre-of-one-hidden-layer", 2, "a network of one hidden layer has pairs of them", by_units, "sample-centre"),
        ("layers-of-one-hidden-layer", 2, "one hidden layer passes on to another", by_units, "adjoint-per-unit"),
        ("units-of-several-layers", 2, "units of several layers do not act on one another", centre, "per-unit"),
    ):
        yield Bent(name, check, theorem, network, claim, replace(evidence, curvature=form))
    network, claim, evidence = centre
    theorem = "a second derivative that jumps has a Lipschitz constant"
    yield Bent("centre-of-elu", 4, theorem, _of(network, "elu(1)"), claim, evidence)


def _stronger_claims(network: Network, claim: Claim, evidence: Evidence) -> Iterator[Bent]:
    yield Bent(
        "no-step", 2, "whatever the step, of which there is none", network, replace(claim, step_size_max=0.0), evidence
    )
    for name, other in (
        ("smaller-radius", {"radius": claim.radius / 2}),
        ("larger-step", {"step_size_max": claim.step_size_max * 2}),
        ("faster-rate", {"decrease_rate": claim.decrease_rate * 2}),
        ("closer-limit", {"distance_factor": claim.distance_factor / 2}),
    ):
        yield Bent(name, 8, "a claim stronger than its evidence", network, replace(claim, **other), evidence)


def _of(network: Network, activation: str) -> Network:
    return replace(network, activations=(parse_activation(activation),) * len(network.activations))


def _planted(network: Network) -> Network:
    """The same network with labels of a teacher."""
    teacher = tuple(replace(layer, bias=None, trained=False) for layer in network.layers)
    return replace(network, targets=None, teacher=teacher)


def _underflowing_quotient() -> Bent:
    """2¹⁰⁶³(2⁻¹⁰⁶⁰/(32772 − z)) is 1 at z = 32764; a divisor of 32772 ± 32768 makes the quotient underflow to 0."""
    divided = "(2^-50)^20*2^-60/(32772-(z+295147905179352825856-295147905179352825856))"  # z ± 2⁶⁸ has the width
    one = f"2^63*((2^50)^10*((2^50)^10*({divided})))"
    layers = (Dense(np.array([[32764.0]]), None, trained=False), Dense(np.array([[1.0]]), np.array([0.0])))
    activation = parse_activation(f"piecewise({one}, 1073741824, {one})")
    network = Network(layers, (activation,), np.array([[1.0]]), np.array([[0.0]]), Objective(Squared(Fraction(1, 2))))
    theorem = (
        "a quotient that underflows is 0, whatever it is multiplied by later "
        "(accepted until the radius of ÷ kept the divisor's width)"
    )
    claim = Claim(0.4, 2.0**-7, 1.75, 1.07)
    evidence = Evidence(0.4, 0.01, (0.4,), 0.9, 1.3, "one-hidden-layer")
    return Bent("previous-bug-01-underflowing-quotient", 6, theorem, network, claim, evidence)


def _about(good: bytes, bend: Callable[[bytes], bytes], sha256: str | None = None) -> bytes:
    """The certificate about a bent problem; its hash is right, unless another is given."""
    top = json.loads(good)
    data = bend(base64.b64decode(top["problem"]["embedded"]))
    top["problem"] |= {"embedded": base64.b64encode(data).decode(), "sha256": sha256 or sha256_hex(data)}
    return (json.dumps(top, indent=2) + "\n").encode()


def _with_loss_scale(scale: bytes, problem: bytes) -> bytes:
    settings = json.loads(settings_of(problem))
    return with_settings(json.dumps({**settings, "loss_scale": scale.decode()}).encode(), problem)


def _malformed(good: bytes) -> Iterator[Malformed]:
    yield Malformed("duplicate-key", good.replace(b'"kind"', b'"format": "gradcert/1",\n  "kind"', 1))
    yield Malformed("number-token", good.replace(b'"epsilon": "', b'"epsilon": 0.5, "curvature_": "', 1))
    yield Malformed("unknown-kind", good.replace(b"zero-loss-convergence", b"zero-gain-convergence", 1))
    yield Malformed("foreign-hash", good.replace(b'"sha256": "', b'"sha256": "' + b"0" * 8, 1))
    yield Malformed("embedded-bytes-of-another-hash", _about(good, lambda problem: problem, sha256_hex(b"another")))
    for name, scale in (("negative", b"-" + b"9" * 5000), ("long", b"9" * 5000), ("fine", b"1/" + b"9" * 5000)):
        yield Malformed(f"loss-scale-{name}", _about(good, partial(_with_loss_scale, scale)))
    yield Malformed("other-spelling", good.replace(b'"0x1.', b'"0X1.', 1))
    yield from malformed(good)
