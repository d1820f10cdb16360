"""A seeded sample of every campaign; and campaigns see a judge that proves too much, crash, and resume."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from types import SimpleNamespace

import numpy as np
import pytest

from certificates import Accepted, check
from certificates.kinds import KINDS
from certificates.rules import negative_curvature
from tests.truth.campaign import Tally, attack
from tests.truth.held import at_least, at_most, root_above, root_below
from tests.truth.registry import covered_kinds, truth_of

KIND = "negative-curvature"


@pytest.mark.slow  # a kind is added with eight files; its campaign may be the next step
def test_every_kind_has_a_campaign():
    assert set(KINDS) == set(covered_kinds())


LONG = ("zero-loss-convergence", "interpolation", "convergence-basin", "certified-run", "float-run")  # many seconds


@pytest.mark.parametrize(
    "kind", [pytest.param(k, marks=pytest.mark.slow if k in LONG else ()) for k in covered_kinds()]
)
def test_nothing_false_is_accepted(kind):
    module = truth_of(kind)
    tally = attack(module, Tally(kind, 0), attempts=module.SAMPLE)
    assert not tally.faults
    assert tally.accepted >= 2 and tally.ratios


def _replace_rule(monkeypatch, decide):
    monkeypatch.setattr(negative_curvature, "KIND", replace(negative_curvature.KIND, decide=decide))


def _stronger(monkeypatch, field, factor):
    """The rule proves more than it should."""
    honest = negative_curvature.decide

    def decide(claim, evidence, problem, context):
        found = honest(claim, evidence, problem, context)
        return replace(found, proved=replace(found.proved, **{field: getattr(found.proved, field) * factor}))

    _replace_rule(monkeypatch, decide)


@pytest.mark.parametrize(("field", "factor"), [("curvature", 1.001), ("gradient_norm", 0.999), ("descent", 1.001)])
def test_a_judge_that_proves_too_much_is_seen(monkeypatch, tmp_path, field, factor):
    _stronger(monkeypatch, field, factor)
    tally = attack(truth_of(KIND), Tally(KIND, 0), attempts=40, folder=tmp_path)
    assert any(field in fault for fault in tally.faults)
    assert tally.ratios[field].worst > 1
    monkeypatch.undo()
    written = sorted(tmp_path.glob("*.cert.json"))
    assert written and isinstance(check(written[0], arithmetic="arb"), Accepted)


def test_a_claim_stronger_than_what_is_proved_is_seen(monkeypatch):
    honest = negative_curvature.decide

    def careless(claim, evidence, problem, context):
        found = honest(replace(claim, curvature=5e-324), evidence, problem, context)
        return replace(found, claim=claim)

    _replace_rule(monkeypatch, careless)
    tally = attack(truth_of(KIND), Tally(KIND, 0), attempts=150)
    assert any("although only" in fault for fault in tally.faults)


def test_a_crash_is_a_violation(monkeypatch):
    def crash(*_):
        raise ZeroDivisionError("inside")

    _replace_rule(monkeypatch, crash)
    tally = attack(truth_of(KIND), Tally(KIND, 0), attempts=5)
    assert any("ZeroDivisionError: inside" in fault for fault in tally.faults)


def test_a_campaign_resumes_where_it_stopped(tmp_path):
    state, module = tmp_path / "state.json", truth_of(KIND)
    whole = attack(module, Tally(KIND, 3), attempts=30)
    attack(module, Tally(KIND, 3, "sources"), attempts=12).save(state)
    resumed = Tally.load(state, KIND, 3, "sources")
    assert resumed.attempts == 12
    attack(module, resumed, attempts=30)
    assert (resumed.ratios, resumed.accepted) == (whole.ratios, whole.accepted)
    assert Tally.load(state, KIND, 3, "other sources").attempts == 0


def test_minutes_end_a_campaign():
    assert attack(SimpleNamespace(), Tally(KIND, 0, seconds=60.0), attempts=9, minutes=1.0).attempts == 0


def test_numbers_side_by_side():
    assert not at_most("r", 1.0, 1).violated and at_most("r", np.nextafter(1, 0), 1).violated
    assert not at_least("c", 1.0, 1).violated and at_least("c", np.nextafter(1, 2), 1).violated
    assert at_most("r", 4.0, 1).ratio == 0.25 and at_least("c", 1.0, 4).ratio == 0.25
    assert at_most("r", float("inf"), 1).ratio is None and at_most("r", 0.0, 1).ratio == float("inf")
    two = Fraction(2) ** 3001
    assert root_below(two) ** 2 < two < root_above(two) ** 2 < two * (1 + Fraction(1, 2**150))
    assert root_below(Fraction(9, 4)) == root_above(Fraction(9, 4)) == Fraction(3, 2)
