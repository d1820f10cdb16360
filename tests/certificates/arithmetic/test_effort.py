"""The count of operations: spent, restored, exhausted."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor

import pytest

from certificates.arithmetic.arb import precision
from certificates.arithmetic.effort import limited_effort, remaining_effort, reserve, spend, spend_rationals, word_count
from certificates.errors import BudgetExhausted, EnclosureFailure


def test_without_a_limit_nothing_is_exhausted():
    spend(1e300)
    assert remaining_effort() == math.inf


def test_what_is_spent_in_a_block_counts_for_its_caller_too():
    with limited_effort(100):
        spend(60)
        with limited_effort(5):
            spend(5)
            assert remaining_effort() == 0
        assert remaining_effort() == 35
        with limited_effort(1000):
            assert remaining_effort() == 35
        spend(35)
        with pytest.raises(BudgetExhausted):
            spend(1)
        with pytest.raises(BudgetExhausted):  # and stays exhausted
            spend(0)
    assert remaining_effort() == math.inf


def test_the_limit_ends_with_its_block_also_after_an_exhaustion():
    with pytest.raises(BudgetExhausted), limited_effort(7):
        spend(8)
    assert remaining_effort() == math.inf


def test_the_refusal_says_what_was_asked_for_and_what_is_allowed():
    with limited_effort(7), pytest.raises(BudgetExhausted) as found:
        spend(5)
        spend(6)
    assert (found.value.estimate, found.value.allowed) == (11, 7)
    assert "11 operations" in str(found.value)


def test_memory_is_refused_before_it_is_asked_for():
    reserve(1e300)  # no limit outside a check
    with limited_effort(1e9, 1_000):
        reserve(1_000)
        with pytest.raises(BudgetExhausted, match="bytes"):
            reserve(1_001)
        with limited_effort(1e9, 5_000), pytest.raises(BudgetExhausted):
            reserve(1_001)
    reserve(1e300)


def test_long_rationals_cost_more_than_in_proportion():
    with limited_effort(1e9):
        spend_rationals(64)
        short = 1e9 - remaining_effort()
        spend_rationals(6_400)
        assert 1e9 - remaining_effort() - short > 20 * short


def test_every_thread_has_a_meter_of_its_own():
    with limited_effort(10), ThreadPoolExecutor(1) as pool:
        spend(4)
        assert pool.submit(remaining_effort).result() == math.inf
        pool.submit(spend, 1e9).result()
        assert remaining_effort() == 6


def test_exhaustion_is_not_taken_for_a_failure_of_an_enclosure():
    assert not issubclass(BudgetExhausted, EnclosureFailure)


@pytest.mark.parametrize(("bits", "words"), [(53, 1), (64, 1), (65, 2), (4096, 64)])
def test_words(bits, words):
    with precision(bits):
        assert word_count() == words
