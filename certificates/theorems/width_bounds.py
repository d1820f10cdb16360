"""Widths from which a wide ReLU layer goes to loss 0 from most random starts (theorems 5.3.3 and 5.3.4).

f(x) = m^(−½) Σ a_r max(w_r·x̂, 0) at unit inputs x̂_i, w_r ~ N(0, I) and signs a_r independent, only the w_r trained on
½‖e‖². λ ≤ λ_min(H^∞), γ ≥ ‖G‖ for the Gram matrix of the x̂_i, and C ≥ |y_i|. With probability at least 1 − δ₁ − δ₂ − δ₃
all of

* λ_min(H(0)) ≥ ¾λ (δ₁);
* no kernel within R of the start has an eigenvalue below λ/2 (δ₂);
* ‖e_0‖² ≤ E‖e_0‖²/δ₃ (δ₃), or ‖e_0‖ = ‖y‖ for starts in antisymmetric pairs,

and then units move by at most 2√γ‖e_0‖/(√m λ) ≤ R.
"""

from __future__ import annotations

from dataclasses import dataclass

from flint import arb

from certificates.arithmetic.arb import exact

__all__ = ["Parts", "Sample", "printed_width", "sharpened_width"]


@dataclass(frozen=True)
class Sample:
    """What is known of inputs and labels.

    Parameters
    ----------
    count
        n.
    eigenvalue
        λ > 0.
    norm
        γ.
    label_square, largest_label
        ‖y‖² and C².
    """

    count: int
    eigenvalue: arb
    norm: arb
    label_square: arb
    largest_label: arb


@dataclass(frozen=True)
class Parts:
    """The failure probabilities δ₁, δ₂, δ₃; the last is not needed for antisymmetric starts."""

    kernel: arb
    flips: arb
    residual: arb


def printed_width(sample: Sample, parts: Parts, *, antisymmetric: bool) -> arb:
    """Du et al.: Hoeffding's and Markov's inequalities entry by entry, with every constant.

    Guarantee
    ---------
    Every m that is at least every point of the result suffices (theorem 5.3.3).
    """
    n, lam, independent = exact(sample.count), sample.eigenvalue, 2 if antisymmetric else 1
    initial = independent * 8 * n * n * (n * (n + 1) / parts.kernel).log() / lam**2
    radius = (2 * arb.pi()).sqrt() * parts.flips * lam / (16 * n * n)
    residual = n * sample.largest_label if antisymmetric else n * (sample.largest_label + exact(1) / 2) / parts.residual
    return initial.max(4 * n * residual / (lam * radius) ** 2)


def sharpened_width(sample: Sample, parts: Parts, share: arb, *, antisymmetric: bool) -> arb:
    """Chernoff's inequality for the kernel, Hoeffding's for the flips of each input, and κ of lemma 5.3.6.

    Parameters
    ----------
    share
        How much of κ² is left to the mean number of flips, between 0 and 1; the rest is for their fluctuation.

    Guarantee
    ---------
    As above (theorem 5.3.4).
    """
    n, lam, norm, independent = exact(sample.count), sample.eigenvalue, sample.norm, 2 if antisymmetric else 1
    quarter = exact(1) / 4
    rate = quarter + (1 - quarter) * (1 - quarter).log()
    initial = independent * norm * (n / parts.kernel).log() / (lam * rate)
    turning = ((exact(3) / 4).sqrt() - (exact(1) / 2).sqrt()) ** 2  # κ² ≤ turning · λ keeps λ_min ≥ λ/2
    fluctuation = independent * (n / parts.flips).log() / 2 * (norm / ((1 - share) * turning * lam)) ** 2
    radius = share * turning * lam * (arb.pi() / 2).sqrt() / norm
    residual = sample.label_square if antisymmetric else (sample.label_square + n / 2) / parts.residual
    return initial.max(fluctuation).max(4 * norm * residual / (lam * radius) ** 2)
