"""A safe language of activations: text in, a typed tree out; nothing is ever executed (theory 2.4)."""

from __future__ import annotations

from certificates.expression.activation import Activation, parse_activation
from certificates.expression.catalogue import CATALOGUE
from certificates.expression.parser import parse_expression
from certificates.expression.printing import to_latex, to_text
from certificates.expression.syntax import Expression, smooth_pieces

__all__ = [
    "CATALOGUE",
    "Activation",
    "Expression",
    "parse_activation",
    "parse_expression",
    "smooth_pieces",
    "to_latex",
    "to_text",
]
