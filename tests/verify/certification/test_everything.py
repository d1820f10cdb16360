"""All that holds of a problem: every kind that fits is tried once, and none that says nothing of it."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest

import verify
from tests.support.minima import vector
from tests.support.naive import random_network
from tests.support.planted_frozen import random_frozen
from verify.certification.everything import is_quick, try_others
from verify.proposals import spurious_minimum
from verify.search.better_weights import better_weights
from verify.search.proposal import Options


@pytest.fixture(autouse=True)
def few_starts(monkeypatch):
    monkeypatch.setattr(spurious_minimum, "better_weights", partial(better_weights, starts=1))


def _tried(problem, written):
    return {each.kind: each for each in try_others(problem, written, Options())}


def test_a_minimum_has_an_accuracy_and_is_no_saddle():
    told = []
    options = Options(progress=lambda stage, *_: told.append(stage))
    found = {each.kind: each for each in try_others(vector("A"), "strict-minimum", options)}
    assert set(found) <= set(told)
    assert {kind: each.is_proved for kind, each in found.items()} == {
        "certified-accuracy": True,
        "spurious-minimum": False,
    }
    assert str(found["certified-accuracy"]).startswith("holds (--kind certified-accuracy): how many samples are")
    assert "right 1" in str(found["certified-accuracy"])
    assert str(found["spurious-minimum"]) == (
        "not proved (--kind spurious-minimum): the other weights are not proven to be better"
    )


def test_a_saddle_is_asked_about_where_no_minimum_is_proved():
    found = _tried(vector("B"), "no-local-minimum")
    assert found["critical-point"].is_proved and not found["strict-minimum"].is_proved


def test_planted_weights():
    network = random_frozen(np.random.default_rng(0), "tanh", 2, 3, 60)
    found = _tried(network, "planted-convergence")
    assert {kind for kind, each in found.items() if each.is_proved} == {
        "strict-minimum",
        "strong-convexity",
        "tangent-kernel",
    }


def test_populations_are_tried_too():
    population = verify.from_units("tanh", [[1, 0], [0, 1]])
    assert is_quick(population)
    assert _tried(population, "population-strong-convexity") == {}
    assert list(_tried(population, None)) == ["population-strong-convexity"]


@pytest.mark.parametrize(("widths", "samples", "quick"), [((4, 8, 1), 6, True), ((4, 24, 1), 6, False)])
def test_only_small_problems_are_quick(widths, samples, quick):
    assert is_quick(random_network(np.random.default_rng(0), widths, samples)) is quick
