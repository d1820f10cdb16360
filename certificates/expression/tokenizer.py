"""From text to tokens: ASCII only, everything else is refused with its column."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NoReturn

from certificates.errors import MalformedExpression

__all__ = ["LONGEST_TEXT", "Token", "refuse", "shown", "tokenize"]

LONGEST_TEXT = 2000

_NUMERAL = re.compile(r"(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_OPERATOR = re.compile(r"\*\*|[-^+*/(),]")


@dataclass(frozen=True)
class Token:
    """A piece of the text.

    Parameters
    ----------
    kind
        ``number``, ``name``, ``end`` or the operator itself (``**`` is spelled ``^``).
    text
        As written.
    column
        1-based.
    """

    kind: str
    text: str
    column: int


def refuse(what: str, column: int, remedy: str = "") -> NoReturn:
    """Raise :class:`MalformedExpression` at a column."""
    raise MalformedExpression(what, place=f"expression, column {column}", remedy=remedy)


def shown(text: str) -> str:
    """A stranger's text as it may appear in a message: quoted, ASCII, short."""
    return ascii(text if len(text) <= 40 else text[:37] + "...")


def tokenize(text: str) -> list[Token]:
    """Split an expression into tokens; the last one is ``end``.

    Raises
    ------
    MalformedExpression
        Empty or longer than 2,000 characters, or a character outside the grammar.

    Examples
    --------
    >>> [token.kind for token in tokenize("2*z**3")]
    ['number', '*', 'name', '^', 'number', 'end']
    """
    if len(text) > LONGEST_TEXT:
        refuse(f"the text has {len(text)} characters", LONGEST_TEXT + 1, f"at most {LONGEST_TEXT} are read")
    if not text.strip(" \t"):
        refuse("the text is empty", 1, "give a name such as tanh or a formula in z such as z*sigmoid(z)")
    tokens: list[Token] = []
    place = 0
    while place < len(text):
        if text[place] in " \t":
            place += 1
            continue
        token = _next_token(text, place)
        tokens.append(token)
        place += len(token.text)
    return [*tokens, Token("end", "", len(text) + 1)]


def _next_token(text: str, place: int) -> Token:
    column = place + 1
    numeral = _NUMERAL.match(text, place)
    if numeral:
        _check_after_numeral(text, numeral.end())
        return Token("number", numeral.group(), column)
    name = _NAME.match(text, place)
    if name:
        return Token("name", name.group(), column)
    operator = _OPERATOR.match(text, place)
    if operator:
        return Token("^" if operator.group() == "**" else operator.group(), operator.group(), column)
    return _refuse_character(text[place], column)


def _check_after_numeral(text: str, place: int) -> None:
    following = text[place : place + 1]
    if following == "_":
        refuse("an underscore in a number", place + 1, "write the digits without separators")
    if following == ".":
        refuse("a second decimal point in a number", place + 1)
    if following.isascii() and following.isalpha():
        refuse("a number directly before a name", place + 1, "write the multiplication: 2*z")


def _refuse_character(character: str, column: int) -> NoReturn:
    if character == "_":
        refuse("a name cannot start with an underscore", column, "the grammar has no Python names")
    if character == ".":
        refuse("a point outside a number", column, "attribute access is not part of the grammar")
    if character.isnumeric():
        refuse(f"the digit {shown(character)} is not one of 0 to 9", column, "write ASCII digits")
    if character == "|":
        refuse("no absolute values", column, "write piecewise(-z, 0, z)")
    refuse(
        f"the character {shown(character)} is not part of the grammar",
        column,
        "use digits, z, + - * / ^ ( ) , and the functions",
    )
