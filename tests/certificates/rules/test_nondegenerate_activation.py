"""The rule of nondegenerate activations: the table and counterexamples of theory, every piece of evidence needed."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise, product
from types import SimpleNamespace

import pytest
from flint import arb

from certificates import Accepted, Rejected, Undecided
from certificates.checks.outcome import Refusal
from certificates.claims.nondegenerate_activation import Claim, Evidence
from certificates.enclosures.gaussian.rho_terms import zhong_terms
from certificates.enclosures.infinity.monomials import ONE_MONOMIAL, Monomial
from certificates.enclosures.infinity.tails import Tail
from certificates.expression import parse_activation
from certificates.rules import nondegenerate_activation as rule
from tests.support.activations import TREACHEROUS, judge, tiling

R = Fraction(8)
CURVED = Evidence(R, tiling(0, 8, 4), "identity")
SUM = replace(CURVED, mean="slope-sum", mean_cells=tiling(0, 8, 4))
FINE = replace(SUM, cells=tiling(0, 8, 8))
EVEN = Evidence(R, (), "slope-sum", tiling(0, 8, 4))
A, B = (Claim("nonzero", gamma, "nonnegative") for gamma in ("nonzero", "zero"))
A0, B0 = (replace(claim, sigma="positive") for claim in (A, B))
POOL = (CURVED, SUM, EVEN, replace(EVEN, mean="identity"), replace(EVEN, mean="closed-form"))
POOL += (replace(CURVED, mean="closed-form"),)


def odd(claim):
    """The same with μ = 0."""
    return replace(claim, mean="zero")


# what theory 2.2 says of the catalogue, and by hand of some more
TRUE = {
    "softplus": {A: CURVED, A0: CURVED},
    "softplus(3)": {A: CURVED},
    "smooth_leaky_relu(1/10)": {A: SUM, A0: CURVED},
    "gelu": {A: CURVED},
    "silu": {A: CURVED},
    "mish": {A: SUM},
    "sigmoid": {B: EVEN},
    "tanh": {B: EVEN, B0: EVEN},
    "erf": {B: EVEN},
    "arctan": {B: EVEN},
    "sin": {B: replace(EVEN, mean="closed-form")},
    "softsign": {B0: EVEN},
    "elu": {A0: SUM},
}


# μ and γ of −φ are −μ and −γ, and each has its own sign
NEGATIVE = {
    "-tanh(z)": {B: EVEN, B0: EVEN},
    "1-sigmoid(z)": {B: EVEN},
    "-softplus(z)": {A: CURVED, A0: SUM},
    "softplus(-z)": {A: CURVED},  # μ < 0 < γ
    "z-softplus(z)": {A: SUM},  # γ < 0 < μ
    "-(z/2*(1+erf(z/sqrt(2))))": {A: CURVED},
    "-piecewise(exp(z)-1, 0, z)": {A0: SUM},
    "-piecewise(0, -1, (z+1)^2, 0, 2*z+1)": {A0: SUM},
    "-log(exp(z)+exp(-z))": {odd(A): CURVED},
}


LONG = ("-log(exp(z)+exp(-z))", "-(z/2*(1+erf(z/sqrt(2))))")  # thirteen and four seconds


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[pytest.mark.slow] if name in LONG else []) for name in NEGATIVE]
)
def test_either_sign_is_nonzero(name):
    for claim, evidence in NEGATIVE[name].items():
        assert isinstance(judge(name, claim, evidence), Accepted), judge(name, claim, evidence).explanation()
    said = {replace(claim, sigma="nonnegative") for claim in NEGATIVE[name]}
    for other in {A, B, odd(A), odd(B)} - said:
        assert not any(isinstance(judge(name, other, evidence), Accepted) for evidence in POOL)


@pytest.mark.parametrize(
    ("right", "left", "sign", "orientation", "keeps"),
    [
        ((0, -1, 1), (0, -1, 0.5), -1, 1, True),  # e^{−w} ≥ ½e^{−w}, which their ranges do not show
        ((0, -1, 0.5), (0, -1, 1), -1, 1, False),
        ((0, -1, 0.5), (0, -1, 1), -1, -1, True),
        ((0, -1, 1), (0, -2, 1000), -1, 1, True),  # 1000 e^{−16} < 1
        ((0, -1, 1), (0, -2, 10**8), -1, 1, False),
        ((0, -2, 1), (0, -1, -1), 1, -1, True),
        ((0, -2, -1), (0, -1, -1), 1, 1, False),
        ((0, 0, 1), (1, 0, -1), 1, 1, False),  # 1 − w
        ((0, 0, 1), (1, 0, 1), 1, 1, True),
    ],
)
def test_the_tail_that_leads_decides(right, left, sign, orientation, keeps):
    def made(power, linear, factor):
        return Tail(Monomial(Fraction(0), Fraction(linear), Fraction(power)), arb(factor), R)

    assert rule._keeps_sign(made(*right), made(*left), sign, orientation) is keeps


@pytest.mark.parametrize("name", TRUE)
def test_what_is_true_is_accepted(name):
    for claim, evidence in TRUE[name].items():
        verdict = judge(name, claim, evidence)
        assert isinstance(verdict, Accepted) and not verdict.conditional, verdict.explanation()
        assert verdict.facts[-1].symbol == "T₁(1)" and verdict.facts[-1].lower > 0


FALSE = {
    "identity": (A, A0, B, B0),  # T₁ = 0
    "quadratic": (A, A0, B, B0),  # φ' is unbounded
    "squared_relu": (A, A0, B, B0),
    "relu": (A, A0, B, B0),  # φ' jumps
    "leaky_relu(1/100)": (A, A0, B, B0),
    "tanh": (A, A0),
    "sin": (A, A0),
    "softplus": (B, B0),
    "gelu": (B, B0),
    "softsign": (A, A0, B),  # φ''(0) does not exist
    "elu": (A, B, B0),
    "z-tanh(z)": (A, A0, B),  # μ(0) = 0
    "softplus(z+1)-sigmoid(1)*z": (A, B, B0),  # μ(0) = 0, γ > 0
    "log(exp(z)+exp(-z))-tanh(z)^2/2": (A, B, B0),  # γ(0) = 0
    "-z*exp(-z^2)": (A, A0),
    "z*sin(z)": (A, A0, B, B0),  # unbounded
    "cos(z)": (B, B0),  # φ' is odd: μ = 0, but γ = −e^{−σ²/2} < 0, and not by this rule (a)
}


LONG = {"log(exp(z)+exp(-z))-tanh(z)^2/2", "softplus(z+1)-sigmoid(1)*z"}


@pytest.mark.parametrize("name", [pytest.param(n, marks=pytest.mark.slow if n in LONG else ()) for n in FALSE])
def test_what_is_false_is_not_accepted_by_any_evidence_of_the_pool(name):
    by_identity = (CURVED, replace(EVEN, mean="identity"))
    for claim, evidence in (*product(FALSE[name], POOL), *product(map(odd, FALSE[name]), by_identity)):
        verdict = judge(name, claim, evidence)
        assert not isinstance(verdict, Accepted), (claim, evidence)
        assert verdict.check in {0, 2, 3, 4, 5, 6, 7}


def test_the_reason_names_the_check():
    assert judge("relu", A, CURVED).check == 3
    assert isinstance(judge("relu", A, CURVED), Rejected)
    assert judge("quadratic", A, CURVED).check == 3
    assert judge("tanh", A, CURVED).check == 4
    assert judge("gelu", B, EVEN).check == 4
    assert judge("tanh", B, replace(EVEN, mean="identity")).check == 5
    assert judge("tanh", B, replace(EVEN, mean="closed-form")).check == 5
    verdict = judge("tanh", odd(B), EVEN)
    assert isinstance(verdict, Rejected) and verdict.check == 5
    assert judge("identity", B, replace(EVEN, mean="identity")).check == 6
    verdict = judge("softsign", B, EVEN)
    assert isinstance(verdict, Undecided) and verdict.check == 7


@pytest.mark.slow  # two seconds
def test_the_odd_slope_of_a_bounded_even_activation():
    """μ = 0 for every σ is allowed by our reading: log cosh has γ > 0, and log cosh(0)'' = 1."""
    verdict = judge("log(exp(z)+exp(-z))", odd(A), CURVED)
    assert isinstance(verdict, Accepted)
    assert "μ(σ) = E[φ'(σg)] is zero for every σ ≥ 0" in verdict.claim.sentence()
    verdict = judge("log(exp(z)+exp(-z))", A, CURVED)
    assert isinstance(verdict, Rejected) and verdict.check == 5


def test_the_bounds_among_the_facts():
    """tanh: sup |φ'| = 1 and sup |φ''| = 4/(3√3)."""
    facts = {fact.symbol: fact for fact in judge("tanh", B, EVEN).facts}
    assert facts["sup |φ'|"].upper == pytest.approx(1, rel=1e-6)
    assert facts["sup |φ'|"].lower < 1 and facts["sup |φ''|"].lower < 0.7698
    assert 0.7698 < facts["sup |φ''|"].upper < 0.775


