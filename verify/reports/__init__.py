"""Certificates and runs for people: text, Markdown, LaTeX, HTML and pictures. Nothing is computed here."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from verify.reports import html, latex, markdown, text
from verify.reports.content import explain
from verify.reports.explanation import Explanation
from verify.reports.plots import loss_figure, loss_svg, save_plot

__all__ = ["FORMATS", "Explanation", "explain", "loss_figure", "loss_svg", "save_plot"]

FORMATS: Mapping[str, Callable[[Explanation], str]] = {
    "text": text.render,
    "markdown": markdown.render,
    "latex": latex.render,
    "html": html.render,
}
