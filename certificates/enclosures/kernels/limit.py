"""The tangent kernel of the first layer in the limit of width: K_ij = x_iᵀx_j E[φ'(w·x_i)φ'(w·x_j)], w ~ N(0, I).

With ρ the correlation of two inputs (theory 5.3.1):

* ReLU, and the leaky one of slope a: x_iᵀx_j (a + (1 − a)²(¼ + arcsin ρ/2π));
* erf: (4/π) x_iᵀx_j/√((1 + 2‖x_i‖²)(1 + 2‖x_j‖²) − 4(x_iᵀx_j)²), and π/4 of it for erf0;
* others with φ' analytic in a strip, for unit inputs: Σ c_k² ρ^{k+1}, c_k the Hermite coefficients of φ'. Each power of
  a Gram matrix of unit vectors is positive semidefinite, so the sum of a_kρ^{k+1} with 0 ≤ a_k ≤ c_k² is a lower bound.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

import numpy as np
from flint import arb

from certificates.arithmetic.arb import exact, lower, upper
from certificates.arithmetic.ball_array import BallArray
from certificates.arithmetic.effort import spend
from certificates.arithmetic.rounding import UNDERFLOW, UNIT_ROUNDOFF, FloatArray, gamma
from certificates.enclosures.gaussian.hermite import slope_table
from certificates.enclosures.gaussian.strips import strip
from certificates.enclosures.kernels.arcsine import arcsine
from certificates.enclosures.kernels.unit_rows import UnitRows, unit_rows
from certificates.errors import EnclosureFailure
from certificates.expression import Activation

__all__ = ["LimitKernel", "has_even_slope", "has_limit", "hermite_squares", "is_homogeneous", "is_odd", "limit_kernel"]

_CLOSED = ("relu", "leaky_relu", "erf", "erf0", "identity")
_EVEN = ("tanh", "sigmoid", "erf", "erf0", "arctan", "sin", "identity")
_DEGREE, _BITS = 40, 60


@dataclass(frozen=True, eq=False)
class LimitKernel:
    """A :class:`~certificates.arithmetic.tiles.SymmetricBlocks`: K, or what is left of its series.

    Parameters
    ----------
    inputs
        Divided by their norms, and the norms.
    is_unit
        Whether the kernel is that of the divided inputs.
    activation
        Its canonical text.
    leak
        a of a leaky ReLU, 0 of ReLU; ``None`` for others.
    scale
        Of erf: 4/π or 1; ``None`` for others.
    coefficients
        a_0, a_1, … of a series; none for closed forms.
    rest, rounded
        K − (the blocks) is positive semidefinite: what lies beyond the last power, ``rest`` on the diagonal at most,
        and what a_k is less than c_k², ``rounded`` at most; 0 for closed forms.
    """

    inputs: UnitRows
    is_unit: bool
    activation: str
    leak: Fraction | None = None
    scale: float | None = None
    coefficients: tuple[float, ...] = ()
    rest: float = 0.0
    rounded: float = 0.0

    @property
    def size(self) -> int:
        """The number of inputs."""
        return len(self.inputs.rows)

    @property
    def identity(self) -> str:
        """A hash of activation, inputs and coefficients."""
        text = f"limit {self.activation} {self.is_unit} {[a.hex() for a in self.coefficients]} {self.inputs.rows.shape}"
        arrays = self.inputs.rows.tobytes() + self.inputs.norms.tobytes()
        return hashlib.sha256(text.encode() + b"\n" + arrays).hexdigest()

    def block(self, rows: slice, columns: slice) -> BallArray:
        """An enclosure of these entries."""
        rho = self.inputs.correlations(rows, columns)
        spend(1_000)
        if self.coefficients:
            return _series(rho, self.coefficients)
        if self.scale is not None:
            return self._erf(rho, rows, columns)
        mid, rad = (rho.mid, np.asarray(rho.rad)) if self.leak is None else self._both(rho, rows, columns)
        return BallArray(mid, rad) if self.is_unit else self._scaled(mid, rad, rows, columns)

    def _scaled(self, mid: FloatArray, rad: FloatArray, rows: slice, columns: slice) -> BallArray:
        """‖x_i‖‖x_j‖ times numbers of at most 1 (or (1 + a²)/2): norms and two products err by (d + 14)u of them."""
        left, right = self.inputs.norm_balls(rows).mid[:, None], self.inputs.norm_balls(columns).mid
        largest = 1.0 if self.leak is None else max(1.0, float(self.leak) ** 2)
        relative = largest * (self.inputs.rows.shape[1] + 16) * UNIT_ROUNDOFF
        with np.errstate(all="ignore"):
            spread = (rad + relative) * left * right * (1.0 + 2.0**-30) + 8 * UNDERFLOW
            return BallArray(mid * left * right, spread)

    def _both(self, rho: BallArray, rows: slice, columns: slice) -> tuple[FloatArray, FloatArray]:
        """ρ E[φ'(w·x_i)φ'(w·x_j)] of a ReLU, ρ(a + (1 − a)² P), P = ¼ + arcsin ρ/2π ≤ ½.

        With |P| ≤ ½ the products and sums of ¼ + s arcsin ρ err by 2u, those of the slope by 4u max(1, a²) more.
        """
        angle = arcsine(rho)
        mid, rad = angle.mid, angle.rad
        self._look_closely(rho, rows, columns, mid, rad)
        for i in range(max(rows.start, columns.start), min(rows.stop, columns.stop)):  # ρ = 1
            at = i - rows.start, i - columns.start
            mid[at], rad[at] = _HALF_PI, 2.0**-53
        mid *= _SHARE
        mid += 0.25
        rad *= _SHARE * (1.0 + 2.0**-40)
        rad += 2.0**-52
        if self.leak:
            leak, factor = float(self.leak), (1.0 - float(self.leak)) ** 2
            mid *= factor
            mid += leak
            rad *= factor * (1.0 + 2.0**-40)
            rad += 2.0**-49 * max(1.0, leak * leak)
        largest = 0.5 if not self.leak else max(1.0, float(self.leak) ** 2)
        mid *= rho.mid
        rad += largest * (rho.radius + 2.0**-52)
        return mid, rad

    def _look_closely(self, rho: BallArray, rows: slice, columns: slice, mid: FloatArray, rad: FloatArray) -> None:
        """Arcsines of near neighbours and near opposites from chords: ±(π/2 − 2 arcsin c), c half of ‖x̂_i ∓ x̂_j‖."""
        left, right = np.nonzero(np.abs(rho.mid) > _NEAR)
        apart = left + rows.start != right + columns.start
        left, right = left[apart], right[apart]
        for start in range(0, len(left), _PAIRS):
            i, j = left[start : start + _PAIRS], right[start : start + _PAIRS]
            signs = np.sign(rho.mid[i, j])
            half = arcsine(self.inputs.chords(i + rows.start, j + columns.start, signs))
            mid[i, j] = signs * (_HALF_PI - 2 * half.mid)
            rad[i, j] = np.minimum(2 * half.rad + 2.0**-51, 4.0)

    def _erf(self, rho: BallArray, rows: slice, columns: slice) -> BallArray:
        factor = BallArray.from_arb(4 / arb.pi() if self.scale else exact(1))
        if self.is_unit:
            return rho * factor / (9 - rho * rho * 4).sqrt()
        left, right = self.inputs.norm_balls(rows), self.inputs.norm_balls(columns)
        products = rho * _column(left) * _row(right)
        sizes = (_column(left) * _column(left) * 2 + 1) * (_row(right) * _row(right) * 2 + 1)
        return products * factor / (sizes - products * products * 4).sqrt()


_HALF_PI = float.fromhex("0x1.921fb54442d18p+0")
_NEAR = 1.0 - 2.0**-20
_PAIRS = 2**14
_SHARE = float.fromhex("0x1.45f306dc9c883p-3")  # nearest to 1/2π


def _column(vector: BallArray) -> BallArray:
    return BallArray(vector.mid[:, None], vector.rad[:, None])


def _row(vector: BallArray) -> BallArray:
    return BallArray(vector.mid[None], vector.rad[None])


def _series(rho: BallArray, coefficients: tuple[float, ...]) -> BallArray:
    """Σ a_kρ^{k+1}, a_k ≥ 0, by Horner's rule, in ρ² where every second coefficient is 0.

    A term passes through at most 4κ + 8 roundings, so at |ρ| ≤ 1 the sum errs by γ Σ a_k; it moves by at most
    Σ a_k(k + 1) times the radius.
    """
    is_odd = not any(coefficients[1::2])
    with np.errstate(all="ignore"):
        mid = _horner(rho.mid * rho.mid, coefficients[::2]) if is_odd else _horner(rho.mid, coefficients)
        mid *= rho.mid
    total = sum((exact(a) for a in coefficients), exact(0))
    slope = sum((exact(a) * (k + 1) for k, a in enumerate(coefficients)), exact(0))
    roundings = gamma(4 * len(coefficients) + 8)
    radius = upper(roundings * total + slope * exact(rho.radius)) + 4 * len(coefficients) * UNDERFLOW
    spend(0.002 * len(coefficients) * mid.size)
    return BallArray(mid, radius)


def _horner(variable: FloatArray, coefficients: tuple[float, ...]) -> FloatArray:
    total = np.full_like(variable, coefficients[-1])
    for coefficient in reversed(coefficients[:-1]):
        total *= variable
        total += coefficient
    return total


def has_limit(activation: Activation, *, unit: bool) -> bool:
    """Whether the kernel of this activation is enclosed, for unit inputs or for inputs as stored."""
    return activation.name in _CLOSED or (unit and strip(activation) is not None)


def has_even_slope(activation: Activation) -> bool:
    """Whether φ' is known to be even: then K(−x, y) = −K(x, y)."""
    return activation.name in _EVEN


