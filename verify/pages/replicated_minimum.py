"""Page of `replicated-minimum`: the conditions, in rationals (theorem 5.2.7)."""

from __future__ import annotations

from certificates import Accepted
from certificates.claims.replicated_minimum import Claim, Evidence
from certificates.language.wording import in_words
from verify.typesetting.decimals import up
from verify.typesetting.facts import shown_fact
from verify.typesetting.formulas import Formula, Line, Part
from verify.typesetting.page import Page, Symbol

__all__ = ["PAGE"]

_NOTATION: tuple[Part, ...] = (
    "The loss is ",
    Formula(r"L=\frac12\sum_i(f_i-y_i)^2"),
    " with ",
    Formula(r"f_i=\sum_{r\le m}v_r\varphi(\theta_r\cdot x_i)+b"),
    ", all weights are trained, and ",
    Formula("e=f-y"),
    " at the minimum.",
)

_SYMBOLS = {
    "inputs": Symbol("x_i", "x", "inputs, rows of integers"),
    "labels": Symbol("y_i", "y", "labels"),
    "biases": Symbol(r"\text{biases}", "biases", "which layers have one"),
    "unit": Symbol(r"\theta/\ln2", "θ/ln 2", "every hidden unit, its bias last"),
    "outer": Symbol(r"V=\sum_rv_r", "V = Σv", "output weights, all of one sign"),
    "offset": Symbol("b", "b", "output bias"),
    "loss": Symbol("L", "L", "loss of the local minimum"),
    "better": Symbol("L'", "L'", "loss of other weights, at most"),
    "better_from": Symbol("m_0", "m₀", "from this width on"),
}


def _statement(claim: Claim) -> tuple[Part, ...]:
    return (
        "At every width ",
        Formula(r"m\ge1"),
        " all units ",
        Formula(rf"\theta_r=({', '.join(map(str, claim.unit))})\ln2"),
        " with output weights of one sign and the sum ",
        Formula(in_words(claim.outer)),
        f" are a local minimum with L = {in_words(claim.loss)}; other weights have at most {up(float(claim.better))}",
        f" from width {claim.better_from} on.",
    )


def _reasons(claim: Claim, evidence: Evidence, verdict: Accepted) -> tuple[Line, ...]:
    del verdict
    return (
        Line(
            r"\sum_ie_i\varphi(\theta\cdot x_i)=0,\quad\sum_ie_i\varphi'(\theta\cdot x_i)x_i=0",
            "Σeφ(θ·x) = 0, Σeφ'(θ·x)x = 0" + (", Σe = 0" if claim.has_output_bias else ""),
            "exact rationals",
            "at multiples of ln 2 the activation and its derivatives are rational",
        ),
        Line(
            r"V\sum_ie_i\varphi''(\theta\cdot x_i)x_ix_i^T\succ0",
            "VΣeφ''(θ·x)xxᵀ ≻ 0",
            "by the signs of the characteristic polynomial",
            "so every unit near by, with an output weight of V's sign, raises the loss",
        ),
        Line(
            r"L'<L",
            "L' < L",
            f"{len(evidence.units)} units",
            "other weights, in the certificate; more units have the output weight 0",
        ),
    )


PAGE = Page(
    title=lambda _: "A local minimum at every width that is not global",
    notation=_NOTATION,
    statement=_statement,
    reasons=_reasons,
    symbols=_SYMBOLS,
    fact=shown_fact,
)
