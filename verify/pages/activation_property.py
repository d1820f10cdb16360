"""Page of `activation-property`."""

from __future__ import annotations

from certificates import Accepted, Fact
from certificates.claims.activation_property import Claim, Evidence
from certificates.language.wording import in_words
from verify.typesetting.decimals import up
from verify.typesetting.facts import shown_fact
from verify.typesetting.formulas import Formula, Line, Part, scientific
from verify.typesetting.moments import DIGITS, NOTATION
from verify.typesetting.page import Page, Symbol

__all__ = ["PAGE"]

_TITLES = {
    "P1": "Property P1",
    "P1'": "A weaker form of property P1",
    "not-P1": "Failure of property P1",
    "P2": "Property P2",
    "not-P2": "Failure of property P2",
    "P3a-lipschitz": "Property P3(a), read as a Lipschitz slope",
    "P3a-strict": "Property P3(a)",
    "not-P3a": "Failure of property P3(a)",
    "P3b": "Property P3(b)",
    "not-P3b": "Failure of property P3(b)",
    "A2.3(a)": "Assumption 2.3 (a)",
    "A2.3(b)": "Assumption 2.3 (b)",
    "A2.3(a) for σ > 0": "Assumption 2.3 (a) for σ > 0",
    "A2.3(b) for σ > 0": "Assumption 2.3 (b) for σ > 0",
}

_SYMBOLS = {
    "property": Symbol(r"\text{property}", "property", "which statement"),
    "slope_bound": Symbol("L_1", "L₁", "bound of the slope"),
    "slope_growth": Symbol("B", "B", "growth of the slope"),
    "power": Symbol("p", "p", "power"),
    "curvature_bound": Symbol("L_2", "L₂", "Lipschitz constant of the slope"),
    "kinks": Symbol("e", "e", "number of kinks, at most"),
}


def _statement(claim: Claim) -> tuple[Part, ...]:
    slope, growth, curvature = (
        "" if value is None else scientific(up(value, 12))
        for value in (claim.slope_bound, claim.slope_growth, claim.curvature_bound)
    )
    power = f"|z|^{{{claim.power}}}"
    head, almost = f"The activation satisfies {claim.property}: ", " for almost every "
    parts: dict[str, tuple[Part, ...]] = {
        "P1": (Formula(rf"0\le\varphi'(z)\le {slope}" + (rf"\,{power}" if claim.power else "")), almost, Formula("z")),
        "P1'": (Formula(rf"0\le\varphi'(z)\le {slope}+{growth}\,{power}"), almost, Formula("z"), " (ours)"),
        "not-P1": (
            "no ",
            Formula(r"L_1>0,\ p\ge0"),
            " have ",
            Formula(r"0\le\varphi'(z)\le L_1|z|^p"),
            almost,
            Formula("z"),
        ),
        "P2": (Formula(r"\rho(\sigma)=\min(T_1,T_2,T_3)>0"), " for every ", Formula(r"\sigma>0")),
        "not-P2": (Formula(r"\rho(\sigma)\le0"), " for some ", Formula(r"\sigma>0")),
        "P3a-lipschitz": (Formula(r"\varphi'"), " is Lipschitz with constant ", Formula(curvature)),
        "P3a-strict": (Formula(r"\varphi''"), " exists everywhere and ", Formula(rf"|\varphi''(z)|\le {curvature}")),
        "not-P3a": (Formula(r"\varphi'"), " is not Lipschitz"),
        "P3b": (Formula(r"\varphi"), f" is continuous and affine between at most {claim.kinks} kinks"),
        "not-P3b": (Formula(r"\varphi''"), " is nonzero on an interval"),
    }
    return (head, *(parts.get(claim.property) or _our_reading(claim.property)), ".")


def _our_reading(name: str) -> tuple[Part, ...]:
    """Our reading of Assumption 2.3."""
    whole = Formula(r"\sigma>0" if "σ > 0" in name else r"\sigma\ge0")
    gamma = "nonzero for every " if "(a)" in name else "zero for every "
    return (
        Formula(r"\mu(\sigma)=E[\varphi'(\sigma g)]"),
        " is nonzero for every ",
        whole,
        " or zero for every ",
        whole,
        ", and ",
        Formula(r"\gamma(\sigma)=E[\varphi''(\sigma g)]"),
        f" is {gamma}",
        whole,
        "; ",
        Formula(r"\varphi'"),
        " and ",
        Formula(r"\varphi''"),
        " are bounded and ",
        Formula(r"\varphi'"),
        " is not affine (our reading; the printed formulas are lost)",
    )


def _reasons(claim: Claim, evidence: Evidence, verdict: Accepted) -> tuple[Line, ...]:
    """The steps in order."""
    facts = {fact.symbol: fact for fact in verdict.facts}
    if claim.traits.family == "A2.3":
        return _assumption(claim, evidence, facts)
    if claim.traits.family == "P3a" and not claim.traits.is_negation:
        return _curvature(claim, evidence, verdict)
    if evidence.rule == "sign":
        return _sign(claim, evidence, verdict)
    if evidence.rule == "third-term":
        return _third_term(evidence, facts)
    if evidence.rule == "witness":
        return tuple(shown_fact(fact) for fact in verdict.facts)
    if evidence.rule == "growth":
        return _growth(claim, facts)
    return (_identity(claim),)


