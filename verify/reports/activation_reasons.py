"""Why a claim about an activation was accepted: the steps of its rule, with the numbers of this evidence."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from certificates import Accepted
from verify.reports.activation_property_reasons import property_reasons, shown_fact
from verify.typesetting.decimals import certain, down
from verify.typesetting.formulas import Line

__all__ = ["reasons"]


def reasons(claim: Any, evidence: Any, verdict: Accepted) -> tuple[Line, ...]:
    """The steps in order; ``verdict`` is the acceptance of exactly this claim and evidence."""
    return _REASONS[claim.kind](claim, evidence, verdict)


# ---- numbers at one σ, and for every σ -----------------------------------------------------------------------------

_QUADRATURES = {
    "integral": "Gauss–Legendre",
    "taylor": "Taylor expansion",
    "trapezoid": "the trapezoidal rule",
    "exact": "completing the square, exactly",
}


def _moments(evidence: Any, verdict: Accepted, what: str) -> Line:
    bits = "" if evidence.quadrature == "exact" else f" to {evidence.bits} bits"
    tails = "bounded by an assumption, not proved," if verdict.conditional else "bounded"
    return Line(
        r"\alpha_{i,j}=E[\varphi'(\sigma z)^iz^j]",
        "α_{i,j} = E[φ'(σz)ⁱ zʲ]",
        what,
        f"enclosed by {_QUADRATURES[evidence.quadrature]}{bits}; beyond the truncation |φ'| is {tails} by a power",
    )


def _moment(claim: Any, evidence: Any, verdict: Accepted) -> tuple[Line, ...]:
    del claim
    value = verdict.proved.value
    return (_moments(evidence, verdict, certain(value.lower, value.upper)),)


def _rho(claim: Any, evidence: Any, verdict: Accepted) -> tuple[Line, ...]:
    del claim
    proved = verdict.proved
    terms = (
        (r"T_1=\alpha_{20}-\alpha_{10}^2-\alpha_{11}^2", "T₁ = α₂₀ − α₁₀² − α₁₁²", proved.first),
        (r"T_2=\alpha_{22}-\alpha_{11}^2-\alpha_{12}^2", "T₂ = α₂₂ − α₁₁² − α₁₂²", proved.second),
        (r"T_3=\alpha_{10}\alpha_{12}-\alpha_{11}^2", "T₃ = α₁₀α₁₂ − α₁₁²", proved.third),
    )
    meanings = {fact.symbol: fact.meaning for fact in verdict.facts}
    lines = [Line(t, p, certain(v.lower, v.upper), meanings.get(p[:2], "")) for t, p, v in terms]
    return (_moments(evidence, verdict, "five moments"), *lines)


def _global(claim: Any, evidence: Any, verdict: Accepted) -> tuple[Line, ...]:
    del claim, verdict
    counted = [
        f"{len(cells)} cells {where}"
        for cells, where in (
            (evidence.near, "of σ from 0"),
            (evidence.middle, "of σ in between"),
            (evidence.far, "of 1/σ from 0"),
        )
        if cells
    ]
    value = f"lemma “{evidence.lemma}”" + (f" on {', '.join(counted)}" if counted else "")
    meaning = {
        "even": "monotone moments of an even slope bound ρ from below on each cell",
        "softplus": "monotone moments of the logistic slope bound ρ from below on each cell",
        "erf": "ρ is an algebraic function of σ, and the bound an exact polynomial inequality",
        "homogeneous": "ρ(σ) is a power of σ times ρ(1), which is enclosed",
        "step": "Hermite coefficients near 0, Taylor expansion in between, the limit of φ' far out",
    }[evidence.lemma]
    return (
        Line(
            r"\rho(\sigma)\ge c\,\frac{(b\sigma)^p}{(1+(b\sigma)^2)^Q}", "ρ(σ) ≥ c (bσ)^p/(1 + (bσ)²)^Q", value, meaning
        ),
    )


def _tensor(claim: Any, evidence: Any, verdict: Accepted) -> tuple[Line, ...]:
    lines = [_moments(evidence, verdict, "four moments")]
    lines.append(
        Line(
            r"\mu=\alpha_{10},\ \gamma=\frac{\alpha_{11}}{\sigma},\ c_3=\frac{\alpha_{12}-\alpha_{10}}{\sigma^2},"
            r"\ c_4=\frac{\alpha_{13}-3\alpha_{11}}{\sigma^3}",
            "μ = α₁₀, γ = α₁₁/σ, c₃ = (α₁₂ − α₁₀)/σ², c₄ = (α₁₃ − 3α₁₁)/σ³",
            "Stein",
            "k integrations by parts, as He_k n = (−d/dz)^k n",
        )
    )
    vanish = {
        "third": (r"\varphi'(z)+\varphi'(-z)=\kappa", "φ'(z) + φ'(−z) = κ", "the odd part of φ is linear, so c₃ = 0"),
        "fourth": (
            r"\varphi'(z)-\varphi'(-z)=\kappa z",
            "φ'(z) − φ'(−z) = κz",
            "the even part is quadratic, so c₄ = 0",
        ),
    }
    for name in claim.vacuous:
        latex, plain, meaning = vanish[name]
        lines.append(Line(latex, plain, "exact identity", meaning))
    if claim.degree is not None:
        lines.append(
            Line(rf"\varphi(az)=a^{{{claim.degree}}}\varphi(z)", f"φ(az) = a^{claim.degree} φ(z)", "exact", "a > 0")
        )
    return tuple(lines)


def _hessian(claim: Any, evidence: Any, verdict: Accepted) -> tuple[Line, ...]:
    del claim
    line = Line(
        r"\lambda_{\min}(\nabla^2f(W^*))\ge v_{\min}^2\min(T_1,T_2)",
        "λ_min(∇²f(W*)) ≥ v_min² min(T₁, T₂)",
        f"≥ {down(verdict.proved.curvature, 12)}",
        "theorem 2.2: at orthogonal weights of equal norm the form is a sum of squares with these weights",
    )
    return (_moments(evidence, verdict, "five moments"), *(shown_fact(fact) for fact in verdict.facts), line)


_REASONS: dict[str, Callable[[Any, Any, Accepted], tuple[Line, ...]]] = {
    "activation-property": property_reasons,
    "gaussian-moment": _moment,
    "zhong-rho": _rho,
    "zhong-rho-global": _global,
    "tensor-constant": _tensor,
    "orthogonal-population-convexity": _hessian,
}
