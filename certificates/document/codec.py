"""Frozen dataclasses to JSON values and back, by their annotations; unknown and missing keys are refused."""

from __future__ import annotations

from dataclasses import MISSING, fields, is_dataclass
from fractions import Fraction
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from certificates.document.numbers import (
    read_float,
    read_integer,
    read_rational,
    spell_float,
    spell_integer,
    spell_rational,
)
from certificates.errors import MalformedCertificate

__all__ = ["MAX_LIST", "read_record", "require_keys", "write_record"]

MAX_LIST = 4_096
_LONGEST_NUMERAL = 4_000  # digits; also below the interpreter's limit for writing integers


def write_record(record: Any) -> dict[str, Any]:
    """A dataclass as an object of strings, lists and objects, in field order; ``None`` fields are left out."""
    values = ((spec.name, getattr(record, spec.name)) for spec in fields(record))
    return {name: _write(value, name) for name, value in values if value is not None}


def _write(value: Any, place: str) -> Any:
    if isinstance(value, str):
        return value
    if isinstance(value, float):
        return spell_float(value)
    if isinstance(value, int):
        return spell_integer(value)
    if isinstance(value, Fraction):
        return spell_rational(value)
    if isinstance(value, tuple):
        _check_length(value, place)
        return [_write(item, place) for item in value]
    if is_dataclass(value):
        return write_record(value)
    raise TypeError(f"{place}: a {type(value).__name__} has no spelling in a certificate")


def read_record(kind: type[Any], value: Any, place: str) -> Any:
    """Build the dataclass ``kind`` from an object.

    Raises
    ------
    MalformedCertificate
        Not an object, an unknown or missing key, or a value its annotation does not admit, with the key path.
    """
    hints = get_type_hints(kind)
    specs = fields(kind)
    required = {spec.name for spec in specs if spec.default is MISSING}
    require_keys(value, place, required, {spec.name for spec in specs})
    present = {name: _read(hints[name], item, f"{place}.{name}") for name, item in value.items()}
    return kind(**present)


def require_keys(value: Any, place: str, required: set[str], allowed: set[str]) -> None:
    """Refuse what is no object with exactly these keys."""
    if not isinstance(value, dict):
        raise MalformedCertificate(f"expected an object, got {_shape(value)}", place=place)
    for name in sorted(required - value.keys()):
        raise MalformedCertificate(f"the key {name!r} is missing", place=place)
    for name in sorted(value.keys() - allowed):
        raise MalformedCertificate(f"unknown key {name[:80]!a}", place=place)


def _read(hint: Any, value: Any, place: str) -> Any:
    origin = get_origin(hint)
    if origin in (Union, UnionType):
        (inner,) = [part for part in get_args(hint) if part is not NoneType]
        return _read(inner, value, place)
    if origin is tuple:
        return _read_tuple(get_args(hint), value, place)
    if is_dataclass(hint) and isinstance(hint, type):
        return read_record(hint, value, place)
    if not isinstance(value, str):
        raise MalformedCertificate(f"expected a string, got {_shape(value)}", place=place)
    if origin is Literal:
        if value not in get_args(hint):
            raise MalformedCertificate(f"expected one of {', '.join(get_args(hint))}, got {value[:40]!a}", place=place)
        return value
    return _read_scalar(hint, value, place)


def _read_scalar(hint: Any, value: str, place: str) -> Any:
    if hint is not str and max(map(len, value.split("/"))) > _LONGEST_NUMERAL:
        raise MalformedCertificate(f"a number has more than {_LONGEST_NUMERAL} digits", place=place)
    if hint is float:
        return read_float(value, place)
    if hint is int:
        return read_integer(value, place)
    if hint is Fraction:
        return read_rational(value, place)
    if hint is str:
        return value
    raise TypeError(f"{place}: the codec has no reading for {hint}")


def _read_tuple(hints: tuple[Any, ...], value: Any, place: str) -> tuple[Any, ...]:
    """A list of any length (``tuple[T, ...]``) or of a fixed one (``tuple[S, T]``)."""
    if hints[-1] is Ellipsis:
        return _read_list(hints[0], value, place)
    if not isinstance(value, list) or len(value) != len(hints):
        raise MalformedCertificate(f"expected a list of {len(hints)} entries, got {_shape(value)}", place=place)
    return tuple(
        _read(hint, item, f"{place}[{index}]") for index, (hint, item) in enumerate(zip(hints, value, strict=True))
    )


def _read_list(hint: Any, value: Any, place: str) -> tuple[Any, ...]:
    if not isinstance(value, list):
        raise MalformedCertificate(f"expected a list, got {_shape(value)}", place=place)
    _check_length(value, place)
    return tuple(_read(hint, item, f"{place}[{index}]") for index, item in enumerate(value))


def _check_length(items: Any, place: str) -> None:
    if len(items) > MAX_LIST:
        raise MalformedCertificate(f"{len(items)} entries, at most {MAX_LIST} are allowed in a list", place=place)


def _shape(value: Any) -> str:
    names = {"dict": "an object", "list": "a list", "str": "a string"}
    return names.get(type(value).__name__, type(value).__name__)
