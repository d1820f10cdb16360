"""What claims of gradient descent to zero loss say alike, typeset."""

from __future__ import annotations

from typing import Protocol

from verify.typesetting.decimals import down, up
from verify.typesetting.formulas import Formula, Part, scientific

__all__ = ["descent_to_zero_loss"]


class _Descent(Protocol):
    """The numbers of such a claim: steps, ball, decrease per step size, distance per residual."""

    @property
    def step_size_max(self) -> float: ...
    @property
    def radius(self) -> float: ...
    @property
    def decrease_rate(self) -> float: ...
    @property
    def distance_factor(self) -> float: ...


def descent_to_zero_loss(claim: _Descent, bounds: tuple[float, float] | None = None) -> tuple[Part, ...]:
    """From the step sizes on: ball, limit, decrease, distance, and gradient flow, every number on its weak side.

    Parameters
    ----------
    claim
        Its numbers.
    bounds
        C and d where the loss need not fall at every step: f(w_k) ≤ C P_k, and a zero lies within d √P_k of w_k.
    """
    step, radius = scientific(down(claim.step_size_max)), scientific(up(claim.radius))
    rate, factor = scientific(down(claim.decrease_rate)), scientific(up(claim.distance_factor))
    falls: tuple[Part, ...] = (Formula(rf"f(w_{{k+1}})\le (1-{rate}\,\eta_k)\,f(w_k)"),)
    first = "f(w_0)"
    if bounds is not None:
        first, near = scientific(up(bounds[0])), scientific(up(bounds[1]))
        falls = (
            Formula(rf"f(w_k)\le {first}\,P_k"),
            ", ",
            Formula(rf"P_k=\prod_{{j<k}}(1-{rate}\,\eta_j)"),
            ", a zero of the loss lies within ",
            Formula(rf"{near}\,\sqrt{{P_k}}"),
            " of ",
            Formula("w_k"),
        )
    return (
        Formula(rf"0<\eta_k\le {step}"),
        " any step sizes with divergent sum. Exact gradient descent ",
        Formula(r"w_{k+1}=w_k-\eta_k\nabla f(w_k)"),
        " stays within ",
        Formula(radius),
        " of ",
        Formula("w_0"),
        " and converges to weights ",
        Formula("w^*"),
        " with ",
        Formula("f(w^*)=0"),
        ". At every step ",
        *falls,
        " and ",
        Formula(rf"\lVert w_k-w^*\rVert\le {factor}\,\lVert F(w_k)-y\rVert"),
        ". Gradient flow from ",
        Formula("w_0"),
        " stays in the same ball, converges to zero loss, and ",
        Formula(rf"f(w(t))\le {'' if bounds is None else first}e^{{-{rate}\,t}}{first if bounds is None else ''}"),
        "." if bounds is None else ". The loss itself need not fall at every step.",
    )
