"""Verdicts as exit codes and as JSON."""

from __future__ import annotations

import math
from dataclasses import asdict
from fractions import Fraction
from typing import Any

from certificates import Accepted, Undecided, Verdict
from verify.cli.terminal import NOT_PROVED, OK, OUT_OF_BUDGET

__all__ = ["exit_code", "verdict_document"]


def exit_code(verdict: Verdict, allow_conditional: bool = False) -> int:
    """0 for a theorem, 4 for a budget, 1 otherwise."""
    if isinstance(verdict, Accepted):
        return OK if allow_conditional or not verdict.conditional else NOT_PROVED
    if isinstance(verdict, Undecided) and verdict.cause == "budget":
        return OUT_OF_BUDGET
    return NOT_PROVED


def verdict_document(verdict: Verdict) -> dict[str, Any]:
    """A verdict as JSON values; infinities, which mean that no bound is needed, become null, rationals p/q."""
    document: dict[str, Any] = _jsonable({"outcome": verdict.outcome, **asdict(verdict)})
    return document


def _jsonable(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _jsonable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_jsonable(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, Fraction):
        return str(value)
    return value
