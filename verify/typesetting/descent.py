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


def descent_to_zero_loss(claim: _Descent) -> tuple[Part, ...]:
    """From the step sizes on: ball, limit, decrease, distance, and gradient flow, every number on its weak side."""
    step, radius = scientific(down(claim.step_size_max)), scientific(up(claim.radius))
    rate, factor = scientific(down(claim.decrease_rate)), scientific(up(claim.distance_factor))
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
        Formula(rf"f(w_{{k+1}})\le (1-{rate}\,\eta_k)\,f(w_k)"),
        " and ",
        Formula(rf"\lVert w_k-w^*\rVert\le {factor}\,\lVert F(w_k)-y\rVert"),
        ". Gradient flow from ",
        Formula("w_0"),
        " stays in the same ball, converges to zero loss, and ",
        Formula(rf"f(w(t))\le e^{{-{rate}\,t}}f(w_0)"),
        ".",
    )
