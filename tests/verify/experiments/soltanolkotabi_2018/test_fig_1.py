from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import mpmath as mp
import numpy as np
import pytest

from certificates.expression import parse_activation
from verify.experiments.soltanolkotabi_2018 import fig_1 as sjl_fig_1
from verify.experiments.soltanolkotabi_2018.fig_1_drawing import _moments
from verify.theory.soltanolkotabi_2018.printed import FIGURE_1


@pytest.fixture(scope="module")
def done():
    return sjl_fig_1.run()


def test_the_four_examples_satisfy_what_is_said(done):
    assert done.is_complete
    proved = {each["activation"]: each["proved"] for each in done.document["activations"]}
    assert proved == {
        "Softplus": "A2.3(a)",
        "Sigmoid": "A2.3(b)",
        "Erf": "A2.3(b)",
        "[tanh]": "A2.3(b)",
        "ReLU": "not-P3a",
    }
    assert [row[-1] for row in done.rows] == ["agrees"] * 4 + ["not claimed"]


def test_a_false_assertion_would_be_seen(done):
    wrong = replace(FIGURE_1[0], variant="(b)")
    assert not sjl_fig_1._agrees(wrong, done.proofs)
    assert sjl_fig_1._row(wrong, done.proofs)[-1] == "differs: unexplained"


def test_moments_against_closed_forms(done):
    moments = {each["catalogue"]: each["moments"] for each in done.document["activations"]}
    for sigma in (Fraction(1, 10), Fraction(1), Fraction(10)):
        s = mp.mpf(sigma.numerator) / sigma.denominator
        expected = {
            ("erf", "mean_slope"): 2 / mp.sqrt(mp.pi) / mp.sqrt(1 + 2 * s * s),
            ("relu", "mean_slope"): mp.mpf(1) / 2,
            ("relu", "mean_curvature"): 1 / (s * mp.sqrt(2 * mp.pi)),
            ("softplus", "mean_slope"): mp.mpf(1) / 2,
        }
        for (name, field), value in expected.items():
            low, high = map(Fraction, moments[name][str(sigma)][field])
            assert float(low) == pytest.approx(float(value), rel=1e-14)
            assert 0 <= high - low < Fraction(1, 10**14)
        assert _overlap(moments["softplus"][str(sigma)]["mean_curvature"], moments["sigmoid"][str(sigma)]["mean_slope"])


def _overlap(left, right):
    """γ of softplus is μ of the sigmoid, its derivative."""
    return Fraction(left[0]) <= Fraction(right[1]) and Fraction(right[0]) <= Fraction(left[1])


def test_the_lines_of_the_picture_go_through_the_certified_points(done):
    for each in done.document["activations"]:
        means, curvatures = _moments(parse_activation(each["catalogue"]), np.array([0.1, 1.0, 10.0]))
        for k, sigma in enumerate(("1/10", "1", "10")):
            found = each["moments"][sigma]
            assert means[k] == pytest.approx(float(Fraction(found["mean_slope"][0])), abs=1e-5)
            assert curvatures[k] == pytest.approx(float(Fraction(found["mean_curvature"][0])), rel=1e-4, abs=1e-9)


def test_the_picture_has_a_line_for_every_activation(done):
    drawing = done.figure()
    phi, mean, curvature = drawing.axes
    assert len(phi.lines) == len(FIGURE_1) == 5
    assert len([line for line in mean.lines if len(line.get_xdata()) > 3]) == 5
    assert len([line for line in curvature.lines if len(line.get_xdata()) > 3]) == 2
    assert [text.get_text() for text in phi.get_legend().get_texts()] == [
        "Softplus: Assumption 2.3(a)",
        "Sigmoid: Assumption 2.3(b)",
        "Erf: Assumption 2.3(b)",
        "tanh: Assumption 2.3(b)",
        "ReLU: not differentiable",
    ]
