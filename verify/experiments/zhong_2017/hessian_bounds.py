"""One teacher of `zhong-hessian`: λ_min of its population Hessian and ρ, proved, and the bounds made of the latter."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from flint import arb

from certificates.arithmetic.arb import exact, lower, precision, upper
from certificates.enclosures.gaussian.row_spectrum import RowSpectrum, row_spectrum
from certificates.language.parts import Interval
from certificates.theorems.planted_curvature import planted_curvature
from verify.experiments.reproduction import is_proved
from verify.experiments.zhong_2017.planted_weights import Planted
from verify.proposals import population_strong_convexity, zhong_rho
from verify.search.proposal import Proposal

__all__ = ["Instance", "prove"]

_BITS = 128


@dataclass(frozen=True, eq=False)
class Instance:
    """What is proved about a teacher.

    Parameters
    ----------
    activation, planted
        φ and W*, v.
    hessian
        λ_min, of kind `population-strong-convexity`.
    rho
        T₁, T₂, T₃ and ρ at t, of kind `zhong-rho`; t is the judge's lower bound of σ_k, less by some 2⁻⁵⁰.
    spectrum
        Of W*.
    """

    activation: str
    planted: Planted
    hessian: Proposal
    rho: Proposal
    spectrum: RowSpectrum

    @property
    def proved(self) -> bool:
        """Whether the judge accepts both."""
        return is_proved(self.hessian) and is_proved(self.rho)

    @cached_property
    def slides(self) -> arb:
        """v_min² ρ/(κ²λ) at t."""
        return self._bound(self.rho.claim.rho)

    @cached_property
    def ours(self) -> arb:
        """v_min² ρ̃/(κ²λ) at t, ρ̃ = min(T₁, T₂)."""
        first, second = self.rho.claim.first, self.rho.claim.second
        return self._bound(Interval(min(first.lower, second.lower), min(first.upper, second.upper)))

    @property
    def loss(self) -> float:
        """κ²λ, about."""
        scale, units = float(self.spectrum.scale or 1), self.planted.units.width
        return float(self.spectrum.largest_square.mid()) * float(self.spectrum.volume.mid()) / scale ** (units + 2)

    def ratio(self, bound: arb) -> float:
        """λ_min over the bound, at least."""
        return lower(exact(self.hessian.claim.curvature) / bound)

    def is_above(self, bound: arb) -> bool:
        """Whether λ_min ≥ the bound is proved by the two enclosures, without the theorem."""
        return bool(self.hessian.claim.curvature >= upper(bound))

    def is_below(self, bound: arb) -> bool:
        """Whether λ_min is proved to be less than the bound: a violation."""
        return bool(self.hessian.claim.attained < lower(bound))

    def _bound(self, rho: Interval) -> arb:
        units = self.planted.units
        with precision(_BITS):
            least = exact(min(v * v for v in units.outer))
            distance = exact(rho.lower).union(exact(rho.upper))
            scale = exact(self.spectrum.scale or Fraction(0))
            spectrum = self.spectrum
            return planted_curvature(least, distance, scale, spectrum.largest_square, spectrum.volume, units.width)


def prove(activation: str, planted: Planted) -> Instance:
    """Both certificates of a teacher of full row rank."""
    problem = planted.problem(activation)
    with precision(_BITS):
        spectrum = row_spectrum(planted.units.weights)
    hessian = population_strong_convexity.propose(problem)
    rho = zhong_rho.propose(problem.activation, _rounded(spectrum))
    return Instance(activation, planted, hessian, rho, spectrum)


def _rounded(spectrum: RowSpectrum) -> Fraction:
    if spectrum.scale is None:
        raise ValueError("the planted weights are drawn with full row rank")
    return spectrum.scale