def is_odd(activation: Activation) -> bool:
    """Whether φ is known to be odd: networks without biases are, too, and J(−x) = −J(x)."""
    return activation.name in _EVEN and activation.name != "sigmoid"


def is_homogeneous(activation: Activation) -> bool:
    """Whether φ'(cz) = φ'(z) for c > 0 is known: then K(cx, y) = cK(x, y), and x and cx make K singular."""
    return activation.name in ("relu", "leaky_relu", "identity")


def limit_kernel(inputs: FloatArray, activation: Activation, *, unit: bool) -> LimitKernel:
    """The kernel of these inputs.

    Parameters
    ----------
    inputs
        x_i, (n, d), no row zero; with a last column of ones for a bias.
    activation
        φ.
    unit
        Of x_i/‖x_i‖ in place of x_i.

    May fail when
    -------------
    There is neither a closed form nor, for unit inputs, a strip lemma; a row is zero: :class:`EnclosureFailure`.

    Examples
    --------
    >>> from certificates.expression import parse_activation
    >>> kernel = limit_kernel(np.array([[2.0, 0.0], [0.0, 1.0]]), parse_activation("relu"), unit=False)
    >>> kernel.block(slice(0, 2), slice(0, 2)).mid.tolist()
    [[2.0, 0.0], [0.0, 0.5]]
    """
    if not has_limit(activation, unit=unit):
        raise EnclosureFailure(f"no kernel of {activation.text[:60]} is known for these inputs")
    rows = unit_rows(inputs)
    if activation.name in ("relu", "leaky_relu"):
        leak = Fraction(0) if activation.name == "relu" else activation.parameters[0]
        return LimitKernel(rows, unit, activation.text, leak=leak)
    if activation.name in ("erf", "erf0"):
        return LimitKernel(rows, unit, activation.text, scale=1.0 if activation.name == "erf" else 0.0)
    if activation.name == "identity":
        return LimitKernel(rows, unit, activation.text)
    squares = hermite_squares(activation)
    return LimitKernel(
        rows, unit, activation.text, coefficients=squares.below, rest=squares.rest_above, rounded=squares.rounded
    )