@pytest.mark.parametrize("field", ["cells", "mean_cells"])
def test_cells_must_tile(field):
    evidence, cells = SUM, SUM.cells
    assert isinstance(judge("mish", A, evidence), Accepted)
    shifted = tuple((a + 1, b + 1) for a, b in cells)
    for bad in ((), cells[1:], cells[:-1], cells[:9] + cells[10:], cells[::-1], shifted, (*cells, cells[-1])):
        verdict = judge("mish", A, replace(evidence, **{field: bad}))
        assert isinstance(verdict, Rejected) and verdict.check == 2
    for text in ("piecewise(z, 8, z)", "piecewise(z, -9, z)"):
        verdict = judge(text, A, evidence)
        assert isinstance(verdict, Rejected) and verdict.check == 2


def test_breakpoints_on_the_other_side_cut_the_cells_too():
    """φ' is 0, 2(z + 1), 2 with kinks at −1 and 0: the cell [0, 8] must be cut at 1."""
    text = "piecewise(0, -1, (z+1)^2, 0, 2*z+1)"
    for cells in (tiling(0, 8, 4), tiling(0, 8, 1), ((Fraction(0), R),)):
        evidence = replace(SUM, cells=cells, mean_cells=cells)
        assert isinstance(judge(text, A0, evidence), Accepted)
        verdict = judge(text, A, evidence)
        assert isinstance(verdict, Undecided) and verdict.check == 7  # φ''(0) does not exist
        assert not isinstance(judge(f"{text}-z", A0, evidence), Accepted)


