"""T₁, T₂, T₃ and ρ: the table of theory 2.6, invariances of theory 2.1, Hermite sums of theory 2.7, exact zeros."""

from fractions import Fraction
from math import factorial

import pytest
from flint import arb

from certificates.arithmetic.arb import exact, precision
from certificates.enclosures.gaussian.moments import moments
from certificates.enclosures.gaussian.rho_terms import ZhongTerms, exact_zhong_terms, zhong_terms
from certificates.expression import parse_activation

SIGMAS = (Fraction(1, 10), Fraction(1), Fraction(10))

# ρ at σ = 0.1, 1, 10 to 12 significant digits, with the active terms (theory 2.6)
TABLE = {
    "relu": [("0.0908450569081", (1, 2, 3))] * 3,
    "leaky_relu(1/100)": [("0.0890372402756", (1, 2))] * 3,
    "squared_relu": [("0.00273239544735", (3,)), ("0.273239544735", (3,)), ("27.3239544735", (3,))],
    "erf0": [("1.88518828175e-4", (1,)), ("0.0524056820630", (2,)), ("2.47518625777e-5", (3,))],
    "erf": [("2.40029626960e-4", (1,)), ("0.0667249867714", (2,)), ("3.15150502397e-5", (3,))],
    "tanh": [("1.85033758531e-4", (1,)), ("0.0491930360193", (2,)), ("5.12629005483e-5", (3,))],
    "identity": [("0", None)] * 3,
    "quadratic": [("-0.04", (3,)), ("-4", (3,)), ("-400", (3,))],
    "sigmoid": [("7.65890485946e-7", (1,)), ("0.00214401852726", (1,)), ("4.82212977025e-5", (3,))],
    "softplus": [("2.55293499564e-9", (1,)), ("6.86813035162e-4", (1,)), ("0.0566091338926", (1,))],
    "gelu": [("4.05876394867e-7", (1,)), ("0.0268015546709", (1,)), ("0.0892850217628", (3,))],
    "silu": [("4.04449981800e-8", (1,)), ("0.00638982582953", (1,)), ("0.0860735700061", (3,))],
    "elu": [("7.35529836493e-4", (1,)), ("0.0196773038079", (1,)), ("0.0727522547861", (1,))],
    "softsign": [("0.00721369942795", (2,)), ("0.0111631871755", (2,)), ("1.51248163689e-4", (2,))],
    "arctan": [("1.78454576587e-4", (1,)), ("0.0371229649099", (2,)), ("4.57268870489e-4", (2,))],
    "smooth_leaky_relu(1/10)": [("2.06787734647e-9", (1,)), ("5.56318558481e-4", (1,)), ("0.0458533984530", (1,))],
    "mish": [("6.54466034062e-7", (1,)), ("0.0150129208745", (1,)), ("0.0872742053661", (3,))],
    "sin": [("4.95029042096e-5", (1,)), ("0", (3,)), ("-3.68287521626e-42", (3,))],
}


def _rounds_to(ball: arb, digits: str) -> bool:
    """Whether the ball lies within one unit of the last of the printed digits, exactly."""
    printed = Fraction(digits)
    places = len(digits.split("e")[0].partition(".")[2]) - int(digits.partition("e")[2] or 0)
    return bool(abs(ball - exact(printed)) < exact(Fraction(1, 10**places) if places > 0 else Fraction(1)))


@pytest.mark.parametrize("name", TABLE)
def test_table_of_the_theory(name):
    for sigma, (digits, active) in zip(SIGMAS, TABLE[name], strict=True):
        bits = 200 if name == "sin" and sigma == 10 else 64
        found = zhong_terms(parse_activation(name), sigma, bits)
        with precision(2 * bits + 100):
            if digits in {"0", "-0.04", "-4", "-400"}:
                assert found.smallest.contains(exact(Fraction(digits)))
                assert found.smallest.rad() < 1e-14
            else:
                assert _rounds_to(found.smallest, digits), (sigma, found.smallest)
                assert found.smallest.rad() < 1e-14 * abs(found.smallest)
        if active is not None:
            assert found.active == active, sigma


