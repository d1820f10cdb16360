"""Activations: a catalogue name with parameters, or a user's formula."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from fractions import Fraction
from functools import lru_cache

from certificates.errors import MalformedExpression
from certificates.expression.catalogue import CATALOGUE, Entry
from certificates.expression.parser import parse_expression
from certificates.expression.printing import to_text
from certificates.expression.syntax import FUNCTIONS, Expression, Number, walk
from certificates.expression.tokenizer import LONGEST_TEXT, refuse, shown, tokenize

__all__ = ["Activation", "parse_activation"]

_NAMED = re.compile(r"[ \t]*([A-Za-z][A-Za-z0-9_]*)[ \t]*(?:\((.*)\))?[ \t]*", re.ASCII)
_OTHER_NAMES = {
    "linear": "identity",
    "none": "identity",
    "swish": "silu",
    "logistic": "sigmoid",
    "square": "quadratic",
    "atan": "arctan",
    "relu2": "squared_relu",
    "leakyrelu": "leaky_relu",
    "hyperbolic_tangent": "tanh",
}


@dataclass(frozen=True)
class Activation:
    """An activation φ.

    Parameters
    ----------
    text
        The canonical spelling; :func:`parse_activation` of it gives an equal value.
    name
        Its name in the catalogue; ``None`` for a formula that is not in it.
    parameters
        The catalogue entry's parameters, all of them, exact.
    expression
        The formula in z.
    """

    text: str
    name: str | None
    parameters: tuple[Fraction, ...]
    expression: Expression


@lru_cache(maxsize=256)
def parse_activation(text: str) -> Activation:
    """Read an activation: a catalogue name, a name with a parameter, or a formula in z.

    Guarantee
    ---------
    ``parse_activation(a.text) == a`` for every result ``a``. A formula that is literally a catalogue template
    is returned under its name. Nothing is executed.

    Raises
    ------
    MalformedExpression
        An unknown name, a parameter out of range, or a text outside the grammar; with place and remedy.

    Examples
    --------
    >>> parse_activation("softplus").text
    'softplus(1)'
    >>> parse_activation("z * sigmoid(z)").name
    'silu'
    >>> parse_activation("z*log(1+exp(z))").text
    'z*softplus(z)'
    """
    named = _NAMED.fullmatch(text) if len(text) <= LONGEST_TEXT else None
    if named:
        # padded, so that columns of refusals are those of the whole text
        arguments = named[2] and " " * named.start(2) + named[2]
        if not _is_formula(named[1], arguments):
            return _from_name(named[1], arguments, named.start(1) + 1)
    expression = parse_expression(text)
    return _recognised(expression) or _user_formula(expression)


def _is_formula(name: str, arguments: str | None) -> bool:
    """Whether NAME or NAME(...) is in z, or calls a function that is no catalogue name."""
    if not arguments:
        return name == "z"
    calls_function = name in {*FUNCTIONS, "piecewise"} and name not in CATALOGUE
    return calls_function or any(token.text == "z" for token in tokenize(arguments))


def _from_name(name: str, arguments: str | None, column: int) -> Activation:
    entry = CATALOGUE.get(name)
    if entry is None:
        refuse(f"unknown activation {shown(name)}", column, _suggestion(name))
    if entry.parameter is None:
        if arguments is not None:
            refuse(f"{name} takes no parameter", column, f"write {name}, or a formula in z")
        return _catalogued(entry, ())
    value = entry.parameter.default if arguments is None else _parameter_value(arguments, entry)
    if value is None or not entry.parameter.allows(value):
        what = "needs its parameter" if value is None else f"does not allow {entry.parameter.name} = {value}"
        refuse(f"{name} {what}", column, f"write {name}({entry.parameter.name}) with {entry.parameter.condition}")
    return _catalogued(entry, (value,))


def _parameter_value(text: str, entry: Entry) -> Fraction:
    expression = parse_expression(text)
    if not isinstance(expression, Number):
        raise MalformedExpression(
            f"the parameter of {entry.name} is not a rational constant",
            place=f"expression, parameter {entry.parameter.name if entry.parameter else ''}",
            remedy="write it as p/q or as a decimal",
        )
    return expression.value


def _suggestion(name: str) -> str:
    known = f"the catalogue has {', '.join(CATALOGUE)}; or write a formula in z"
    if name in FUNCTIONS:
        return f"write {name}(z); {known}"
    near = _OTHER_NAMES.get(name.lower()) or next(iter(get_close_matches(name.lower(), CATALOGUE, n=1)), None)
    return f"did you mean {near}? {known}" if near else known


@lru_cache(maxsize=256)
def _template(entry: Entry, parameters: tuple[Fraction, ...]) -> Expression:
    return parse_expression(entry.formula(parameters))


def _catalogued(entry: Entry, parameters: tuple[Fraction, ...]) -> Activation:
    text = entry.name + (f"({parameters[0]})" if parameters else "")
    return Activation(text, entry.name, parameters, _template(entry, parameters))


def _recognised(expression: Expression) -> Activation | None:
    """The catalogue entry whose template this is, trying every numeral in it as the parameter."""
    numerals = list(dict.fromkeys(node.value for node in walk(expression) if isinstance(node, Number)))[:8]
    for entry in CATALOGUE.values():
        parameter = entry.parameter
        candidates = [(v,) for v in (Fraction(1), *numerals) if parameter is not None and parameter.allows(v)]
        for values in candidates if parameter is not None else [()]:
            if _template(entry, values) == expression:
                return _catalogued(entry, values)
    return None


def _user_formula(expression: Expression) -> Activation:
    text = to_text(expression)
    if len(text) > LONGEST_TEXT:
        what = f"written with exact fractions the formula has {len(text)} characters"
        refuse(what, 1, f"at most {LONGEST_TEXT} are read")
    return Activation(text, None, (), expression)
