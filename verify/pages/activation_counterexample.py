"""Page of `activation-counterexample`."""

from __future__ import annotations

from collections.abc import Mapping

from certificates import Accepted
from certificates.claims.activation_counterexample import Claim, Evidence, Property
from certificates.language.wording import in_words
from verify.typesetting.facts import shown_fact
from verify.typesetting.formulas import Formula, Line, Part
from verify.typesetting.moments import DIGITS, NOTATION
from verify.typesetting.page import Page, Symbol
from verify.typesetting.slopes import satisfies

__all__ = ["PAGE"]

_SYMBOLS = {"refutes": Symbol(r"\text{refutes}", "refutes", "which property fails")}
_TITLES: Mapping[Property, str] = {"P1": "P1", "P2": "P2", "P3a": "P3(a)", "P3b": "P3(b)"}
_SAID: Mapping[Property, tuple[Part, ...]] = {
    "P1": (
        "no ",
        Formula(r"L_1>0,\ p\ge0"),
        " have ",
        Formula(r"0\le\varphi'(z)\le L_1|z|^p"),
        " for almost every ",
        Formula("z"),
    ),
    "P2": (Formula(r"\rho(\sigma)\le0"), " for some ", Formula(r"\sigma>0")),
    "P3a": (Formula(r"\varphi'"), " is not Lipschitz"),
    "P3b": (Formula(r"\varphi''"), " is nonzero on an interval"),
}


def _reasons(claim: Claim, evidence: Evidence, verdict: Accepted) -> tuple[Line, ...]:
    facts = tuple(shown_fact(fact) for fact in verdict.facts)
    if evidence.rule == "jump":
        at = f"z = {in_words(evidence.witness)}"
        meaning = "of the one-sided slopes at a breakpoint"
        return (Line(r"\varphi'\ \text{jumps}", "φ' jumps", "exact comparison", meaning, at=at),)
    if evidence.rule == "growth":
        primes = "'" if claim.refutes == "P1" else "''"
        latex, plain = rf"|\varphi{primes}(z)|\to\infty", f"|φ{primes}| → ∞"
        return (*facts, Line(latex, plain, "on one side", "by its expansion at infinity"))
    return facts


PAGE = Page(
    title=lambda claim: f"Failure of property {_TITLES[claim.refutes]}",
    notation=NOTATION,
    statement=lambda claim: satisfies(claim.label, *_SAID[claim.refutes]),
    reasons=_reasons,
    symbols=_SYMBOLS,
    fact=shown_fact,
    digits=DIGITS,
)
