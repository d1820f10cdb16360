"""A self-contained page: inline style, MathML formulas, an inline SVG picture of the run; no network."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup, escape

from verify.reports.explanation import Explanation
from verify.reports.minimum_plots import minimum_svg
from verify.reports.plots import loss_svg
from verify.typesetting import mathml
from verify.typesetting.escape import terminal
from verify.typesetting.formulas import Formula, Part

__all__ = ["render"]


def render(page: Explanation) -> str:
    """The page; every string from outside is escaped."""
    picture = Markup(loss_svg(page.replay)) if page.replay is not None else None  # noqa: S704 - our own drawing
    minimum = Markup(minimum_svg(page.minimum)) if page.minimum is not None else None  # noqa: S704 - as above
    text: str = _template().render(page=page, picture=picture, minimum=minimum)
    return terminal(text)


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True, undefined=StrictUndefined
    )
    environment.filters.update(math=_math, equation=_equation, part=_part, decimal=_decimal)
    return environment.get_template("report.html.j2")


@cache
def _math(latex: str) -> Markup:
    """MathML of a formula of ours, within a line."""
    return Markup(mathml.inline(latex))  # noqa: S704 - formulas are made by the pages of the kinds


@cache
def _equation(latex: str) -> Markup:
    """MathML of a formula of ours, on a line of its own."""
    return Markup(mathml.block(latex))  # noqa: S704 - as above


def _part(part: Part) -> Markup:
    return _math(part.latex) if isinstance(part, Formula) else escape(part)


def _decimal(text: str) -> Markup:
    """Escaped text whose decimals are written with powers of ten."""
    powers = re.sub(
        r"(?<=\d)e([+-]?)0*(\d+)\b",
        lambda m: f"&#8239;×&#8239;10<sup>{'−' if m[1] == '-' else ''}{m[2]}</sup>",
        str(escape(text)),
    )
    return Markup(powers)  # noqa: S704 - escaped before the substitution
