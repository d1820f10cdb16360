"""The distance to the nearest zero as a potential of gradient descent (theorem 1.10.4), and a ball of starts (1.10.5).

w⁺ = w − η_k Jᵀe, 0 < η_k ≤ η, for e = F − y; β a Lipschitz constant of J, Λ ≥ ‖J‖², ζ = ηΛ < 2 and γ = 1 − ζ/2. At a
distance D from the nearest zero z, u = βD/σ_min(J(z)) and b = βζD/√Λ:

    c = γ − (1 + γ)u/2,   u⁺ = u/(1 − 2bu/(1 − u − b)),   v = (u + u⁺ + b)/2,   Ψ = c − u²/(1 − v),   g = u/((1 − v)Ψ).

If 1 − u − b > 0, 2bu < 1 − u − b, v < 1 and Ψ > 0, then u never increases, zeros drift by at most gD altogether, and
D² falls by the factor 1 − 2η_k σ² c (1 − u/2) at every step.
"""

from __future__ import annotations

from dataclasses import dataclass

from flint import arb

from certificates.arithmetic.arb import exact

__all__ = ["Basin", "Potential", "basin", "potential"]


@dataclass(frozen=True)
class Potential:
    """The numbers above.

    Parameters
    ----------
    holds
        Whether the four hypotheses certainly hold; else the others mean nothing.
    slope
        c.
    drift
        g.
    margin
        Ψ.
    jump
        2b/(1 − u − b): the nearest zero is at most this times D away from the one before.
    """

    holds: bool
    slope: arb
    drift: arb
    margin: arb
    jump: arb


def potential(u: arb, b: arb, zeta: arb) -> Potential:
    """Evaluate the numbers at u and b, and with them at everything smaller.

    Guarantee
    ---------
    c and Ψ decrease in u and b, the others increase: if it ``holds``, so do the hypotheses at smaller u and b, with c
    and Ψ no smaller, and g and the jump no larger.
    """
    gamma = 1 - zeta / 2
    rest = 1 - u - b
    slope = gamma - (1 + gamma) * u / 2
    shrunk = 1 - 2 * b * u / rest
    v = (u + u / shrunk + b) / 2
    margin = slope - u * u / (1 - v)
    holds = all(bool(each > 0) for each in (2 - zeta, rest, shrunk, 1 - v, margin))
    return Potential(holds, slope, u / ((1 - v) * margin), margin, 2 * b / rest)


@dataclass(frozen=True)
class Basin:
    """What is proved of every start within ρ of a zero z'.

    Parameters
    ----------
    holds
        Whether ρ < x_c σ'/β, and the hypotheses hold at u_c.
    margin
        Ψ at u_c.
    farthest
        Of a zero near by, x_c σ'/β: ρ has to be below it.
    reach
        √2ρ + R: β and Λ are asked for on the ball of this radius around z', and descent stays within it.
    singular_value
        σ_∞, from below: σ_min(J) at all nearest zeros.
    rate
        2σ_∞² c (1 − u_c/2), per unit of η.
    """

    holds: bool
    margin: arb
    farthest: arb
    reach: arb
    singular_value: arb
    rate: arb


def basin(radius: arb, singular_value: arb, beta: arb, norm: arb, step: arb, most: arb) -> Basin:
    """Evaluate theorem 1.10.5.

    Parameters
    ----------
    radius, singular_value
        ρ and σ' ≤ σ_min(J(z')), of an exact zero z'.
    beta, norm
        β and √Λ on the ball of radius ``reach`` around z'.
    step
        η.
    most
        u_c, between 0 and ½.

    Guarantee
    ---------
    If it ``holds``, from every start within ρ of z', with any steps up to η of divergent sum, the iterates stay within
    ``reach`` of z', converge to a zero, and the squares of their distances D_k to the nearest zero near by, D_0 ≤ ρ,
    fall by the factor 1 − η_k ``rate`` at every step.
    """
    zeta = step * norm * norm
    b = beta * zeta * radius / norm
    found = potential(most, b, zeta)
    farthest = most / (1 + most * most / (1 - most)).sqrt() * singular_value / beta
    inside = bool(radius < farthest) and bool(most > 0) and bool(2 * most <= 1)
    way = radius * (1 + found.drift.max(found.drift - 1 + found.jump))  # R: ρ + gρ, and beyond gρ + jump ρ
    least = (singular_value - exact(2).sqrt() * beta * radius) * (-found.drift * most).exp()
    rate = 2 * least * least * found.slope * (1 - most / 2)
    return Basin(
        found.holds and inside and bool(least > 0),
        found.margin,
        farthest,
        exact(2).sqrt() * radius + way * (1 + exact(2) ** -40),
        least,
        rate,
    )
