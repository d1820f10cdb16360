from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import mpmath as mp
import pytest

from verify.experiments.zhong_2017 import rho_table as zhong_rho_table
from verify.theory.zhong_2017.printed import NUMBERS


@pytest.fixture(scope="module")
def done():
    return zhong_rho_table.run()


def _cells(done):
    return {(cell["activation"], Fraction(cell["sigma"])): cell for cell in done.document["cells"]}


def test_eight_of_eleven_entries_agree(done):
    assert done.is_complete
    assert done.document["entries"] == 11
    assert done.document["entries_that_agree"] == 8


def test_the_cells_that_do_not_agree_and_their_errata(done):
    other = {key: (c["agreement"], c["erratum"]) for key, c in _cells(done).items() if c["agreement"] != "rounded"}
    tenth, one, ten = Fraction(1, 10), Fraction(1), Fraction(10)
    assert other == {
        ("squared ReLU", tenth): ("differs", "E1"),
        ("squared ReLU", ten): ("differs", "E1"),
        ("quadratic", tenth): ("differs", "E2"),
        ("quadratic", one): ("differs", "E2"),
        ("quadratic", ten): ("differs", "E2"),
        ("tanh", tenth): ("truncated", "E3"),
    }


def _tanh_by_quadrature(sigma):
    with mp.workdps(18):
        points = [-12, -3, -1, 0, 1, 3, 12]
        a10, a12, a20, a22 = (
            mp.quad(lambda z, i=i, j=j: mp.sech(sigma * z) ** (2 * i) * z**j * mp.npdf(z), points)
            for i, j in ((1, 0), (1, 2), (2, 0), (2, 2))
        )
        return min(a20 - a10**2, a22 - a12**2, a10 * a12)


def _erf0(sigma):
    """α_{i,j} = (1 + 2iσ²)^{−(j+1)/2} for even j ≤ 2, 0 for odd j."""
    first, second = 1 + 2 * sigma**2, 1 + 4 * sigma**2
    return min(second**-0.5 - 1 / first, second**-1.5 - first**-3, first**-2)


_RHO = {
    "ReLU": lambda sigma: 1 / 4 - 1 / (2 * mp.pi),
    "leaky ReLU": lambda sigma: (1 - mp.mpf("0.01")) ** 2 * (1 / 4 - 1 / (2 * mp.pi)),
    "squared ReLU": lambda sigma: (4 / mp.pi - 1) * sigma**2,
    "erf": _erf0,
    "tanh": _tanh_by_quadrature,
    "linear": lambda sigma: mp.mpf(0),
    "quadratic": lambda sigma: -4 * sigma**2,
}


@pytest.mark.parametrize("name", _RHO)
@pytest.mark.parametrize("sigma", [Fraction(1, 10), Fraction(1), Fraction(10)], ids=str)
def test_the_enclosures_against_closed_forms_and_quadrature(done, name, sigma):
    cell = _cells(done)[name, sigma]
    low, high = (Fraction(cell[end]) for end in ("lower", "upper"))
    value = float(_RHO[name](mp.mpf(sigma.numerator) / sigma.denominator))
    assert float(low) == pytest.approx(value, rel=1e-11)
    assert 0 <= high - low <= abs(low) / 10**14


def test_a_wrong_print_would_be_seen(monkeypatch):
    wrong = tuple(replace(n, number="4.8E-2") for n in NUMBERS if n.text == "4.9E-2")
    monkeypatch.setattr(zhong_rho_table, "NUMBERS", wrong)
    found = zhong_rho_table.run()
    assert found.document["entries_that_agree"] == 0
    assert found.document["cells"][0]["agreement"] == "differs"


def test_what_is_not_proved_is_undecided_and_incomplete(monkeypatch):
    monkeypatch.setattr(zhong_rho_table, "NUMBERS", NUMBERS[-2:-1])
    monkeypatch.setattr(zhong_rho_table, "is_proved", lambda proposal: False)
    found = zhong_rho_table.run()
    assert not found.is_complete
    assert {cell["agreement"] for cell in found.document["cells"]} == {"undecided"}
    assert {cell["lower"] for cell in found.document["cells"]} == {None}
