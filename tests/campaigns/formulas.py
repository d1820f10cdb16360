"""Random activations whose text must read back as the same function, always.

``python -m tests.campaigns.formulas --count 100000`` tries that many formulas, numbered from where the last run stopped
(``--start`` says otherwise), and prints how many were built, refused and wrong. Formula ``k`` is the same in every run.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import Counter
from fractions import Fraction
from pathlib import Path

import numpy as np

from certificates.document.problem_file import decode_problem, encode_problem
from certificates.errors import MalformedExpression
from certificates.expression import CATALOGUE, Activation, Expression, parse_activation, to_text
from certificates.expression.syntax import (
    FUNCTIONS,
    Apply,
    Difference,
    Negative,
    Number,
    Piecewise,
    Power,
    Product,
    Quotient,
    Sum,
    Variable,
)
from certificates.subjects import Dense, Network, Objective, Squared

__all__ = ["attempt", "main", "random_text", "random_tree", "value"]

_PRIME = 2**61 - 1
_STATE = Path("build/campaigns/formulas.next")
_NUMERALS = (
    "0",
    "1",
    "2",
    "3",
    "10",
    "0.5",
    ".25",
    "1.",
    "1e-3",
    "2E+2",
    "007",
    "9" * 100,
    "1e-99",
    "1/3",
    "0." + "3" * 99,
)


# ---- texts, as people and strangers write them ----------------------------------------------------------------------


def random_text(draw: random.Random) -> str:
    """A text near the grammar: mostly inside it, of any depth up to the limit and a little beyond."""
    if draw.random() < 0.15:
        return _named(draw)
    size = draw.choice((1, 2, 3, 5, 8, 13, 30))
    text = _sum(draw, size)
    if draw.random() < 0.1:
        wrap = draw.choice(
            ("-{}", "({})", "tanh({})", "-({})", "({})^-1", "z*-({})", "z-({})", "piecewise({}, -1/2, z)")
        )
        for _ in range(draw.randint(1, 100)):
            text = wrap.replace("{}", text)
    return text


def _named(draw: random.Random) -> str:
    name = draw.choice((*CATALOGUE, *FUNCTIONS, "piecewise", "z"))
    shape = draw.choice(
        ("{n}", "{n}({a})", "({n}({a}))", "{n}({a})*{n}({a})", "{n}({a})^2", "-{n}({a})", " {n} ({a}) ")
    )
    return shape.format(n=name, a=_number(draw))


def _number(draw: random.Random) -> str:
    sign = draw.choice(("", "", "", "-", "+", "--"))
    return sign + draw.choice((*_NUMERALS, str(draw.randint(0, 99)), f"{draw.randint(0, 9)}/{draw.randint(1, 9)}"))


def _sum(draw: random.Random, size: int) -> str:
    if size <= 1:
        return draw.choice(("z", "z", "z", _number(draw), f"({_number(draw)})"))
    kind = draw.choice(("binary", "binary", "binary", "call", "call", "sign", "power", "group", "piecewise"))
    if kind == "binary":
        left = draw.randint(1, size - 1)
        space = draw.choice(("", "", " "))
        return f"{_sum(draw, left)}{space}{draw.choice('+-*/')}{space}{_sum(draw, size - left)}"
    inner = _sum(draw, size - 1)
    if kind == "piecewise":
        points = sorted({Fraction(draw.randint(-9, 9), draw.choice((1, 2, 7))) for _ in range(draw.randint(1, 3))})
        return f"piecewise({inner}{''.join(f', {p}, {_sum(draw, 1 + size // 4)}' for p in points)})"
    if kind == "power":
        exponent = draw.choice(("2", "-1", "0", "-0", "64", "(-3)", "+7", "4/2"))
        return f"({inner}){draw.choice(('^', '**', ' ^ '))}{exponent}"
    shape = {"call": (f"{draw.choice(FUNCTIONS)}({{}})",), "sign": ("-{}", "+{}", "-({})", "- {}"), "group": ("({})",)}
    return draw.choice(shape[kind]).replace("{}", inner)


# ---- trees, as programs build them ----------------------------------------------------------------------------------


def random_tree(draw: random.Random, size: int) -> Expression:
    """Any tree of the nodes, also those that the parser writes otherwise."""
    if size <= 1:
        number = Number(Fraction(draw.randint(-9, 9), draw.choice((1, 1, 2, 3, 10**99))))
        return draw.choice((Variable(), Variable(), number))
    kind = draw.choice((Sum, Difference, Product, Quotient, Negative, Power, Apply, Piecewise))
    if kind in (Sum, Difference, Product, Quotient):
        left = draw.randint(1, size - 1)
        return kind(random_tree(draw, left), random_tree(draw, size - left))
    inner = random_tree(draw, size - 1)
    if kind is Negative:
        return Negative(inner)
    if kind is Power:
        return Power(inner, draw.randint(-5, 5))
    if kind is Apply:
        return Apply(draw.choice(FUNCTIONS), inner)
    points = tuple(sorted({Fraction(draw.randint(-9, 9), draw.choice((1, 2))) for _ in range(draw.randint(1, 3))}))
    return Piecewise((inner, *(random_tree(draw, 1 + size // 3) for _ in points)), points)


def value(expression: Expression, z: int) -> int | None:
    """The formula at z modulo a prime, each function replaced by a fixed polynomial; ``None`` where it divides by 0.

    Two trees that mean the same function agree. ``softplus(x)`` is taken as ``log(1+exp(x))``, which it is.
    """
    match expression:
        case Number(number):
            return number.numerator * pow(number.denominator, -1, _PRIME) % _PRIME
        case Variable():
            return z % _PRIME
        case Piecewise(pieces, breakpoints):
            return value(pieces[sum(b < z for b in breakpoints)], z)
        case Apply("softplus", argument):
            return value(Apply("log", Sum(Number(Fraction(1)), Apply("exp", argument))), z)
        case Negative(operand):
            return value(Difference(Number(Fraction(0)), operand), z)
        case Power(base, exponent):
            x = value(base, z)
            return None if x is None or (x == 0 and exponent < 0) else pow(x, exponent, _PRIME)
        case Apply(function, argument):
            shift, x = FUNCTIONS.index(function) + 2, value(argument, z)
            return None if x is None else (x * x + shift) * (x + 3 * shift) % _PRIME
        case _:
            return _combined(expression, value(expression.left, z), value(expression.right, z))


def _combined(expression: Expression, x: int | None, y: int | None) -> int | None:
    if x is None or y is None:
        return None
    match expression:
        case Sum():
            return (x + y) % _PRIME
        case Difference():
            return (x - y) % _PRIME
        case Product():
            return x * y % _PRIME
        case _:
            return x * pow(y, -1, _PRIME) % _PRIME if y else None


# ---- one formula ----------------------------------------------------------------------------------------------------


def attempt(number: int) -> str:
    """Build formula ``number`` and read its text again.

    Returns
    -------
    str
        ``built``, or ``refused`` where the text or the tree is outside the language.

    Raises
    ------
    AssertionError
        A text reads back as something else.
    """
    draw = random.Random(number)
    try:
        if number % 3:
            activation = parse_activation(random_text(draw))
        else:
            tree = random_tree(draw, draw.choice((1, 2, 3, 6, 12)))
            activation = parse_activation(to_text(tree))
            points = (-7, 0, 3)
            assert [value(tree, z) for z in points] == [value(activation.expression, z) for z in points], number
    except MalformedExpression as refusal:
        assert "read back" not in refusal.what, refusal  # a text was written that is not the function's
        return "refused"
    require_round_trip(activation)
    if number % 50 == 0:
        require_same_file(activation)
    return "built"


def require_round_trip(activation: Activation) -> None:
    """The text, and the formula's text, are the activation; exactly."""
    again = parse_activation.__wrapped__(activation.text)
    assert again == activation, activation.text
    assert parse_activation(to_text(activation.expression)).expression == activation.expression, activation.text