def test_the_label_is_not_for_an_assumed_tail():
    """No assumption is used by this rule."""
    verdict = judge("z+atan(sin(z))/4", B0, EVEN)
    assert isinstance(verdict, Undecided)


@pytest.mark.parametrize(
    ("text", "evidence", "claim", "check"),
    [
        ("softplus(z)-z^2*exp(-z^2)", CURVED, A0, 4),  # γ(0) = 1/4 − 2, γ(∞) > 0
        ("log(1+z^2)-log(exp(z)+exp(-z))/8", CURVED, A0, 4),  # φ' < 0 beyond 16: γ changes its sign
        ("2*z+log(1+z^2)-log(exp(z)+exp(-z))/8", CURVED, A0, 4),  # φ' > 0 on both sides, and their difference is not
        ("log(1+z^2)-softplus(z)/8", CURVED, A0, 4),  # the same from one side only
        ("atan(z)+softplus(z)-z/2-z/1000", FINE, A0, 5),  # φ' → ±1/2 − 1/1000: only the left tail is negative
        ("atan(z)-z/1000", EVEN, B0, 5),  # φ' < 0 beyond 31: μ changes its sign
        ("atan(z)-4*z*exp(-z^2)", EVEN, B0, 5),  # φ'(0) = −3, φ' > 0 far out
    ],
)
def test_signs_that_change_on_a_cell_or_far_out(text, evidence, claim, check):
    verdict = judge(text, claim, evidence)
    assert isinstance(verdict, Undecided) and verdict.check == check


def test_a_fold_that_is_nowhere_positive_proves_nothing(monkeypatch):
    monkeypatch.setattr(rule, "slope_difference", lambda *_: arb(0))
    verdict = judge("gelu", A, CURVED)
    assert isinstance(verdict, Undecided) and verdict.check == 4 and "on any cell" in verdict.reason


@pytest.mark.slow
def test_at_zero_the_values_themselves_count(monkeypatch):
    """Μ(0) = 0 for z − tanh z; γ(0) = 0 for log(e^z + e^{−z}) − tanh²z/2: no sign on cells shows it."""
    monkeypatch.setattr(rule, "slope_sum", lambda *_: arb(1))
    monkeypatch.setattr(rule, "slope_difference", lambda *_: arb(1))
    for text, claim, evidence in [
        ("z-tanh(z)", B, EVEN),
        ("log(exp(z)+exp(-z))-tanh(z)^2/2", odd(A), CURVED),
    ]:
        verdict = judge(text, claim, evidence)
        assert isinstance(verdict, Undecided) and verdict.check == 7 and "≠ 0" in verdict.required


# ---- one function at a time, at its bounds --------------------------------------------------------------------------


