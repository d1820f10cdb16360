"""Page of `wide-checklist`."""

from __future__ import annotations

from certificates import Accepted
from certificates.claims.wide_checklist import Answer, Claim, Evidence
from verify.typesetting.facts import in_notation
from verify.typesetting.formulas import Formula, Line, Part
from verify.typesetting.page import Page, Symbol

__all__ = ["PAGE"]

_FACTS = {"n": "n", "d": "d", "N": "N", "n d_H": r"n\,d_H", "‖I − BA‖": r"\lVert I-BA\rVert_\infty"}
_NOTATION: tuple[Part, ...] = (
    Formula(r"\tilde H_k"),
    " is what layers.k reads, one row a sample, with a column of ones if it has a bias; ",
    Formula("A"),
    " is the Hessian of the loss by all weights and biases of layers.k and above.",
)


def _statement(claim: Claim) -> tuple[Part, ...]:
    return (claim.sentence(),)


def _reasons(claim: Claim, evidence: Evidence, verdict: Accepted) -> tuple[Line, ...]:
    del verdict
    lines = []
    if claim.distinct is not None or claim.wide is not None:
        lines.append(
            Line(
                r"x_i\ne x_j,\quad d\ge n",
                "x_i ≠ x_j, d ≥ n",
                f"(1) {_word(claim.distinct)}, (2) {_word(claim.wide)}",
                "rows are compared, and columns counted, exactly",
            )
        )
    if claim.independent_rows is not None:
        how = "exact ranks, and widths" if evidence.layers is None else "spectra from below"
        lines.append(
            Line(
                r"\operatorname{rk}W_l=d_l",
                "rank W_l = d_l",
                f"(3) {_word(claim.independent_rows)}",
                f"for every layer above layers.{claim.layer}, by {how}",
            )
        )
    if claim.nonsingular is not None:
        reason = (
            (r"\lVert I-BA\rVert_\infty<1", "‖I − BA‖ < 1", "B is an approximate inverse of the enclosed Hessian")
            if claim.nonsingular == "true"
            else (r"\tilde H_kv=0", "H̃_k v = 0, v ≠ 0", "the loss is constant along some directions of layers.k")
        )
        lines.append(Line(reason[0], reason[1], f"(4) {_word(claim.nonsingular)}", reason[2]))
    if claim.contradictory is not None:
        meaning = (
            "theorem 5.2.6"
            if claim.contradictory == "true"
            else "the last layer can be replaced by one that fits all labels"
        )
        lines.append(
            Line(
                r"(1)\wedge(2)\wedge(3)\wedge(4)",
                "(1) to (4) together, at critical weights",
                "impossible" if claim.contradictory == "true" else "possible",
                meaning,
            )
        )
    return tuple(lines)


def _word(answer: Answer | None) -> str:
    return answer or "not claimed"


PAGE = Page(
    title=lambda claim: f"Hypotheses about the features that layers.{claim.layer} reads",
    notation=_NOTATION,
    statement=_statement,
    reasons=_reasons,
    symbols={
        "layer": Symbol("k", "k", "the layer that reads the features"),
        "distinct": Symbol("(1)", "(1)", "the inputs differ"),
        "wide": Symbol("(2)", "(2)", "as many features as samples"),
        "independent_rows": Symbol("(3)", "(3)", "independent rows of the weights above"),
        "nonsingular": Symbol("(4)", "(4)", "a nonsingular Hessian"),
        "contradictory": Symbol("(5)", "(5)", "critical weights never satisfy all four"),
    },
    fact=in_notation(_FACTS),
)
