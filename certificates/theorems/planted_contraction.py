"""One step towards planted weights, with no curvature around them (theorems 4.2.4 and 4.2.6).

One hidden layer, its output layer frozen, labels planted by W* and the same output layer: the residual vanishes there.
With D = W − W*, J the Jacobian of the outputs, and everything in units of √n, suppose that on the ball ‖D‖ ≤ R

    σ_min(J(W*)) ≥ s,  ‖J(W*)‖ ≤ S,  ‖J(W) − J(W*)‖ ≤ a,  ‖r(W) − J(W)D‖ ≤ b‖D‖,  a + b < s.

For L = ‖r‖²/2n and 0 < η ≤ (S + a)⁻² gradient descent from any W of the ball stays in it, and

    ‖W − η∇L(W) − W*‖² ≤ (1 − η(s − a − b)(s − a + b)) ‖W − W*‖².

*Why.* u = J(W)D has ‖u‖ ≥ (s − a)‖D‖, and ε = r − u has ‖ε‖ ≤ b‖D‖. As ∇L = J(W)ᵀr and ‖∇L‖ ≤ (S + a)‖r‖,
‖W₊ − W*‖² ≤ ‖D‖² − η(2r·u − ‖r‖²) = ‖D‖² − η(‖u‖² − ‖ε‖²). And ⟨∇L, D⟩ = r·u ≥ ‖u‖(‖u‖ − ‖ε‖) > 0 for D ≠ 0: no
other point of the ball is critical.

* φ' Lipschitz (4.2.4): a = βR and b = βR/2.
* φ of two slopes a jump g apart (4.2.6): a = b = τ(R). L need not be differentiable; ∇L is then Jᵀr with any slopes at
  kinks that lie between the one-sided ones, another one in every step if need be.
"""

from __future__ import annotations

from dataclasses import dataclass

from flint import arb

from certificates.arithmetic.arb import exact, lower, upper

__all__ = ["Contraction", "contraction"]


@dataclass(frozen=True)
class Contraction:
    """What holds on the ball, for L = ‖r‖²/2n, as points.

    Parameters
    ----------
    margin
        s − a − b from below: positive, or nothing holds.
    rate
        κ from below: a step η shrinks the squared distance by the factor 1 − ηκ.
    step_size_max
        (S + a)⁻² from below.
    """

    margin: arb
    rate: arb
    step_size_max: arb

    @property
    def holds(self) -> bool:
        """Whether a + b < s certainly, and the numbers are finite."""
        finite = self.rate.is_finite() and self.step_size_max.is_finite()
        return bool(self.margin > 0) and finite and bool(self.step_size_max > 0)


def contraction(least: arb, largest: arb, turn: arb, remainder: arb) -> Contraction:
    """Evaluate the theorem.

    Parameters
    ----------
    least, largest
        s, whose lower end counts, and S, whose upper end does.
    turn, remainder
        a and b, whose upper ends count.

    Guarantee
    ---------
    If :attr:`Contraction.holds`, the theorem holds with κ ≥ ``rate`` and every 0 < η ≤ ``step_size_max``.

    Examples
    --------
    >>> found = contraction(exact(1), exact(2), exact(0.25), exact(0.125))
    >>> found.holds, float(found.rate), float(found.margin)
    (True, 0.546875, 0.625)
    """
    s, big, a, b = (exact(end) for end in (lower(least), upper(largest), upper(turn), upper(remainder)))
    margin = s - a - b
    rate = margin * (s - a + b)
    return Contraction(*(exact(lower(each)) for each in (margin, rate, 1 / (big + a) ** 2)))
