"""What the pages about objectives share."""

from __future__ import annotations

from typing import Final

from verify.typesetting.formulas import Formula, Part

__all__ = ["OBJECTIVE", "modulo"]

OBJECTIVE: Final[tuple[Part, ...]] = (
    "The objective is ",
    Formula(r"f(w)=\sum_i\omega_i\ell_i(F_i(w))+\tfrac12\sum_t\lambda_t\lVert w_t-c_t\rVert^2"),
    ", a function of the trained parameters; ",
    Formula("w_0"),
    " are the given ones, and ",
    Formula("h(R)"),
    " bounds ",
    Formula(r"\lVert\nabla^2f(w)-\nabla^2f(w_0)\rVert"),
    " for ",
    Formula(r"\lVert w-w_0\rVert\le R"),
    ".",
)


def modulo(flat: tuple[str, ...]) -> tuple[Part, ...]:
    """Which directions are split off; nothing if none are."""
    if not flat:
        return ()
    shown = ", ".join(flat[:8]) + (f", … ({len(flat)})" if len(flat) > 8 else "")
    return (f" All of this is across the directions along which f is constant ({shown}).",)
