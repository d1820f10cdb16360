"""A precedence parser for the grammar of theory 2.4, with the limits that keep hostile text harmless.

    sum      = product (("+" | "-") product)*
    product  = unary (("*" | "/") unary)*
    unary    = ("-" | "+") unary | power
    power    = atom ["^" unary]                     exponent: an integer numeral, |k| ≤ 64
    atom     = numeral | "z" | function "(" sum ")" | "(" sum ")"
             | "piecewise" "(" sum ("," rational "," sum)+ ")"

Precedence is Python's: −z^2 = −(z^2), 2^−1 = 1/2.
"""

from __future__ import annotations

from difflib import get_close_matches
from fractions import Fraction

from certificates.expression.catalogue import CATALOGUE
from certificates.expression.syntax import (
    FUNCTIONS,
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
)
from certificates.expression.tokenizer import Token, refuse, shown, tokenize

__all__ = [
    "DEEPEST_TREE",
    "LARGEST_EXPONENT",
    "LONGEST_NUMERAL",
    "MOST_BREAKPOINTS",
    "TOO_LONG",
    "is_short",
    "parse_expression",
]

DEEPEST_TREE = 100
LARGEST_EXPONENT = 64
LONGEST_NUMERAL = 100  # digits of a numerator or denominator
MOST_BREAKPOINTS = 32

# A canonical text nests no deeper than its tree, but for a negative fraction under an operator: in z*(-1/2) the
# parenthesis and the sign are two levels, and the tree has one.
_DEEPEST_TEXT = DEEPEST_TREE + 1

_ONE = Number(Fraction(1))
TOO_LONG = f"numerator and denominator may have {LONGEST_NUMERAL} digits"
_TOO_DEEP = f"at most {DEEPEST_TREE} levels of operations, signs and parentheses are read"

_Node = tuple[Expression, int]  # an expression and the depth of its tree


def parse_expression(text: str) -> Expression:
    """Parse a formula in z.

    Parameters
    ----------
    text
        At most 2,000 characters; decimals are exact rationals.

    Guarantee
    ---------
    The result means what the text means under Python's precedence; ``log(1+exp(x))`` is returned as
    ``softplus(x)``, quotients of numerals and negated numerals as one :class:`Number`. The tree is at most
    100 deep. Nothing is executed.

    Raises
    ------
    MalformedExpression
        With the column and a remedy, for every text outside the grammar or its limits.

    Examples
    --------
    >>> parse_expression("-z^2")
    Negative(operand=Power(base=Variable(), exponent=2))
    >>> parse_expression("z**z")
    Traceback (most recent call last):
        ...
    certificates.errors.MalformedExpression: expression, column 4: expected an integer exponent, ...
    """
    parser = _Parser(tokenize(text))
    expression, _ = parser.sum(0)
    parser.expect("end")
    return expression


class _Parser:
    """Recursive descent; ``level`` counts the nesting of the text, so the stack is bounded by it."""

    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._next = 0

    @property
    def token(self) -> Token:
        return self._tokens[self._next]

    def take(self) -> Token:
        token = self.token
        self._next += 1
        return token

    def expect(self, kind: str) -> None:
        token = self.token
        if token.kind != kind:
            wanted = "an operator or the end" if kind == "end" else shown(kind)
            refuse(f"expected {wanted}, got {_described(token)}", token.column, _advice(token))
        self.take()

    def sum(self, level: int) -> _Node:
        node = self.product(level)
        while self.token.kind in {"+", "-"}:
            operator = self.take()
            make = Sum if operator.kind == "+" else Difference
            right = self.product(level)
            node = _join(make(node[0], right[0]), node, right, operator)
        return node

    def product(self, level: int) -> _Node:
        node = self.unary(level)
        while self.token.kind in {"*", "/"}:
            operator = self.take()
            right = self.unary(level)
            made = Product(node[0], right[0]) if operator.kind == "*" else _quotient(node[0], right[0], operator)
            node = _join(made, node, right, operator)
        return node

    def unary(self, level: int) -> _Node:
        token = self.token
        if level > _DEEPEST_TEXT:
            refuse("nested too deeply", token.column, _TOO_DEEP)
        if token.kind == "+":
            self.take()
            return self.unary(level + 1)
        if token.kind == "-":
            self.take()
            node = self.unary(level + 1)
            return _join(_negative(node[0]), node, node, token)
        return self.power(level)

    def power(self, level: int) -> _Node:
        node = self.atom(level)
        if self.token.kind != "^":
            return node
        operator = self.take()
        column = self.token.column
        exponent, _ = self.unary(level + 1)
        return _join(Power(node[0], _integer_exponent(exponent, column)), node, node, operator)

    def atom(self, level: int) -> _Node:
        token = self.take()
        if token.kind == "number":
            return Number(_numeral(token)), 1
        if token.kind == "(":
            node = self.sum(level + 1)
            self.expect(")")
            return node
        if token.kind == "name" and token.text == "z":
            return Variable(), 1
        if token.kind == "name":
            return self.call(token, level)
        return refuse(f"expected a number, z, a function or '(', got {_described(token)}", token.column, _advice(token))

    def call(self, name: Token, level: int) -> _Node:
        if name.text != "piecewise" and name.text not in FUNCTIONS:
            refuse(f"unknown name {shown(name.text)}", name.column, _suggestion(name.text))
        if self.token.kind != "(":
            refuse(f"{name.text} is a function", name.column, f"write {name.text}(z)")
        self.take()
        if name.text == "piecewise":
            return self.pieces(name, level)
        node = self.sum(level + 1)
        if self.token.kind == ",":
            refuse(f"{name.text} takes one argument", self.token.column)
        self.expect(")")
        return _join(_apply(name.text, node[0]), node, node, name)

    def pieces(self, name: Token, level: int) -> _Node:
        node = self.sum(level + 1)
        pieces, breakpoints = [node[0]], list[Fraction]()
        while self.token.kind == ",":
            self.take()
            breakpoints.append(self.breakpoint(level, breakpoints))
            if self.token.kind != ",":
                refuse("piecewise ends with a breakpoint", self.token.column, "write piecewise(e0, b1, e1, ...)")
            self.take()
            piece = self.sum(level + 1)
            pieces.append(piece[0])
            node = node if node[1] >= piece[1] else piece
        self.expect(")")
        if not 1 <= len(breakpoints) <= MOST_BREAKPOINTS:
            refuse(
                f"piecewise has {len(breakpoints)} breakpoints, expected 1 to {MOST_BREAKPOINTS}",
                name.column,
                "write piecewise(e0, b1, e1, ...)",
            )
        return _join(Piecewise(tuple(pieces), tuple(breakpoints)), node, node, name)

    def breakpoint(self, level: int, earlier: list[Fraction]) -> Fraction:
        column = self.token.column
        expression, _ = self.sum(level + 1)
        if not isinstance(expression, Number):
            refuse("a breakpoint is not a rational constant", column, "write it as p/q or as a decimal")
        if earlier and expression.value <= earlier[-1]:
            refuse(f"breakpoints must increase, got {earlier[-1]} then {expression.value}", column)
        return expression.value


