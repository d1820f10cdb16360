"""What there is to say about a certificate whose subject is a quadratic network, or a polynomial loss."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from fractions import Fraction
from typing import Any

from certificates import Accepted, Network, Verdict
from certificates.certificate import Certificate
from certificates.language.wording import in_words
from certificates.subjects import PolynomialProblem
from verify.crosscheck.orbit import OrbitReplay
from verify.crosscheck.replay import Replay
from verify.problems import describe
from verify.reports.convergence import run_rows
from verify.reports.explanation import Explanation, formula_of, hashes, heading, ledger, recheck, verdict_line
from verify.reports.quadratic_reasons import reasons
from verify.reports.quadratic_statements import TITLES, statement
from verify.typesetting.decimals import between, down, up
from verify.typesetting.formulas import Formula, Line, Part

__all__ = ["explain_quadratic"]

_NOTATION: tuple[Part, ...] = (
    "The loss is ",
    Formula(r"f(W)=s\sum_i(q_i-y_i)^2"),
    " with ",
    Formula(r"q_i=\sum_lv_l(w_l^Tx_i)^2"),
    ", a function of the first layer ",
    Formula("W"),
    " alone; ",
    Formula("r=q-y"),
    ", ",
    Formula(r"L=f/(2ns)"),
    ", ",
    Formula(r"G=\tfrac1n\sum_ir_ix_ix_i^T"),
    ".",
)
_POLYNOMIAL_NOTATION: tuple[Part, ...] = ("The loss is the exact polynomial in the certificate; ", Formula("h=w-w^*"))


def explain_quadratic(
    certificate: Certificate,
    verdict: Verdict,
    problem: Network | PolynomialProblem,
    replay: Replay | None = None,
    runs: Sequence[OrbitReplay] = (),
    *,
    names: Mapping[str, str] | None = None,
) -> Explanation:
    """Collect what the formats print.

    Parameters
    ----------
    certificate, verdict, problem
        A certificate of one of these kinds, what the judge says of it, and its subject.
    replay, runs
        Runs of gradient descent to show beside it: from the given weights, or near a teacher.
    names
        File names for the commands that repeat the check, under the key ``certificate``.
    """
    claim, title = certificate.claim, TITLES[certificate.kind]
    network = isinstance(problem, Network)
    return Explanation(
        title=title if isinstance(verdict, Accepted) else f"Not proved: {title[0].lower()}{title[1:]}",
        outcome=verdict.outcome,
        verdict_line=verdict_line(verdict),
        heading=heading(verdict),
        sentence=claim.sentence(),
        statement=statement(claim),
        problem=tuple(describe(problem)) if isinstance(problem, Network) else _polynomial(problem),
        activations=tuple(formula_of(each) for each in dict.fromkeys(problem.activations))
        if isinstance(problem, Network)
        else (),
        notation=_NOTATION if network else (*_POLYNOMIAL_NOTATION, "."),
        facts_title="Numbers of the proof",
        facts=tuple(_fact(fact) for fact in verdict.facts),
        steps=reasons(claim, certificate.evidence, verdict) if isinstance(verdict, Accepted) else (),
        claims=_claims(claim, verdict.proved),
        ledger=ledger(verdict),
        run=run_rows(replay) + tuple(row for run in runs for row in run.rows()),
        hashes=hashes(certificate, verdict, "problem" if network else "polynomial"),
        recheck=recheck((names or {}).get("certificate", "CERTIFICATE"), arithmetic=network),
        replay=replay,
    )


def _polynomial(problem: PolynomialProblem) -> tuple[tuple[str, str], ...]:
    return (
        ("variables", str(problem.variables)),
        ("degree of f", str(problem.degree)),
        ("weighted squares", f"{len(problem.squares):,}"),
    )


# symbol of a fact -> its LaTeX
_SYMBOLS = {
    "f(W)": "f(W)",
    "f(W_0)": "f(W_0)",
    "f(w*)": "f(w^*)",
    "inf f": r"\inf f",
    "f(W) − inf f": r"f(W)-\inf f",
    "‖∇f(W)‖": r"\lVert\nabla f(W)\rVert",
    "−D²f[U, U]/‖U‖²": r"-D^2f[U,U]/\lVert U\rVert^2",
    "f(W) − f(W + tU)": "f(W)-f(W+tU)",
    "|P|": "|P|",
    "|N|": "|N|",
    "d": "d",
    "λ_min(K)": r"\lambda_{\min}(K)",
    "−λ_min(G)": r"-\lambda_{\min}(G)",
    "λ_max(G)": r"\lambda_{\max}(G)",
    "ε_H": r"\varepsilon_H",
    "2√(2f(W_0)/μ)": r"2\sqrt{2f(W_0)/\mu}",
    "λ": r"\lambda",
    "Λ": r"\Lambda",
    "c₄": "c_4",
    "μ": r"\mu",
    "h₀": "h_0",
    "steps": r"\text{steps}",
    "σ_r²": r"\sigma_r^2",
    "δ": r"\delta",
    "1 − μσ_r²/2": r"1-\mu\sigma_r^2/2",
}


def _fact(fact: Any) -> Line:
    """A row of the bounds of the gap has words for a symbol."""
    if fact.symbol in _SYMBOLS:
        return Line(_SYMBOLS[fact.symbol], fact.symbol, _enclosure(fact.lower, fact.upper), fact.meaning)
    return Line(r"f(W)-\inf f", f"{fact.symbol}, {fact.at}", _enclosure(fact.lower, fact.upper), fact.at)


def _enclosure(lower: float, upper: float) -> str:
    """As elsewhere, for bounds of either sign."""
    negative = lower != float("-inf") and lower < 0
    return f"[{down(lower)}, {up(upper)}]" if negative else between(lower, upper)


# field of a claim -> LaTeX, plain, meaning
_FIELDS = {
    "gap": (r"f(W)-\inf f\le", "f(W) − inf f ≤", "optimality gap"),
    "curvature": (r"-D^2f[U,U]/\lVert U\rVert^2\ge", "−D²f[U, U]/‖U‖² ≥", "negative curvature"),
    "gradient_norm": (r"\lVert\nabla f(W)\rVert\le", "‖∇f(W)‖ ≤", "norm of the gradient"),
    "descent": (r"f(W)-f(W')\ge", "f(W) − f(W') ≥", "guaranteed decrease"),
    "curvature_deficit": (r"\varepsilon_H", "ε_H", "Hessian at least −ε_H"),
    "gram_eigenvalue": (r"\kappa", "κ", "zero loss for all labels"),
    "radius": (r"\varrho", "ϱ", "radius of the ball"),
    "constant": (r"\mu", "μ", "constant of the inequality"),
    "level": (r"\text{level}", "level", "value the loss is compared with"),
    "step_size": (r"\eta", "η", "step size, exact"),
    "decrease": (r"\delta", "δ", "relative decrease of the distance a step"),
    "half_decrease": (r"\delta_{1/2}", "δ_½", "the same from half the radius"),
    "asymptotic_decrease": (r"\delta_\infty", "δ_∞", "the same in the limit"),
    "entry_step": ("T", "T", "from this step on"),
    "entry_distance": (r"\mathrm{dist}(W_T,W^\circ)\le", "dist(W_T, W°) ≤", "distance at T"),
}
_DESCENT_FIELDS = {
    "radius": (r"\max_t\lVert W_t-W_0\rVert\le", "max ‖W_t − W₀‖ ≤", "how far gradient descent goes"),
    "step_size_max": (r"\eta\le", "η ≤", "largest step size covered"),
    "decrease_rate": (r"m", "m", "f falls by the factor 1 − ηm a step"),
}


def _claims(claim: Any, proved: Any, names: Mapping[str, tuple[str, str, str]] = _FIELDS) -> tuple[Line, ...]:
    """Every number claimed beside what the evidence proves, both rounded in the weak direction."""
    lines: list[Line] = []
    for spec in fields(claim):
        value, best = getattr(claim, spec.name), getattr(proved, spec.name, None)
        if value is None or spec.name == "centre":
            continue
        if not isinstance(value, float | int | Fraction):
            lines += _claims(value, best, _DESCENT_FIELDS)
            continue
        direction = spec.metadata.get("weaker")
        shown = "" if best is None else _shown(best, direction, 8)
        latex, plain, meaning = names[spec.name]
        lines.append(Line(latex, plain, _shown(value, direction, 6), meaning, proved=shown))
    return tuple(lines)


def _shown(value: float | Fraction, direction: str | None, digits: int) -> str:
    if isinstance(value, int):
        return f"{value:,}"
    if direction is None:
        return in_words(Fraction(value))
    return up(value, digits) if direction == "larger" else down(value, digits)