class HermiteSquares(NamedTuple):
    """Squares of the Hermite coefficients c_k of φ'.

    Parameters
    ----------
    below
        0 ≤ a_k ≤ c_k² for k ≤ κ.
    rest_below, rest_above
        Bounds of Σ c_k² over k > κ.
    rounded
        At least Σ (c_k² − a_k) over k ≤ κ.
    """

    below: tuple[float, ...]
    rest_below: float
    rest_above: float
    rounded: float


def hermite_squares(activation: Activation) -> HermiteSquares:
    """What is known of c_0², …, c_κ², and of the rest of E φ'(z)² = Σ c_k².

    Of ReLU c_0² = ¼ and c_{2j+1}² = (2j)!/(2π 4^j (j!)² (2j + 1)), of a sum ½.

    May fail when
    -------------
    It is neither ReLU nor an activation with a strip lemma: :class:`EnclosureFailure`.
    """
    if activation.name == "relu":
        moment, squares = exact(Fraction(1, 2)), _squares_of_relu()
    else:
        table = slope_table(activation, [exact(1)], _DEGREE, _BITS)
        moment = table.moments(0, 0)[0]
        squares = [c * c for c in table.coefficients()[0]]
    found = tuple(max(lower(square), 0.0) for square in squares)
    rest = moment - sum(squares, exact(0))
    rounded = sum((square - exact(a) for square, a in zip(squares, found, strict=True)), exact(0))
    return HermiteSquares(found, max(lower(rest), 0.0), max(upper(rest), 0.0), max(upper(rounded), 0.0))


def _squares_of_relu() -> list[arb]:
    squares, term = [exact(Fraction(1, 4))], 1 / (2 * arb.pi())  # term: (2j)!/(2π 4^j (j!)²)
    for k in range(1, _DEGREE + 1):
        j = k // 2
        squares.append(term / k if k % 2 else exact(0))
        if k % 2:
            term = term * (2 * j + 1) / (2 * j + 2)
    return squares
