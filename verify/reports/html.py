"""A self-contained page: inline style, MathML formulas, an inline SVG picture of the run; no network."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from latex2mathml.converter import convert
from markupsafe import Markup

from verify.reports.content import Explanation
from verify.reports.plots import svg

__all__ = ["render"]


def render(page: Explanation) -> str:
    """The page; every string from outside is escaped by the template."""
    picture = Markup(svg(page.replay)) if page.replay is not None else None  # noqa: S704 - our own drawing
    text: str = _template().render(page=page, math=_math, picture=picture)
    return text


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True, undefined=StrictUndefined
    )
    return environment.get_template("report.html.j2")


@cache
def _math(latex: str) -> Any:
    """MathML of one of our own formulas."""
    return Markup(convert(latex))  # noqa: S704 - formulas are constants of content.py
