"""The rule of ρ for every σ: honest certificates pass; every tampered, stronger or misapplied one does not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import pytest
from flint import arb

from certificates import Accepted, Rejected, Undecided, Verdict, decide
from certificates.checks.outcome import Refusal
from certificates.claims.zhong_rho_global import Cells, Claim, Evidence, HermiteChoice
from certificates.errors import EnclosureFailure, MalformedCertificate
from certificates.expression import parse_activation
from certificates.rules import zhong_rho_global as rule
from certificates.subjects import ActivationProblem
from verify.proposals.zhong_rho_global import propose

HALF, ONE = Fraction(1, 2), Fraction(1)
CONSTANTS = {"tanh": Fraction("0.4"), "softplus": Fraction("0.0025"), "gelu": Fraction("0.08")}
Honest = tuple[str, Claim, Evidence]


LONG = [pytest.param(name, marks=pytest.mark.slow) for name in ("gelu", "softplus")]  # half a minute in all


@pytest.fixture(scope="module", params=["tanh", *LONG])
def honest(request: pytest.FixtureRequest) -> Honest:
    found = propose(parse_activation(request.param), constant=CONSTANTS[request.param])
    assert isinstance(found.verdict, Accepted), found.verdict.explanation()
    return request.param, found.claim, found.evidence


def _judge(name: str, claim: Claim, evidence: Evidence) -> Verdict:
    return decide(claim, evidence, ActivationProblem(parse_activation(name)))


def _refused(kind: type, check: int, name: str, claim: Claim, evidence: Evidence) -> str:
    verdict = _judge(name, claim, evidence)
    assert isinstance(verdict, kind), verdict
    assert verdict.check == check, verdict.explanation()
    return verdict.explanation()


# ---- constants -----------------------------------------------------------------------------------------------------


def test_weaker_claims_and_what_is_proved_are_accepted_but_no_more(honest: Honest) -> None:
    name, claim, evidence = honest
    verdict = _judge(name, replace(claim, constant=claim.constant / 3), evidence)
    assert isinstance(verdict, Accepted)
    assert not verdict.conditional and verdict.proved.constant >= claim.constant
    assert isinstance(_judge(name, verdict.proved, evidence), Accepted)
    above = replace(claim, constant=verdict.proved.constant * (1 + Fraction(1, 2**53)))
    words = _refused(Undecided, 4, name, above, evidence)
    assert "σ in [" in words


def test_a_refusal_says_what_is_proved(honest: Honest) -> None:
    name, claim, evidence = honest
    verdict = _judge(name, replace(claim, constant=10 * claim.constant), evidence)
    assert isinstance(verdict, Undecided)
    assert isinstance(_judge(name, verdict.proved, evidence), Accepted)


# ---- cells ---------------------------------------------------------------------------------------------------------


def _without(cells: Cells, k: int) -> Cells:
    return cells[:k] + cells[k + 1 :]


def _with_overlap(cells: Cells, k: int) -> Cells:
    left, right = cells[k]
    return (*cells[:k], (left, right + (right - left) / 2), *cells[k + 1 :])


def _reversed(cells: Cells, k: int) -> Cells:
    return (*cells[:k], (cells[k][1], cells[k][0]), *cells[k + 1 :])


@pytest.mark.parametrize("field", ["near", "far"])
@pytest.mark.parametrize("damage", [_without, _with_overlap, _reversed])
def test_damaged_tilings_are_rejected(honest: Honest, field: str, damage: Callable[[Cells, int], Cells]) -> None:
    name, claim, evidence = honest
    cells = getattr(evidence, field)
    for k in {0, len(cells) // 2, len(cells) - 2}:
        _refused(Rejected, 3, name, claim, replace(evidence, **{field: damage(cells, k)}))


def test_a_missing_end_is_rejected(honest: Honest) -> None:
    name, claim, evidence = honest
    _refused(Rejected, 3, name, claim, replace(evidence, far=evidence.far[:-1]))
    _refused(Rejected, 3, name, claim, replace(evidence, near=evidence.near[:-1]))
    _refused(Rejected, 3, name, claim, replace(evidence, far=()))
    _refused(Rejected, 3, name, claim, replace(evidence, near=()))


@pytest.mark.parametrize(
    ("name", "evidence"),
    [
        ("tanh", Evidence("even", near=((0 * ONE, ONE),), far=((0 * ONE, HALF),))),
        ("tanh", Evidence("even", near=((0 * ONE, HALF),), far=((0 * ONE, ONE),))),
        ("tanh", Evidence("even", near=((0 * ONE, ONE),))),
        ("tanh", Evidence("even", near=((0 * ONE, ONE),), far=((HALF, ONE),))),
        ("softplus", Evidence("softplus", near=((0 * ONE, ONE),), far=((0 * ONE, HALF),))),
        ("gelu", Evidence("step", ((0 * ONE, HALF),), (), ((0 * ONE, ONE),), HermiteChoice(3, 3), HermiteChoice(2, 1))),
        (
            "gelu",
            Evidence(
                "step", ((0 * ONE, HALF),), ((HALF, ONE),), ((0 * ONE, HALF),), HermiteChoice(3, 3), HermiteChoice(2, 1)
            ),
        ),
    ],
)
def test_a_gap_between_near_and_far_is_rejected(name: str, evidence: Evidence) -> None:
    """The σ between the last cell and the first of 1/σ are covered by nothing."""
    power, decay = {"tanh": (4, 4), "softplus": (6, 3), "gelu": (6, 3)}[name]
    _refused(Rejected, 3, name, Claim(power, Fraction(decay), Fraction(1, 10**9)), evidence)


@pytest.mark.slow
def test_damaged_middle_cells_are_rejected() -> None:
    found = propose(parse_activation("gelu"), constant=CONSTANTS["gelu"])
    claim, evidence = found.claim, found.evidence
    for damage in (_without, _with_overlap, _reversed):
        _refused(Rejected, 3, "gelu", claim, replace(evidence, middle=damage(evidence.middle, 3)))
    _refused(Rejected, 3, "gelu", claim, replace(evidence, middle=evidence.middle[:-1]))


def test_middle_cells_have_no_place_in_the_other_lemmas() -> None:
    found = propose(parse_activation("tanh"), constant=CONSTANTS["tanh"])
    _refused(Rejected, 3, "tanh", found.claim, replace(found.evidence, middle=((ONE, 2 * ONE),)))


def test_far_cells_may_reach_further_than_needed() -> None:
    found = propose(parse_activation("tanh"), constant=CONSTANTS["tanh"])
    longer = replace(found.evidence, far=(*found.evidence.far, (ONE, ONE + Fraction(1, 64))))
    assert isinstance(_judge("tanh", found.claim, longer), Accepted)


def test_coarse_cells_prove_nothing() -> None:
    claim = Claim(4, Fraction(4), Fraction(1, 1000))
    words = _refused(Undecided, 4, "tanh", claim, Evidence("even", near=((0 * ONE, ONE),), far=((0 * ONE, ONE),)))
    assert "σ in [0, 1]" in words


EIGHTH = Fraction(1, 8)


@pytest.mark.parametrize(
    ("near", "middle", "far", "words"),
    [
        pytest.param(
            ((0 * ONE, EIGHTH),),
            ((EIGHTH, 8 * ONE),),
            ((0 * ONE, EIGHTH),),
            "for σ in [0.125, 8]",
            marks=pytest.mark.slow,  # two seconds
        ),
        (((0 * ONE, 8 * ONE),), (), ((0 * ONE, EIGHTH),), "for σ in [0, 8]"),
        (((0 * ONE, EIGHTH),), (), ((0 * ONE, 8 * ONE),), "for 1/σ in [0, 8]"),
    ],
)
def test_every_kind_of_cell_of_a_step_counts(near: Cells, middle: Cells, far: Cells, words: str) -> None:
    """[0, 1/8] and 1/σ in [0, 1/8] prove 0.08; one coarse cell among the others proves nothing."""
    claim = Claim(6, Fraction(3), Fraction(1, 100))
    evidence = Evidence("step", near, middle, far, HermiteChoice(3, 3), HermiteChoice(2, 1), "trapezoid")
    assert words in _refused(Undecided, 4, "gelu", claim, evidence)


def test_ends_must_be_dyadic() -> None:
    third = Fraction(1, 3)
    with pytest.raises(MalformedCertificate, match="dyadic"):
        Evidence("even", near=((0 * ONE, third), (third, ONE)), far=((0 * ONE, ONE),))


# ---- lemmas and exponents ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "lemma"),
    [
        ("softplus", "even"),
        ("gelu", "even"),
        ("2*tanh(z)", "even"),
        ("tanh", "softplus"),
        ("silu", "softplus"),
        ("tanh", "erf"),
        ("gelu", "homogeneous"),
        ("softplus", "homogeneous"),
        ("erf", "even"),
    ],
)
def test_a_lemma_about_another_activation_is_rejected(name: str, lemma: str) -> None:
    found = propose(parse_activation("tanh"), constant=CONSTANTS["tanh"])
    evidence = replace(found.evidence, lemma=lemma)
    for power, decay in ((4, Fraction(4)), (6, Fraction(3)), (0, Fraction(0))):
        _refused(Rejected, 1, name, Claim(power, decay, Fraction(1, 10**9)), evidence)


@pytest.mark.parametrize(
    "change", [{"scale": 2 * ONE}, {"power": 5}, {"decay": Fraction(7, 2)}, {"decay": Fraction(5)}]
)
def test_other_exponents_and_scales_are_not_proved(honest: Honest, change: dict[str, object]) -> None:
    name, claim, evidence = honest
    tiny = replace(claim, constant=Fraction(1, 10**6), **change)
    verdict = _judge(name, tiny, evidence)
    if name == "gelu" and change.get("decay"):
        assert isinstance(verdict, Accepted)  # σ^p/(1 + σ²)^Q with a larger Q is smaller; both are lower bounds of ρ
    else:
        assert not isinstance(verdict, Accepted) and verdict.check in {0, 2}


@pytest.mark.parametrize(
    ("name", "wrong"),
    [("sigmoid", ONE), ("softplus(3)", ONE), ("softplus(3)", Fraction(1, 3)), ("erf", 2 * ONE), ("relu", HALF)],
)
def test_scales_are_checked(name: str, wrong: Fraction) -> None:
    found = propose(parse_activation(name))
    assert isinstance(found.verdict, Accepted)
    _refused(Undecided, 2, name, replace(found.claim, scale=wrong), found.evidence)


@pytest.mark.slow
def test_growing_envelopes_are_rejected() -> None:
    found = propose(parse_activation("gelu"), constant=CONSTANTS["gelu"])
    _refused(Rejected, 2, "gelu", replace(found.claim, decay=Fraction(5, 2)), found.evidence)
    growing = "piecewise(0, 0, z^2)"  # φ' is unbounded, and so is its ρ: nothing false is said
    _refused(Undecided, 0, growing, replace(found.claim, decay=Fraction(5, 2)), found.evidence)


def test_the_step_lemma_needs_power_0_for_a_slope_that_jumps_or_bends_elsewhere() -> None:
    evidence = Evidence("step", ((0 * ONE, ONE),), (), ((0 * ONE, ONE),), HermiteChoice(2, 1), HermiteChoice(2, 1))
    claim = Claim(2, ONE, Fraction(1, 1000))
    assert "jumps at 0" in _refused(Undecided, 0, "relu", claim, evidence)
    assert "jumps at 0" in _refused(Undecided, 0, "elu(2)", claim, evidence)
    moved = "piecewise(exp(z-1), 1, z)"  # ELU with its kink at 1: C¹, slope between 0 and 1
    assert "breakpoint" in _refused(Undecided, 0, moved, claim, evidence)
    assert "jumps from 0 to 1" in _refused(Rejected, 1, "piecewise(0, 0, 1)", claim, evidence)


@pytest.mark.parametrize("text", ["piecewise(-1, -1, z, 1, 1)", "piecewise(0, -3, z*(z+3)/6, 3, z)"])
def test_a_slope_that_is_affine_around_zero_has_no_bound_of_this_form(text: str) -> None:
    """Hardtanh, hardswish: T₁ falls faster than every power of σ."""
    assert "affine around 0" in _refused(Rejected, 2, text, Claim(0, ONE, Fraction(1, 1000)), STEP)


@pytest.mark.parametrize(
    ("text", "power", "decay", "at_least"),
    [
        ("piecewise(0, 0, z, 6, 6)", 0, 2, Fraction(9, 100)),  # ReLU6
        pytest.param("z-tanh(z)", 4, Fraction(7, 2), Fraction(17, 100), marks=pytest.mark.slow),  # tanhshrink
        pytest.param("-tanh(z)", 4, 4, Fraction(1, 2), marks=pytest.mark.slow),
    ],
)
def test_slopes_with_equal_limits(text: str, power: int, decay: Fraction, at_least: Fraction) -> None:
    found = propose(parse_activation(text), constant=at_least)
    assert isinstance(found.verdict, Accepted)
    assert (found.claim.power, found.claim.decay) == (power, decay)
    thin = replace(found.claim, decay=found.claim.decay - HALF)
    assert not isinstance(_judge(text, thin, found.evidence), Accepted)


@pytest.mark.slow
def test_the_step_lemma_needs_its_hermite_coefficients() -> None:
    found = propose(parse_activation("gelu"), constant=CONSTANTS["gelu"])
    claim, evidence = found.claim, found.evidence
    _refused(Rejected, 3, "gelu", claim, replace(evidence, first=None))
    _refused(Rejected, 3, "gelu", claim, replace(evidence, second=None))
    _refused(Undecided, 0, "gelu", claim, replace(evidence, first=HermiteChoice(2, 3)))
    _refused(Undecided, 0, "gelu", claim, replace(evidence, second=HermiteChoice(3, 3)))
    _refused(Undecided, 4, "gelu", claim, replace(evidence, first=HermiteChoice(4, 3)))
    _refused(Undecided, 0, "gelu", claim, replace(evidence, quadrature="exact"))


def test_order_two_at_a_kink_is_refused() -> None:
    """ELU with order 2 would divide by σ² what is only of the size of σ: T₁ ~ σ², not σ⁴."""
    evidence = Evidence(
        "step", ((0 * ONE, ONE),), (), ((0 * ONE, ONE),), HermiteChoice(2, 2), HermiteChoice(3, 2), "integral"
    )
    assert "kink" in _refused(Undecided, 0, "elu", Claim(4, Fraction(2), Fraction(1, 1000)), evidence)


# ---- exact lemmas --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "largest"),
    [("erf0", Fraction(1, 4)), ("erf", Fraction("0.3183098861837906")), ("relu", Fraction("0.090845056908"))],
)
def test_exact_lemmas(name: str, largest: Fraction) -> None:
    lemma, power = ("homogeneous", 0) if name == "relu" else ("erf", 4)
    claim = Claim(power, Fraction(power), largest)
    assert isinstance(_judge(name, claim, Evidence(lemma)), Accepted)
    above = replace(claim, constant=largest * (1 + Fraction(1, 10**10)))
    _refused(Undecided, 4, name, above, Evidence(lemma))


@pytest.mark.parametrize(("name", "power"), [("identity", 0), ("quadratic", 2)])
def test_homogeneous_activations_without_p2(name: str, power: int) -> None:
    verdict = _judge(name, Claim(power, Fraction(0), Fraction(1, 10**12)), Evidence("homogeneous"))
    assert isinstance(verdict, Undecided) and verdict.check == 4 and verdict.proved is None


@pytest.mark.slow
def test_smooth_leaky_relu_with_slope_one_is_linear() -> None:
    found = propose(parse_activation("smooth_leaky_relu(1/2)"))
    assert isinstance(found.verdict, Accepted)
    _refused(Undecided, 4, "smooth_leaky_relu(1)", replace(found.claim, constant=Fraction(1, 10**12)), found.evidence)


def test_claims_out_of_range_are_malformed() -> None:
    for fields in ({"constant": Fraction(0)}, {"power": 17}, {"decay": Fraction(1, 3)}, {"scale": Fraction(-1)}):
        with pytest.raises(MalformedCertificate):
            Claim(**{"power": 4, "decay": Fraction(4), "constant": ONE, **fields})


def test_the_sentence_rounds_down() -> None:
    claim = Claim(4, Fraction(4), Fraction(1, 3), HALF)
    assert claim.sentence().endswith("≥ 0.333333333333 (0.5 σ)^4/(1 + (0.5 σ)²)^4 for every σ > 0.")


# ---- one function at a time, at its bounds --------------------------------------------------------------------------

UNIT = Evidence("even", near=((0 * ONE, ONE),), far=((0 * ONE, ONE),))
STEP = Evidence("step", ((0 * ONE, ONE),), (), ((0 * ONE, ONE),), HermiteChoice(2, 1), HermiteChoice(3, 1))
FOUR = Claim(4, Fraction(4), ONE)


@pytest.mark.parametrize(
    ("lemma", "name", "amplitude", "scale", "power", "decay"),
    [
        ("even", "tanh", 1, 1, 4, 4),
        ("even", "sigmoid", 1 / 16, HALF, 4, 4),
        ("softplus", "softplus", 1, 1, 6, 3),
        ("softplus", "softplus(3)", 1, 3, 6, 3),
        ("softplus", "smooth_leaky_relu(1/4)", 9 / 16, 1, 6, 3),
        ("erf", "erf0", 1, 1, 4, 4),
        ("homogeneous", "relu", 1, 1, 0, 0),
        ("homogeneous", "squared_relu", 1, 1, 2, 0),
        ("step", "gelu", 1, 1, 4, 4),
    ],
)
def test_what_each_lemma_is_about(lemma, name, amplitude, scale, power, decay):
    found = rule._lemma(FOUR, replace(STEP, lemma=lemma), parse_activation(name))
    assert (found.amplitude, found.scale, found.power, found.decay) == (arb(amplitude), scale, power, decay)


def test_the_amplitude_of_erf():
    assert float(rule._lemma(FOUR, Evidence("erf"), parse_activation("erf")).amplitude) == pytest.approx(1.2732395447)


@pytest.mark.parametrize(("lemma", "name"), [("even", "tanh"), ("softplus", "softplus")])
def test_every_cell_of_the_closed_lemmas_counts(monkeypatch, lemma, name):
    monkeypatch.setattr(rule, f"{lemma}_near", lambda *_: arb(1))
    monkeypatch.setattr(rule, f"{lemma}_far", lambda *_: arb(2))
    found = rule._lemma(FOUR, replace(UNIT, lemma=lemma), parse_activation(name)).constants()
    assert [(where, float(value)) for where, value in found] == [("σ in [0, 1]", 1.0), ("1/σ in [0, 1]", 2.0)]


def test_every_cell_of_a_step_counts(monkeypatch):
    for name, value in (("near_constant", 1), ("middle_constant", 2), ("far_constant", 3)):
        monkeypatch.setattr(rule, name, lambda *_, value=value: arb(value))
    near, middle = ((0 * ONE, HALF), (HALF, ONE)), ((ONE, 2 * ONE), (2 * ONE, 4 * ONE))
    evidence = replace(STEP, near=near, middle=middle, far=((0 * ONE, HALF / 2),))
    found = rule._lemma(FOUR, evidence, parse_activation("gelu")).constants()
    assert [float(value) for _, value in found] == [1.0, 1.0, 2.0, 2.0, 3.0]
    assert [where for where, _ in found][1:4] == ["σ in [0.5, 1]", "σ in [1, 2]", "σ in [2, 4]"]


def test_the_homogeneous_constant_is_that_of_sigma_one():
    found = rule._lemma(FOUR, Evidence("homogeneous"), parse_activation("squared_relu")).constants()
    assert [(where, float(value)) for where, value in found] == [("every σ", pytest.approx(0.273239544735, rel=1e-9))]


def test_homogeneous_functions_that_jump_are_rejected(monkeypatch):
    def jumps(check, activation):
        raise Refusal.rejected(check, "φ jumps")

    monkeypatch.setattr(rule, "require_continuous", jumps)
    _refused(Rejected, 1, "relu", Claim(0, Fraction(0), Fraction(1, 100)), Evidence("homogeneous"))


@pytest.mark.parametrize("constants", [(0.5, 3), (3, 0.5), (arb(1, 0.5), 3), (3, arb(1, 0.5))])
def test_the_least_constant_by_its_lower_end_times_the_amplitude(monkeypatch, constants):
    bounds = [("here", arb(constants[0])), ("there", arb(constants[1]))]
    monkeypatch.setattr(rule, "_lemma", lambda *_: rule._Lemma(arb(2), ONE, 4, Fraction(4), lambda: bounds))
    verdict = _judge("tanh", replace(FOUR, constant=Fraction(1, 2)), UNIT)
    assert isinstance(verdict, Accepted) and float(verdict.proved.constant) == pytest.approx(1.0)
    verdict = _judge("tanh", replace(FOUR, constant=ONE + Fraction(1, 100)), UNIT)
    assert isinstance(verdict, Undecided) and verdict.check == 4


def test_a_constant_that_is_not_finite_proves_nothing():
    with pytest.raises(EnclosureFailure):
        rule._smallest([("here", arb(1)), ("there", arb("inf"))])


@pytest.mark.parametrize(
    ("smallest", "proved"),
    [(arb(0.5), 0.5), (arb(0.75, 0.25), 0.5), (arb(0), None), (arb(-0.5), None), (arb(0, 1), None)],
)
def test_a_refusal_says_only_what_is_positive(smallest, proved):
    with pytest.raises(Refusal) as caught:
        rule._check_bounds(FOUR, [("here", smallest)], smallest)
    found = caught.value.fields["proved"]
    assert caught.value.check == 4 and not caught.value.certain
    assert found is None if proved is None else float(found.constant) == pytest.approx(proved)
    rule._check_bounds(FOUR, [("here", arb(1)), ("there", arb(2))], arb(1))  # exactly what is claimed


@pytest.mark.parametrize(
    ("near", "middle", "far", "stop", "tiles"),
    [
        ((0, 1), (), (0, 1), 1, True),
        ((0, HALF, 1), (), (0, HALF, 1), 1, True),
        ((0, 1), (1, 2, 4), (0, HALF / 2), 4, True),
        ((0, 1), (1, 2, 4), (0, HALF, 1), 4, True),
        ((0, 1), (1, 2, 4), (0, HALF / 4), 4, False),
        ((0, 1), (), (0, HALF), 1, False),
        ((0, 1), (), (HALF, 1), 1, False),
        ((HALF, 1), (), (0, 1), 1, False),
        ((0, 1), (), (), 1, False),
        ((0, 1), (1, 2), (0, 1), 4, False),
    ],
)
def test_near_middle_and_far_cells_meet(near, middle, far, stop, tiles):
    cells = [tuple(pairwise(map(Fraction, ends))) for ends in (near, middle, far)]
    arguments = replace(STEP, near=cells[0], middle=cells[1], far=cells[2]), ONE, Fraction(stop)
    if tiles:
        rule._check_tilings(*arguments)
        return
    with pytest.raises(Refusal) as caught:
        rule._check_tilings(*arguments)
    assert caught.value.check == 3 and caught.value.certain


def test_one_breakpoint_beside_zero_is_one_too_many():
    claim = Claim(2, ONE, Fraction(1, 1000))
    _refused(Undecided, 0, "piecewise(0, 0, z^2, 1, 2*z-1)", claim, STEP)
    for missing in ({"near": ()}, {"first": None}, {"second": None}):
        _refused(Rejected, 3, "gelu", claim, replace(STEP, **missing))
    _refused(Rejected, 2, "gelu", replace(claim, decay=HALF), STEP)
