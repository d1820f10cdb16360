"""What can be wrong with an input, before any arithmetic: every exception names the place and the remedy.

A *malformed* file is no certificate at all; that is an exception. A certificate that is well formed but not
proved is no exception: it is a value of :mod:`certificates.verdict`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

__all__ = [
    "BudgetExhausted",
    "EnclosureFailure",
    "Malformed",
    "MalformedCertificate",
    "MalformedExpression",
    "MalformedProblem",
    "OutOfMemory",
    "UnsoundPlatform",
    "within_memory",
]


class Malformed(Exception):
    """An input is not what its format requires.

    Parameters
    ----------
    what
        One sentence: what was found and what was expected ("expected (3, 64), got (3, 63)").
    place
        Where: a key path, a tensor's name, a byte offset, a column of an expression.
    remedy
        What the reader can do about it; empty when the sentence says it already.
    """

    def __init__(self, what: str, *, place: str = "", remedy: str = "") -> None:
        self.what, self.place, self.remedy = what, place, remedy
        super().__init__(what, place, remedy)

    def __str__(self) -> str:
        """One line: place, what, remedy."""
        head = f"{self.place}: {self.what}" if self.place else self.what
        return f"{head}; {self.remedy}" if self.remedy else head


class MalformedExpression(Malformed):
    """The text of an activation is outside the grammar or its limits."""


class MalformedProblem(Malformed):
    """A problem file, or arrays offered as one, do not describe a subject."""


class MalformedCertificate(Malformed):
    """A certificate file is not one: wrong shape, spelling, hash or a missing companion."""


class OutOfMemory(Malformed):
    """Reading an input takes more memory, or more of the stack, than there is: it may be well formed elsewhere."""


@contextmanager
def within_memory(place: str) -> Iterator[None]:
    """Say where memory or the stack ran out, instead of :class:`MemoryError` and :class:`RecursionError`.

    Parameters
    ----------
    place
        What is read.

    Raises
    ------
    OutOfMemory
        What is read does not fit.
    """
    try:
        yield
    except MemoryError as error:
        raise OutOfMemory("does not fit into memory", place=place, remedy="use a machine with more") from error
    except RecursionError as error:
        remedy = "call the judge from a shallower stack, or raise the interpreter's recursion limit"
        raise OutOfMemory("is nested deeper than the stack that is left", place=place, remedy=remedy) from error


class EnclosureFailure(ArithmeticError):
    """No finite enclosure exists at this precision: overflow, a division by a ball around 0, a logarithm of one.

    It says nothing about the truth of a claim; the judge turns it into *Undecided*.
    """


class BudgetExhausted(Exception):
    """The work or memory allotted to one check does not suffice; the judge turns it into *Undecided*.

    No :class:`EnclosureFailure`: those are caught where another way is open.

    Parameters
    ----------
    estimate, allowed
        What is needed up to here, at least, and what one check may take.
    unit
        ``operations on balls`` or ``bytes``.
    """

    def __init__(self, estimate: float, allowed: float, unit: str) -> None:
        self.estimate, self.allowed, self.unit = estimate, allowed, unit
        super().__init__(f"at least {estimate:.3g} {unit}, at most {allowed:.3g} are allowed")


class Contradiction(RuntimeError):
    """Two enclosures of one number are disjoint: a bug of the judge, or of a library under it. There is no verdict."""


class UnsoundPlatform(RuntimeError):
    """The platform self-test failed: this machine's binary64 cannot be used for proofs (theory 0.2)."""