def _join(made: Expression, left: _Node, right: _Node, token: Token) -> _Node:
    """A node above two others; a numeral that absorbed them is a leaf again."""
    depth = 1 if isinstance(made, Number) else 1 + (max(left[1], right[1]))
    if depth > DEEPEST_TREE:
        refuse("nested too deeply", token.column, _TOO_DEEP + "; group long sums with parentheses")
    return made, depth


def _negative(operand: Expression) -> Expression:
    return Number(-operand.value) if isinstance(operand, Number) else Negative(operand)


def _quotient(left: Expression, right: Expression, operator: Token) -> Expression:
    if isinstance(right, Number) and right.value == 0:
        refuse("division by zero", operator.column)
    if isinstance(left, Number) and isinstance(right, Number) and is_short(left.value / right.value):
        return Number(left.value / right.value)
    return Quotient(left, right)


def _apply(function: str, argument: Expression) -> Expression:
    """log(1 + exp(x)) overflows where softplus(x) does not; they are the same function."""
    if function == "log" and isinstance(argument, Sum):
        for one, other in ((argument.left, argument.right), (argument.right, argument.left)):
            if one == _ONE and isinstance(other, Apply) and other.function == "exp":
                return Apply("softplus", other.argument)
    return Apply(function, argument)


def is_short(value: Fraction) -> bool:
    """Whether numerator and denominator have at most ``LONGEST_NUMERAL`` digits."""
    limit = 10**LONGEST_NUMERAL
    return bool(abs(value.numerator) < limit and value.denominator < limit)


def _numeral(token: Token) -> Fraction:
    mantissa, _, exponent = token.text.lower().partition("e")
    if len(mantissa) > 2 * LONGEST_NUMERAL or len(exponent) > 4 or abs(int(exponent or "0")) > 2 * LONGEST_NUMERAL:
        refuse("the number has too many digits", token.column, TOO_LONG)
    value = Fraction(mantissa) * Fraction(10) ** int(exponent or "0")
    if not is_short(value):
        refuse("the number has too many digits", token.column, TOO_LONG)
    return value


def _integer_exponent(exponent: Expression, column: int) -> int:
    if not isinstance(exponent, Number) or exponent.value.denominator != 1:
        refuse(
            "expected an integer exponent, such as z^3 or z^-1",
            column,
            "write sqrt(x) for x^(1/2), and exp(a*log(x)) for x^a with x > 0",
        )
    if abs(exponent.value) > LARGEST_EXPONENT:
        refuse(f"the exponent is beyond {LARGEST_EXPONENT} in absolute value", column, "nest powers: (z^8)^16")
    return int(exponent.value)


def _described(token: Token) -> str:
    return "the end of the text" if token.kind == "end" else shown(token.text)


def _advice(token: Token) -> str:
    if token.kind in {"name", "number", "("}:
        return "write the multiplication: 2*z, z*(z+1)"
    return "a comma separates the arguments of piecewise only" if token.kind == "," else ""


def _suggestion(name: str) -> str:
    if name in CATALOGUE:
        return f"{name} is a catalogue name and has no argument z: write its formula, {CATALOGUE[name].template}"
    near = get_close_matches(name.lower(), (*FUNCTIONS, "piecewise"), n=1, cutoff=0.6)
    known = f"the variable is z; the functions are {', '.join(FUNCTIONS)} and piecewise"
    return f"did you mean {near[0]}? {known}" if near else known
