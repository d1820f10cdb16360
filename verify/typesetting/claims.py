"""The numbers of a claim, each beside what the evidence proves, both rounded in their weak direction."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from fractions import Fraction
from typing import Any

from certificates.language.wording import in_words
from verify.typesetting.decimals import down, up
from verify.typesetting.formulas import Line
from verify.typesetting.page import Symbol

__all__ = ["claim_numbers", "claim_rows"]

_LONGEST_LIST = 8
_ROUNDED: Mapping[str, Callable[[float | Fraction, int], str]] = {"larger": up, "smaller": down}


def claim_rows(claim: Any, proved: Any, symbols: Mapping[str, Symbol], digits: tuple[int, int]) -> tuple[Line, ...]:
    """A row for each number that has a symbol and is claimed.

    Parameters
    ----------
    claim, proved
        What is stated, and the strongest claim that the evidence proves; ``None`` if the checks did not get that far.
    symbols, digits
        As in :class:`verify.typesetting.page.Page`.
    """
    return tuple(_rows(claim, proved, symbols, digits, ""))


def _rows(claim: Any, proved: Any, symbols: Mapping[str, Symbol], digits: tuple[int, int], part: str) -> Iterator[Line]:
    for spec in fields(claim):
        value, best, name = getattr(claim, spec.name), getattr(proved, spec.name, None), part + spec.name
        direction = spec.metadata.get("weaker")
        if value is None or value == ():
            continue
        if name in symbols:
            shown = "" if best is None else _shown(best, direction, digits[1])
            latex, plain, meaning = symbols[name]
            yield Line(latex, plain, _shown(value, direction, digits[0]), meaning, proved=shown)
        elif is_dataclass(value):
            yield from _rows(value, best, symbols, digits, f"{name}.")


def claim_numbers(claim: Any, digits: int = 6) -> Iterator[tuple[str, str]]:
    """The numbers of a claim by the words of their names, rounded in their weak direction.

    Examples
    --------
    >>> from certificates.claims.zero_loss_convergence import Claim
    >>> next(claim_numbers(Claim(2 / 3, 1.0, 1.0, 1.0)))
    ('radius', '0.666667')
    """
    for spec in fields(claim):
        value, name = getattr(claim, spec.name), spec.name.replace("_", " ")
        if is_dataclass(value):
            yield from ((f"{name} {part}", number) for part, number in claim_numbers(value, digits))
        elif isinstance(value, int | float | Fraction):
            yield name, _shown(value, spec.metadata.get("weaker"), digits)


def _shown(value: Any, direction: str | None, digits: int) -> str:
    """Numbers without a direction are exact."""
    if isinstance(value, tuple):
        items = [in_words(item) if isinstance(item, Fraction) else str(item) for item in value]
        more = f", … ({len(items)})" if len(items) > _LONGEST_LIST else ""
        return ", ".join(items[:_LONGEST_LIST]) + more
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float | Fraction):
        return in_words(Fraction(value)) if direction is None else _ROUNDED[direction](value, digits)
    return str(value)
