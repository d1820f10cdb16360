"""The attack on Hessians of objectives: a seeded sample is clean, and a bound that is too small is found."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice

from tests.campaigns import objectives
from tests.campaigns.objectives import Seen, attack


def test_a_seeded_sample_is_clean():
    *_, seen = islice(attack(3, Seen()), 12)
    assert seen.is_clean() and seen.instances >= 50 and max(seen.turned.values()) > 0.2


def test_a_bound_that_is_too_small_is_found(monkeypatch):
    honest = objectives.turning
    monkeypatch.setattr(objectives, "turning", lambda *given: replace(honest(*given), h=honest(*given).h / 20))
    assert any(not seen.is_clean() for seen in islice(attack(3, Seen()), 40))


def test_a_hessian_that_is_off_is_found(monkeypatch):
    honest = objectives.hessian

    def off(point):
        found = honest(point)
        found.mid[0, 0] += 1e-6
        return found

    monkeypatch.setattr(objectives, "hessian", off)
    assert any(seen.contained > 1 for seen in islice(attack(3, Seen()), 5))
