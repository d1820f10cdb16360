"""Two quadratures meet; a fault in either of them, or in one of the two derivatives, is no verdict."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from certificates.__main__ import main
from certificates.arithmetic.arb import exact
from certificates.enclosures.gaussian import meeting
from certificates.enclosures.gaussian import moments as first
from certificates.enclosures.gaussian.meeting import met_moments
from certificates.errors import Contradiction, EnclosureFailure
from certificates.expression import parse_activation

ORDERS = [(1, 0), (1, 2), (2, 2)]
RULES = ("integral", "taylor", "trapezoid")
HONEST = Path(__file__).resolve().parents[3] / "corpus" / "accepted" / "gaussian-moment" / "tanh.cert.json"
WITH_A_STRIP = ("tanh", "gelu", "softplus(1)", "sin")
WITHOUT = ("relu", "z*sigmoid(2*z)", "elu(1/2)", "softplus(100)")  # softplus(100): none that is wide enough


@pytest.mark.parametrize(
    ("text", "quadrature"),
    [(text, rule) for text in WITH_A_STRIP for rule in RULES]
    + [(text, rule) for text in WITHOUT for rule in RULES[:2]],
)
def test_what_is_enclosed_is_what_the_first_one_encloses(text, quadrature):
    activation = parse_activation(text)
    for sigma in (Fraction(1, 100), Fraction(1), Fraction(20)):
        met = met_moments(activation, ORDERS, sigma, 64, quadrature=quadrature)
        alone = first.moments(activation, ORDERS, sigma, 64, quadrature=quadrature)
        assert [ball.str(40, more=True) for ball in met] == [ball.str(40, more=True) for ball in alone]


def _shifted(function):
    return lambda *given, **named: [ball + exact(1e-6) for ball in function(*given, **named)]


@pytest.mark.parametrize(
    ("text", "quadrature"), [("tanh", rule) for rule in RULES] + [("relu", rule) for rule in RULES[:2]]
)
@pytest.mark.parametrize("faulty", ["_integrals", "taylor_integrals", "trapezoidal_moments"])
def test_a_fault_in_one_quadrature_is_seen_by_the_other(text, quadrature, faulty, monkeypatch):
    seconds = {"integral": "trapezoidal_moments" if text == "tanh" else "taylor_integrals"}
    seconds |= {"taylor": "_integrals", "trapezoid": "taylor_integrals"}
    own = {"integral": "_integrals", "taylor": "taylor_integrals", "trapezoid": "trapezoidal_moments"}
    monkeypatch.setattr(first, faulty, _shifted(getattr(first, faulty)))
    if faulty in (own[quadrature], seconds[quadrature]):
        with pytest.raises(Contradiction, match=r"\(i, j\) = \(1, 0\)"):
            met_moments(parse_activation(text), ORDERS, Fraction(1), quadrature=quadrature)
    else:
        met_moments(parse_activation(text), ORDERS, Fraction(1), quadrature=quadrature)


@pytest.mark.parametrize(("module", "name"), [(first, "slope_of"), (meeting, "series_slope")])
def test_a_fault_in_one_derivative_is_seen_by_the_other(module, name, monkeypatch):
    """The integral takes the slope from dual numbers, the trapezoidal rule that meets it from power series."""
    real = getattr(module, name)

    def steeper(expression):
        slope = real(expression)
        return lambda w: slope(w) * exact(1 + 1e-6)

    monkeypatch.setattr(module, name, steeper)
    with pytest.raises(Contradiction):
        met_moments(parse_activation("tanh"), ORDERS, Fraction(1))


def test_where_the_second_one_has_no_enclosure_the_first_one_stands(monkeypatch):
    def fails(*_given, **_named):
        raise EnclosureFailure("no progress")

    monkeypatch.setattr(first, "taylor_integrals", fails)
    (found,) = met_moments(parse_activation("relu"), [(1, 2)], Fraction(1))
    assert found.contains(exact(0.5))


def test_disjoint_enclosures_are_a_bug_and_no_verdict(monkeypatch, capsys):
    monkeypatch.setattr(first, "trapezoidal_moments", _shifted(first.trapezoidal_moments))
    assert main(["check", str(HONEST)]) == 3
    assert "are disjoint for tanh" in capsys.readouterr().out
