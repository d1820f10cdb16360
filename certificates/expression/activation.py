"""Activations: a catalogue name with parameters, or a user's formula."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from difflib import get_close_matches
from fractions import Fraction

from certificates.errors import MalformedExpression
from certificates.expression.catalogue import CATALOGUE, Entry
from certificates.expression.parser import parse_expression
from certificates.expression.printing import to_text
from certificates.expression.syntax import FUNCTIONS, Expression, Number, walk
from certificates.expression.tokenizer import LONGEST_TEXT, Token, refuse, shown, tokenize
from certificates.memory import remembered

__all__ = ["Activation", "parse_activation"]

_Parts = tuple[str, str | None, tuple[Fraction, ...], Expression]  # the fields of an Activation

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
        The canonical spelling; :func:`parse_activation` of it gives an equal value, or nothing is built.
    name
        Its name in the catalogue; ``None`` for a formula that is not in it.
    parameters
        The catalogue entry's parameters, all of them, exact.
    expression
        The formula in z.

    Raises
    ------
    MalformedExpression
        The text reads as another function than the other fields say: files hold nothing but the text.
    """

    text: str
    name: str | None
    parameters: tuple[Fraction, ...]
    expression: Expression = field(hash=False)  # the text determines it

    def __post_init__(self) -> None:
        """Read the text again, as whoever gets a file will."""
        read = _read(self.text)
        if read != (self.text, self.name, self.parameters, self.expression):
            raise MalformedExpression(
                f"the text {shown(self.text)} does not read back as this activation",
                place="expression",
                remedy="build it from a text, with parse_activation",
            )
        object.__setattr__(self, "expression", read[3])  # equal, and its numbers are fractions: 0.5 == 1/2


@remembered(256)
def parse_activation(text: str) -> Activation:
    """Read an activation: a catalogue name, a name with a parameter, or a formula in z.

    Guarantee
    ---------
    ``parse_activation(a.text) == a`` for every result ``a``. A formula that is literally a catalogue template
    is returned under its name. NAME(p) is a catalogue name with a parameter; in parentheses it is the value of the
    function NAME at p. Nothing is executed.

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
    >>> parse_activation("(softplus(2))").name is None  # the constant log(1 + e²)
    True
    """
    return Activation(*_read(text))


@remembered(256)
def _read(text: str) -> _Parts:
    named = _NAMED.fullmatch(text) if len(text) <= LONGEST_TEXT else None
    if named:
        # padded, so that columns of refusals are those of the whole text
        arguments = named[2] and " " * named.start(2) + named[2]
        if not _is_formula(named[1], arguments):
            return _from_name(named[1], arguments, named.start(1) + 1)
    expression = parse_expression(text)
    return _recognised(expression) or _user_formula(expression)


def _is_formula(name: str, arguments: str | None) -> bool:
    """Whether NAME or NAME(...) is in z, calls a function that is no catalogue name, or is f(...) … g(...)."""
    if not arguments:
        return name == "z"
    if name in {*FUNCTIONS, "piecewise"} and name not in CATALOGUE:
        return True
    tokens = tokenize(arguments)
    return any(token.text == "z" for token in tokens) or _closes_early(tokens)


def _closes_early(tokens: list[Token]) -> bool:
    """Whether a parenthesis that was opened before these tokens closes among them, as in ``tanh(1)*tanh(2)``."""
    level = 0
    for token in tokens:
        level += (token.kind == "(") - (token.kind == ")")
        if level < 0:
            return True
    return False


def _from_name(name: str, arguments: str | None, column: int) -> _Parts:
    entry = CATALOGUE.get(name)
    if entry is None:
        refuse(f"unknown activation {shown(name)}", column, _suggestion(name))
    if entry.parameter is None:
        if arguments is not None:
            constant = f", or ({name}({arguments.strip()[:20]})) for a constant" if name in FUNCTIONS else ""
            refuse(f"{name} takes no parameter", column, f"write {name}, or a formula in z{constant}")
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


@remembered(256)
def _template(entry: Entry, parameters: tuple[Fraction, ...]) -> Expression:
    return parse_expression(entry.formula(parameters))


def _catalogued(entry: Entry, parameters: tuple[Fraction, ...]) -> _Parts:
    text = entry.name + (f"({parameters[0]})" if parameters else "")
    return text, entry.name, parameters, _template(entry, parameters)


def _recognised(expression: Expression) -> _Parts | None:
    """The catalogue entry whose template this is, trying every numeral in it as the parameter."""
    numerals = list(dict.fromkeys(node.value for node in walk(expression) if isinstance(node, Number)))[:8]
    for entry in CATALOGUE.values():
        parameter = entry.parameter
        candidates = [(v,) for v in (Fraction(1), *numerals) if parameter is not None and parameter.allows(v)]
        for values in candidates if parameter is not None else [()]:
            if _template(entry, values) == expression:
                return _catalogued(entry, values)
    return None


def _user_formula(expression: Expression) -> _Parts:
    text = to_text(expression)
    if len(text) > LONGEST_TEXT:
        what = f"written with exact fractions the formula has {len(text)} characters"
        refuse(what, 1, f"at most {LONGEST_TEXT} are read")
    return text, None, (), expression
