"""Figure 1 of Soltanolkotabi, Javanmard and Lee: the activations, with what Assumption 2.3 says of each, proved."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING, Any

from certificates.expression import parse_activation
from verify.activations import properties
from verify.experiments.reproduction import Progress, Proofs, Reproduction, is_proved, prove_all
from verify.proposals import nondegenerate_activation, tensor_constant
from verify.search.proposal import Proposal
from verify.theory.soltanolkotabi_2018.printed import FIGURE_1, SOURCE, Depicted

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["TITLE", "run"]

TITLE = "Figure 1 of Soltanolkotabi, Javanmard and Lee, with Assumption 2.3 proved"

_SIGMAS = (Fraction(1, 10), Fraction(1), Fraction(10))


def run(progress: Progress | None = None) -> Reproduction:
    """Prove Assumption 2.3 for the four examples and enclose μ and γ; refute smoothness of ReLU."""
    tasks: dict[str, Callable[[], Proposal]] = {}
    for each in FIGURE_1:
        phi = parse_activation(each.catalogue)
        search = properties.curvature if each.variant is None else nondegenerate_activation.propose
        tasks[_property_name(each)] = partial(search, phi)
        tasks |= {_moments_name(each, sigma): partial(tensor_constant.propose, phi, sigma) for sigma in _SIGMAS}
    proofs = prove_all(tasks, progress)
    agreeing = sum(_agrees(each, proofs) for each in FIGURE_1 if each.variant is not None)
    return Reproduction(
        title=TITLE,
        source=SOURCE,
        header=("φ", "said", "proved", "μ(0.1), μ(1), μ(10)", "γ(0.1), γ(1), γ(10)", "verdict"),
        rows=tuple(_row(each, proofs) for each in FIGURE_1),
        notes=(*_NOTES, f"{agreeing} of the 4 examples satisfy the variant they are said to satisfy."),
        proofs=proofs,
        document={"experiment": "sjl-fig-1", "activations": [_document(e, proofs) for e in FIGURE_1]},
        is_complete=all(map(is_proved, proofs.values())),
        figure=lambda: _figure(proofs),
    )


_NOTES = (
    (
        "μ(σ) = E[φ'(σg)] and γ(σ) = E[φ''(σg)] = E[φ'(σg)g]/σ, g ~ N(0, 1), to 6 digits; the certificates have the "
        "enclosures. For ReLU, γ is the second form, that is with φ'' as a distribution."
    ),
    (
        "The printed formulas are lost. Our reading of Assumption 2.3: φ' and φ'' are bounded, μ is nonzero for every "
        "σ ≥ 0 (or zero for every σ ≥ 0), and (a) γ is nonzero for every σ ≥ 0 or (b) zero for every σ ≥ 0. As the "
        "literal (b) holds for linear φ too, whose Jacobian is degenerate, our certificates prove T₁(1) > 0 as well."
    ),
    'The text says "the other three activations" but names two beside softplus; tanh, in brackets, is our guess.',
    (
        "The text gives (b) the reason that [lost] is an odd function. It is φ'' that is odd: the sigmoid itself is "
        "not. Our certificates use that φ' is even."
    ),
    (
        "Softplus and sigmoid have parameter 1. For another b > 0, μ and γ of φ(bz) at σ are b and b² times those of φ "
        "at bσ, so the signs are the same; dividing by b, as for softplus, does not change them."
    ),
    "ReLU is only depicted; nothing is claimed of it. It is not differentiable, so the assumption does not apply.",
)


def _slug(each: Depicted) -> str:
    return each.catalogue.replace("_", "-")


def _property_name(each: Depicted) -> str:
    return f"{_slug(each)}-{'p3a' if each.variant is None else 'assumption-2-3'}"


def _moments_name(each: Depicted, sigma: Fraction) -> str:
    return f"{_slug(each)}-moments-{str(sigma).replace('/', '-')}"


def _agrees(each: Depicted, proofs: Proofs) -> bool:
    found = proofs[_property_name(each)]
    return is_proved(found) and found.claim.label == f"A2.3{each.variant}"


def _row(each: Depicted, proofs: Proofs) -> tuple[str, ...]:
    found = proofs[_property_name(each)]
    proved = found.claim.label if is_proved(found) else "not proved"
    if each.variant is None:
        said, verdict = "–", "not claimed"
    else:
        said, verdict = each.variant, "agrees" if _agrees(each, proofs) else "differs: unexplained"
    means, curvatures = (
        ", ".join(_shown(proofs[_moments_name(each, sigma)], name) for sigma in _SIGMAS)
        for name in ("mean_slope", "mean_curvature")
    )
    if is_proved(found) and found.claim.kind == "nondegenerate-activation" and found.claim.curvature == "zero":
        curvatures = "0 for every σ"
    return (each.name, said, f"{proved}: φ' jumps" if proved == "not-P3a" else proved, means, curvatures, verdict)


def _shown(proposal: Proposal, name: str) -> str:
    """The interval to six digits; its certified width is far smaller."""
    if not is_proved(proposal):
        return "not proved"
    interval = getattr(proposal.claim, name)
    return f"{float((interval.lower + interval.upper) / 2):.6g}"


def _document(each: Depicted, proofs: Proofs) -> dict[str, Any]:
    found = proofs[_property_name(each)]
    moments = {}
    for sigma in _SIGMAS:
        name = _moments_name(each, sigma)
        claim = proofs[name].claim
        moments[str(sigma)] = {
            "mean_slope": [str(claim.mean_slope.lower), str(claim.mean_slope.upper)],
            "mean_curvature": [str(claim.mean_curvature.lower), str(claim.mean_curvature.upper)],
            "outcome": proofs[name].verdict.outcome,
            "certificate": f"certificates/{name}.cert.json",
        }
    return {
        "activation": each.name,
        "catalogue": each.catalogue,
        "said": each.variant,
        "proved": found.claim.label if is_proved(found) else None,
        "certificate": f"certificates/{_property_name(each)}.cert.json",
        "moments": moments,
    }


def _figure(proofs: Proofs) -> Figure:
    from verify.experiments.soltanolkotabi_2018.fig_1_drawing import Curve, draw

    curves = [
        Curve(
            name=each.name.strip("[]"),
            activation=parse_activation(each.catalogue),
            proved=_in_legend(each, proofs),
            sigmas=tuple(map(float, _SIGMAS)),
            means=tuple(_middle(each, sigma, "mean_slope", proofs) for sigma in _SIGMAS),
            curvatures=tuple(_middle(each, sigma, "mean_curvature", proofs) for sigma in _SIGMAS),
        )
        for each in FIGURE_1
    ]
    return draw(curves)


def _in_legend(each: Depicted, proofs: Proofs) -> str:
    if each.variant is None:
        return "not differentiable"
    return f"Assumption 2.3{each.variant}" if _agrees(each, proofs) else "not proved"


def _middle(each: Depicted, sigma: Fraction, name: str, proofs: Proofs) -> float:
    interval = getattr(proofs[_moments_name(each, sigma)].claim, name)
    return float((interval.lower + interval.upper) / 2)