def require_same_file(activation: Activation) -> None:
    """A problem file with this activation holds this activation."""
    one = np.ones((1, 1))
    network = Network((Dense(one, None), Dense(one, None)), (activation,), one, one, Objective(Squared(Fraction(1))))
    assert decode_problem(encode_problem(network)).activations == (activation,), activation.text


def main(arguments: list[str] | None = None) -> int:
    """Try formulas; 1 if one was wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.campaigns.formulas")
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--start", type=int, help="default: where the last run stopped")
    options = parser.parse_args(arguments)
    resumed = int(_STATE.read_text()) if _STATE.exists() else 0
    start = resumed if options.start is None else options.start
    counts: Counter[str] = Counter()
    for number in range(start, start + options.count):
        try:
            counts[attempt(number)] += 1
        except Exception as error:  # noqa: BLE001 - whatever escapes is what this looks for
            counts["wrong"] += 1
            sys.stdout.write(f"formula {number}: {type(error).__name__}: {str(error)[:300]}\n")
        if (number + 1) % 1000 == 0:
            _STATE.parent.mkdir(parents=True, exist_ok=True)
            _STATE.write_text(str(number + 1))
    tried = ", ".join(f"{counts[key]} {key}" for key in ("built", "refused", "wrong"))
    sys.stdout.write(f"formulas {start} to {start + options.count - 1}: {tried}\n")
    return int(counts["wrong"] > 0)


if __name__ == "__main__":
    raise SystemExit(main())