@pytest.mark.slow
@pytest.mark.parametrize("name", TABLE)
def test_table_by_taylor(name):
    for sigma, (digits, _) in zip(SIGMAS, TABLE[name], strict=True):
        bits = 200 if name == "sin" and sigma == 10 else 64
        ball = zhong_terms(parse_activation(name), sigma, bits, quadrature="taylor").smallest
        with precision(500):
            if digits in {"0", "-0.04", "-4", "-400"}:
                assert ball.contains(exact(Fraction(digits)))
            else:
                assert _rounds_to(ball, digits), sigma


def test_a_wrong_digit_is_seen():
    ball = zhong_terms(parse_activation("tanh"), Fraction(1), 64).smallest
    assert _rounds_to(ball, "0.0491930360193")
    assert not _rounds_to(ball, "0.0491930360195")


# ---- invariances -----------------------------------------------------------------------------------------------------


def _terms(text: str, sigma: Fraction, factor: Fraction = Fraction(1)) -> list[arb]:
    return [exact(factor) * term for term in zhong_terms(parse_activation(text), sigma).all]


def _overlap(mine: list[arb], theirs: list[arb], sharp: float = 1e-12) -> None:
    for a, b in zip(mine, theirs, strict=True):
        assert a.overlaps(b)
        assert a.rad() < sharp
        assert b.rad() < sharp


def test_i1_scaling_and_shift():
    """A φ(bz) + c: T_k(σ) = a²b² T_k(bσ); with c'z added, T₁ and T₂ only."""
    for name in ("tanh", "gelu", "elu"):
        inner = {"tanh": "tanh(2*z)", "gelu": "z*(1+erf(2*z/sqrt(2)))", "elu": "piecewise(exp(2*z)-1, 0, 2*z)"}[name]
        scaled = _terms(f"3*({inner})+7", Fraction(1, 2))
        _overlap(scaled, _terms(name, Fraction(1), Fraction(36)))
        sheared = _terms(f"3*({inner})-5*z", Fraction(1, 2))
        _overlap(sheared[:2], scaled[:2])
        assert not sheared[2].overlaps(scaled[2])


@pytest.mark.parametrize("sigma", [Fraction(1, 10), Fraction(3)])
def test_i2_sigmoid_is_tanh_at_half(sigma):
    _overlap(_terms("sigmoid", sigma), _terms("tanh", sigma / 2, Fraction(1, 16)))


@pytest.mark.parametrize("beta", [Fraction(1, 4), Fraction(5)])
def test_i3_softplus_scales(beta):
    _overlap(_terms(f"softplus({beta})", Fraction(2)), _terms("softplus", 2 * beta))


@pytest.mark.parametrize(("text", "mirrored"), [("elu", "piecewise(-z, 0, exp(-z)-1)"), ("silu", "-z*sigmoid(-z)")])
def test_i4_reflection(text, mirrored):
    _overlap(_terms(text, Fraction(3, 2)), _terms(mirrored, Fraction(3, 2)))


@pytest.mark.parametrize(("text", "degree"), [("relu", 1), ("squared_relu", 2), ("piecewise(2*z^3, 0, z^3)", 3)])
def test_i5_homogeneous(text, degree):
    """ρ(σ) = σ^{2q−2} ρ(1)."""
    sigma = Fraction(7, 3)
    _overlap(_terms(text, sigma), _terms(text, Fraction(1), sigma ** (2 * degree - 2)), 1e-9)


def test_i6_smooth_leaky_relu():
    a, sigma = Fraction(1, 10), Fraction(3, 2)
    leaky, soft = _terms(f"smooth_leaky_relu({a})", sigma), _terms("softplus", sigma, (1 - a) ** 2)
    _overlap(leaky[:2], soft[:2])
    assert leaky[2] > soft[2]


# ---- Hermite sums ----------------------------------------------------------------------------------------------------


def _hermite_moment(k: int, powers: list[arb]) -> arb:
    """E[f He_k] from the moments E[f zʲ], with He_{k+1} = z He_k − k He_{k−1}."""
    before, now = [1], [0, 1]
    for m in range(1, k):
        following = [0, *now]
        for index, c in enumerate(before):
            following[index] -= m * c
        before, now = now, following
    coefficients = [1] if k == 0 else now
    return sum((c * powers[j] for j, c in enumerate(coefficients)), start=exact(0))


