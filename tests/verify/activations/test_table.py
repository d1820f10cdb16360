"""The table of one activation: figures of theory 2.6, undefined formulas, bounded effort, files."""

from __future__ import annotations

from fractions import Fraction

import mpmath
import pytest

import verify
from certificates import Accepted, check
from certificates.errors import Malformed
from certificates.expression import CATALOGUE, parse_activation
from verify.activations import table as activation_table
from verify.activations.assumed import AssumedTail
from verify.activations.curves import graph, term_curve
from verify.activations.facts import derivative_range, why_undefined
from verify.activations.files import file_names, write_certificates

RAMP = "piecewise(0, 0, z^2, 1, 2*z-1)"  # squared ReLU up to 1, then its tangent


@pytest.fixture(scope="module")
def tanh():
    return verify.activation("tanh")


@pytest.fixture(scope="module")
def ramp():
    return verify.activation(RAMP, ["1/3"])


def claims(table):
    return {(e.name, e.sigma): e.proposal.claim for e in table.entries if e.is_proved}


def test_the_printed_values_of_tanh_lie_in_the_intervals(tanh):
    printed = {"1/10": "1.85033758531e-4", "1": "0.0491930360193", "10": "5.12629005483e-5"}
    for sigma, value in printed.items():
        rho = claims(tanh)["ρ", Fraction(sigma)].rho
        assert abs(rho.lower - Fraction(value)) < Fraction(value) / 10**11 > rho.upper - rho.lower
    assert [claims(tanh)["ρ", Fraction(s)].active for s in printed] == [(1,), (2,), (3,)]


def test_every_row_of_tanh_is_proved(tanh):
    found = claims(tanh)
    names = [found[name, None].label for name in ("P1", "P2", "P3a", "P3b", "A2.3")]
    assert names == ["P1", "P2", "P3a-strict", "not-P3b", "A2.3(b)"] and len(found) == len(tanh.entries)


def test_a_users_piecewise_formula(ramp):
    found = claims(ramp)
    names = [found[name, None].label for name in ("P1", "P2", "P3a", "P3b", "A2.3")]
    assert names == ["P1", "P2", "P3a-lipschitz", "not-P3b", "A2.3(a) for σ > 0"]
    mean = found["tensor constants", Fraction(1, 3)].mean_slope
    slope = lambda z: min(max(2 * z / 3, 0), 2)  # noqa: E731 - φ'(z/3)
    exact = mpmath.quad(lambda z: slope(z) * mpmath.npdf(z), [0, 3, 12])
    assert float(mean.lower) - 1e-9 <= exact <= float(mean.upper) + 1e-9


def test_ranges_contain_what_is_attained_and_little_more(tanh):
    ends = [(float(low), float(high)) for low, high in tanh.ranges]
    sharp = [(0, 1), (-0.769800358919501, 0.769800358919501), (-2, 2 / 3)]
    for (low, high), (lowest, highest) in zip(ends, sharp, strict=True):
        assert lowest - 1e-6 < low <= lowest and highest <= high < highest + 1e-6


@pytest.mark.parametrize("text", ["1/z", "1/(z-z)", "log(z)", "sqrt(z)", "1/(z-3)", "log(z^2)", "1/(1-z^2)"])
def test_a_formula_that_is_not_defined_everywhere_is_undecided_at_once(text, monkeypatch):
    def searched(*_: object) -> None:
        raise AssertionError("a search was started")

    monkeypatch.setattr(activation_table, "_entry", searched)
    table = verify.activation(text, ["1"])
    assert not table.proved and all("is not shown to be defined" in entry.reason for entry in table.entries)


def test_the_place_where_a_formula_fails_is_named():
    assert "[-1/8192, 0]" in why_undefined(parse_activation("1/z"), Fraction(8))
    assert why_undefined(parse_activation("1/(1+z^2)"), Fraction(8)) == ""


def test_unbounded_derivatives_have_no_range():
    assert derivative_range(parse_activation("quadratic"), 1, Fraction(8)) is None
    assert derivative_range(parse_activation("exp(z)"), 2, Fraction(8)) is None


def test_a_search_beyond_its_effort_is_an_entry_with_a_reason(monkeypatch):
    monkeypatch.setattr(activation_table, "_EFFORT_AT_SIGMA", 10.0)
    entry = next(e for e in verify.activation("relu", ["5/7"]).entries if e.name == "ρ")
    assert not entry.is_proved and "operations on balls" in entry.reason


def test_a_jump_is_refused_with_the_judges_words():
    table = verify.activation("piecewise(0, 0, 1)", ["1"])
    assert not table.proved
    assert all("φ jumps from 0 to 1" in e.proposal.verdict.explanation() for e in table.entries if e.proposal)


def test_the_hessian_of_a_degenerate_slope_is_bounded_by_exactly_0():
    entry = next(e for e in verify.activation("quadratic", ["1"]).entries if e.name == "orthogonal Hessian")
    assert entry.is_proved and entry.proposal.claim.curvature == 0


SIGMAS = ["0", "-1", "1/0", "1e999999999", "nan", "inf", "0x1", "1_0", "", "1e10", "1e-10", "１"]


@pytest.mark.parametrize("sigma", SIGMAS)
def test_a_sigma_that_is_no_number_in_range_is_refused(sigma):
    with pytest.raises(Malformed):
        verify.activation("relu", [sigma])
    with pytest.raises(TypeError, match="not exact"):
        verify.activation("relu", [0.1])


def test_a_repeated_sigma_counts_once():
    sigmas = [e.sigma for e in verify.activation("relu", ["0.5", "1/2", "5e-1"]).entries if e.name == "ρ"]
    assert sigmas == [Fraction(1, 2)]


