"""Pictures of strict minima: the spectrum between its proven ends, the slice, and where nothing is drawn."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from certificates.certificate import Certificate
from certificates.document import ProblemReference
from tests.support.minima import VECTORS, vector
from verify.proposals.strict_minimum import propose
from verify.reports import FORMATS, explain, minimum_plots
from verify.reports.minimum_plots import minimum_svg, picture_of


@pytest.mark.parametrize("name", ["A", pytest.param("D", marks=pytest.mark.slow)])
def test_eigenvalues_lie_between_their_proven_ends(name):
    picture = picture_of(vector(name), propose(vector(name)).verdict)
    assert picture.values[: len(VECTORS[name][1])] == pytest.approx([float(x) for x in VECTORS[name][1]])
    assert picture.ends[0] <= picture.values[0] * (1 + 1e-12) and picture.values[-1] <= picture.ends[1]
    assert picture.flat == (name == "D") and picture.width >= 2.5 * picture.radius
    middle = picture.slice[len(picture.slice) // 2]
    assert middle[len(middle) // 2] == 0 and np.delete(middle, len(middle) // 2).min() > 0
    assert minimum_svg(picture) == minimum_svg(picture) and "certified ball" in minimum_svg(picture)


def test_nothing_is_drawn_where_nothing_is_proved(monkeypatch):
    refused = propose(vector("B")).verdict
    assert picture_of(vector("B"), refused) is None
    monkeypatch.setattr(minimum_plots, "MOST_PARAMETERS", 1)
    assert picture_of(vector("A"), propose(vector("A")).verdict) is None


def test_the_page_spells_out_the_objective():
    network = vector("C")
    found = propose(network)
    reference = ProblemReference("network", "0" * 64, "c.safetensors")
    page = explain(Certificate("strict-minimum", reference, found.claim, found.evidence, {}), found.verdict, network)
    text = FORMATS["markdown"](page)
    assert r"f(w)=\tfrac{1}{3}\sum_i\big(\log\sum_ce^{F_{ic}(w)}-q_i\cdot F_i(w)\big)" in text
    assert r"\tfrac{1}{40}\lVert W_{2}\rVert^2" in text
    assert "<figure><svg" in FORMATS["html"](page)
    assert "<figure>" not in FORMATS["html"](replace(page, minimum=None))
