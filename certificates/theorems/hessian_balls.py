"""m_0 ⪯ ∇²f ⪯ M_0 on a ball around w_0 (theorem 4.2.2).

f = ½‖r‖² + ½Σλ_t‖w_t − c_t‖². With J the Jacobian of r, s_0 ≤ σ_min(J), S_0 ≥ ‖J‖ and e_0 ≥ ‖r‖ at w_0, β ≥ ‖D²r‖ and γ
≥ ‖r(w_0)·D³r‖ on the ball, ē = e_0 + S_0R + ½βR² and κ = β(S_0R + ½βR²) + γR,

    m_1 = (s_0 − βR)₊² − βē,                            M_1 = (S_0 + βR)² + βē + max λ_t,
    m_2 = λ_0 − h,                                       M_2 = Λ_0 + h,
    m_3 = λ_0 − 2βR√(λ_0 + βe_0) + β²R² − κ,             M_3 = Λ_0 + 2βR√(Λ_0 + βe_0) + β²R² + κ,

for bounds λ_0, Λ_0 of the eigenvalues of ∇²f(w_0) and h of how far ∇²f turns; m_3 where βR < √(λ_0 + βe_0). All numbers
are those of f.
"""

from __future__ import annotations

from dataclasses import dataclass

from flint import arb

from certificates.arithmetic.arb import exact

__all__ = ["Curvature", "Slopes", "between", "by_gram", "by_hessian", "turning_along", "turning_of"]


@dataclass(frozen=True)
class Slopes:
    """The constants of lemma 4.2.1, each from its side.

    Parameters
    ----------
    largest, smallest
        S_0 and s_0; the latter ``None`` where it was not asked for.
    residual
        e_0.
    beta, gamma
        β, and γ; ``None`` where φ'' may jump on the ball.
    """

    largest: arb
    smallest: arb | None
    residual: arb
    beta: arb
    gamma: arb | None

    def best(self, other: Slopes) -> Slopes:
        """The better of two bounds of each."""
        gammas = [gamma for gamma in (self.gamma, other.gamma) if gamma is not None]
        smallest = [bound for bound in (self.smallest, other.smallest) if bound is not None]
        return Slopes(
            self.largest.min(other.largest),
            smallest[0].max(smallest[-1]) if smallest else None,
            self.residual.min(other.residual),
            self.beta.min(other.beta),
            gammas[0].min(gammas[-1]) if gammas else None,
        )


@dataclass(frozen=True)
class Curvature:
    """m_0 and M_0 of one way, from below and from above; ``None`` where the way does not bound it.

    Parameters
    ----------
    strength, smoothness
        m_0 and M_0.
    way
        Which member of the theorem this is, for those who read the verdict.
    """

    strength: arb | None
    smoothness: arb | None
    way: str


def by_gram(slopes: Slopes, radius: arb, penalty: arb) -> Curvature:
    """m_1 and M_1: they hold almost everywhere where r is only C^{1,1}.

    Examples
    --------
    >>> one = exact(1)
    >>> found = by_gram(Slopes(one, one, exact(0), exact(0.125), None), one, exact(0))
    >>> float(found.strength), float(found.smoothness)
    (0.6328125, 1.3984375)
    """
    moved = slopes.beta * radius
    pull = slopes.beta * (slopes.residual + slopes.largest * radius + moved * radius / 2)
    strength = None
    if slopes.smallest is not None:
        left = slopes.smallest - moved
        strength = (left * left if left > 0 else exact(0)) - pull
    return Curvature(strength, (slopes.largest + moved) ** 2 + pull + penalty, "the Gram matrix of the Jacobian")


def by_hessian(least: arb, most: arb, turning: arb) -> Curvature:
    """m_2 and M_2."""
    return Curvature(least - turning, most + turning, "the Hessian and how far it turns")


def turning_of(slopes: Slopes, radius: arb) -> arb | None:
    """h = (3βS_0 + γ)R + (3/2)β²R² (lemma 4.2.1 iv); ``None`` where γ is not known."""
    if slopes.gamma is None:
        return None
    moved = slopes.beta * radius
    return (3 * slopes.largest + 3 * moved / 2) * moved + slopes.gamma * radius


def turning_along(slopes: Slopes, radius: arb, steep: arb) -> arb | None:
    """2‖J_0u‖βR + β²R² + κ ≥ uᵀ(∇²f(w) − ∇²f(w_0))u, ‖u‖ = 1 (theorem 4.3.3); ``None`` where γ is not known."""
    if slopes.gamma is None:
        return None
    moved = slopes.beta * radius
    return (2 * steep + moved) * moved + slopes.beta * (slopes.largest + moved / 2) * radius + slopes.gamma * radius


def between(least: arb, most: arb, slopes: Slopes, radius: arb) -> Curvature:
    """m_3 and M_3; nothing where γ is not known.

    Examples
    --------
    >>> one, zero = exact(1), exact(0)
    >>> found = between(one, one, Slopes(one, None, zero, exact(0.125), zero), one)
    >>> float(found.strength), float(found.smoothness)
    (0.6328125, 1.3984375)
    """
    way = "the Hessian, of which only the Gram part turns with the Jacobian"
    if slopes.gamma is None:
        return Curvature(None, None, way)
    moved = slopes.beta * radius
    turned = slopes.beta * (slopes.largest * radius + moved * radius / 2) + slopes.gamma * radius
    bent, strength, smoothness = slopes.beta * slopes.residual, None, None
    if least + bent > 0 and (root := (least + bent).sqrt()) > moved:
        strength = least - 2 * moved * root + moved**2 - turned
    if most + bent > 0:
        smoothness = most + 2 * moved * (most + bent).sqrt() + moved**2 + turned
    return Curvature(strength, smoothness, way)
