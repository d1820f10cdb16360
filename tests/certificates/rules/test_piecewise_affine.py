"""The rule of affine pieces: kinks counted, curves refused, formulas that are affine only where they are defined."""

from __future__ import annotations

import pytest

from certificates import Accepted, Rejected, Undecided
from certificates.claims.piecewise_affine import Claim, Evidence
from certificates.errors import MalformedCertificate
from tests.support.activations import TREACHEROUS, judge

NOTHING = Evidence()


@pytest.mark.parametrize(
    ("text", "kinks"),
    [("identity", 0), ("relu", 1), ("leaky_relu(1/100)", 1), ("piecewise(0, -1, z+1, 1, 2)", 2), ("2*z+3", 0)],
)
def test_kinks_are_counted_and_one_less_is_undecided(text, kinks):
    verdict = judge(text, Claim(9), NOTHING)
    assert isinstance(verdict, Accepted) and verdict.proved == Claim(kinks)
    assert isinstance(judge(text, Claim(kinks), NOTHING), Accepted)
    if kinks:
        verdict = judge(text, Claim(kinks - 1), NOTHING)
        assert isinstance(verdict, Undecided) and verdict.check == 3 and verdict.proved == Claim(kinks)


def test_a_breakpoint_where_nothing_changes_counts():
    assert judge("piecewise(z, 1, z)", Claim(9), NOTHING).proved == Claim(1)


def test_no_number_of_kinks_is_negative():
    with pytest.raises(MalformedCertificate, match="0"):
        Claim(-1)


@pytest.mark.parametrize("text", ["tanh", "z^2", "piecewise(z^2, 1, 2*z-1)", "softplus", "softsign", "z+sin(z)/9"])
def test_curved_formulas_have_no_kinks_to_count(text):
    verdict = judge(text, Claim(9), NOTHING)
    assert isinstance(verdict, Undecided) and verdict.check == 2


@pytest.mark.parametrize("text", ["piecewise(0, 0, 1)", "piecewise(0, 0, z, 1, z+1)", "piecewise(0, 0, sqrt(z), 1, 2)"])
def test_a_jump_is_rejected(text):
    verdict = judge(text, Claim(9), NOTHING)
    assert isinstance(verdict, Rejected) and verdict.check == 1 and "φ jumps" in verdict.seen


def test_previous_bug_03_breakpoints_far_apart_do_not_hang():
    """The line between them was covered by cells of width ½."""
    far = "1" + "0" * 30
    assert isinstance(judge(f"piecewise(z, -{far}, z, {far}, 2*z-{far})", Claim(2), NOTHING), Accepted)


@pytest.mark.parametrize("text", TREACHEROUS)
def test_nothing_is_proved_about_a_formula_that_is_not_shown_to_be_defined(text):
    assert not isinstance(judge(text, Claim(9), NOTHING), Accepted)


def test_work_beyond_the_budget_is_undecided_and_nothing_of_it_is_remembered():
    assert judge("softsign", Claim(1), NOTHING, budget=1e4).cause == "budget"
    assert judge("softsign", Claim(1), NOTHING).cause == "check"
