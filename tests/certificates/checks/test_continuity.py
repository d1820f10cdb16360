"""A jump that is certain is refused for good; one that may be there is not."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from certificates.checks import continuity as checks
from certificates.checks.outcome import Refusal
from certificates.expression import parse_activation


@pytest.mark.parametrize(("certain", "kind"), [(True, True), (False, False)])
def test_a_jump_is_rejected_what_may_jump_undecided(monkeypatch, certain, kind):
    found = SimpleNamespace(is_certainly_continuous=False, is_certainly_discontinuous=certain, reason="a jump")
    monkeypatch.setattr(checks, "smoothness", lambda activation: found)
    with pytest.raises(Refusal) as caught:
        checks.require_continuous(7, parse_activation("z"))
    assert caught.value.check == 7 and caught.value.certain is kind
    monkeypatch.setattr(checks, "smoothness", lambda activation: SimpleNamespace(is_certainly_continuous=True))
    checks.require_continuous(7, parse_activation("z"))


@pytest.mark.parametrize(("text", "certain"), [("z^2/z", False), ("piecewise(0, 0, 1)", True)])
def test_what_may_be_undefined_somewhere_is_refused(text, certain):
    with pytest.raises(Refusal) as caught:
        checks.require_defined(3, parse_activation(text))
    assert caught.value.check == 3 and caught.value.certain is certain
    checks.require_defined(3, parse_activation("piecewise(0, 0, z)"))
