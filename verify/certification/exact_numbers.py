"""Numbers of options: exact, or refused with the way to write them."""

from __future__ import annotations

import re
from fractions import Fraction

from certificates.errors import MalformedProblem

__all__ = ["exact_positive"]

# Fraction alone would write out 1e999999999
_POSITIVE = re.compile(r"[0-9]{1,40}(\.[0-9]{0,40})?(e[+-]?[0-9]{1,2})?|[0-9]{1,40}/[1-9][0-9]{0,39}", re.ASCII)


def exact_positive(value: Fraction | int | str | None, place: str) -> Fraction | None:
    """A rational number, a decimal or p/q; ``None`` stays.

    Parameters
    ----------
    value
        As given.
    place
        The option, for the refusal.

    Raises
    ------
    MalformedProblem
        It is not positive, no number, or a float, which is not the decimal it was written as.

    Examples
    --------
    >>> exact_positive("1/4", "radius"), exact_positive("0.1", "radius")
    (Fraction(1, 4), Fraction(1, 10))
    """
    if value is None:
        return None
    if isinstance(value, str) and _POSITIVE.fullmatch(value) and re.search("[1-9]", re.split("[e/]", value)[0]):
        return Fraction(value)
    if isinstance(value, Fraction | int) and not isinstance(value, bool) and value > 0:
        return Fraction(value)
    found = value[:40] if isinstance(value, str) else value
    what = f"expected a positive number such as 0.005 or 1/200, got {found!a}"
    remedy = f'floats are not exact: write "{value}" or a Fraction' if isinstance(value, float) else ""
    raise MalformedProblem(what, place=place, remedy=remedy)
