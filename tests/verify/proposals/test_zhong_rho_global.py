"""The search for bounds of ρ for every σ: what it proves, what it must not, and that what is proved is true."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from certificates import Accepted, Rejected, Undecided
from certificates.certificate import decode_certificate, encode_certificate
from certificates.expression import parse_activation
from certificates.judge import check_bytes
from tests.support.gaussian import SLOPES, terms
from verify.proposals.zhong_rho_global import propose
from verify.search.proposal import certificate_of

QUICK = {
    "tanh": (Fraction("0.5235"), 4, 4, 1),
    "sigmoid": (Fraction("0.5235") / 16, 4, 4, Fraction(1, 2)),
    "softplus": (Fraction("0.002604"), 6, 3, 1),
    "softplus(3)": (Fraction("0.002604"), 6, 3, 3),
    "smooth_leaky_relu(1/10)": (Fraction("0.002604") * Fraction(81, 100), 6, 3, 1),
    "erf0": (Fraction(1, 4), 4, 4, 1),
    "erf": (Fraction("0.318309886183"), 4, 4, 1),
    "relu": (Fraction("0.0908450569081"), 0, 0, 1),
    "leaky_relu(1/10)": (Fraction("0.0735844960955"), 0, 0, 1),
    "squared_relu": (Fraction("0.273239544735"), 2, 0, 1),
    "gelu": (Fraction("0.0908"), 6, 3, 1),
}
SLOW = {
    "arctan": (Fraction("0.305"), 4, Fraction(7, 2), 1),
    "softsign": (Fraction("0.058"), 2, Fraction(5, 2), 1),
    "silu": (Fraction("0.0416"), 6, 3, 1),
    "mish": (Fraction("0.0046"), 4, 2, 1),
    "elu": (Fraction("0.039"), 2, 1, 1),
}
# just above the sharp constants, known exactly or to a few digits from quadrature
SHARP = {
    "tanh": Fraction("0.5237"),
    "softplus": Fraction("0.0026045"),
    "sigmoid": Fraction("0.5237") / 16,
    "erf0": Fraction("0.2500001"),
    "relu": Fraction("0.0908450570"),
}
SIGMAS = np.exp(np.random.default_rng(2).uniform(np.log(1e-2), np.log(1e3), 150))


def _check(name: str, constant: Fraction, power: int, decay: Fraction, scale: Fraction) -> None:
    found = propose(parse_activation(name))
    assert isinstance(found.verdict, Accepted), found.verdict.explanation()
    claim = found.claim
    assert (claim.power, claim.decay, claim.scale) == (power, decay, scale)
    assert claim.constant >= constant * (1 - Fraction(1, 10**10))
    written = encode_certificate(certificate_of(found))
    assert decode_certificate(written).evidence == found.evidence
    assert isinstance(check_bytes(written), Accepted)
    for sigma in SIGMAS:
        x = float(scale) * sigma
        bound = float(claim.constant) * x**power / (1 + x * x) ** float(decay)
        assert min(terms(SLOPES[name], sigma)) >= bound * (1 - 1e-7), sigma


SHORT = ("tanh",)  # two seconds


@pytest.mark.parametrize("name", [n if n in SHORT else pytest.param(n, marks=pytest.mark.slow) for n in QUICK])
def test_bounds_are_proved_and_true(name: str) -> None:
    _check(name, *QUICK[name])


@pytest.mark.slow
@pytest.mark.parametrize("name", SLOW)
def test_expensive_bounds_are_proved_and_true(name: str) -> None:
    _check(name, *SLOW[name])


@pytest.mark.parametrize("name", SHARP)
def test_nothing_above_the_sharp_constant_is_proved(name: str) -> None:
    found = propose(parse_activation(name), constant=SHARP[name])
    assert isinstance(found.verdict, Undecided)
    assert found.verdict.check == 4
    assert found.verdict.proved is None or found.verdict.proved.constant < SHARP[name]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "constant"),
    [("gelu", "0.09085"), ("silu", "0.0417"), ("mish", "0.00461"), ("elu", "0.0393"), ("arctan", "0.3056")],
)
def test_nothing_above_the_sharp_constant_is_proved_in_many_cells(name: str, constant: str) -> None:
    found = propose(parse_activation(name), constant=Fraction(constant))
    assert isinstance(found.verdict, Undecided) and found.verdict.check == 4


def test_the_refusal_names_the_cell() -> None:
    at_infinity = propose(parse_activation("tanh"), constant=Fraction("0.5237")).verdict
    assert "for 1/σ in [0, 0.00390625]; needs c = 0.5237; has c = 0.5235" in at_infinity.explanation()
    at_zero = propose(parse_activation("softplus"), constant=Fraction("0.0026045")).verdict
    assert "for σ in [0, 0.00390625]; needs c = 0.0026045; has c = 0.002604" in at_zero.explanation()


def test_a_given_constant_is_the_one_claimed() -> None:
    found = propose(parse_activation("smooth_leaky_relu(1/2)"), constant=Fraction(1, 2000))
    assert isinstance(found.verdict, Accepted) and found.claim.constant == Fraction(1, 2000)


@pytest.mark.slow
def test_formulas_outside_the_catalogue() -> None:
    """A softplus with a leak, by the lemma of steps: what is proved for it holds."""
    found = propose(parse_activation("z/2 + softplus(z)"), constant=Fraction(1, 500))
    assert isinstance(found.verdict, Accepted), found.verdict.explanation()
    for sigma in SIGMAS[:40]:
        bound = sigma**6 / (1 + sigma * sigma) ** 3 / 500
        assert min(terms(lambda z: 0.5 + SLOPES["softplus"](z), sigma)) >= bound * (1 - 1e-7)


@pytest.mark.slow
def test_formulas_outside_the_catalogue_get_a_constant_of_their_own() -> None:
    found = propose(parse_activation("z*(1+tanh(z))/2"))
    assert isinstance(found.verdict, Accepted), found.verdict.explanation()
    assert 0.08 < found.claim.constant < 0.09085


@pytest.mark.parametrize(
    ("text", "outcome", "check"),
    [
        ("identity", Undecided, 4),
        ("quadratic", Undecided, 4),
        ("sin", Undecided, 0),
        ("piecewise(0, 0, 1)", Rejected, 1),
        ("piecewise(-1, -1, z, 1, 1)", Rejected, 2),
        ("smooth_leaky_relu(1)", Undecided, 4),
    ],
)
def test_hopeless_activations_are_refused_with_the_right_check(text: str, outcome: type, check: int) -> None:
    verdict = propose(parse_activation(text)).verdict
    assert isinstance(verdict, outcome) and verdict.check == check, verdict.explanation()


@pytest.mark.slow
def test_a_slope_that_jumps_at_0_has_a_constant_of_its_own() -> None:
    """elu(2): f = 2eᵘ, 1; no power of σ, and the catalogue's target of elu(1) is not taken for it."""
    found = propose(parse_activation("elu(2)"))
    assert isinstance(found.verdict, Accepted), found.verdict.explanation()
    assert (found.claim.power, found.claim.decay) == (0, 0) and 0.019 < found.claim.constant < 0.0202


def test_progress_is_reported() -> None:
    seen: list[tuple[str, int, float]] = []
    propose(parse_activation("tanh"), constant=Fraction(1, 10), progress=lambda *entry: seen.append(entry))
    stages = [stage for stage, _, _ in seen]
    assert stages == sorted(stages, key=("near", "far").index) and seen[-1][2] == 1.0