def _sign(claim: Claim, evidence: Evidence, verdict: Accepted) -> tuple[Line, ...]:
    """P1, P1' and P2 by the sign of φ'."""
    how = "assumed, not proved" if verdict.conditional else "by its expansion at infinity"
    lines = [
        Line(
            rf"\varphi'(z)\ge0\quad(|z|\le {evidence.radius})",
            f"φ' ≥ 0 for |z| ≤ {evidence.radius}",
            f"{len(evidence.cells)} cells",
            "on each an enclosure of φ', or an exact zero of φ' in it, shows the sign",
        ),
        Line(rf"\varphi'(z)\ge0\quad(|z|>{evidence.radius})", f"φ' ≥ 0 for |z| > {evidence.radius}", how, "both tails"),
    ]
    if claim.property != "P2":
        return tuple(lines)
    not_affine = [shown_fact(fact) for fact in verdict.facts]
    jump = Line(r"\varphi'\ \text{jumps}", "φ' jumps", "exact comparison", "so φ is not affine")
    lines += not_affine or [jump]
    lines.append(
        Line(
            r"T_3=\tfrac12E_{x,y}[\varphi'(\sigma x)\varphi'(\sigma y)(x-y)^2]>0",
            "T₃ = ½E[φ'(σx)φ'(σy)(x − y)²] > 0",
            "theorem 2.1",
            "T₁ and T₂ are squared distances, 0 only for an affine φ'",
        )
    )
    return tuple(lines)


def _curvature(claim: Claim, evidence: Evidence, verdict: Accepted) -> tuple[Line, ...]:
    how = "assumed, not proved" if verdict.conditional else "by its expansion at infinity"
    what = "φ''" if claim.property == "P3a-strict" else "φ'"
    latex = what.replace("φ", r"\varphi")
    return (
        Line(rf"{latex}\ \text{{is continuous}}", f"{what} is continuous", "exact comparison", "at every breakpoint"),
        Line(
            rf"|\varphi''(z)|\le L_2\quad(|z|\le {evidence.radius})",
            f"|φ''| ≤ L₂ for |z| ≤ {evidence.radius}",
            f"{len(evidence.cells)} cells",
            "an enclosure of φ'' on each",
        ),
        Line(
            rf"|\varphi''(z)|\le L_2\quad(|z|>{evidence.radius})",
            f"|φ''| ≤ L₂ for |z| > {evidence.radius}",
            how,
            "both tails",
        ),
    )


def _third_term(evidence: Evidence, facts: dict[str, Fact]) -> tuple[Line, ...]:
    lines = [shown_fact(facts["φ^(3)(z₀)"])]
    lines.append(
        Line(
            r"T_3(\sigma)>0\quad(\sigma>0)",
            "T₃ > 0 for every σ > 0",
            f"{len(evidence.near)} cells of σ up to {in_words(evidence.near[-1][1])} and {len(evidence.far)} of 1/σ",
            "T₁ and T₂ are squared distances, 0 only for an affine φ'",
        )
    )
    return tuple(lines)


def _growth(claim: Claim, facts: dict[str, Fact]) -> tuple[Line, ...]:
    if claim.property == "not-P3a":
        latex = r"|\varphi''(z)|\to\infty"
        return (Line(latex, "|φ''| → ∞", "on one side", "by its expansion at infinity"),)
    lines = [shown_fact(fact) for fact in facts.values()]
    return (*lines, Line(r"|\varphi'(z)|\to\infty", "|φ'| → ∞", "on one side", "by its expansion at infinity"))


def _identity(claim: Claim) -> Line:
    if claim.property == "not-P3a":
        return Line(
            r"\varphi'\ \text{jumps}", "φ' jumps", "exact comparison", "of the one-sided slopes at a breakpoint"
        )
    return Line(
        r"\varphi(z)=a_kz+b_k", "every piece is affine", "exact normal forms", "and φ is continuous at every breakpoint"
    )


def _assumption(claim: Claim, evidence: Evidence, facts: dict[str, Fact]) -> tuple[Line, ...]:
    if evidence.rule == "identity":
        gamma = Line(r"\varphi'(-z)=\varphi'(z)", "φ' is even", "exact identity", "so γ(σ) = 0 for every σ > 0")
    else:
        value = f"{len(evidence.cells)} cells and both tails"
        latex = r"\varphi'(w)-\varphi'(-w)\ge0\quad(w>0)"
        gamma = Line(latex, "φ'(w) − φ'(−w) ≥ 0 for w > 0", value, "and > 0 somewhere, so γ(σ) > 0")
    lines = [gamma, _mean(evidence), *(shown_fact(fact) for fact in facts.values())]
    if claim.traits.at_zero:
        lines.append(Line(r"\sigma=0", "σ = 0", "by the derivatives at 0", "μ(0) = φ'(0) and γ(0) = φ''(0)"))
    return tuple(lines)


def _mean(evidence: Evidence) -> Line:
    if evidence.mean == "slope-sum":
        value = f"{len(evidence.mean_cells)} cells and both tails"
        latex = r"\varphi'(w)+\varphi'(-w)\ge0\quad(w>0)"
        return Line(latex, "φ'(w) + φ'(−w) ≥ 0 for w > 0", value, "and > 0 somewhere, so μ(σ) > 0")
    if evidence.mean == "identity":
        latex = r"\varphi'(w)+\varphi'(-w)=\kappa"
        return Line(latex, "φ'(w) + φ'(−w) is a constant κ", "exact identity", "so μ(σ) = κ/2 for every σ")
    return Line(r"\mu(\sigma)=\sum c\,e^{\lambda^2\sigma^2/2}", "μ has a closed form", "of one sign", "so μ(σ) ≠ 0")


PAGE = Page(
    title=lambda claim: _TITLES[claim.property],
    notation=NOTATION,
    statement=_statement,
    reasons=_reasons,
    symbols=_SYMBOLS,
    fact=shown_fact,
    digits=DIGITS,
)
