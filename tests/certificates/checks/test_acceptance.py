"""Acceptance at its bounds."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar

import pytest
from flint import arb

from certificates import Accepted
from certificates.checks import acceptance
from certificates.checks.outcome import Context, Refusal
from certificates.language.order import weaker_when_larger
from certificates.language.parts import Interval
from tests.support.activations import interval


@pytest.mark.parametrize(
    ("mine", "strongest", "disjoint"),
    [
        (interval(0, 1), interval(2, 3), True),
        (interval(2, 3), interval(0, 1), True),
        (interval(0, 1), interval(1, 2), False),
        (interval(1, 2), interval(0, 1), False),
        (interval(0, 3), interval(1, 2), False),
        (interval(1, 2), interval(0, 3), False),
        (1, interval(2, 3), False),
        (interval(2, 3), 1, False),
        (1, 2, False),
    ],
)
def test_only_intervals_that_do_not_touch_are_disjoint(mine, strongest, disjoint):
    assert acceptance._is_disjoint(mine, strongest) is disjoint


def test_long_fractions_are_shown_as_decimals():
    short, long = Fraction(1, 10**21), Fraction(1, 10**22)
    assert acceptance._shown(short) == str(short) and len(str(short)) == 24
    assert acceptance._shown(long) == "1e-22"
    assert acceptance._shown(10**30) == str(10**30)


def test_a_fact_has_the_ends_of_its_ball():
    found = acceptance.fact("x", "a number", arb(2, 1), "here")
    assert (found.lower, found.upper, found.at) == (pytest.approx(1.0), pytest.approx(3.0), "here")
    above, below = acceptance.fact_above("x", "", arb(2, 1)), acceptance.fact_below("x", "", arb(2, 1))
    assert (above.lower, above.upper) == (-math.inf, pytest.approx(3.0))
    assert (below.lower, below.upper) == (pytest.approx(1.0), math.inf)


@dataclass(frozen=True)
class _Part:
    size: float = weaker_when_larger()


@dataclass(frozen=True)
class _Claim:
    kind: ClassVar[str] = "made-up"
    value: Interval
    part: _Part | None = None
    bound: float = weaker_when_larger(default=1.0)


def _refusal(claim, proved):
    with pytest.raises(Refusal) as caught:
        acceptance.accept_if_weaker(Context("arb", 1e12), "a rule", 7, claim, proved, ())
    return caught.value


def test_a_weaker_claim_is_accepted():
    verdict = acceptance.accept_if_weaker(
        Context("arb", 1e12), "a rule", 7, _Claim(interval(0, 4), None, 2.0), _Claim(interval(1, 3), _Part(1.0)), ()
    )
    assert isinstance(verdict, Accepted) and verdict.rule == "a rule"


def test_a_refusal_names_the_number_in_a_part_and_an_interval_as_a_whole():
    claim, proved = _Claim(interval(1, 2), _Part(0.5), 0.25), _Claim(interval(1, 3), _Part(0.75), 0.25)
    refused = _refusal(claim, proved)
    assert not refused.certain and refused.check == 7
    assert refused.fields["required"] == "value = [1, 2], part.size = 0.5"
    assert refused.fields["seen"] == "value = [1, 3], part.size = 0.75"
    assert "value.upper, part.size" in refused.reason


def test_only_an_interval_that_misses_the_enclosure_is_false():
    false = _refusal(_Claim(interval(1, 2), _Part(0.5)), _Claim(interval(3, 4), _Part(0.75)))
    assert false.certain and false.reason.endswith("false in value")


def test_a_part_that_nothing_proves_is_refused():
    refused = _refusal(_Claim(interval(0, 4), _Part(0.5)), _Claim(interval(1, 3)))
    assert not refused.certain and refused.fields["seen"] == "part = None"
