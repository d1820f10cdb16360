"""What there is to say about a certificate whose subject is an activation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from fractions import Fraction
from typing import Any

from certificates import Accepted, Verdict
from certificates.certificate import Certificate
from certificates.language.parts import Interval
from certificates.language.wording import in_words
from certificates.subjects import ActivationProblem
from verify.reports.activation_property_reasons import shown_fact
from verify.reports.activation_reasons import reasons
from verify.reports.activation_statements import statement, title
from verify.reports.explanation import Explanation, formula_of, hashes, heading, ledger, recheck, verdict_line
from verify.typesetting.decimals import down, up
from verify.typesetting.formulas import Formula, Line, Part

__all__ = ["explain_activation"]

_MOMENTS: tuple[Part, ...] = (
    "Expectations are over ",
    Formula(r"z\sim N(0,1)"),
    "; ",
    Formula(r"\alpha_{ij}(\sigma)=E[\varphi'(\sigma z)^iz^j]"),
    ", ",
    Formula(r"T_1=\alpha_{20}-\alpha_{10}^2-\alpha_{11}^2"),
    ", ",
    Formula(r"T_2=\alpha_{22}-\alpha_{11}^2-\alpha_{12}^2"),
    ", ",
    Formula(r"T_3=\alpha_{10}\alpha_{12}-\alpha_{11}^2"),
    " and ",
    Formula(r"\rho=\min(T_1,T_2,T_3)"),
    ".",
)


def explain_activation(
    certificate: Certificate,
    verdict: Verdict,
    problem: ActivationProblem,
    *,
    names: Mapping[str, str] | None = None,
) -> Explanation:
    """Collect what the formats print.

    Parameters
    ----------
    certificate, verdict, problem
        A certificate about an activation, what the judge says of it, and the activation.
    names
        File names for the commands that repeat the check, under the key ``certificate``.
    """
    claim, activation = certificate.claim, problem.activation
    subject = activation.name or "a user's activation"
    name, proved = f"{title(claim)}: {subject}", isinstance(verdict, Accepted)
    return Explanation(
        title=name if proved else f"Not proved: {name}",
        outcome=verdict.outcome,
        verdict_line=verdict_line(verdict),
        heading=heading(verdict),
        sentence=claim.sentence(),
        statement=statement(claim),
        problem=(("kind of claim", claim.kind),),
        activations=(formula_of(activation),),
        notation=_MOMENTS,
        facts_title="Numbers of the proof",
        facts=tuple(shown_fact(fact) for fact in verdict.facts),
        steps=reasons(claim, certificate.evidence, verdict) if isinstance(verdict, Accepted) else (),
        claims=_claims(claim, verdict.proved),
        ledger=ledger(verdict),
        run=(),
        hashes=hashes(certificate, verdict, "expression"),
        recheck=recheck((names or {}).get("certificate", "CERTIFICATE"), arithmetic=False),
        replay=None,
    )


# field of a claim -> LaTeX, plain, meaning
_FIELDS = {
    "property": (r"\text{property}", "property", "which statement"),
    "slope_bound": ("L_1", "L₁", "bound of the slope"),
    "slope_growth": ("B", "B", "growth of the slope"),
    "power": ("p", "p", "power"),
    "curvature_bound": ("L_2", "L₂", "Lipschitz constant of the slope"),
    "kinks": ("e", "e", "number of kinks, at most"),
    "sigma": (r"\sigma", "σ", "where"),
    "slope_power": ("i", "i", "power of the slope"),
    "value": (r"\alpha_{ij}(\sigma)", "α_{i,j}(σ)", "the moment"),
    "first": ("T_1", "T₁", "contains the term"),
    "second": ("T_2", "T₂", "contains the term"),
    "third": ("T_3", "T₃", "contains the term"),
    "rho": (r"\rho(\sigma)", "ρ(σ)", "contains the minimum"),
    "active": (r"k", "k", "terms that may attain the minimum"),
    "constant": ("c", "c", "constant of the bound"),
    "decay": ("Q", "Q", "half the decay"),
    "scale": ("b", "b", "scale of σ"),
    "mean_slope": (r"\mu", "μ", "mean slope"),
    "mean_curvature": (r"\gamma", "γ", "mean curvature"),
    "fourth": ("c_4", "c₄", "constant of the fourth-order tensor"),
    "degree": ("q", "q", "degree of homogeneity"),
    "vacuous": (r"\text{vacuous}", "vacuous", "tensors whose constant is 0 for every σ"),
    "outer_weights": ("v", "v", "outer weights"),
    "dimension": ("d", "d", "dimension of the inputs"),
    "curvature": (r"\lambda", "λ", "bound of the smallest eigenvalue"),
}
_THIRD_CONSTANT = ("c_3", "c₃", "constant of the third-order tensor")


def _claims(claim: Any, proved: Any) -> tuple[Line, ...]:
    """Every field that is claimed beside what the evidence proves, both rounded in the weak direction."""
    lines = []
    for spec in fields(claim):
        value = getattr(claim, spec.name)
        if value is None or (spec.name == "vacuous" and not value):
            continue
        latex, plain, meaning = _FIELDS[spec.name]
        if claim.kind == "tensor-constant" and spec.name == "third":
            latex, plain, meaning = _THIRD_CONSTANT
        if claim.kind == "gaussian-moment" and spec.name == "power":
            latex, plain, meaning = "j", "j", "power of z"
        direction = spec.metadata.get("weaker")
        best = "" if proved is None else _shown(getattr(proved, spec.name), direction)
        lines.append(Line(latex, plain, _shown(value, direction), meaning, proved=best))
    return tuple(lines)


_ROUNDED: Mapping[str, Callable[[Fraction, int], str]] = {"larger": up, "smaller": down}


def _shown(value: Any, direction: str | None) -> str:
    if isinstance(value, Fraction):
        return in_words(value) if direction is None else _ROUNDED[direction](value, 12)
    if isinstance(value, tuple):
        items = [in_words(item) if isinstance(item, Fraction) else str(item) for item in value]
        return ", ".join(items[:8]) + (f", … ({len(items)})" if len(items) > 8 else "")
    return str(value) if isinstance(value, Interval | int | str) else ""
