"""Expressions as text that parses back to them, and as LaTeX for reports."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

from certificates.errors import MalformedExpression
from certificates.expression.catalogue import CATALOGUE
from certificates.expression.parser import TOO_LONG, is_short
from certificates.expression.syntax import (
    Apply,
    Difference,
    Expression,
    Negative,
    Number,
    Piecewise,
    Power,
    Product,
    Quotient,
    Sum,
    Variable,
    walk,
)

__all__ = ["to_latex", "to_text"]

# Binding strengths as in Python: sum < product < unary minus < power < atom.
_SUM, _PRODUCT, _MINUS, _POWER, _ATOM = range(5)

_LATEX_NAMES = {
    "exp": r"\exp",
    "log": r"\log",
    "tanh": r"\tanh",
    "sigmoid": r"\operatorname{sigmoid}",
    "softplus": r"\operatorname{softplus}",
    "erf": r"\operatorname{erf}",
    "atan": r"\arctan",
    "sin": r"\sin",
    "cos": r"\cos",
}


def to_text(expression: Expression) -> str:
    """Spell an expression with the fewest parentheses that keep its tree.

    Guarantee
    ---------
    ``parse_expression(to_text(e)) == e`` for every expression ``e`` that the parser returns; so is the formula of
    ``parse_activation(to_text(e))``: where NAME(p) would read as a catalogue name with its parameter, the text is in
    parentheses.

    Raises
    ------
    MalformedExpression
        A number is longer than the parser reads.

    Examples
    --------
    >>> from certificates.expression import parse_expression
    >>> to_text(parse_expression("((z)) * (1 + erf(z/sqrt(2))) * 0.5"))
    'z*(1+erf(z/sqrt(2)))*(1/2)'
    >>> to_text(parse_expression("softplus(2)"))
    '(softplus(2))'
    """
    text = _text(expression)[0]
    return f"({text})" if _reads_as_a_name(expression) else text


def _reads_as_a_name(expression: Expression) -> bool:
    if not isinstance(expression, Apply) or expression.function not in CATALOGUE:
        return False
    return not any(isinstance(node, Variable) for node in walk(expression))


def _wrapped(expression: Expression, least: int) -> str:
    text, strength = _text(expression)
    return text if strength >= least else f"({text})"


def _text(expression: Expression) -> tuple[str, int]:
    match expression:
        case Number(value):
            return _number_text(value)
        case Negative(operand):
            return f"-{_wrapped(operand, _MINUS)}", _MINUS
        case Sum(left, right):
            return f"{_wrapped(left, _SUM)}+{_wrapped(right, _PRODUCT)}", _SUM
        case Difference(left, right):
            return f"{_wrapped(left, _SUM)}-{_wrapped(right, _PRODUCT)}", _SUM
        case Product(left, right):
            return f"{_wrapped(left, _PRODUCT)}*{_wrapped(right, _MINUS)}", _PRODUCT
        case Quotient(left, right):
            return f"{_wrapped(left, _PRODUCT)}/{_wrapped(right, _MINUS)}", _PRODUCT
        case Power(base, exponent):
            return f"{_wrapped(base, _ATOM)}^{exponent}", _POWER
        case Apply(function, argument):
            return f"{function}({_text(argument)[0]})", _ATOM
        case Piecewise(pieces, breakpoints):
            rest = [f"{_spelled(b)}, {_text(e)[0]}" for b, e in zip(breakpoints, pieces[1:], strict=True)]
            return f"piecewise({', '.join([_text(pieces[0])[0], *rest])})", _ATOM
        case _:
            return "z", _ATOM


def _number_text(value: Fraction) -> tuple[str, int]:
    """A fraction is a product to its surroundings, a negative number a minus."""
    if value.denominator > 1:
        return _spelled(value), _PRODUCT
    return _spelled(value), (_MINUS if value < 0 else _ATOM)


def _spelled(value: Fraction) -> str:
    if not is_short(value):
        raise MalformedExpression("a number has too many digits", place="expression", remedy=TOO_LONG)
    return str(value)


def to_latex(expression: Expression, variable: str = "z") -> str:
    r"""Typeset an expression, without the surrounding dollar signs.

    Parameters
    ----------
    expression
        Any expression; it contains no text of a stranger, so nothing needs escaping.
    variable
        LaTeX of the variable.

    Examples
    --------
    >>> from certificates.expression import parse_expression
    >>> to_latex(parse_expression("z/2*(1+erf(z/sqrt(2)))"))
    '\\frac{z}{2} \\left(1 + \\operatorname{erf}\\left(\\frac{z}{\\sqrt{2}}\\right)\\right)'
    """
    return _latex(expression, variable)[0]


def _latex_wrapped(expression: Expression, least: int, variable: str) -> str:
    text, strength = _latex(expression, variable)
    return text if strength >= least else rf"\left({text}\right)"


def _latex(expression: Expression, variable: str) -> tuple[str, int]:
    def wrap(operand: Expression, least: int) -> str:
        return _latex_wrapped(operand, least, variable)

    match expression:
        case Number(value):
            return _latex_number(value)
        case Negative(operand):
            return f"-{wrap(operand, _MINUS)}", _SUM
        case Sum(left, right):
            return f"{wrap(left, _SUM)} + {wrap(right, _PRODUCT)}", _SUM
        case Difference(left, right):
            return f"{wrap(left, _SUM)} - {wrap(right, _PRODUCT)}", _SUM
        case Product(left, right):
            first, second = wrap(left, _PRODUCT), wrap(right, _PRODUCT)
            # a digit after a factor, or a fraction after a number, would read as one numeral
            ends_in_number = isinstance(left, Number) or first[-1].isdigit()
            ambiguous = second[0].isdigit() or (ends_in_number and second.startswith(r"\frac"))
            return first + (r" \cdot " if ambiguous else " ") + second, _PRODUCT
        case Quotient(left, right):
            return rf"\frac{{{wrap(left, _SUM)}}}{{{wrap(right, _SUM)}}}", _MINUS
        case Power(base, exponent):
            return f"{wrap(base, _ATOM)}^{{{exponent}}}", _POWER
        case _:
            return _latex_atom(expression, variable), _ATOM


def _latex_number(value: Fraction) -> tuple[str, int]:
    sign = "-" if value < 0 else ""
    size = abs(value)
    if size.denominator == 1:
        return f"{sign}{size.numerator}", (_SUM if sign else _ATOM)
    return rf"{sign}\frac{{{size.numerator}}}{{{size.denominator}}}", (_SUM if sign else _MINUS)


def _latex_atom(expression: Expression, variable: str) -> str:
    match expression:
        case Apply("sqrt", argument):
            return rf"\sqrt{{{to_latex(argument, variable)}}}"
        case Apply(function, argument):
            return rf"{_LATEX_NAMES[function]}\left({to_latex(argument, variable)}\right)"
        case Piecewise(pieces, breakpoints):
            points = [_latex_number(b)[0] for b in breakpoints]
            conditions = [rf"{variable} \le {points[0]}"]
            conditions += [rf"{a} < {variable} \le {b}" for a, b in pairwise(points)]
            conditions.append(rf"{variable} > {points[-1]}")
            rows = [f"{to_latex(e, variable)} & {c}" for e, c in zip(pieces, conditions, strict=True)]
            return r"\begin{cases}" + r" \\ ".join(rows) + r"\end{cases}"
        case _:
            return variable
