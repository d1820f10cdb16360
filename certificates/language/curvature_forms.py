"""The names of the bounds of β."""

from __future__ import annotations

from typing import Literal

__all__ = ["CurvatureForm"]

CurvatureForm = Literal["one-hidden-layer", "per-unit", "recursion", "adjoint", "adjoint-per-unit", "sample-centre"]
"""Theory 1.4; ``per-unit`` is 1.4.2, ``sample-centre`` 1.4.3 and 1.4.4, ``adjoint-per-unit`` 1.4.5."""
