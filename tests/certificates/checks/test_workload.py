"""Budgets at their limits, refusals and ledgers."""

from __future__ import annotations

import math

import pytest

from certificates.checks.outcome import Context, Refusal
from certificates.checks.workload import DEFAULT_BUDGET, Workload, memory_limit


@pytest.mark.parametrize(("budget", "limit"), [(1e6, 2**31), (1e12, 2**31), (4e12, 2**33)])
def test_memory_grows_with_a_budget_above_the_default(budget, limit):
    assert memory_limit(budget) == limit and DEFAULT_BUDGET == 1e12


@pytest.mark.parametrize(
    ("arithmetic", "most"),
    [("fast", Workload(1e12, 2.0**28, 1e300)), ("arb", Workload(1e11, 2.0**31 / 100, 1e7))],
)
def test_work_at_the_limits_is_done_and_more_is_not(arithmetic, most):
    assert most.excess(arithmetic, 1e12) is None
    for name in ("operations", "entries", *(("activations",) if arithmetic == "arb" else ())):
        parts = {part: getattr(most, part) for part in ("operations", "entries", "activations")}
        more = Workload(**parts | {name: math.nextafter(parts[name] * (1 + 1e-12), math.inf)})
        assert more.excess(arithmetic, 1e12) is not None, name


def test_a_refusal_is_certain_or_not_and_has_its_words():
    rejected, undecided = Refusal.rejected(3, "false"), Refusal.undecided(4, "unknown", cause="budget")
    assert rejected.certain and not undecided.certain and undecided.fields == {"cause": "budget"}
    assert (str(rejected), str(undecided)) == ("check 3: false", "check 4: unknown")


def test_the_ledger_is_that_of_the_arithmetic():
    class Claim:
        kind = "a kind"

    texts = {
        name: " ".join(entry.text for entry in Context(name, 1.0).accepted("r", Claim(), None, ()).ledger)
        for name in ("fast", "arb")
    }
    assert "BLAS" in texts["fast"] and "BLAS" not in texts["arb"]
    assert all("Arb (FLINT)" in text and "exact real arithmetic" in text for text in texts.values())
