"""The rule of Stein constants: figures of theory 2.7, exact truths, vacuous tensors, degrees."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from certificates import Accepted, Rejected, Undecided
from certificates.claims.tensor_constant import Claim, Evidence
from certificates.language.parts import Interval
from tests.support.activations import TINY, TREACHEROUS, interval, judge

INTEGRAL, EXACT = Evidence("integral", 64), Evidence("exact", 53)
ANY = Interval(Fraction(-(10**20)), Fraction(10**20))
NAMES = ("mean_slope", "mean_curvature", "third", "fourth")
ZERO = interval(0, 0)


def anything(sigma: str) -> Claim:
    return Claim(Fraction(sigma), ANY, ANY, ANY, ANY)


# from theory 2.7, and by hand: γ and c₄ of relu are 1/(σ√2π) and −1/√2π
FIGURES = [
    ("tanh", "1", "third", "-0.36359538"),
    ("tanh", "0.1", "third", "-1.9232433"),
    ("mish", "1", "third", "-0.049164494"),
    ("arctan", "10", "third", "-0.0010708550"),
    ("squared_relu", "1", "third", "0.797884560803"),
    ("tanh", "10", "mean_slope", "0.07946313657"),
    ("sigmoid", "1", "mean_slope", "0.2066209641"),
    ("softplus", "1", "mean_curvature", "0.2066209641"),
    ("silu", "10", "mean_curvature", "0.04048782903"),
    ("relu", "2", "mean_curvature", "0.19947114020"),
    ("relu", "1", "fourth", "-0.39894228040"),
    ("relu", "2", "fourth", "-0.0498677850501"),  # φ(σz) = σφ(z): by σ⁻³
    ("squared_relu", "2", "third", "0.3989422804014"),  # by σ⁻¹
]


@pytest.mark.parametrize(("name", "sigma", "constant", "value"), FIGURES)
def test_the_figures_of_the_theory(name, sigma, constant, value):
    verdict = judge(name, anything(sigma), INTEGRAL)
    assert isinstance(verdict, Accepted) and not verdict.conditional
    found, last = getattr(verdict.proved, constant), Fraction(1, 10 ** len(value.partition(".")[2]))
    assert abs(found.lower - Fraction(value)) < last and abs(found.upper - Fraction(value)) < last


@pytest.mark.parametrize("name", NAMES)
def test_each_interval_a_hair_narrower_is_undecided_and_elsewhere_is_rejected(name):
    proved = judge("mish", anything("1"), INTEGRAL).proved
    assert isinstance(judge("mish", proved, INTEGRAL), Accepted)
    found = getattr(proved, name)
    for narrower in (Interval(found.lower + TINY, found.upper), Interval(found.lower, found.upper - TINY)):
        verdict = judge("mish", replace(proved, **{name: narrower}), INTEGRAL)
        assert isinstance(verdict, Undecided) and verdict.check == 5 and name in verdict.reason
    alone = Claim(Fraction(1), **{name: Interval(found.upper + TINY, found.upper + 1)})
    assert isinstance(judge("mish", alone, INTEGRAL), Rejected)


def test_left_out_constants_are_not_claimed():
    alone = Claim(Fraction(1), third=interval(-1, 0))
    verdict = judge("tanh", alone, INTEGRAL)
    assert isinstance(verdict, Accepted) and verdict.proved.fourth is not None
    assert "μ" not in alone.sentence() and "c_4" not in alone.sentence()


# theory 2.7, S4: third vacuous where the odd part is linear, fourth where the even part is quadratic
VACUOUS = {
    "relu": ("third",),
    "leaky_relu(1/100)": ("third",),
    "softplus(1)": ("third",),
    "smooth_leaky_relu(1/10)": ("third",),
    "gelu": ("third",),
    "silu": ("third",),
    "identity": ("third", "fourth"),
    "quadratic": ("third", "fourth"),
    "tanh": ("fourth",),
    "sin": ("fourth",),
    "arctan": ("fourth",),
    "softsign": ("fourth",),
    "erf": ("fourth",),
    "squared_relu": ("fourth",),
    "mish": (),
    "elu(1)": (),
    "z^3+z^2": ("fourth",),
    "z^4+z": ("third",),
    "z^4+z^3": (),
}


@pytest.mark.parametrize("name", VACUOUS)
@pytest.mark.parametrize("tensor", ["third", "fourth"])
def test_a_tensor_is_vacuous_exactly_where_the_theory_says_so(name, tensor):
    verdict = judge(name, Claim(Fraction(1), vacuous=(tensor,)), INTEGRAL)
    if tensor in VACUOUS[name]:
        assert isinstance(verdict, Accepted)
        assert isinstance(judge(name, Claim(Fraction(3), **{tensor: ZERO}, vacuous=(tensor,)), INTEGRAL), Accepted)
    else:
        assert isinstance(verdict, Undecided) and verdict.check == 4


def test_a_zero_at_one_sigma_is_no_vacuous_tensor():
    """c₃ of z⁵ − 10z³ is 60σ² − 60."""
    claim = Claim(Fraction(1), third=ZERO)
    assert isinstance(judge("z^5-10*z^3", claim, EXACT), Accepted)
    verdict = judge("z^5-10*z^3", replace(claim, vacuous=("third",)), EXACT)
    assert isinstance(verdict, Undecided) and verdict.check == 4
    assert isinstance(judge("z^5-10*z^3", replace(claim, sigma=Fraction(2)), EXACT), Rejected)


DEGREES = {"relu": 1, "leaky_relu(1/100)": 1, "squared_relu": 2, "identity": 1, "quadratic": 2, "z^5": 5}


@pytest.mark.parametrize("degree", [-1, 0, 1, 2, 3, 5])
@pytest.mark.parametrize("name", [*DEGREES, "tanh", "elu(1)", "z^2+z", "piecewise(z, 1, z^2)", "softsign"])
def test_degrees_of_homogeneity(name, degree):
    verdict = judge(name, Claim(Fraction(1), degree=degree), INTEGRAL)
    if name in DEGREES:
        assert isinstance(verdict, Accepted if DEGREES[name] == degree else Rejected)
    else:
        assert isinstance(verdict, Undecided)
    assert isinstance(verdict, Accepted) or verdict.check == 3


@pytest.mark.parametrize("text", TREACHEROUS)
@pytest.mark.parametrize("claimed", [{"degree": 1}, {"vacuous": ("third",)}, {"vacuous": ("fourth",)}])
@pytest.mark.parametrize("evidence", [INTEGRAL, EXACT], ids=["integral", "exact"])
def test_nothing_is_proved_about_a_formula_that_is_not_shown_to_be_defined(text, claimed, evidence):
    assert isinstance(judge(text, Claim(Fraction(1), **claimed), evidence), Undecided)


def test_jumps_are_rejected():
    verdict = judge("piecewise(0, 0, 1)", Claim(Fraction(1), degree=0), INTEGRAL)
    assert isinstance(verdict, Rejected) and verdict.check == 1


def test_exact_constants_are_nearly_points():
    """The divisions by σ, σ² and σ³ are done with more bits than the moments have."""
    proved = judge("z^3+sin(z)", anything("1/3"), EXACT).proved
    for name in NAMES:
        found = getattr(proved, name)
        assert 0 <= found.upper - found.lower <= Fraction(1, 2**80)


@pytest.mark.parametrize(
    ("name", "claim", "kind", "check"),
    [
        ("sin", Claim(Fraction(1), ANY, degree=1), Undecided, 3),
        ("relu", Claim(Fraction(1), ANY, degree=2), Rejected, 3),
        ("relu", Claim(Fraction(1), ANY, degree=1), Accepted, 0),
        ("tanh", Claim(Fraction(1), ANY, vacuous=("third",)), Undecided, 4),
        ("gelu", Claim(Fraction(1), ANY, vacuous=("fourth",)), Undecided, 4),
        ("relu", Claim(Fraction(1), ANY, third=ZERO, vacuous=("third",)), Accepted, 0),
        ("relu", Claim(Fraction(1), ANY, third=Interval(Fraction(0), Fraction(1)), vacuous=("third",)), Accepted, 0),
    ],
)
def test_degrees_and_vacuous_tensors_have_their_outcomes(name, claim, kind, check):
    verdict = judge(name, claim, INTEGRAL)
    assert isinstance(verdict, kind) and (kind is Accepted or verdict.check == check), verdict.explanation()
