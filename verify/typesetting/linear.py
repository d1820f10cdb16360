"""What the pages about deep linear networks share."""

from __future__ import annotations

from typing import Final

from verify.typesetting.formulas import Formula, Part

__all__ = ["NOTATION"]

NOTATION: Final[tuple[Part, ...]] = (
    "The loss is ",
    Formula(r"f(W)=s\lVert W_H\cdots W_1X-Y\rVert_F^2"),
    ", inputs and labels as columns; ",
    Formula(r"S=XX^T"),
    ", ",
    Formula(r"C=YX^T"),
    ", ",
    Formula(r"R=W_H\cdots W_1"),
    ", and ",
    Formula("r"),
    " is the least width, inputs and outputs included.",
)
