"""Figures as bytes: the same figure gives the same bytes, and text stays text."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any, Literal

import matplotlib as mpl
from matplotlib.figure import Figure

__all__ = ["saved"]

_STYLE: Any = {
    "svg.fonttype": "none",  # text stays text
    "svg.hashsalt": "gradcert",
    "font.family": "sans-serif",
    "mathtext.fontset": "stixsans",
    "axes.formatter.use_mathtext": True,
}
_UNDATED: dict[str, dict[str, str | None]] = {
    "svg": {"Date": None, "Creator": None},
    "pdf": {"CreationDate": None, "Creator": None, "Producer": None},
    "png": {"Software": None},
}


def saved(draw: Callable[[], Figure], style: Literal["png", "svg", "pdf"], *, transparent: bool = False) -> bytes:
    """Draw in the house style and encode, without dates and versions."""
    buffer = io.BytesIO()
    with mpl.rc_context(_STYLE):
        draw().savefig(buffer, format=style, dpi=160, transparent=transparent, metadata=_UNDATED[style])
    return buffer.getvalue()
