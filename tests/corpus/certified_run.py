"""The corpus of ``certified-run``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from certificates.claims.certified_run import Claim, Evidence
from certificates.expression import parse_activation
from tests.corpus._case import Bent, Case, Honest, Malformed
from tests.corpus._malformed import malformed
from tests.corpus._networks import honest, proposed
from tests.support.starts import start
from verify.proposals.certified_run import propose

__all__ = ["cases"]


def cases() -> Iterator[Case]:
    """Every file."""
    found = {
        "one-hidden-layer": proposed(propose, start((3, 24, 1), 2)),
        "two-hidden-layers": proposed(propose, start((3, 8, 7, 1), 2, seed=1)),
        "first-layer-alone": proposed(propose, start((3, 16, 1), 2, seed=2, frozen=(1,))),
        "another-scale": proposed(propose, start((3, 16, 1), 2, "softplus", seed=2, scale=Fraction(1, 3))),
        "no-bias": proposed(propose, start((4, 24, 1), 2, seed=3, bias=False)),
    }
    yield from honest(found)
    yield from _other_networks(*found["one-hidden-layer"])
    yield from _other_numbers(*found["one-hidden-layer"])
    good = Honest("", *found["one-hidden-layer"]).data
    yield Malformed("steps-as-text", good.replace(b'"steps": ', b'"steps": "x", "also": ', 1))
    yield from malformed(good)


def _other_networks(network, claim: Claim, evidence: Evidence) -> Iterator[Bent]:
    twin, first = network.inputs.copy(), network.layers[0]
    twin[1] = twin[0]
    moved = first.weight.copy()
    moved[0, 0] += 3.0
    narrow = start((1, 1, 1), 6)
    for name, check, theorem, other in (
        ("more-equations-than-parameters", 1, "six equations in four unknowns have solutions", narrow),
        ("twin-samples", 3, "one input can have two targets", replace(network, inputs=twin)),
        ("relu", 4, "a kinked network is smooth", replace(network, activations=(parse_activation("relu"),))),
        ("far-targets", 7, "all residuals are small", replace(network, targets=network.given_targets + 8.0)),
        (
            "another-start",
            7,
            "all starts are alike",
            replace(network, layers=(replace(first, weight=moved), network.layers[1])),
        ),
    ):
        yield Bent(name, check, theorem, other, claim, evidence)


def _other_numbers(network, claim: Claim, evidence: Evidence) -> Iterator[Bent]:
    for name, theorem, changes in (
        ("one-step-sooner", "it falls from one step before", {"steps": claim.steps - 1}),
        ("less-loss", "the loss is smaller", {"loss_bound": claim.loss_bound * 0.99}),
        ("faster", "it is faster", {"decrease_rate": claim.decrease_rate * 1.01}),
        ("nearer", "it stays nearer", {"distance": claim.distance * 0.99}),
    ):
        yield Bent(name, 9, theorem, network, replace(claim, **changes), evidence)
    for name, check, theorem, changes in (
        ("a-long-step", 7, "steps may be ten times as long", {"step_size": 10 * claim.step_size}),
        ("no-step", 2, "no step is a step", {"step_size": 0.0}),
        ("uphill", 2, "ascent descends", {"step_size": -claim.step_size}),
    ):
        yield Bent(name, check, theorem, network, replace(claim, **changes), evidence)
    for name, check, theorem, changes in (
        ("half-of-the-steps", 7, "half of the steps are enough", {"steps": evidence.steps // 2}),
        ("too-many-steps", 2, "ten million steps are replayed", {"steps": 10**7}),
        ("epsilon-one", 2, "nothing need be left of the criterion", {"epsilon": 1.0}),
        ("no-grid", 2, "curvature needs no nodes", {"grid": ()}),
        ("a-form-by-units", 2, "norms of units are at hand", {"curvature": "per-unit"}),
        ("a-small-epsilon", 8, "any step is short", {"epsilon": evidence.epsilon / 100}),
        ("a-larger-shift", 7, "λ_min is larger", {"kernel_shift_lower": evidence.kernel_shift_lower * 1.01}),
        ("a-smaller-norm", 7, "λ_max is smaller", {"kernel_shift_upper": evidence.kernel_shift_upper * 0.99}),
    ):
        yield Bent(name, check, theorem, network, claim, replace(evidence, **changes))