def flat(value):
    return Tail(ONE_MONOMIAL, arb(value), Fraction(1))


def grows(value):
    return Tail(Monomial(Fraction(0), Fraction(0), Fraction(1)), arb(value), Fraction(1))


def refused(check, certain, call, *arguments):
    with pytest.raises(Refusal) as caught:
        call(*arguments)
    assert (caught.value.check, caught.value.certain) == (check, certain), caught.value
    return caught.value.reason


@pytest.mark.parametrize(
    ("right", "left", "sign", "answer"),
    [
        (grows(0), grows(0), 1, True),
        (grows(0), grows(0), -1, True),
        (grows(0.5), grows(0.5), 1, True),
        (grows(0.5), grows(-0.5), -1, True),
        (grows(0.5), grows(-0.5), 1, True),
        (grows(0.5), grows(0.5), -1, True),
        (grows(-0.5), grows(0.5), 1, True),
        (grows(-0.5), grows(-0.5), -1, True),
        (grows(0.25), grows(-0.5), 1, False),
        (grows(0.25), grows(0.5), -1, False),
        (grows(-0.5), grows(0.25), 1, False),
        (grows(-0.5), grows(-0.25), -1, False),
        (flat(1), grows(-1), 1, False),
        (grows(1), flat(-1), 1, False),
        (flat(1), flat(-1), 1, True),
        (flat(1), flat(-0.5), 1, True),
        (flat(-0.5), flat(1), 1, True),
        (flat(0.5), flat(-1), 1, False),
        (flat(1), flat(1), -1, True),
        (flat(1), flat(0.25), -1, True),
        (flat(0.5), flat(0.25), -1, True),
        (flat(0.5), flat(1), -1, False),
        (flat(-0.5), flat(-1), -1, True),
        (flat(1), Tail(ONE_MONOMIAL, arb(0, 1.5), Fraction(1)), 1, False),
    ],
)
def test_the_sign_of_a_folded_tail(right, left, sign, answer):
    assert rule._keeps_sign(right, left, sign, 1) is answer
    minus = [replace(each, factor=-each.factor) for each in (right, left)]
    assert rule._keeps_sign(*minus, sign, -1) is answer


@pytest.mark.parametrize(
    ("slope", "bend", "mean", "curvature", "holds"),
    [
        (0.5, 0.0, "nonzero", "zero", True),
        (-0.5, 0.0, "nonzero", "zero", True),
        (0.0, 0.0, "zero", "zero", True),
        (0.0, 0.0, "nonzero", "zero", False),
        (arb(0, 1), 0.0, "nonzero", "zero", False),
        (arb(0.5, 0.5), 0.0, "nonzero", "zero", False),
        (arb(-0.5, 0.5), 0.0, "nonzero", "zero", False),
        (1.0, 0.5, "nonzero", "nonzero", True),
        (1.0, -0.5, "nonzero", "nonzero", True),
        (0.0, 0.5, "zero", "nonzero", True),
        (1.0, 0.0, "nonzero", "nonzero", False),
        (1.0, arb(0, 1), "zero", "nonzero", False),
        (1.0, arb(0.5, 0.5), "zero", "nonzero", False),
        (1.0, arb(-0.5, 0.5), "zero", "nonzero", False),
    ],
)
def test_what_is_needed_at_zero(monkeypatch, slope, bend, mean, curvature, holds):
    def derivatives(activation, point, order):
        assert point == 0 and order == 2
        return arb(0), arb(slope), arb(bend)

    monkeypatch.setattr(rule, "derivatives_arb", derivatives)
    arguments = parse_activation("tanh"), mean, curvature
    if holds:
        rule._require_at_zero(*arguments)
    else:
        refused(7, False, rule._require_at_zero, *arguments)


@pytest.mark.parametrize(
    ("shares", "text", "sign", "holds"),
    [
        ((0.0, 0.5), "z", 1, True),
        ((0.5, 0.0), "z", 1, True),
        ((0.0, 0.0), "z", 1, False),
        ((-0.5, 1.0), "z", 1, False),
        ((1.0, arb(0, 1)), "z", 1, False),
        ((1.0, 1.0), "-z", 1, False),
        ((1.0, 1.0), "piecewise(-z, 0, z)", 1, True),
        ((1.0, 1.0), "piecewise(-2*z, 0, z)", 1, False),
        ((1.0, 1.0), "piecewise(-z, 0, -2*z)", -1, False),
        ((1.0, 1.0), "piecewise(-z, 0, z)", -1, True),
    ],
)
def test_a_folded_slope_on_cells_and_beyond(shares, text, sign, holds):
    cells = tuple(pairwise([Fraction(0), Fraction(1), Fraction(2)]))
    told = {cell: arb(share) for cell, share in zip(cells, shares, strict=True)}
    arguments = (
        9,
        parse_activation(text),
        cells,
        Fraction(2),
        lambda _, cell, orientation: orientation * told[cell],
        sign,
    )
    if holds:
        rule._require_folded_sign(*arguments)
    else:
        words = "φ'(w) + φ'(−w)" if sign > 0 else "φ'(w) − φ'(−w)"
        assert words in refused(9, False, rule._require_folded_sign, *arguments)


