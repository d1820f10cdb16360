"""The attack on the bounds of β finds every planted fault, and nothing in the forms as they are."""

from __future__ import annotations

from itertools import islice
from typing import Any

import pytest

from tests.campaigns.curvature import FORMS, attack, main
from tests.twins.curvature_forms import FAULTS


@pytest.mark.parametrize("form", FORMS)
def test_a_seeded_sample_is_clean(form):
    *_, seen = islice(attack(form, seed=1), 60)
    assert seen.attempts == 60 and not seen.found, seen.case
    assert seen.worst > (0.3 if form == "growth" else 0.99)


LONG = {  # found late
    ("adjoint-per-unit", "layers pass nothing on"),
    ("adjoint-per-unit", "no growth"),
    ("adjoint-per-unit", "no third derivative"),
    ("adjoint-per-unit", "roots of weights"),
    ("bends", "largest output"),
    ("blocks", "no input norm"),
    ("growth", "no third derivative"),
    ("growth", "one sample"),
    ("per-unit", "outer weights stay"),
    ("samples", "no bend"),
    ("samples", "no input norm"),
}


def _planted(form: str, fault: str) -> Any:
    return pytest.param(form, fault, marks=[pytest.mark.slow] if (form, fault) in LONG else [])


@pytest.mark.parametrize(("form", "fault"), [_planted(form, fault) for form in FORMS for fault in FAULTS[form]])
def test_a_planted_fault_is_found(form, fault):
    assert any(seen.found for seen in islice(attack(form, seed=1, fault=fault), 600))


@pytest.mark.slow
def test_minutes_of_it_are_clean():
    assert main(["--minutes", "10", "--seed", "2"]) == 0
