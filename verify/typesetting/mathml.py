"""Formulas as MathML that browsers draw alike: what the converter, or MathML Core, leaves out is put in here."""

from __future__ import annotations

import re
import unicodedata

from latex2mathml.converter import convert

__all__ = ["block", "inline"]

# The converter writes both bars of a norm alike; a browser then spaces one as if it stood between two operands.
_STAND_INS = {
    r"\\lVert(?![A-Za-z])": ("\ue000", '<mo form="prefix" stretchy="false" lspace="0" rspace="0">‖</mo>'),
    r"\\rVert(?![A-Za-z])": ("\ue001", '<mo form="postfix" stretchy="false" lspace="0" rspace="0">‖</mo>'),
    r"\\lvert(?![A-Za-z])": ("\ue002", '<mo form="prefix" stretchy="false" lspace="0" rspace="0">|</mo>'),
    r"\\rvert(?![A-Za-z])": ("\ue003", '<mo form="postfix" stretchy="false" lspace="0" rspace="0">|</mo>'),
    r":=": ("\ue004", "<mo>≔</mo>"),
}
_RELATION = re.compile(r"<mi>(&#x(?:02AB0|02AAF|0007E|027C2);)</mi>")  # ⪰ ⪯ ~ ⟂, taken for names
_OPERATORS = {
    "<mo>&#x0221E;</mo>": "<mi>∞</mi>",
    "<mi>:</mi>": "<mo>:</mo>",
    "<mo>&#x02297;</mo>": '<mo largeop="false">⊗</mo>',  # or it is a big one in displayed formulas
    "<mo>&#x02016;</mo>": '<mo stretchy="false">‖</mo>',  # or it grows to the height of the line
}
_BOX = re.compile(r'<menclose notation="box">(.*?)</menclose>', re.DOTALL)  # not drawn
_VARIANT = re.compile(r'<(m[ion]) mathvariant="(double-struck|script|sans-serif|bold)">(\w)</\1>')  # not honoured
_NAMES = {
    "double-struck": ("DOUBLE-STRUCK", "MATHEMATICAL DOUBLE-STRUCK"),
    "script": ("SCRIPT", "MATHEMATICAL SCRIPT"),
    "sans-serif": ("MATHEMATICAL SANS-SERIF",),
    "bold": ("MATHEMATICAL BOLD",),
}


def _letter(match: re.Match[str]) -> str:
    """The letter of a mathematical alphabet itself, as ℝ, instead of an attribute."""
    element, variant, plain = match.groups()
    kind = "DIGIT" if plain.isdigit() else "CAPITAL" if plain.isupper() else "SMALL"
    name = unicodedata.name(plain).removeprefix("LATIN ").split()[-1]
    for alphabet in _NAMES[variant]:
        try:
            found = unicodedata.lookup(f"{alphabet} {kind} {name}")
        except KeyError:
            continue
        return f'<{element} mathvariant="normal">{found}</{element}>'
    return match.group()


def _mathml(formula: str, display: str) -> str:
    for pattern, (stand_in, _) in _STAND_INS.items():
        formula = re.sub(pattern, stand_in, formula)
    found: str = convert(formula, display=display)
    for stand_in, element in _STAND_INS.values():
        found = re.sub(rf"<m[io][^>]*>{stand_in}</m[io]>", element, found)
    found = _RELATION.sub(r"<mo>\1</mo>", found)
    for written, drawn in _OPERATORS.items():
        found = found.replace(written, drawn)
    found = _BOX.sub(r'<mrow style="border: 1px solid; padding: 0.3em">\1</mrow>', found)
    return _VARIANT.sub(_letter, found)


def inline(formula: str) -> str:
    r"""A formula in a sentence.

    Examples
    --------
    >>> "ℝ" in inline(r"\mathbb R"), inline(r"\lVert x\rVert").count("form=")
    (True, 2)
    """
    return _mathml(formula, "inline")


def block(formula: str) -> str:
    r"""A displayed formula.

    Examples
    --------
    >>> 'display="block"' in block(r"x:=1"), "≔" in block(r"x:=1")
    (True, True)
    """
    return _mathml(formula, "block")
