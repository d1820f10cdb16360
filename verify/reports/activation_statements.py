"""Claims about activations as typeset statements; numbers are rounded as in ``claim.sentence()``."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from certificates.language.parts import Interval
from certificates.language.wording import in_words
from verify.typesetting.decimals import down, up
from verify.typesetting.formulas import Formula, Part, scientific

__all__ = ["number", "statement", "title"]

_PROPERTIES = {
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


def title(claim: Any) -> str:
    """What the page is called."""
    if claim.kind == "activation-property":
        return _PROPERTIES[claim.property]
    if claim.kind == "zhong-rho-global":
        return "A lower bound of ρ for every σ"
    sigma = in_words(claim.sigma)
    return {
        "gaussian-moment": f"A Gaussian moment at σ = {sigma}",
        "zhong-rho": f"The constants T₁, T₂, T₃ and ρ at σ = {sigma}",
        "tensor-constant": f"Constants of the moment tensors at σ = {sigma}",
        "orthogonal-population-convexity": f"The population Hessian at orthogonal weights of norm {sigma}",
    }[claim.kind]


def statement(claim: Any) -> tuple[Part, ...]:
    """The claim with typeset formulas."""
    return _STATEMENTS[claim.kind](claim)


def number(value: Fraction) -> str:
    """A rational of a claim in LaTeX: a short decimal or fraction as it is."""
    return scientific(in_words(value) if len(in_words(value)) <= 16 else down(value, 12))


def _interval(value: Interval) -> str:
    return f"={number(value.lower)}" if value.lower == value.upper else rf"\in{scientific(str(value))}"


def _property(claim: Any) -> tuple[Part, ...]:
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
    return (head, *(parts.get(claim.property) or _assumption(claim.property)), ".")


def _assumption(name: str) -> tuple[Part, ...]:
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


def _moment(claim: Any) -> tuple[Part, ...]:
    what = rf"E[\varphi'({number(claim.sigma)}\,z)^{{{claim.slope_power}}}z^{{{claim.power}}}]"
    return ("For ", Formula(r"z\sim N(0,1)"), ", ", Formula(what + _interval(claim.value)), ".")


def _rho(claim: Any) -> tuple[Part, ...]:
    terms = zip((1, 2, 3), (claim.first, claim.second, claim.third), strict=True)
    listed = [part for k, value in terms for part in (Formula(f"T_{k}{_interval(value)}"), ", ")]
    sigma, active = number(claim.sigma), " or ".join(f"T{'₁₂₃'[k - 1]}" for k in claim.active)
    rho = Formula(rf"\rho=\min(T_1,T_2,T_3){_interval(claim.rho)}")
    return ("At ", Formula(rf"\sigma={sigma}"), ": ", *listed, "so ", rho, f", attained by {active}.")


def _global(claim: Any) -> tuple[Part, ...]:
    base = r"\sigma" if claim.scale == 1 else rf"({number(claim.scale)}\,\sigma)"
    bound = scientific(down(claim.constant, 12))
    bound += rf"\,{base}^{{{claim.power}}}" if claim.power else ""
    bound = rf"\frac{{{bound}}}{{(1+{base}^2)^{{{in_words(claim.decay)}}}}}" if claim.decay else bound
    return (Formula(rf"\rho(\sigma)=\min(T_1,T_2,T_3)\ge {bound}"), " for every ", Formula(r"\sigma>0"), ".")


_TENSORS = {
    "mean_slope": r"\mu=E[\varphi'(\sigma z)]",
    "mean_curvature": r"\gamma=\sigma^{-2}E[\varphi(\sigma z)He_2(z)]",
    "third": r"c_3=\sigma^{-3}E[\varphi(\sigma z)He_3(z)]",
    "fourth": r"c_4=\sigma^{-4}E[\varphi(\sigma z)He_4(z)]",
}


def _tensor(claim: Any) -> tuple[Part, ...]:
    parts: list[Part] = ["For ", Formula(r"z\sim N(0,1)"), " and ", Formula(rf"\sigma={number(claim.sigma)}"), ": "]
    items: list[tuple[Part, ...]] = [
        (Formula(rf"{_TENSORS[name]}{_interval(value)}"),) for name, value in claim.intervals.items()
    ]
    if claim.degree is not None:
        items.append((Formula(rf"\varphi(az)=a^{{{claim.degree}}}\varphi(z)"), " for all ", Formula("a>0")))
    items += [
        (f"the constant of the {name}-order tensor is 0 for every ", Formula(r"\sigma>0")) for name in claim.vacuous
    ]
    for index, item in enumerate(items):
        parts += ["; " if index else "", *item]
    return (*parts, ".")


def _hessian(claim: Any) -> tuple[Part, ...]:
    k, d = len(claim.outer_weights), claim.dimension
    return (
        "Let ",
        Formula(rf"x\sim N(0,I_{{{d}}})"),
        f", {k} planted weights ",
        Formula(rf"w_j^*={number(claim.sigma)}\,e_j"),
        " and the given ",
        Formula("v"),
        ". The Hessian of ",
        Formula(r"f(W)=\tfrac12E\big(\sum_jv_j\varphi(w_j^Tx)-\sum_jv_j\varphi(w_j^{*T}x)\big)^2"),
        " satisfies ",
        Formula(rf"\nabla^2f(W^*)\succeq {scientific(down(claim.curvature, 12))}\,I"),
        ".",
    )


_STATEMENTS: dict[str, Callable[[Any], tuple[Part, ...]]] = {
    "activation-property": _property,
    "gaussian-moment": _moment,
    "zhong-rho": _rho,
    "zhong-rho-global": _global,
    "tensor-constant": _tensor,
    "orthogonal-population-convexity": _hessian,
}
