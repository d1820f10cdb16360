"""Given labels, room for matrices, and flat directions as they are."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from certificates import Accepted, Dense, Undecided, decide
from certificates.certificate import decode_certificate
from certificates.checks.outcome import Refusal
from certificates.checks.smooth_objective import require_flat, require_given
from certificates.document.problem_file import decode_problem
from tests.support.minima import vector
from tests.support.planted import random_planted

CORPUS = Path(__file__).parents[2] / "corpus" / "accepted"


def test_given_labels_pass_and_planted_ones_do_not():
    require_given(1, vector("A"))
    with pytest.raises(Refusal, match="planted") as caught:
        require_given(1, random_planted(np.random.default_rng(0), 2, 2, 5))
    assert not caught.value.certain and caught.value.check == 1


@pytest.mark.parametrize(
    "name",
    ["no-local-minimum/two-hidden-layers", "kink-minimum/vector-f"],
)  # fmt: skip
def test_some_rules_about_an_objective_are_about_given_labels_only(name):
    """That enclosures of planted labels exist does not make their claims about a teacher."""
    parsed = decode_certificate((CORPUS / f"{name}.cert.json").read_bytes())
    network = decode_problem(parsed.problem.embedded)
    teacher = tuple(Dense(layer.weight, None, False) for layer in network.layers)
    planted = replace(network, targets=None, teacher=teacher)
    assert isinstance(decide(parsed.claim, parsed.evidence, network), Accepted)
    verdict = decide(parsed.claim, parsed.evidence, planted)
    assert isinstance(verdict, Undecided) and verdict.check == 1


def test_parameters_have_a_limit_where_matrices_need_one():
    require_given(1, vector("A"), 2)
    with pytest.raises(Refusal, match="too many trained parameters"):
        require_given(1, vector("A"), 1)


@pytest.mark.parametrize(("name", "flat"), [("A", ()), ("C", ()), ("D", ("output.bias shift",))])
def test_flat_directions_are_exactly_those_of_the_problem(name, flat):
    require_flat(2, flat, vector(name))
    for other in ((*flat, "input 0"), flat[1:] if flat else ("output.weight shift",)):
        with pytest.raises(Refusal, match="not those of the problem") as caught:
            require_flat(2, other, vector(name))
        assert caught.value.certain and caught.value.check == 2