UNKNOWN_TAIL = "tanh(sin(z)*exp(z-20))"


@pytest.mark.slow
def test_an_assumed_tail_makes_entries_conditional():
    tail = AssumedTail(Fraction(1), Fraction(0), 0, Fraction(1))
    entry = next(e for e in verify.activation(UNKNOWN_TAIL, ["1"], assumed_tail=tail).entries if e.name == "ρ")
    assert entry.is_proved and entry.is_conditional and "|w| ≥ 8" in entry.proposal.verdict.ledger[-1].text
    entry = next(e for e in verify.activation(UNKNOWN_TAIL, ["1"]).entries if e.name == "ρ")
    assert not entry.is_proved and not entry.is_conditional


@pytest.mark.slow
def test_a_false_assumption_is_an_undecided_entry():
    tail = AssumedTail(Fraction(0), Fraction(0), 0, Fraction(0))
    entries = [e for e in verify.activation("sin(z^2)", ["1"], assumed_tail=tail).entries if e.sigma is not None]
    assert not any(entry.is_conditional for entry in entries)


def test_every_file_is_accepted_as_it_was_written(ramp, tanh, tmp_path):
    for name, table in (("ramp", ramp), ("tanh.cert.json", tanh)):
        written = write_certificates(table, tmp_path / name)
        assert len(written) == len(table.proved) == len(set(written)) and all(
            "cert.json." not in p.name for p in written
        )
        for path, entry in zip(written, file_names(table, tmp_path / name), strict=True):
            verdict = check(path)
            assert isinstance(verdict, Accepted) and verdict.claim == entry.proposal.claim


def test_a_different_file_stops_all_of_them(ramp, tmp_path):
    last = list(file_names(ramp, tmp_path / "r").values())[-1]
    last.write_text("mine")
    with pytest.raises(Malformed, match="different file"):
        write_certificates(ramp, tmp_path / "r")
    assert [path.name for path in tmp_path.iterdir()] == [last.name] and last.read_text() == "mine"
    assert last in write_certificates(ramp, tmp_path / "r", force=True) and isinstance(check(last), Accepted)


def test_a_prefix_needs_a_name(ramp, tmp_path):
    with pytest.raises(Malformed, match="names no file"):
        write_certificates(ramp, "/")


def test_curves_enclose_the_closed_form_of_relu():
    curve = term_curve(parse_activation("relu"), [Fraction(1)])
    with mpmath.workdps(30):
        value = mpmath.mpf(1) / 4 - 1 / (2 * mpmath.pi)
        assert all(low <= value <= high for low, high in zip(curve.lower.flat, curve.upper.flat, strict=True))
    assert curve.sigmas[0] < 0.2 and curve.sigmas[-1] > 5


def test_a_graph_is_broken_where_the_slope_is():
    found = graph(parse_activation("leaky_relu"))
    slopes = found.derivatives[1]
    assert sorted({round(float(s), 9) for s in slopes if s == s}) == [0.01, 1.0] and sum(s != s for s in slopes) == 1


EXPECTED = {  # theory 2.2: P1, P2, P3a, P3b, A2.3
    "tanh": ("P1", "P2", "P3a-strict", "not-P3b", "A2.3(b)"),
    "sigmoid": ("P1", "P2", "P3a-strict", "not-P3b", "A2.3(b)"),
    "erf": ("P1", "P2", "P3a-strict", "not-P3b", "A2.3(b)"),
    "erf0": ("P1", "P2", "P3a-strict", "not-P3b", "A2.3(b)"),
    "arctan": ("P1", "P2", "P3a-strict", "not-P3b", "A2.3(b)"),
    "softplus": ("P1", "P2", "P3a-strict", "not-P3b", "A2.3(a)"),
    "smooth_leaky_relu(1/10)": ("P1", "P2", "P3a-strict", "not-P3b", "A2.3(a)"),
    "softsign": ("P1", "P2", "P3a-lipschitz", "not-P3b", "A2.3(b) for σ > 0"),
    "elu": ("P1", "P2", "P3a-lipschitz", "not-P3b", "A2.3(a) for σ > 0"),
    "gelu": ("not-P1", "P2", "P3a-strict", "not-P3b", "A2.3(a)"),
    "silu": ("not-P1", "P2", "P3a-strict", "not-P3b", "A2.3(a)"),
    "mish": ("not-P1", "P2", "P3a-strict", "not-P3b", "A2.3(a)"),
    "sin": ("not-P1", "not-P2", "P3a-strict", "not-P3b", "A2.3(b)"),
    "relu": ("P1", "P2", "not-P3a", "P3b", None),
    "leaky_relu": ("P1", "P2", "not-P3a", "P3b", None),
    "squared_relu": ("P1", "P2", "P3a-lipschitz", "not-P3b", None),
    "quadratic": ("not-P1", "not-P2", "P3a-strict", "not-P3b", None),
    "identity": ("P1", "not-P2", "P3a-strict", "P3b", None),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", EXPECTED)
def test_the_whole_catalogue(name, tmp_path):
    table = verify.activation(name)
    found = claims(table)
    properties = [getattr(found.get((row, None)), "label", None) for row in ("P1", "P2", "P3a", "P3b", "A2.3")]
    assert tuple(properties) == EXPECTED[name]
    assert (("ρ for all σ", None) in found) == (name not in {"identity", "quadratic", "sin"})
    assert all(entry.is_proved for entry in table.entries if entry.sigma is not None)
    assert all(isinstance(check(path), Accepted) for path in write_certificates(table, tmp_path / "t"))


def test_the_campaign_covers_the_catalogue():
    assert {name.partition("(")[0] for name in EXPECTED} == set(CATALOGUE)