@pytest.mark.parametrize("name", ["tanh", "gelu", "elu"])
def test_hermite_sums_bound_the_terms_from_below(name):
    """T₁ = Σ_{k≥2} h_k², T₂ = Σ_{k≥2} (√(k+1)h_{k+1} + √k h_{k−1})², T₃ = h₀(h₀ + √2h₂) − h₁² (Bessel)."""
    last = 14
    with precision(160):
        powers = moments(parse_activation(name), [(1, j) for j in range(last + 2)], Fraction(1, 2), 110)
        h = [_hermite_moment(k, powers) / exact(factorial(k)).sqrt() for k in range(last + 2)]
        first = [h[k] * h[k] for k in range(2, last + 1)]
        both = [exact(k + 1).sqrt() * h[k + 1] + exact(k).sqrt() * h[k - 1] for k in range(2, last + 1)]
        second = [x * x for x in both]
        terms = zhong_terms(parse_activation(name), Fraction(1, 2), 90)
        assert terms.third.overlaps(h[0] * (h[0] + exact(2).sqrt() * h[2]) - h[1] * h[1])
        for sums, term in ((first, terms.first), (second, terms.second)):
            partial = exact(0)
            for part in sums:
                partial += part
                assert not partial > term
            assert partial > term * (0.9 if name == "elu" else 0.999)


def test_the_relu_series_of_the_theory():
    """Σ_{m≥1} ((2m−1)!!)²/(2π(2m+1)!) = ¼ − 1/(2π): T₁ of relu by its Hermite coefficients."""
    total, term = 0.0, 1 / 6  # ((2m−1)!!)²/(2m+1)!
    for m in range(1, 4000):
        total += term
        term *= (2 * m + 1) ** 2 / ((2 * m + 2) * (2 * m + 3))
    first = zhong_terms(parse_activation("relu"), Fraction(1)).first
    with precision(80):
        assert first.overlaps(exact(1) / 4 - 1 / (2 * arb.pi()))
        assert exact(total) / (2 * arb.pi()) < first
        assert exact(total) / (2 * arb.pi()) > first - 0.002


# ---- small and exact cases -------------------------------------------------------------------------------------------


def test_small_sigma_keeps_its_digits():
    """T₁ of softplus is σ⁶/384 (1 + O(σ²)): at σ = 10⁻⁶ that is 10⁻³⁹, from moments of order 1."""
    first = zhong_terms(parse_activation("softplus"), Fraction(1, 10**6), 64).first
    assert abs(first * 384 * arb(10) ** 36 - 1) < 1e-11


def test_large_sigma_keeps_its_digits():
    """σ⁴ T₃ of tanh tends to π/6."""
    third = zhong_terms(parse_activation("tanh"), Fraction(10**9), 64).third
    assert abs(third * arb(10) ** 36 * 6 / arb.pi() - 1) < 1e-15


def test_exact_zero_of_sin():
    """A ball can only straddle T₃ = (1 − σ²)e^{−σ²} at σ = 1; the exact number is 0."""
    ball = zhong_terms(parse_activation("sin"), Fraction(1)).third
    assert ball.contains(0)
    assert not ball.is_zero()
    assert exact_zhong_terms(parse_activation("sin"), Fraction(1))[2].rational == 0
    assert exact_zhong_terms(parse_activation("sin"), Fraction(2))[2].enclose() < 0


def test_exact_terms_of_affine_and_quadratic():
    assert [t.rational for t in exact_zhong_terms(parse_activation("identity"), Fraction(5))] == [0, 0, 1]
    sigma = Fraction(2, 7)
    expected = [0, 8 * sigma**2, -4 * sigma**2]
    assert [t.rational for t in exact_zhong_terms(parse_activation("quadratic"), sigma)] == expected


def test_squared_distances_are_cut_off_at_zero():
    terms = zhong_terms(parse_activation("identity"), Fraction(1))
    assert terms.first >= 0 or terms.first.contains(0)
    assert not terms.first.lower() < 0
    assert not terms.second.lower() < 0


def test_active_terms_include_every_possible_minimum():
    assert zhong_terms(parse_activation("relu"), Fraction(1)).active == (1, 2, 3)
    assert zhong_terms(parse_activation("sin"), Fraction(2)).active == (3,)
    assert ZhongTerms(exact(1), exact(2), exact(1)).active == (1, 3)  # exact ties
    assert ZhongTerms(exact(2), exact(2), exact(2)).active == (1, 2, 3)
