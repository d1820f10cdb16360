"""Sphinx settings. Formulas become MathML while the pages are built: they need no script and no network."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

from docutils import nodes

sys.path.insert(0, str(Path(__file__).parent))

from citations import anchors_of, linked

from certificates import __version__
from certificates.kinds import KINDS, basename
from verify.typesetting import mathml

project = "gradcert"
author = "the gradcert team"
release = __version__
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx.ext.viewcode"]
myst_enable_extensions = ["dollarmath", "amsmath"]
myst_heading_anchors = 3
html_math_renderer = "mathml"
html_theme = "furo"
html_title = "gradcert"
html_static_path = ["_static"]
html_css_files = ["formulas.css"]
autodoc_member_order = "bysource"
autodoc_typehints = "description"
autodoc_typehints_description_target = "documented"
napoleon_numpy_docstring = True
napoleon_google_docstring = False
napoleon_custom_sections = ["Guarantee", "May fail when"]
exclude_patterns = ["_build"]
suppress_warnings = ["docutils", "ref.citation"]

_ROOT = Path(__file__).parent.parent
_TAG = re.compile(r"\\tag\{([^}]*)\}")
_ANCHORS = anchors_of(Path(__file__).parent / "theory")


def _visit_inline(translator: Any, node: nodes.math) -> None:
    translator.body.append(mathml.inline(node.astext()))
    raise nodes.SkipNode


def _visit_block(translator: Any, node: nodes.math_block) -> None:
    formula = node.astext()
    tag = _TAG.search(formula)
    drawn = mathml.block(_TAG.sub("", formula))
    number = f"<span>({tag.group(1)})</span>" if tag else ""
    translator.body.append(f'<div class="formula"><div>{drawn}</div>{number}</div>')
    raise nodes.SkipNode


def _link_theory(_app: Any, _what: str, _name: str, _object: Any, _options: Any, lines: list[str]) -> None:
    lines[:] = linked("\n".join(lines), _ANCHORS).split("\n")


def _list_modules(_app: Any, name: str, source: list[str]) -> None:
    """The rules of the list of kinds, and the theorems that are there: no page names them by hand."""
    if name == "api":
        rules = (f".. automodule:: certificates.rules.{basename(kind)}\n   :members: decide" for kind in KINDS)
        theorems = sorted(path.stem for path in (_ROOT / "certificates" / "theorems").glob("[a-z]*.py"))
        proofs = (f".. automodule:: certificates.theorems.{stem}\n   :members:" for stem in theorems)
        source[0] = source[0].replace("@rules@", "\n".join(rules)).replace("@theorems@", "\n".join(proofs))


def setup(app: Any) -> None:
    """Register the renderer, list what there is, and make citations of the theory in docstrings links."""
    app.connect("source-read", _list_modules)
    app.add_html_math_renderer("mathml", (_visit_inline, None), (_visit_block, None))
    app.connect("autodoc-process-docstring", _link_theory)
