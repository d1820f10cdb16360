from __future__ import annotations

from pathlib import Path

import pytest

from verify.theory.quadratic_errata import QUADRATIC
from verify.theory.soltanolkotabi_2018.printed import STATEMENTS
from verify.theory.xia_shi_2019.printed import COLUMNS, STEP, contraction, radius_over_delta


def test_figures_of_the_printed_theorem():
    """The table of theory 3.6.4: n = 20 with r = 3 and r = 10, columns of length 1."""
    assert contraction(float(STEP), 0.6535) == pytest.approx(0.998366, abs=1e-6)
    assert radius_over_delta(0.6535, 3**0.5) == pytest.approx(0.3773, abs=1e-4)
    assert radius_over_delta(0.2008, COLUMNS**0.5) == pytest.approx(0.0635, abs=1e-4)


def test_lost_displays_are_marked_as_readings():
    assert all("[" in text for text in STATEMENTS.values())


def test_the_documentation_lists_every_erratum():
    page = (Path(__file__).resolve().parents[4] / "docs/errata.md").read_text()
    assert all(f"**{each.key}**" in page for each in QUADRATIC)
