"""Refusals of strict minima say what is in the way, and each piece of advice fits how polishing ended."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from certificates import Undecided
from certificates.expression import parse_activation
from certificates.subjects import Decay, Objective, Squared
from tests.support.naive import random_network
from tests.support.objectives import logistic
from verify.numeric.smooth_objective import FloatObjective
from verify.search.objective_polish import polish_objective
from verify.search.objective_stalls import explained_minimum

SMALL = random_network(np.random.default_rng(0), (2, 2, 1), 6, residual=0.5)
DECAY = tuple(Decay(f"layers.{index}.weight", Fraction(20)) for index in (0, 1))
DEAD = replace(SMALL, objective=Objective(Squared(Fraction(1, 6)), DECAY))
POLISHED = polish_objective(DEAD)
VERDICT = Undecided("strict-minimum", "rule", "fast", 5, "no minimum", advice="polish the weights")


def test_dead_units_after_polishing():
    found = explained_minimum(VERDICT, POLISHED.network, POLISHED)
    assert "the Hessian is singular up to rounding" in found.reason and "carries nothing" in found.reason
    assert found.advice == "remove it, or penalise layers.0.bias"


def test_given_weights_without_a_cause_keep_the_judges_advice():
    assert explained_minimum(VERDICT, DEAD) == VERDICT


def test_separable_labels_have_no_minimum_to_polish_to():
    network = logistic(SMALL)
    f = FloatObjective(network)
    network = replace(network, targets=(f.outputs(f.initial()) > 0).astype(float))
    assert "there is no minimum" in explained_minimum(VERDICT, network).reason
    assert "cross-entropy-convergence" in explained_minimum(VERDICT, network).advice


ENDS = {
    "singular": ("singular", "penalise every tensor"),
    "stuck": ("no step lowers f", "another start"),
    "steps": ("reached their limit", "train further"),
    "overflow": ("not finite", "smaller scale"),
    "large": ("10,000 parameters", "frozen layers"),
    "minimum": ("λ_min about", "polish the weights"),
}


@pytest.mark.parametrize("ended", ENDS)
def test_ends(ended):
    found = explained_minimum(VERDICT, SMALL, replace(POLISHED, ended=ended))
    what, advice = ENDS[ended]
    assert what in found.reason and advice in found.advice


@pytest.mark.parametrize(
    ("activation", "widths", "advice"),
    [
        ("relu", (2, 2, 1), "ask for kink-minimum, or use a smooth activation"),
        ("leaky_relu(1/10)", (2, 2, 2, 1), "use a smooth activation"),
        ("squared_relu", (2, 2, 1), "train from another start"),
    ],
)
def test_minima_lie_on_kinks(activation, widths, advice):
    network = random_network(np.random.default_rng(1), widths, 6, residual=0.5)
    network = replace(network, activations=(parse_activation(activation),) * (len(widths) - 2))
    polished = replace(POLISHED, ended="stuck", network=network)
    assert explained_minimum(VERDICT, network, polished).advice == advice
