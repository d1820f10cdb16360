"""Descent from the given weights by the distance to the nearest zero of F − y: from enclosures to theorem 1.10.4."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from flint import arb

from certificates.arithmetic.arb import exact, lower, upper
from certificates.checks.acceptance import fact_above, fact_below
from certificates.checks.outcome import Refusal
from certificates.checks.solvable import newton_step
from certificates.enclosures.networks.linearisation import Linearisation
from certificates.theorems.potential_descent import Approach, Start, descend
from certificates.theorems.potential_starts import start_at_weights
from certificates.verdict import Fact

__all__ = ["Reached", "reached"]

Parts = tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class Reached:
    """What the theorem says of the given weights.

    Parameters
    ----------
    start, found
        D_0 and σ_*, and the conclusion; ``None`` where there is no zero by Newton's method.
    step, beta, norm
        ξ, β and √Λ on the ball.
    ball
        ϱ.
    """

    start: Start | None
    found: Approach | None
    step: arb
    beta: arb
    norm: arb
    ball: float

    def require(self, check: int) -> tuple[Start, Approach]:
        """Refuse unless the hypotheses hold on a ball within that of radius ϱ."""
        if self.start is not None and self.found is not None and self.found.holds:
            needed = self.start.offset + self.found.reach
            if needed < exact(self.ball):
                return self.start, self.found
            seen = f"iterates and nearest zeros within {upper(needed):.4g}"
        elif self.found is not None:
            seen = f"u_0 ≤ {upper(self.found.ratio):.4g}, Ψ ≥ {lower(self.found.margin):.4g}"
        else:
            seen = f"no zero found by a Newton step of length {upper(self.step):.4g}"
        raise Refusal.undecided(
            check,
            "the nearest zero is too far away for this evidence",
            required=f"Ψ > 0, all within ϱ = {self.ball:.4g}",
            seen=seen,
            advice="smaller steps, or polish the weights (`verify certify PROBLEM --polish`)",
            facts=self.facts(),
        )

    def facts(self) -> tuple[Fact, ...]:
        """The numbers of the proof."""
        always = (
            fact_above("ξ", "length of the Newton step of least norm", self.step),
            fact_above("β(ϱ)", "curvature bound on the ball", self.beta),
            fact_above("√Λ", "norm of the Jacobian on the ball", self.norm),
        )
        if self.start is None or self.found is None:
            return always
        return (
            *always,
            fact_above("D₀", "distance to the nearest zero", self.start.distance),
            fact_above("u₀", "βD₀/σ at that zero", self.found.ratio),
            fact_below("Ψ", "what is left of the descent of the potential", self.found.margin),
            fact_below("σ_∞", "smallest singular value at all nearest zeros", self.found.singular_value),
        )


def reached(
    point: Linearisation[Any],
    spectrum: tuple[arb, arb],
    beta: arb,
    ball: float,
    multipliers: Parts,
    step: arb,
    cells: int,
) -> Reached:
    """Apply theorems 1.10.6 and 1.10.4 at the weights.

    Parameters
    ----------
    point
        The network there.
    spectrum
        σ_0 ≤ σ_min(J) and S_0 ≥ ‖J‖.
    beta, ball
        β on the ball of radius ϱ around the weights.
    multipliers
        c, about K⁻¹e.
    step
        η for ½‖e‖²: 2s times that of f.
    cells
        Of the grid value.
    """
    beta = exact(upper(beta))
    norm = exact(upper(spectrum[1] + beta * exact(ball)))
    newton = newton_step(point, multipliers, spectrum[0])
    start = start_at_weights(newton, spectrum[0], beta, ball, exact(0))
    found = None
    if start is not None:
        shares = [Fraction(j, cells) for j in range(1, cells)]
        found = descend(start, beta, norm * norm, step, shares)
    return Reached(start, found, newton, beta, norm, ball)
