"""What the rules about Gaussian moments share, at its bounds."""

from __future__ import annotations

import math
from fractions import Fraction
from types import SimpleNamespace

import pytest
from flint import arb

from certificates.claims import AssumedGrowth
from certificates.errors import EnclosureFailure
from certificates.expression import parse_activation
from certificates.rules import _moments
from certificates.rules._outcome import Refusal
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
    assert _moments._is_disjoint(mine, strongest) is disjoint


def test_long_fractions_are_shown_as_decimals():
    short, long = Fraction(1, 10**21), Fraction(1, 10**22)
    assert _moments._shown(short) == str(short) and len(str(short)) == 24
    assert _moments._shown(long) == "1e-22"
    assert _moments._shown(10**30) == str(10**30)


def test_a_fact_has_the_ends_of_its_ball():
    found = _moments.fact("x", "a number", arb(2, 1), "here")
    assert (found.lower, found.upper, found.at) == (pytest.approx(1.0), pytest.approx(3.0), "here")
    above, below = _moments.fact_above("x", "", arb(2, 1)), _moments.fact_below("x", "", arb(2, 1))
    assert (above.lower, above.upper) == (-math.inf, pytest.approx(3.0))
    assert (below.lower, below.upper) == (pytest.approx(1.0), math.inf)


@pytest.mark.parametrize(("certain", "kind"), [(True, True), (False, False)])
def test_a_jump_is_rejected_what_may_jump_undecided(monkeypatch, certain, kind):
    found = SimpleNamespace(is_certainly_continuous=False, is_certainly_discontinuous=certain, reason="a jump")
    monkeypatch.setattr(_moments, "smoothness", lambda activation: found)
    with pytest.raises(Refusal) as caught:
        _moments.require_continuous(7, parse_activation("z"))
    assert caught.value.check == 7 and caught.value.certain is kind
    monkeypatch.setattr(_moments, "smoothness", lambda activation: SimpleNamespace(is_certainly_continuous=True))
    _moments.require_continuous(7, parse_activation("z"))


def test_an_assumed_growth_is_added_to_what_is_found_inside():
    """φ' = 10 + cos z/(4(1 + sin²z)), at most 10.25 on [−20, 20]."""
    activation, given = (
        parse_activation("10*z+atan(sin(z))/4"),
        AssumedGrowth(Fraction(11), Fraction(1, 2), 1, Fraction(20)),
    )
    growth, (assumption,) = _moments.known_growth(activation, given)
    assert 21.25 <= float(growth.constant) <= 21.5 and growth.slope == 0.5 and growth.power == 1
    assert assumption.text.startswith("|φ'(w)| ≤ 11 + 1/2|w|^1 for all |w| ≥ 20")
    with pytest.raises(EnclosureFailure):
        _moments.known_growth(activation, None)
    assert _moments.known_growth(parse_activation("tanh"), given) == (None, ())