@pytest.mark.parametrize(
    ("mean", "text", "answer"),
    [
        ("identity", "softplus", "nonzero"),
        ("identity", "softplus(z)/2", "nonzero"),
        ("identity", "-softplus(z)/2", "nonzero"),
        ("identity", "log(exp(z)+exp(-z))", "zero"),
        ("identity", "tanh", None),
        ("closed-form", "sin", "nonzero"),
        ("closed-form", "tanh", None),
        ("slope-sum", "tanh", "nonzero"),
        ("slope-sum", "piecewise(-3*z/4, 0, z)", "nonzero"),  # 1 − 3/4
        ("slope-sum", "piecewise(-2*z, 0, z)", "nonzero"),  # 1 − 2
        ("slope-sum", "piecewise(-z, 0, z)", None),
        ("slope-sum", "z+2*sin(z)", None),
    ],
)
def test_what_is_said_about_the_mean(mean, text, answer):
    evidence, activation = Evidence(R, (), mean, tiling(0, 8, 4)), parse_activation(text)
    if answer is None:
        refused(5, False, rule._require_mean, "nonzero", evidence, activation)
        return
    rule._require_mean(answer, evidence, activation)
    refused(5, True, rule._require_mean, "zero" if answer == "nonzero" else "nonzero", evidence, activation)


@pytest.mark.parametrize("certain", [True, False])
def test_a_slope_that_jumps_is_rejected_one_that_may_jump_undecided(monkeypatch, certain):
    found = SimpleNamespace(is_certainly_c11=False, is_certainly_not_c11=certain, reason="a kink")
    monkeypatch.setattr(rule, "smoothness", lambda activation: found)
    refused(3, certain, rule._require_bounded, parse_activation("tanh"))


@pytest.mark.parametrize(
    ("text", "claim", "evidence", "check"),
    [
        ("quadratic", A, CURVED, 3),
        ("gelu", B, EVEN, 4),
        ("tanh", A, CURVED, 4),
        ("identity", B, replace(EVEN, mean="identity"), 6),
        ("softsign", B, EVEN, 7),
    ],
)
def test_what_is_not_shown_is_undecided(text, claim, evidence, check):
    verdict = judge(text, claim, evidence)
    assert isinstance(verdict, Undecided) and verdict.check == check


def test_the_facts_of_the_sigmoid():
    """sup φ' = 1/4, sup |φ''| = 1/(6√3); T₁ at σ = 1."""
    activation = parse_activation("sigmoid")
    slope, curvature = rule._require_bounded(activation)
    assert 0.25 <= slope.upper < 0.251 and 0.0962 < curvature.upper < 0.0975
    first = judge("sigmoid", B, EVEN).facts[-1]
    assert first.lower == pytest.approx(float(zhong_terms(activation, Fraction(1), 64).first), rel=1e-9)


def test_a_slope_difference_is_one_of_equal_weights():
    """φ' = s + 2 tends to 3 on the right and to 2 on the left: 3 − 2 > 0, 3 − 2·2 < 0."""
    assert isinstance(judge("softplus(z)+2*z", A0, CURVED), Accepted)


@pytest.mark.parametrize("text", TREACHEROUS)
def test_nothing_is_proved_about_a_formula_that_is_not_shown_to_be_defined(text):
    pairs = ((B, replace(EVEN, mean="identity")), (B0, EVEN), (A0, CURVED), (odd(A0), CURVED))
    for claim, evidence in pairs:
        assert not isinstance(judge(text, claim, evidence), Accepted), (claim, evidence)


@pytest.mark.parametrize("text", ["piecewise(0, 0, 1)", "piecewise(0, 0, z, 1, z+1)"])
def test_a_jump_is_rejected(text):
    verdict = judge(text, A0, CURVED)
    assert isinstance(verdict, Rejected) and verdict.check == 1
