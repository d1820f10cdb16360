"""The count of operations: spent, restored, exhausted."""

from __future__ import annotations

import math

import pytest

from certificates.arithmetic.arb import precision
from certificates.arithmetic.effort import limited_effort, remaining_effort, spend, word_count
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


def test_exhaustion_is_not_taken_for_a_failure_of_an_enclosure():
    assert not issubclass(BudgetExhausted, EnclosureFailure)


@pytest.mark.parametrize(("bits", "words"), [(53, 1), (64, 1), (65, 2), (4096, 64)])
def test_words(bits, words):
    with precision(bits):
        assert word_count() == words
