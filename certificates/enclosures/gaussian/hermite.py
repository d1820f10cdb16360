"""Hermite coefficients of z ↦ φ'(σz) and moments of products of two of them, for several σ at once (theory 4.1.3).

Trapezoidal sums at nodes kh, |kh| ≤ T, with h_n = He_n/√n!. If |φ'(w)| ≤ S in |Im w| ≤ σa, then

* c_n(σ) = E[φ'(σz)h_n(z)] is the sum up to 2S e^{a²/2} √L_n(a)/(e^{2πa/h} − 1) + 1.6 S₀ erfc(T/2): E|h_n(z + ia)|² =
  L_n(a) = Σ_j C(n,j)a^{2j}/j!, and |h_n(z)| ≤ 1.0865 e^{z²/4} (Cramér) bounds the nodes beyond T; S₀ is S on the real
  line.
* E[φ'(σz)φ'(±τz)z^p], p = 0 or 2, is the sum up to 2S² e^{a²/2}(1 + a²)^{p/2}/(e^{2πa/h} − 1) + S₀² E|z|^p 1_{|z|>T}.

The table holds h_n(z)e^{−z²/4}, which stays below 1.0865. Radii grow along the recurrence h_{n+1} = (z h_n −
√n h_{n−1})/√(n + 1) as |h_n(iz)| does, to e^{0.55n} at most after the weight: a bit for each n makes up for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import isfinite, isqrt

from flint import arb

from certificates.arithmetic.arb import exact, precision, upper
from certificates.arithmetic.arb_matrix import ArbMatrix
from certificates.arithmetic.effort import reserve, spend, word_count
from certificates.enclosures.formulas.dual_numbers import slope_of
from certificates.enclosures.formulas.power_series import series_slope
from certificates.enclosures.gaussian.strips import Strip, strip
from certificates.enclosures.gaussian.trapezoid import fitting_step
from certificates.enclosures.gaussian.truncation import gaussian_tail_moment, symmetric
from certificates.enclosures.intervals.pieces import evaluation_effort
from certificates.errors import Contradiction, EnclosureFailure
from certificates.expression import Activation

__all__ = ["SlopeTable", "laguerre", "parseval_rest", "slope_table", "working_bits"]

_BYTES = 120  # of a ball in a list
_STRIDE = 16


@dataclass(frozen=True)
class SlopeTable:
    """φ'(σz) at the nodes, for each σ, and what sums over the nodes leave out.

    Parameters
    ----------
    step, nodes
        h, and z = 0, h, 2h, … , T.
    right, left
        φ'(σz) and φ'(−σz) for each σ and each node.
    coefficient_error, moment_errors
        Of c_n for every n up to ``degree``, and of second moments with z⁰ and with z².
    degree
        N, the last n.
    """

    step: Fraction
    nodes: list[arb]
    right: list[list[arb]]
    left: list[list[arb]]
    coefficient_error: arb
    moment_errors: tuple[arb, arb]
    degree: int

    def moments(self, i: int, j: int, sign: int = 1) -> tuple[arb, arb]:
        """E[f_i(z) f_j(±z) z^p] for p = 0 and 2, f_i(z) = φ'(σ_iz)."""
        spend(8 * len(self.nodes) * (word_count() + 3))
        scale = exact(self.step) / (2 * arb.pi()).sqrt()
        there, back = (self.right[j], self.left[j]) if sign > 0 else (self.left[j], self.right[j])
        plain, square = exact(0), exact(0)
        for z, a, b, c, d in zip(self.nodes, self.right[i], there, self.left[i], back, strict=True):
            value = (a * b + c * d) * (-z * z / 2).exp()
            plain += value / 2 if z.is_zero() else value
            square += value * z * z
        first, second = (symmetric(error) for error in self.moment_errors)
        return plain * scale + first, square * scale + second

    def coefficients(self) -> list[list[arb]]:
        """c_0, …, c_N for each σ."""
        even = [[a + b for a, b in zip(*pair, strict=True)] for pair in zip(self.right, self.left, strict=True)]
        odd = [[a - b for a, b in zip(*pair, strict=True)] for pair in zip(self.right, self.left, strict=True)]
        table = _hermite_functions(self.nodes, self.degree, exact(self.step) / (2 * arb.pi()).sqrt())
        error, sums = symmetric(self.coefficient_error), [self._sums(rows, table) for rows in (even, odd)]
        return [[sums[n % 2][i][n] + error for n in range(self.degree + 1)] for i in range(len(self.right))]

    def _sums(self, rows: list[list[arb]], table: ArbMatrix) -> list[list[arb]]:
        weights = [(-z * z / 4).exp() / (2 if z.is_zero() else 1) for z in self.nodes]
        entries = [value * weight for row in rows for value, weight in zip(row, weights, strict=True)]
        found = ArbMatrix.from_entries(len(rows), len(weights), entries).times(table).entries()
        return [found[start : start + self.degree + 1] for start in range(0, len(found), self.degree + 1)]


def working_bits(degree: int, bits: int) -> int:
    """The working precision for coefficients up to c_N with errors of about 2^−bits."""
    return bits + degree + 40


