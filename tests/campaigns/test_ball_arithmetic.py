"""The fuzzer finds what is planted, and nothing in the arithmetic as it is."""

from __future__ import annotations

import pytest

from tests.campaigns.ball_arithmetic import main
from tests.campaigns.climbing import search
from tests.campaigns.comparison import Arrays
from tests.campaigns.matrices import Matrices
from tests.campaigns.operations import EXACT
from tests.campaigns.planted import FAULTS, SOUND, planted

# A uniform radius belongs to the largest midpoint: one lane in twelve is strained.
_RARE = {"uniform-quotient", "product-in-uniform-quotient"}
_LONG = {"magnitude-of-a-sum", "middle-of-an-interval", "rounding-of-sqrt", "second-order-of-exp", "slope-of-erf"}


def _room(name):
    return Arrays() if FAULTS[name].module == "ball_array" else Matrices()


@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=pytest.mark.slow if n in _LONG else ()) for n in sorted(FAULTS.keys() - _RARE)]
)
def test_a_planted_fault_is_found(name):
    with planted(FAULTS[name]) as subject:
        found = search(_room(name), subject, evaluations=60_000, seed=1)
    assert found.violations, found.report()


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(_RARE))
def test_a_planted_fault_in_the_uniform_quotient_is_found(name):
    with planted(FAULTS[name]) as subject:
        found = search(_room(name), subject, evaluations=3_000_000, seed=1)
    assert found.violations, found.report()


@pytest.mark.parametrize(("room", "evaluations"), [(Arrays(), 20_000), (Matrices(), 1_500)], ids=["arrays", "matrices"])
def test_a_seeded_sample_is_clean(room, evaluations):
    state = search(room, SOUND, evaluations, seed=2)
    assert not state.violations, state.report()
    worst = max(kept.excess for niche, kept in state.kept.items() if niche[0] not in EXACT)
    assert -1e-6 < worst <= 0  # it strains the balls to their ends


def test_a_search_resumes_where_it_was_interrupted(tmp_path, capsys):
    for name, steps in (("once", (2000,)), ("twice", (800, 2000))):
        for evaluations in steps:
            assert main(["--seed", "3", "--state", str(tmp_path / name), "--evaluations", str(evaluations)]) == 0
    printed = capsys.readouterr().out.split("arrays: ")
    assert len(printed) == 4 and printed[1] == printed[3]
