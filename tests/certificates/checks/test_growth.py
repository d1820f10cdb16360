"""Continuity and growth at their bounds."""

from __future__ import annotations

from fractions import Fraction
from types import SimpleNamespace

import pytest

from certificates.checks import growth as checks
from certificates.checks.outcome import Refusal
from certificates.errors import EnclosureFailure
from certificates.expression import parse_activation
from certificates.language.parts import AssumedGrowth


@pytest.mark.parametrize(("certain", "kind"), [(True, True), (False, False)])
def test_a_jump_is_rejected_what_may_jump_undecided(monkeypatch, certain, kind):
    found = SimpleNamespace(is_certainly_continuous=False, is_certainly_discontinuous=certain, reason="a jump")
    monkeypatch.setattr(checks, "smoothness", lambda activation: found)
    with pytest.raises(Refusal) as caught:
        checks.require_continuous(7, parse_activation("z"))
    assert caught.value.check == 7 and caught.value.certain is kind
    monkeypatch.setattr(checks, "smoothness", lambda activation: SimpleNamespace(is_certainly_continuous=True))
    checks.require_continuous(7, parse_activation("z"))


def test_an_assumed_growth_is_added_to_what_is_found_inside():
    """φ' = 10 + cos z/(4(1 + sin²z)), at most 10.25 on [−20, 20]."""
    activation, given = (
        parse_activation("10*z+atan(sin(z))/4"),
        AssumedGrowth(Fraction(11), Fraction(1, 2), 1, Fraction(20)),
    )
    growth, (assumption,) = checks.known_growth(activation, given)
    assert 21.25 <= float(growth.constant) <= 21.5 and growth.slope == 0.5 and growth.power == 1
    assert assumption.text.startswith("|φ'(w)| ≤ 11 + 1/2|w|^1 for all |w| ≥ 20")
    with pytest.raises(EnclosureFailure):
        checks.known_growth(activation, None)
    assert checks.known_growth(parse_activation("tanh"), given) == (None, ())
