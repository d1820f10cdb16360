"""Verdicts as exit codes."""

from __future__ import annotations

from certificates import Accepted, Undecided, Verdict
from verify.cli.terminal import NOT_PROVED, OK, OUT_OF_BUDGET

__all__ = ["exit_code"]


def exit_code(verdict: Verdict, allow_conditional: bool = False) -> int:
    """0 for a theorem, 4 for a budget, 1 otherwise."""
    if isinstance(verdict, Accepted):
        return OK if allow_conditional or not verdict.conditional else NOT_PROVED
    if isinstance(verdict, Undecided) and verdict.cause == "budget":
        return OUT_OF_BUDGET
    return NOT_PROVED
