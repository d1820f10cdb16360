"""LaTeX of expressions."""

from __future__ import annotations

import pytest
from latex2mathml.converter import convert

from certificates.expression import CATALOGUE, parse_activation, parse_expression, to_latex


@pytest.mark.parametrize(
    ("text", "latex"),
    [
        ("-(z+1)^2", r"-\left(z + 1\right)^{2}"),
        ("2*3*z", r"2 \cdot 3 z"),
        ("(1/2)^3", r"\left(\frac{1}{2}\right)^{3}"),
        ("z-(1-z)", r"z - \left(1 - z\right)"),
        ("z*-1", r"z \left(-1\right)"),
        ("2*(1/3)", r"2 \cdot \frac{1}{3}"),
        ("z*2*(1/2)", r"z \cdot 2 \cdot \frac{1}{2}"),  # not z times two and a half
        ("z*(2*z)", r"z \cdot 2 z"),
        ("z*2^3", r"z \cdot 2^{3}"),
        ("sqrt(z/2)", r"\sqrt{\frac{z}{2}}"),
        ("piecewise(0, -1, z, 1/2, 1)",
         r"\begin{cases}0 & z \le -1 \\ z & -1 < z \le \frac{1}{2} \\ 1 & z > \frac{1}{2}\end{cases}"),
    ],
)  # fmt: skip
def test_latex(text: str, latex: str) -> None:
    assert to_latex(parse_expression(text)) == latex


def test_the_catalogue_converts_to_mathml() -> None:
    for name in CATALOGUE:
        activation = parse_activation(name if name != "smooth_leaky_relu" else "smooth_leaky_relu(1/10)")
        assert "merror" not in convert(to_latex(activation.expression, variable="x"))