def slope_table(activation: Activation, norms: Sequence[arb], degree: int, bits: int) -> SlopeTable:
    """φ' at the nodes of a trapezoidal rule that suffices for every σ.

    Parameters
    ----------
    activation
        With a strip lemma.
    norms
        The σ > 0, at least one.
    degree
        N ≥ 0, of the last coefficient.
    bits
        Coefficients and second moments err by about 2^−bits, absolutely.

    May fail when
    -------------
    There is no strip lemma, a σ lies beyond binary64's range, or the step would be below 1/40,000:
    :class:`EnclosureFailure`.

    Examples
    --------
    >>> from certificates.expression import parse_activation
    >>> table = slope_table(parse_activation("erf0"), [arb(1)], 2, 40)
    >>> bool(abs(table.coefficients()[0][0] - 1 / arb(3).sqrt()) < 1e-12)
    True
    """
    lemma = strip(activation)
    if lemma is None:
        raise EnclosureFailure(f"there is no strip lemma for {activation.text[:60]}: φ' is not known to be analytic")
    with precision(working_bits(degree, bits)):
        widest = max(upper(norm) for norm in norms)
        if not isfinite(widest):
            raise EnclosureFailure("a σ is too large for the trapezoidal rule")
        step, nodes, errors = _rule(lemma, Fraction(widest), degree, bits)
        right, left = _values(activation, norms, nodes)
        return SlopeTable(step, nodes, right, left, errors[0], (errors[1], errors[2]), degree)


def _rule(lemma: Strip, widest: Fraction, degree: int, bits: int) -> tuple[Fraction, list[arb], list[arb]]:
    """Step, nodes from 0 to T, and the errors of coefficients and of second moments with z⁰ and z²."""
    limit = None if lemma.half_width is None else lemma.half_width / widest
    found = fitting_step(lambda a: _bounds(lemma, widest, degree, a), limit, bits)
    if found is None:
        raise EnclosureFailure(f"the trapezoidal rule needs too fine a step at σ = {float(widest):.6g}")
    step, errors = found
    count = int((3 + 2 * isqrt(int(0.7 * (bits + 20)))) / step) + 1
    reserve(_BYTES * count)
    spend(10 * count)
    end, largest = exact(step * count), lemma.bound(exact(0))
    square = largest * largest
    beyond = [
        exact(Fraction(8, 5)) * largest * (end / 2).erfc(),
        square * gaussian_tail_moment(0, end),
        square * gaussian_tail_moment(2, end),
    ]
    return step, [exact(step * k) for k in range(count + 1)], [a + b for a, b in zip(errors, beyond, strict=True)]


def _bounds(lemma: Strip, sigma: Fraction, degree: int, a: Fraction) -> list[arb]:
    """2M of a coefficient up to c_N, and of second moments with z⁰ and z²."""
    width = exact(a)
    slope, growth = lemma.bound(exact(sigma) * width), 2 * (width * width / 2).exp()
    second = slope * slope * growth
    return [slope * growth * laguerre(degree, width).sqrt(), second, second * (1 + width * width)]


def laguerre(degree: int, width: arb) -> arb:
    """L_n(a) = Σ_j C(n,j) a^{2j}/j! = E|h_n(z + ia)|², increasing in n.

    Examples
    --------
    >>> laguerre(2, arb(2))  # 1 + 2·4 + 16/2
    17.0000000000000
    """
    term = total = exact(1)
    for j in range(degree):
        term = term * width * width * (degree - j) / ((j + 1) * (j + 1))
        total += term
    return total


def _values(
    activation: Activation, norms: Sequence[arb], nodes: Sequence[arb]
) -> tuple[list[list[arb]], list[list[arb]]]:
    """φ'(σz) and φ'(−σz); at every sixteenth node another derivative meets the first."""
    slope_at, again_at = slope_of(activation.expression), series_slope(activation.expression)
    count = 2 * len(norms) * len(nodes)
    reserve(_BYTES * count)
    spend(1.1 * count * (evaluation_effort(activation.expression) + 4) * (word_count() + 3))
    right = [[slope_at(norm * z) for z in nodes] for norm in norms]
    left = [[slope_at(-norm * z) for z in nodes] for norm in norms]
    for norm, there, back in zip(norms, right, left, strict=True):
        for z, a, b in list(zip(nodes, there, back, strict=True))[::_STRIDE]:
            if not (a.overlaps(again_at(norm * z)) and b.overlaps(again_at(-norm * z))):
                raise Contradiction(f"two derivatives of {activation.text[:60]} are disjoint at ±{(norm * z).str(8)}")
    return right, left


def _hermite_functions(nodes: Sequence[arb], degree: int, scale: arb) -> ArbMatrix:
    """``scale`` h_n(z)e^{−z²/4}, a row for each node."""
    reserve(2 * _BYTES * len(nodes) * (degree + 1))
    spend(6 * len(nodes) * (degree + 1) * (1 + word_count() / 8))
    roots = [exact(n).sqrt() for n in range(degree + 1)]
    entries: list[arb] = []
    for z in nodes:
        before, here = exact(0), scale * (-z * z / 4).exp()
        entries.append(here)
        for n in range(degree):
            before, here = here, (z * here - roots[n] * before) / roots[n + 1]
            entries.append(here)
    return ArbMatrix.from_entries(len(nodes), degree + 1, entries)


def parseval_rest(moment: arb, coefficients: Sequence[arb]) -> arb:
    """A point ≥ Σ_{n>m} c_n² = E f² − Σ_{n≤m} c_n².

    Raises
    ------
    Contradiction
        It is certainly negative: moment and coefficients do not belong together.
    """
    rest = moment - sum((c * c for c in coefficients), exact(0))
    if rest < 0:
        raise Contradiction("Hermite coefficients have a larger sum of squares than the second moment")
    return exact(0).max(rest.upper())
