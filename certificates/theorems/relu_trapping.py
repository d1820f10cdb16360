"""When flow and descent from a wide ReLU start cannot leave the units' neighbourhood (theorems 5.3.8 and 5.3.9).

In the letters of :mod:`certificates.enclosures.networks.relu_flips`: f = s‖F − y‖², e = F − y, J = vP, σ ≤ σ_min(P) at
the start, and κ(R) bounds how far P turns while every unit is within R of its start.

*Flow.* While units are within R, d‖e‖/dt ≤ −2s v²(σ − κ(R))²‖e‖, and none moves faster than 2s v‖X̃‖‖e‖. So with ρ the
integral of the latter, d‖e‖/dρ ≤ −(v/‖X̃‖)(σ − κ(ρ))²: ρ never reaches an R with v∫_0^R (σ − κ)² > ‖X̃‖‖e_0‖.

*All weights together*, in the Frobenius norm: ‖Ẇ‖ = 2s‖Jᵀe‖, and d‖e‖ ≤ −v(σ − κ)‖dW‖: v∫_0^R (σ − κ) > ‖e_0‖.

*Descent* with steps η ≤ 1/(2sΛ²), Λ = v(‖P‖ + κ): ‖e_{k+1}‖² ≤ (1 − 2sη v²σ'(σ' − 2κ))‖e_k‖², σ' = σ − κ > 2κ, where
the units stay within 2‖X̃‖‖e_0‖/(v σ'(σ' − 2κ)).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flint import arb

from certificates.arithmetic.arb import exact, upper

__all__ = ["Descent", "Numbers", "Trapped", "descent", "trapped"]


@dataclass(frozen=True)
class Numbers:
    """What the theorems ask of a start; each from its safe side.

    Parameters
    ----------
    scale
        s of f = s‖F − y‖².
    outer
        v > 0, exact.
    least, largest
        σ from below and ‖P‖ from above.
    inputs
        ‖X̃‖ from above.
    residual
        ‖e_0‖ from above.
    """

    scale: arb
    outer: arb
    least: arb
    largest: arb
    inputs: arb
    residual: arb


@dataclass(frozen=True)
class Trapped:
    """The end of a flow.

    Parameters
    ----------
    available, needed
        The integral up to the last radius from below, and what it has to exceed.
    radius
        R_∞ from above, and the rate of f from below; ``None`` if the integral does not suffice.
    rate
        f(W(t)) ≤ e^{−rate t} f(W_0).
    """

    available: arb
    needed: arb
    radius: arb | None
    rate: arb | None


@dataclass(frozen=True)
class Descent:
    """Constant or varying steps.

    Parameters
    ----------
    margin
        σ' − 2κ, and what the units' radius is at most, ``None`` if the margin is not certainly positive.
    radius
        2‖X̃‖‖e_0‖/(v σ'(σ' − 2κ)).
    step_size, rate
        1/(2sΛ²), and f(W_{k+1}) ≤ (1 − rate η) f(W_k).
    """

    margin: arb
    radius: arb | None
    step_size: arb
    rate: arb


def trapped(numbers: Numbers, radii: Sequence[float], turning: Sequence[arb], *, together: bool = False) -> Trapped:
    """The flow, with sums over right ends in place of the integral.

    Parameters
    ----------
    numbers
        Of the start.
    radii, turning
        0 < R_1 < … < R_g and κ(R_j) from above.
    together
        Whether radii are of all weights in the Frobenius norm, or of every unit.

    Guarantee
    ---------
    If a radius is returned, every solution of the Clarke gradient flow exists for all times, stays within it and
    converges to a zero of f with the rate.
    """
    needed = numbers.residual if together else numbers.inputs * numbers.residual
    total, before = exact(0), exact(0)
    for here, turned in zip((exact(each) for each in radii), turning, strict=True):
        slope = numbers.least - turned
        if not slope > 0:  # and no later one is: κ grows
            break
        height = numbers.outer * (slope if together else slope * slope)
        missing = (needed - total) / height
        total += height * (here - before)
        if total > needed and before + missing < here:
            rate = 4 * numbers.scale * numbers.outer**2 * slope * slope
            return Trapped(total, needed, (before + missing).max(before), rate)
        before = here
    return Trapped(total, needed, None, None)


def descent(numbers: Numbers, turned: arb) -> Descent:
    """Descent with units within a radius that has this κ."""
    slope = numbers.least - turned
    margin = slope - 2 * turned
    steepest = numbers.outer * (numbers.largest + turned)
    rate = 2 * numbers.scale * numbers.outer**2 * slope * margin
    step = 1 / (2 * numbers.scale * steepest * steepest)
    if not margin > 0:
        return Descent(margin, None, step, rate)
    radius = 2 * numbers.inputs * numbers.residual / (numbers.outer * slope * margin)
    return Descent(margin, exact(upper(radius)), step, rate)
