"""Sphinx settings. Formulas become MathML while the pages are built: they need no script and no network."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from docutils import nodes

sys.path.insert(0, str(Path(__file__).parent))

import mathml
from citations import anchors_of, linked

project = "gradcert"
author = "the gradcert team"
release = "0.1.0"
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx.ext.viewcode"]
myst_enable_extensions = ["dollarmath", "amsmath"]
myst_heading_anchors = 3
html_math_renderer = "mathml"
html_theme = "furo"
html_title = "gradcert"
autodoc_member_order = "bysource"
autodoc_typehints = "description"
autodoc_typehints_description_target = "documented"
napoleon_numpy_docstring = True
napoleon_google_docstring = False
napoleon_custom_sections = ["Guarantee", "May fail when"]
exclude_patterns = ["_build"]
suppress_warnings = ["docutils", "ref.citation"]

_ANCHORS = anchors_of(Path(__file__).parent / "theory")


def _visit_inline(translator: Any, node: nodes.math) -> None:
    translator.body.append(mathml.inline(node.astext()))
    raise nodes.SkipNode


def _visit_block(translator: Any, node: nodes.math_block) -> None:
    translator.body.append(mathml.block(node.astext()))
    raise nodes.SkipNode


def _link_theory(_app: Any, _what: str, _name: str, _object: Any, _options: Any, lines: list[str]) -> None:
    lines[:] = linked("\n".join(lines), _ANCHORS).split("\n")


def setup(app: Any) -> None:
    """Register the renderer, and make citations of the theory in docstrings links."""
    app.add_html_math_renderer("mathml", (_visit_inline, None), (_visit_block, None))
    app.connect("autodoc-process-docstring", _link_theory)
