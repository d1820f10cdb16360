"""From ε_g, ε_H and bounds of G to gaps: every row of theorem 3.2.8, and equations (3.2.2), (3.2.4).

−τ⁻I ⪯ G ⪯ τ⁺I either because λ_min(G) and λ_max(G) are known, or by lemma 3.2.3 from ‖∇L‖ ≤ ε_g and ∇²L ⪰ −ε_H I. With
P the units of positive outer weight, c_4 ≥ sup (1/n)Σ(aᵀx_i)⁴ and any u on P,

    (4/n)Σ(aᵀx_i)²(bᵀx_i)² + 2v_u bᵀGb ≥ −ε_H‖u‖²,  a = WᵀD_vu, v_u = uᵀD_vu,  b the bottom eigenvector of G:
    τ⁻ ≤ (ε_H‖u‖² + 4c_4‖a‖²)/(2v_u);                                                            (any u)
    |P| > d: some u has a = 0 and v_u at least the (d + 1)-st largest v, so τ⁻ ≤ ε_H/(2v_{(d+1)});
    |P| = d: with σ the least singular value of D_{v_P}W_P, also τ⁻ ≤ ‖G‖_F ≤ ε_g/(2σ), and the better of the two is
             τ⁻ ≤ ε_H/(2v_min) + ½(4c_4)^{1/3} ε_g^{2/3} v_min^{−1/3}.

The negative units bound τ⁺ in the same way. All numbers are about L = f/(2ns), and upper bounds unless said otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from flint import arb

from certificates.arithmetic.arb import exact, upper
from certificates.subjects import FloatArray

__all__ = ["ForceBounds", "PointNumbers", "a_priori_force", "force_from_direction", "gaps", "known_gaps"]


@dataclass(frozen=True)
class ForceBounds:
    """−τ⁻I ⪯ G ⪯ τ⁺I; ``None`` where nothing is known."""

    below: float | None
    above: float | None


@dataclass(frozen=True)
class PointNumbers:
    """What the rows need of W and of the data.

    Parameters
    ----------
    loss
        L(W).
    pairing
        ½⟨W, ∇L⟩ = (1/n) rᵀq, an enclosure.
    mean_output, mean_label, label_norm
        q̄, ȳ and Y = ‖y‖/√n, enclosures.
    force_norm
        ‖G‖_F.
    dimension, sample_count
        d and n.
    one_sign
        Whether every outer weight is positive.
    planted
        Σ|v°|‖w°‖² over the teacher's positive and over its negative units; ``None`` for given labels.
    covariance, moments, gram
        Positive lower bounds of λ_min(Σ̂), λ_min(T), λ_min(K), where they are proven.
    """

    loss: arb
    pairing: arb
    mean_output: arb
    mean_label: arb
    label_norm: arb
    force_norm: arb
    dimension: int
    sample_count: int
    one_sign: bool
    planted: tuple[arb, arb] | None = None
    covariance: arb | None = None
    moments: arb | None = None
    gram: arb | None = None


def a_priori_force(
    outer: FloatArray, dimension: int, gradient: float, deficit: float, fourth_moment: arb | None
) -> float | None:
    """τ of lemma 3.2.3 (ii) or (iv) from the outer weights of one sign class, all positive; ``None`` if none applies.

    Parameters
    ----------
    outer
        The positive v_l, or the |v_l| of the negative units.
    gradient, deficit
        ε_g ≥ ‖∇L‖_F and ε_H.
    fourth_moment
        c_4, needed when there are exactly d units.
    """
    if len(outer) > dimension:
        effective = float(np.sort(outer)[::-1][dimension])
        return upper(exact(deficit) / (2 * exact(effective)))
    if len(outer) < dimension or fourth_moment is None:
        return None
    smallest = exact(float(np.min(outer)))
    product = 4 * exact(upper(fourth_moment)) * exact(gradient) * exact(gradient) / smallest
    mixed = exact(0) if gradient == 0 else product.root(3)  # Arb has no cube root of 0
    return upper(exact(deficit) / (2 * smallest) + mixed / 2)


def force_from_direction(squared_norm: arb, image: arb, sign: arb, deficit: float, fourth_moment: arb) -> float | None:
    """τ⁻ of lemma 3.2.3 (i) for a direction u with ‖u‖², ‖WᵀD_vu‖ and v_u; ``None`` unless certainly v_u > 0."""
    if not sign > 0:
        return None
    return upper((exact(deficit) * squared_norm + 4 * fourth_moment * image * image) / (2 * sign))


def known_gaps(numbers: PointNumbers) -> dict[str, float]:
    """Upper bounds of L(W) − L* from L(W) and ‖G‖_F alone, by name; L* ≥ 0."""
    square, found = numbers.force_norm * numbers.force_norm, {"loss": upper(numbers.loss)}
    if numbers.moments is not None:
        found["moment matrix, ‖G‖_F"] = upper(square / (2 * numbers.moments))
    if numbers.gram is not None:
        found["Gram matrix, ‖G‖_F"] = upper(numbers.sample_count * square / (2 * numbers.gram))
    return found


def gaps(numbers: PointNumbers, force: ForceBounds) -> dict[str, float]:
    """Every applicable upper bound of L(W) − L* from bounds of G, by name."""
    found: dict[str, float] = {}
    if force.below is not None and numbers.one_sign and numbers.covariance is not None:
        below = exact(force.below)
        shift = exact(upper(below / numbers.covariance))
        found["trace (3.2.3)"] = upper(numbers.pairing + below * _trace_bound(numbers, numbers.covariance))
        found["self-dual (3.2.2)"] = upper(numbers.pairing + shift * numbers.mean_output + shift * shift / 2)
    if force.below is not None and force.above is not None:
        found |= _two_sided(numbers, exact(max(force.below, force.above)))
    if numbers.planted is not None:
        found |= _planted(numbers, force, *numbers.planted)
    return found


def _planted(numbers: PointNumbers, force: ForceBounds, positive: arb, negative: arb) -> dict[str, float]:
    """2L = ⟨G, M − M°⟩ ≤ ½⟨W, ∇L⟩ + τ⁻ tr M°₊ + τ⁺ tr M°₋; a side that the teacher does not have needs no bound."""
    total = numbers.pairing
    for tau, trace in ((force.below, positive), (force.above, negative)):
        if trace == 0:
            continue
        if tau is None:
            return {}
        total += exact(tau) * trace
    return {"planted (3.2.4)": upper(total / 2)}


def _trace_bound(numbers: PointNumbers, covariance: arb) -> arb:
    """R ≥ tr M* for a minimiser M* ⪰ 0 of ℓ."""
    first = (numbers.mean_label + numbers.label_norm) / 2
    second = numbers.mean_label + (2 * exact(upper(numbers.loss))).sqrt()
    least = min(upper(first / covariance), upper(second / covariance))
    return exact(max(least, 0.0))


def _two_sided(numbers: PointNumbers, tau: arb) -> dict[str, float]:
    """Bounds that need ‖G‖ ≤ τ; ‖G‖_F ≤ √d τ."""
    found: dict[str, float] = {}
    square = exact(upper(tau * tau * numbers.dimension))
    if numbers.moments is not None:
        nuclear = exact(numbers.dimension).sqrt() * numbers.label_norm / numbers.moments.sqrt()  # ≥ ‖M*‖_*
        found["moment matrix"] = upper(square / (2 * numbers.moments))
        found["nuclear norm"] = upper((numbers.pairing + tau * nuclear) / 2)
    if numbers.gram is not None:
        found["Gram matrix"] = upper(numbers.sample_count * square / (2 * numbers.gram))
    return found
