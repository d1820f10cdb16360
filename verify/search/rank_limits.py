"""Networks that are polynomials in their inputs: so many samples that the tangent kernel is singular at all weights."""

from __future__ import annotations

from dataclasses import dataclass
from math import comb

from certificates import Rejected, Undecided
from certificates.subjects import Network
from verify.problems.polynomial_activations import polynomial

__all__ = ["RankLimit", "rank_limit"]

_KERNEL_CHECK = 6  # of zero-loss convergence: λ_min(K) > 0
_LARGEST_DEGREE = 64


@dataclass(frozen=True)
class RankLimit:
    """F(w; ·) and its derivatives in w are polynomials in the inputs, of so many monomials (theory 1.3.2)."""

    degree: int
    monomials: int
    samples: int

    def rejected(self, verdict: Rejected | Undecided) -> Rejected:
        """Whatever the weights and the width, K is singular."""
        linear = self.degree == 1
        what = "linear" if linear else f"a polynomial of degree {self.degree}"
        command = f"`verify problem select PROBLEM --samples 0-{self.monomials - 1} -o OUT`"
        return Rejected(
            verdict.kind,
            verdict.rule,
            verdict.arithmetic,
            _KERNEL_CHECK,
            f"the network is {what} in its inputs: with more samples than there are monomials the tangent kernel is "
            "singular at all weights, whatever the width",
            required=f"n ≤ {self.monomials}",
            seen=f"n = {self.samples}",
            advice=f"at most {self.monomials} samples ({command}), or an activation that is "
            + ("not affine" if linear else "no polynomial"),
            facts=verdict.facts,
        )


def rank_limit(network: Network) -> RankLimit | None:
    """Why the tangent kernel is singular at all weights, or ``None``.

    Examples
    --------
    >>> import numpy as np, verify
    >>> x = np.arange(6.0).reshape(3, 2)
    >>> weights, y = [np.ones((9, 2)), np.ones((1, 9))], np.ones((3, 1))
    >>> rank_limit(verify.from_arrays(weights, None, "identity", x, y)).monomials
    2
    >>> rank_limit(verify.from_arrays(weights, None, "tanh", x, y)) is None
    True
    """
    degrees = {1}
    for layer, activation in zip(network.layers, (*network.activations, None), strict=True):
        degrees |= {0} if layer.bias is not None else set()
        powers = {1: 1} if activation is None else polynomial(activation.expression)
        if not powers or max(powers) * max(degrees) > _LARGEST_DEGREE:
            return None
        degrees = set().union(*(_sums(degrees, power) for power in powers))
    inputs = network.widths[0]
    monomials = sum(comb(inputs + degree - 1, degree) for degree in degrees)
    if network.sample_count <= monomials:
        return None
    return RankLimit(max(degrees), monomials, network.sample_count)


def _sums(degrees: set[int], count: int) -> set[int]:
    """The degrees of a product of so many polynomials with monomials of these degrees."""
    found = {0}
    for _ in range(count):
        found = {one + other for one in found for other in degrees}
    return found
