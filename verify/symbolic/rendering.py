"""Derivations as text and as LaTeX."""

from __future__ import annotations

import re
from collections.abc import Iterable

import sympy as sp
from sympy.printing.latex import LatexPrinter
from sympy.printing.str import StrPrinter

from certificates.expression import Activation
from certificates.expression.printing import to_latex as expression_latex
from verify.symbolic.derivation_steps import Step
from verify.symbolic.expressions import SIGMA

__all__ = ["Order", "alpha", "latex_lines", "text_lines"]

Order = tuple[int, int]

_DIGITS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_GREEK = {"alpha": "α", "sigma": "σ", "lambda": "λ", "mu": "μ", "kappa": "κ"}
_ESCAPED = {"_": r"\_", "^": r"\^{}", "&": r"\&", "%": r"\%", "#": r"\#", "{": r"\{", "}": r"\}"}
_MATHEMATICAL = {**{sign: rf"\{word} " for word, sign in _GREEK.items()}, "φ": r"\varphi ", "−": "-"}
_MATHEMATICAL |= {"∫": r"\int ", "√π": r"\sqrt{\pi}", "∞": r"\infty "}


def alpha(i: int, j: int) -> sp.Expr:
    """The moment α_{i,j} as an unknown function of σ."""
    return sp.Function(f"alpha_{{{i},{j}}}")(SIGMA)


class _Text(StrPrinter):  # type: ignore[misc]
    """SymPy's one-line text with the field's signs; the names of the methods are SymPy's."""

    def _print_Symbol(self, expr: sp.Symbol) -> str:  # noqa: N802
        return _plain_name(expr.name)

    def _print_Function(self, expr: sp.Function) -> str:  # noqa: N802
        arguments = ", ".join(self._print(argument) for argument in expr.args)
        return f"{_plain_name(expr.func.__name__)}({arguments})"

    def _print_Pow(self, expr: sp.Pow, rational: bool = False) -> str:  # noqa: N802
        return str(super()._print_Pow(expr, rational)).replace("**", "^")

    def _print_Relational(self, expr: sp.core.relational.Relational) -> str:  # noqa: N802
        sign = {"==": "=", "<=": "≤", ">=": "≥"}.get(expr.rel_op, expr.rel_op)
        return f"{self._print(expr.lhs)} {sign} {self._print(expr.rhs)}"

    def _print_Integral(self, expr: sp.Integral) -> str:  # noqa: N802
        ((variable, lower, upper),) = expr.limits
        ends = " .. ".join(self._print(end).replace("oo", "∞") for end in (lower, upper))
        return f"∫[{ends}] {self._print(expr.function)} d{variable}"

    def _print_Derivative(self, expr: sp.Derivative) -> str:  # noqa: N802
        return f"d/d{self._print(expr.variables[0])} {self._print(expr.expr)}"

    def _print_Piecewise(self, expr: sp.Piecewise) -> str:  # noqa: N802
        rows = [
            f"{self._print(value)} " + ("otherwise" if condition == sp.true else f"for {self._print(condition)}")
            for value, condition in expr.args
        ]
        return "; ".join(rows)


class _Latex(LatexPrinter):  # type: ignore[misc]
    """SymPy's LaTeX, with α_{i,j} as a symbol rather than an operator's name."""

    def _hprint_Function(self, func: str) -> str:  # noqa: N802
        stem, _, index = func.partition("_")
        return rf"\{stem}_{index}" if stem in _GREEK and index else str(super()._hprint_Function(func))


def _plain_name(name: str) -> str:
    """``alpha_{1,0}`` as α₁₀, ``T_1`` as T₁."""
    stem, _, index = name.partition("_")
    stem = _GREEK.get(stem, stem)
    if not index:
        return stem
    index = index.strip("{}")
    return stem + (index.replace(",", "").translate(_DIGITS) if re.fullmatch(r"[\d,]+", index) else f"_{{{index}}}")


def text_lines(activation: Activation, steps: Iterable[Step]) -> str:
    """Numbered steps: title, how it follows, and the statement on a line of its own."""
    printer = _Text()
    lines = [f"Gaussian moments of φ(z) = {activation.text}"]
    for number, step in enumerate(steps, start=1):
        lines.append(f"{number}. {step.title}: {_plain_words(step.reason)}.")
        if step.statement is not None:
            lines.append(f"     {printer.doprint(step.statement)}")
    return "\n".join(lines)


def latex_lines(activation: Activation, steps: Iterable[Step]) -> str:
    """An enumeration with displayed statements."""
    printer = _Latex()
    lines = [rf"Gaussian moments of $\varphi(z) = {expression_latex(activation.expression)}$.", r"\begin{enumerate}"]
    for step in steps:
        reason = step.reason[:1].upper() + step.reason[1:]
        lines.append(rf"\item \textbf{{{_latex_words(step.title)}.}} {_latex_words(reason)}.")
        if step.statement is not None:
            lines.append(rf"\[ {printer.doprint(step.statement)} \]")
    return "\n".join([*lines, r"\end{enumerate}"])


def _plain_words(sentence: str) -> str:
    """A sentence with its mathematics, between dollar signs, as one reads it."""
    plain = re.sub(r"_(\d)|_\{(\d),(\d)\}", lambda m: "".join(filter(None, m.groups())).translate(_DIGITS), sentence)
    return plain.replace("$", "")


def _latex_words(sentence: str) -> str:
    """A sentence whose mathematics stands between dollar signs; everything else is escaped."""
    parts = sentence.split("$")
    return "".join(f"${_in_mathematics(p)}$" if k % 2 else _escaped(p) for k, p in enumerate(parts))


def _in_mathematics(formula: str) -> str:
    for sign, command in sorted(_MATHEMATICAL.items(), key=lambda item: -len(item[0])):
        formula = formula.replace(sign, command)
    return formula


def _escaped(text: str) -> str:
    return "".join(f"${_MATHEMATICAL[c]}$" if c in _MATHEMATICAL else _ESCAPED.get(c, c) for c in text)
