r"""Strangers' strings, made harmless for the place where they are shown; HTML is escaped by its template."""

from __future__ import annotations

import re

__all__ = ["latex", "markdown", "terminal"]

_LATEX = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "%": r"\%", "_": r"\_",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "[": "{[}", "]": "{]}", "<": r"\textless{}",
    ">": r"\textgreater{}", "|": r"\textbar{}", '"': r"\textquotedbl{}", "`": r"\textasciigrave{}",
    "‖": r"\(\Vert\)", "≤": r"\(\le\)", "≥": r"\(\ge\)", "∇": r"\(\nabla\)", "η": r"\(\eta\)", "κ": r"\(\kappa\)",
    "ε": r"\(\varepsilon\)", "β": r"\(\beta\)", "σ": r"\(\sigma\)", "λ": r"\(\lambda\)", "φ": r"\(\varphi\)",
    "ρ": r"\(\rho\)", "∫": r"\(\int\)", "−": r"\(-\)", "×": r"\(\times\)", "·": r"\(\cdot\)", "²": r"\({}^2\)",
    "γ": r"\(\gamma\)", "μ": r"\(\mu\)", "α": r"\(\alpha\)", "π": r"\(\pi\)", "Σ": r"\(\sum\)", "±": r"\(\pm\)",
    "½": r"\(\tfrac12\)", "√": r"\(\surd\)", "∈": r"\(\in\)", "⪰": r"\(\succeq\)", "≡": r"\(\equiv\)",
    "₁": r"\({}_1\)", "₂": r"\({}_2\)", "₃": r"\({}_3\)", "₄": r"\({}_4\)", "³": r"\({}^3\)", "⁴": r"\({}^4\)",
    "ⁱ": r"\({}^i\)", "ʲ": r"\({}^j\)",
    "₀": r"\({}_0\)", "ʳ": r"\({}^r\)", "∞": r"\(\infty\)", "→": r"\(\to\)", "≠": r"\(\ne\)", "≈": r"\(\approx\)",
    "–": "--", "—": "---", "…": r"\dots{}", "“": "``", "”": "''", "’": "'",
}  # fmt: skip


def terminal(text: str) -> str:
    r"""Spell out control, bidirectional and other unprintable characters; line ends stay.

    Examples
    --------
    >>> terminal("\x1b[31mred")
    '\\x1b[31mred'
    """
    return "".join(c if c.isprintable() or c == "\n" else repr(c)[1:-1] for c in text)


def latex(text: str) -> str:
    r"""Replace every character that LaTeX would interpret or that its standard fonts lack; nothing becomes a ligature.

    Examples
    --------
    >>> latex(r"\input{x} --polish")
    '\\textbackslash{}input\\{x\\} -{}-polish'
    """
    apart = re.sub(r"([-',])(?=\1)", "\\1\0", text.replace("\0", "\ufffd"))
    return "".join("{}" if c == "\0" else _LATEX.get(c) or _plain(c) for c in apart)


def _plain(character: str) -> str:
    # T1 fonts hold Latin-1 letters; anything else would stop the compiler.
    if character.isprintable() and (character.isascii() or (character <= "ÿ" and character.isalpha())):
        return character
    return f"U+{ord(character):04X} "


def markdown(text: str) -> str:
    r"""Escape what Markdown, HTML within it, and dollar mathematics would interpret.

    Examples
    --------
    >>> markdown("<b>|$x$")
    '\\<b\\>\\|\\$x\\$'
    """
    return re.sub(r"([\\`*_{}\[\]<>#|~$&!])", r"\\\1", terminal(text).replace("\n", " "))
