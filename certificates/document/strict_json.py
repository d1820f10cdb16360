"""JSON as certificates use it: objects, lists and strings only, every key once, bounded size and depth."""

from __future__ import annotations

import json
import re
from typing import Any

from certificates.errors import MalformedCertificate

__all__ = ["MAX_BYTES", "MAX_DEPTH", "check_nesting", "parse_json"]

MAX_BYTES = 16 * 2**20
MAX_DEPTH = 32
_MAX_TOKENS = 2**20  # strings and brackets; a list takes a hundred bytes of memory and a byte or two of text

# Possessive, and the closing quote optional: a string that never ends is one token, so scanning stays linear.
_TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+"?|[\[\]{}]', re.DOTALL)


def parse_json(data: bytes, *, limit: int = MAX_BYTES) -> Any:
    """Parse bytes into dicts, lists and strings.

    Parameters
    ----------
    data
        UTF-8 without a byte order mark.
    limit
        Largest number of bytes.

    Raises
    ------
    MalformedCertificate
        Too large, too deep, not UTF-8, not JSON, a duplicate key, or a value that is a number, true, false, null.

    Examples
    --------
    >>> parse_json(b'{"radius": "0x1.0000000000000p+0"}')
    {'radius': '0x1.0000000000000p+0'}
    """
    if len(data) > limit:
        raise MalformedCertificate(f"{len(data)} bytes of JSON, at most {limit} are read", place="$")
    try:
        text = data.decode("utf-8", errors="strict")
    except UnicodeDecodeError as error:
        raise MalformedCertificate("not UTF-8", place=f"byte {error.start}") from error
    check_nesting(text)
    try:
        value = json.loads(
            text,
            object_pairs_hook=_object,
            parse_int=_refuse_token,
            parse_float=_refuse_token,
            parse_constant=_refuse_token,
        )
    except json.JSONDecodeError as error:
        raise MalformedCertificate(
            f"not JSON: {error.msg}", place=f"line {error.lineno}, column {error.colno}"
        ) from error
    _check_values(value, "$")
    return value


def check_nesting(text: str) -> None:
    """Count brackets outside strings, and tokens, before the recursive parser sees them.

    Raises
    ------
    MalformedCertificate
        Nested too deeply, or in too many pieces.
    """
    depth = 0
    for count, token in enumerate(_TOKEN.finditer(text)):
        if count == _MAX_TOKENS:
            raise MalformedCertificate(
                f"more than {_MAX_TOKENS} strings and brackets", place=f"character {token.start()}"
            )
        if token[0] in "[{":
            depth += 1
            if depth > MAX_DEPTH:
                raise MalformedCertificate(f"nested deeper than {MAX_DEPTH} levels", place=f"character {token.start()}")
        elif token[0] in "]}":
            depth -= 1


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key, value in pairs:
        if key in result:
            raise MalformedCertificate("the key appears twice in one object", place=ascii(key[:80]))
        result[key] = value
    return result


def _refuse_token(token: str) -> Any:
    raise MalformedCertificate(
        "a JSON number or constant",
        place=ascii(token[:40]),
        remedy='numbers are spelled as strings, such as "0x1.8p+1"',
    )


def _check_values(value: Any, place: str) -> None:
    if isinstance(value, dict):
        for key, item in value.items():
            _check_text(key, place)
            _check_values(item, f"{place}.{key[:80]}")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            _check_values(item, f"{place}[{index}]")
    elif isinstance(value, str):
        _check_text(value, place)
    else:
        raise MalformedCertificate(
            f"{json.dumps(value)} is not a string, list or object", place=ascii(place).strip("'")
        )


def _check_text(text: str, place: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise MalformedCertificate("a lone surrogate is no character", place=ascii(place)) from error
