"""The fuzzer finds what is planted, and nothing in the arithmetic as it is."""

from __future__ import annotations

import pytest

from tests.campaigns.ball_arithmetic import main, report, search
from tests.campaigns.planted import FAULTS, SOUND, planted

# Their rounds strain one lane in twelve: a uniform radius belongs to the largest midpoint.
_RARE = {"uniform-quotient", "product-in-uniform-quotient"}


@pytest.mark.parametrize("name", sorted(FAULTS.keys() - _RARE))
def test_a_planted_fault_is_found(name):
    with planted(FAULTS[name]) as subject:
        found = search(subject, evaluations=60_000, seed=1)
    assert found.violations, report(found)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(_RARE))
def test_a_planted_fault_in_the_uniform_quotient_is_found(name):
    with planted(FAULTS[name]) as subject:
        found = search(subject, evaluations=3_000_000, seed=1)
    assert found.violations, report(found)


def test_a_seeded_sample_is_clean():
    state = search(SOUND, evaluations=20_000, seed=2)
    assert not state.violations, report(state)
    assert -1e-6 < state.worst.excess < 0  # it strains the balls to their ends


def test_a_search_resumes_where_it_was_interrupted(tmp_path, capsys):
    options = ["--seed", "3", "--state", str(tmp_path / "state")]
    assert main([*options, "--evaluations", "1000"]) == 0
    assert main([*options, "--evaluations", "3000"]) == 0
    resumed = capsys.readouterr().out.splitlines()[-4:]
    assert resumed == report(search(SOUND, evaluations=3000, seed=3)).splitlines()
