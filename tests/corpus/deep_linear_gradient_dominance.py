"""The corpus of ``deep-linear-gradient-dominance``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

import numpy as np

from certificates.claims.deep_linear_gradient_dominance import Claim, Evidence
from certificates.expression import parse_activation
from tests.corpus._case import Bent, Case, Honest, Malformed
from tests.corpus._malformed import malformed
from tests.corpus._networks import honest, proposed, stronger
from tests.support.linear import linear_problem, linear_weights, near_best
from verify.proposals.deep_linear_gradient_dominance import propose

__all__ = ["cases"]


def cases() -> Iterator[Case]:
    """Every file."""
    rng = np.random.default_rng(3)
    x, y = rng.normal(size=(10, 4)).round(2), rng.normal(size=(10, 3)).round(2)

    def network(*widths: int, inputs=x, scale=Fraction(1, 2)):
        return linear_problem(linear_weights(rng, widths), inputs, y[: len(inputs)], scale)

    plain = np.rint(4 * x) / 4
    dependent = np.column_stack([plain[:, :2], plain[:, 0] + plain[:, 1], plain[:, 0] - plain[:, 1]])
    frozen = network(4, 3, 3)
    frozen = replace(frozen, layers=(frozen.layers[0], replace(frozen.layers[1], trained=False)))
    found = {
        "outputs-are-narrowest": proposed(propose, network(4, 5, 3, 3, scale=Fraction(1, 10))),
        "narrow-in-the-middle": proposed(propose, near_best(network(4, 3, 2, 3), 0.05)),
        "one-unit": proposed(propose, near_best(network(4, 1, 3), 0.01)),
        "dependent-inputs": proposed(propose, network(4, 4, 3, inputs=dependent)),
        "a-frozen-layer": proposed(propose, frozen),
    }
    yield from honest(found)
    yield from _of_the_end(*found["outputs-are-narrowest"])
    yield from _of_the_interior(*found["narrow-in-the-middle"])
    yield from stronger(*found["narrow-in-the-middle"], 6)
    good = Honest("", *found["outputs-are-narrowest"]).data
    yield Malformed("negative-constant", good.replace(b'"constant": "', b'"constant": "-'))
    yield Malformed("another-case", good.replace(b'"case": "end"', b'"case": "middle"'))
    yield from malformed(good)


def _of_the_end(network, claim: Claim, evidence: Evidence) -> Iterator[Bent]:
    smooth = replace(network, activations=(parse_activation("tanh"), *network.activations[1:]))
    yield Bent("units-of-tanh", 1, "what holds for linear units holds for tanh", smooth, claim, evidence)
    first, second, last = network.layers
    biased = replace(network, layers=(first, second, replace(last, bias=np.full(3, 0.25))))
    yield Bent("a-bias", 1, "a bias changes nothing", biased, claim, evidence)
    fewer = replace(network, layers=(replace(first, trained=False), second, last))
    yield Bent("a-frozen-layer-counted", 6, "frozen layers have a gradient, too", fewer, claim, evidence)
    none = (0.0,) * 3
    cases = {
        "inputs-too-large": (4, "the inputs span everything as well", {"inputs": evidence.inputs * 1.01}),
        "above-too-large": (4, "layers above shrink nothing", {"above": tuple(2 * a + 1 for a in evidence.above)}),
        "below-too-large": (
            4,
            "four dimensions pass three units",
            {"below": (1.0, 1.0, 1.0), "above": (0.0, 0.0, 1.0)},
        ),
        "negative-bounds": (2, "two negative bounds are a positive one", {"above": (-1.0,) * 3, "below": (-1.0,) * 3}),
        "too-few-bounds": (2, "a layer without a bound is bounded", {"above": evidence.above[:2]}),
        "nothing-bounded": (5, "no bounds give a constant", {"above": none, "below": none}),
        "another-case": (2, "the narrowest layer is hidden, and it is not", {"case": "interior"}),
    }
    for name, (check, theorem, changes) in cases.items():
        yield Bent(f"end-{name}", check, theorem, network, claim, replace(evidence, **changes))


def _of_the_interior(network, claim: Claim, evidence: Evidence) -> Iterator[Bent]:
    rows = evidence.solution
    cases = {
        "inputs-too-large": (4, "inputs are as large in all directions", {"inputs": evidence.inputs * 1.01}),
        "above-too-large": (4, "layers above shrink nothing", {"above": (evidence.above[0] * 1.01,)}),
        "below-too-large": (4, "layers below shrink nothing", {"below": (evidence.below[0] * 1.01,)}),
        "inside-too-large": (4, "what R reaches is all of Σ", {"inside": evidence.inside * 1.01}),
        "outside-too-small": (4, "nothing lies beyond what R reaches", {"outside": 0.0}),
        "norm-too-small": (4, "Σ is small", {"norm": evidence.norm / 2}),
        "no-lift": (4, "b bounds Σ everywhere", {"lift": 0.0}),
        "no-separation": (4, "η may be 0", {"inside": evidence.outside}),
        "another-solution": (4, "every Q bounds Σ from below as well", {"solution": ((0.0,) * 3,) * 4}),
        "a-row-is-missing": (2, "a matrix may lack a row", {"solution": rows[:3]}),
        "the-other-case": (2, "a narrow hidden layer changes nothing", {"case": "end"}),
    }
    for name, (check, theorem, changes) in cases.items():
        yield Bent(f"interior-{name}", check, theorem, network, claim, replace(evidence, **changes))
    lost = replace(network, layers=tuple(replace(each, weight=0 * each.weight) for each in network.layers))
    yield Bent("interior-without-rank", 4, "a saddle at 0 has a dominating gradient", lost, claim, evidence)
    far = linear_problem(linear_weights(np.random.default_rng(0), network.widths), network.inputs, network.targets)
    yield Bent("interior-far-away", 4, "every point is near the best ones", far, claim, evidence)
