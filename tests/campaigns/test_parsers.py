"""A seeded sample of the campaign against the parsers; and the fuzzer finds what is planted."""

from __future__ import annotations

from dataclasses import replace

import pytest

from certificates.subjects import losses
from tests.campaigns.fuzzing import Fuzzer, Refused, Target
from tests.campaigns.parsers import settings_of, targets, with_settings


@pytest.mark.parametrize("target", targets(), ids=lambda target: target.name)
def test_strangers_bytes_are_read_or_malformed(target: Target) -> None:
    fuzzer = Fuzzer(replace(target, seeds=target.seeds[::4]))
    for _ in range(150):
        fuzzer.step()
    assert not fuzzer.findings
    assert fuzzer.accepted and len(fuzzer.pool) > len(fuzzer.target.seeds)


def _picky(data: bytes) -> None:
    if not data.startswith(b"F64"):
        raise Refused
    if b"shape" in data:
        raise ZeroDivisionError


def test_a_fault_behind_two_conditions_is_found_step_by_step(tmp_path) -> None:
    fuzzer = Fuzzer(Target("picky", _picky, [b"x"], (__file__,)))
    while not fuzzer.findings and fuzzer.attempts < 20_000:
        fuzzer.step()
    assert "ZeroDivisionError" in fuzzer.findings[0]


def test_a_campaign_goes_on_where_it_stopped(tmp_path) -> None:
    target = Target("picky", _picky, [b"F64"], (__file__,))
    first, whole = Fuzzer(target, tmp_path), Fuzzer(target)
    while len(first.pool) < 2:
        first.step()
    first.attack(b"F64shape")
    first.save()
    resumed = Fuzzer(target, tmp_path)
    assert resumed.attempts == first.attempts and resumed.pool == first.pool
    assert [path.read_bytes() for path in tmp_path.glob("finding-*")] == [b"F64shape"]
    while whole.attempts < first.attempts:
        whole.step()
    assert whole.pool == first.pool


def test_a_huge_loss_scale_that_is_let_through_is_a_finding(monkeypatch) -> None:
    (target,) = (target for target in targets() if target.name == "problem")
    honest = target.seeds[0]
    huge = with_settings(settings_of(honest).replace(b'"1/2"', b'"-%s"' % (b"9" * 5000)), honest)
    fuzzer = Fuzzer(target)
    fuzzer.attack(huge)
    assert not fuzzer.findings
    monkeypatch.setattr(losses, "_LONGEST", 2**20)
    fuzzer.attack(huge)
    assert "Exceeds the limit" in fuzzer.findings[0]
