"""Integrals against closed forms; singularities and want of effort are refused."""

from __future__ import annotations

import pytest
from flint import acb, arb

from certificates.arithmetic.effort import limited_effort, remaining_effort
from certificates.enclosures.gaussian.integration import integrate
from certificates.errors import BudgetExhausted, EnclosureFailure

GOALS = {"relative": arb(2) ** -40, "absolute": arb(2) ** -40, "nodes": 3}


@pytest.mark.parametrize(
    ("function", "end", "value"),
    [
        (lambda z: z.exp(), 1, arb(1).exp() - 1),
        (lambda z: 1 / (1 + z * z), 1, arb.pi() / 4),
        (lambda z: z**5, 2, arb(64) / 6),
        (lambda z: (-z * z).exp(), 10, arb.pi().sqrt() / 2),
    ],
)
def test_closed_forms(function, end, value):
    found = integrate(function, acb(0), acb(end), **GOALS)
    assert found.real.overlaps(value) and found.real.rad() < 1e-9


def test_a_singularity_is_refused():
    with limited_effort(1e6), pytest.raises((EnclosureFailure, BudgetExhausted)):
        integrate(lambda z: acb("nan") if z.contains(acb(0.3)) else 1 / (z - arb("0.3")), acb(0), acb(1), **GOALS)


def test_evaluations_are_counted_and_never_more_than_allowed():
    seen = 0

    def counted(z):
        nonlocal seen
        seen += 1
        return (50 * z * z).sin()

    with limited_effort(1e9):
        integrate(counted, acb(0), acb(3), **GOALS)
        enough, spent = seen, 1e9 - remaining_effort()
    assert enough > 100 and spent >= enough
    seen = 0
    with limited_effort(spent / 3), pytest.raises(BudgetExhausted):
        integrate(counted, acb(0), acb(3), **GOALS)
    assert seen < enough


@pytest.mark.parametrize("late", [1, 3])
def test_what_the_function_raises_comes_out_as_it_is(late):
    """Arb calls the function again with the exception pending, and these calls fail in turn."""
    calls = 0

    def interrupted(z):
        nonlocal calls
        calls += 1
        if calls == late:
            raise KeyboardInterrupt
        return (50 * z * z).sin()

    with pytest.raises(KeyboardInterrupt):
        integrate(interrupted, acb(0), acb(1), **GOALS)
    with pytest.raises(ValueError, match="mine"):
        integrate(_raises, acb(0), acb(1), **GOALS)


def _raises(z):
    raise ValueError("mine")
