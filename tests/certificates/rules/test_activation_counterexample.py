"""The rule of one witness: points, a σ, jumps and growth that refute, and such that do not."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from flint import arb

from certificates import Accepted, Rejected, Undecided
from certificates.claims.activation_counterexample import Claim, Evidence
from certificates.enclosures.infinity.monomials import ONE_MONOMIAL, Monomial
from certificates.enclosures.infinity.tails import Tail
from certificates.errors import EnclosureFailure
from certificates.expression import parse_activation
from certificates.rules import activation_counterexample as rule
from tests.support.activations import TREACHEROUS, judge

F = Fraction
LINEAR = Monomial(F(0), F(0), F(1))
RULES = {"P1": "negative-slope", "P2": "nonpositive-rho", "P3a": "jump", "P3b": "curvature"}
GROWTH = Evidence("growth", F(8))


def at(claim, witness, rule_=None):
    return Evidence(rule_ or RULES[claim], F(witness))


@pytest.mark.parametrize(
    ("claim", "name", "good", "bad"),
    [
        ("P1", "gelu", ["-2", "-5"], ["-1/2", "0", "2"]),
        ("P1", "piecewise(-z, 0, z)", ["-1", "-1/1000000000"], ["0", "1"]),
        ("P1", "quadratic", ["-1"], ["0"]),  # a slope of exactly 0 is not negative
        ("P2", "sin", ["2", "1"], ["1/2", "0", "-2", "1/2000000000"]),
        ("P2", "quadratic", ["1", "1/1000000000", "1000000000"], ["0", "-1"]),
        ("P3a", "relu", ["0"], ["1", "-1/1000000000"]),
        ("P3a", "piecewise(z, 1, 1+(1+1/1000000000000)*(z-1))", ["1"], ["0"]),
        ("P3a", "squared_relu", [], ["0"]),
        ("P3a", "tanh", [], ["0", "1"]),
        ("P3b", "tanh", ["1", "-3"], ["0"]),
        ("P3b", "piecewise(0, 0, z^2)", ["1"], ["0", "-1"]),
        ("P3b", "relu", [], ["0", "1"]),
    ],
)
def test_witnesses(claim, name, good, bad):
    for witness in good:
        assert isinstance(judge(name, Claim(claim), at(claim, witness)), Accepted)
    for witness in bad:
        verdict = judge(name, Claim(claim), at(claim, witness))
        assert not isinstance(verdict, Accepted) and verdict.check == 3


def test_what_is_shown_must_refute_the_property():
    for claim in RULES:
        for rule_ in {*RULES.values(), "growth"} - {RULES[claim]} - ({"growth"} if claim in ("P1", "P3a") else set()):
            verdict = judge("z+z^3", Claim(claim), at(claim, 1, rule_))
            assert isinstance(verdict, Rejected) and verdict.check == 2


@pytest.mark.parametrize(
    ("name", "claim", "evidence", "kind", "check"),
    [
        ("piecewise(0, 0, 1)", "P3a", at("P3a", 0), Rejected, 1),
        ("piecewise(0, 0, z, 1, z+1)", "P3a", at("P3a", 0), Rejected, 1),
        ("z^2/z", "P3b", at("P3b", 1), Undecided, 1),
        ("piecewise(z^3, 8, z^3)", "P3a", GROWTH, Rejected, 2),
        ("gelu", "P1", at("P1", "-1/2"), Rejected, 3),
        ("gelu", "P1", at("P1", "0"), Rejected, 3),
        ("quadratic", "P1", at("P1", "1/4"), Rejected, 3),
        ("quadratic", "P1", at("P1", "0"), Undecided, 3),
        ("sin", "P2", at("P2", F(1, 2 * 10**9)), Rejected, 3),
        ("tanh", "P3a", at("P3a", 0), Undecided, 3),
        ("tanh", "P3a", GROWTH, Undecided, 3),
        ("tanh", "P1", GROWTH, Undecided, 3),
        ("relu", "P3b", at("P3b", 1), Undecided, 3),
        # T₃ of sin at σ = 1 is 0; written so that no exact form is found, a ball is all there is, and refutes nothing
        ("sin(z)+0*erf(z)", "P2", at("P2", 1), Undecided, 3),
    ],
)
def test_refusals_say_whether_they_are_certain(name, claim, evidence, kind, check):
    verdict = judge(name, Claim(claim), evidence)
    assert isinstance(verdict, kind) and verdict.check == check, verdict.explanation()


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("z+z^3", Accepted),
        ("z^2+z", Accepted),  # φ'' does not grow
        ("z/2+z^3", Accepted),
        ("z^3", Undecided),
        ("z^3-z", Undecided),
        ("tanh", Undecided),
        ("squared_relu", Undecided),
        ("softplus", Undecided),
        ("z+log(1+z^2)", Undecided),
    ],
)
def test_growth_refutes_p1_beside_a_positive_slope_at_0(name, kind):
    assert isinstance(judge(name, Claim("P1"), GROWTH), kind)


@pytest.mark.parametrize(
    ("name", "kind"), [("z^3", Accepted), ("quadratic", Undecided), ("tanh", Undecided), ("squared_relu", Undecided)]
)
def test_growth_of_the_curvature_refutes_p3a(name, kind):
    assert isinstance(judge(name, Claim("P3a"), GROWTH), kind)


@pytest.mark.parametrize("text", ["1/z", "log(z)", "sqrt(z)", "piecewise(z, 1, 1/(2-z))", *TREACHEROUS])
def test_previous_bug_formulas_that_are_no_functions_on_the_line_are_refuted_in_nothing(text):
    for claim, witness in (("P1", "-1"), ("P3b", "3"), ("P2", "1"), ("P3a", "0")):
        verdict = judge(text, Claim(claim), at(claim, witness))
        assert isinstance(verdict, Undecided | Rejected) and verdict.check == 1


def test_previous_bug_10_an_exact_term_bounds_rho():
    """ρ of z² was shown in [0, 0]; a T_k that is exactly 0 says no more than ρ ≤ 0."""
    (fact,) = judge("sin", Claim("P2"), at("P2", 1)).facts
    assert (fact.symbol, fact.lower, fact.upper) == ("ρ(σ)", -math.inf, 0.0)
    (fact,) = judge("quadratic", Claim("P2"), at("P2", 1)).facts
    assert fact.lower <= -4.0 <= fact.upper or (fact.symbol, fact.lower) == ("ρ(σ)", -math.inf)


# ---- one function at a time, at its bounds --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("left", "right", "grows"),
    [
        (None, (LINEAR, arb(1)), True),  # nothing is known on the left
        (None, (LINEAR, arb(0.5)), True),
        (None, (LINEAR, arb(-0.5)), True),
        ((LINEAR, arb(0.5)), None, True),
        ((LINEAR, arb(-3)), (ONE_MONOMIAL, arb(1)), True),
        ((ONE_MONOMIAL, arb(9)), (ONE_MONOMIAL, arb(-9)), False),
        ((LINEAR, arb(0, 0.5)), (LINEAR, arb(0)), False),
        ((LINEAR, arb(0.5, 0.5)), (LINEAR, arb(-0.5, 0.5)), False),
        (None, None, False),
    ],
)
def test_growth_on_one_side_is_enough(monkeypatch, left, right, grows):
    def tail(activation, derivative, radius, side):
        assert derivative == 2 and radius == 2 and side in (-1, 1)
        found = left if side < 0 else right
        if found is None:
            raise EnclosureFailure("no expansion")
        return Tail(*found, radius)

    monkeypatch.setattr(rule, "tail", tail)
    assert rule._grows_without_bound(parse_activation("z"), 2, F(2)) is grows


@pytest.mark.parametrize(
    ("value", "shown"),
    [(arb(0.5), True), (arb(-0.5), True), (arb(0), False), (arb(0.5, 0.5), False), (arb(-0.5, 0.5), False)],
)
def test_a_witness_shows_a_curvature_that_is_not_zero(monkeypatch, value, shown):
    asked = []
    monkeypatch.setattr(rule, "derivatives_arb", lambda phi, point, order: asked.append(order) or (None, None, value))
    verdict = judge("tanh", Claim("P3b"), at("P3b", 1))
    assert isinstance(verdict, Accepted if shown else Undecided) and asked == [2]


@pytest.mark.parametrize(("value", "kind"), [(arb(0.5), Rejected), (arb(0), Undecided), (arb(0, 1), Undecided)])
def test_a_slope_that_is_not_certainly_negative(monkeypatch, value, kind):
    monkeypatch.setattr(rule, "derivatives_arb", lambda *_: (None, value))
    assert isinstance(judge("tanh", Claim("P1"), at("P1", 1)), kind)
