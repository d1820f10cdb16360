"""What the slides *Recovery guarantees for one-hidden-layer neural networks* of Zhong et al. print.

Definitions as printed, z ~ N(0, 1), α_{i,j} = E[φ'(σz)ⁱ zʲ]:

* P1: 0 ≤ φ'(z) ≤ L₁|z|^p for some constants L₁ > 0 and p ≥ 0.
* P2: ρ(σ) > 0 for any σ > 0, with ρ = min{α₂₀ − α₁₀² − α₁₁², α₂₂ − α₁₁² − α₁₂², α₁₀α₁₂ − α₁₁²}.
* P3: (a) |φ''(z)| ≤ L₂ for all z for some constant L₂, or (b) φ''(z) = 0 except for e points, e finite.
* Fact: if φ(σz) = σ^q φ(z) for σ > 0, then E[y(x⊗x⊗x − x ⊗̃ I)] = Σ c v_i ‖w_i‖^{q−3} w_i⊗w_i⊗w_i; c is not given.
* Overall guarantee: for a homogeneous φ with P1, P2 and P3(a), the tensor method followed by gradient descent recovers.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from verify.theory.printed import PrintedNumber, printed

__all__ = ["COLUMNS", "MARKS", "NUMBERS", "SIGMAS", "SOURCE", "Function", "Marks", "Number"]

SOURCE = "Zhong, Song, Jain, Bartlett, Dhillon 2017, slides"

SIGMAS = (Fraction(1, 10), Fraction(1), Fraction(10))
COLUMNS = ("P1", "P2", "P3.a", "P3.b", "P1,2,3")


@dataclass(frozen=True)
class Function:
    """An activation: the slides' name and formula, and its name in our catalogue."""

    name: str
    formula: str
    catalogue: str


@dataclass(frozen=True)
class Number:
    """One entry of the table of ρ.

    Parameters
    ----------
    function
        φ.
    number
        As printed, without the factor σ.
    sigmas
        The σ it is printed for; an entry without a dependence on σ stands for all three.
    times_sigma
        Whether the factor σ is printed beside the number.
    """

    function: Function
    number: str
    sigmas: tuple[Fraction, ...]
    times_sigma: bool = False

    @property
    def text(self) -> str:
        """As printed."""
        return self.number + ("σ" if self.times_sigma else "")

    def at(self, sigma: Fraction) -> PrintedNumber:
        """What is printed for this σ."""
        value = printed(self.number)
        return value.times(sigma) if self.times_sigma else value


@dataclass(frozen=True)
class Marks:
    """One row of the table of properties, True for a tick, in the order of ``COLUMNS``."""

    function: Function
    marks: tuple[bool, bool, bool, bool, bool]


_RELU = Function("ReLU", "max{z, 0}", "relu")
_LEAKY = Function("leaky ReLU", "max{z, 0.01z}", "leaky_relu")
_SQUARED = Function("squared ReLU", "max{z, 0}²", "squared_relu")
_SIGMOID = Function("sigmoid", "1/(1 + e^−z)", "sigmoid")
_TANH = Function("tanh", "(e^z − e^−z)/(e^z + e^−z)", "tanh")
_ERF = Function("erf", "∫₀ᶻ e^(−t²) dt", "erf0")
_LINEAR = Function("linear", "z", "identity")
_QUADRATIC = Function("quadratic", "z²", "quadratic")

_SMALL, _ONE, _LARGE = ((sigma,) for sigma in SIGMAS)

NUMBERS = (
    Number(_RELU, "0.091", SIGMAS),
    Number(_LEAKY, "0.089", SIGMAS),
    Number(_SQUARED, "0.27", SIGMAS, times_sigma=True),
    Number(_ERF, "1.9E-4", _SMALL),
    Number(_ERF, "5.2E-2", _ONE),
    Number(_ERF, "2.5E-5", _LARGE),
    Number(_TANH, "1.8E-4", _SMALL),
    Number(_TANH, "4.9E-2", _ONE),
    Number(_TANH, "5.1E-5", _LARGE),
    Number(_LINEAR, "0", SIGMAS),
    Number(_QUADRATIC, "0", SIGMAS),
)

MARKS = (
    Marks(_RELU, (True, True, False, True, True)),
    Marks(_LEAKY, (True, True, False, True, True)),
    Marks(_SQUARED, (True, True, True, False, True)),
    Marks(_SIGMOID, (True, True, True, False, True)),
    Marks(_TANH, (True, True, True, False, True)),
    Marks(_ERF, (True, True, True, False, True)),
    Marks(_LINEAR, (True, False, True, True, False)),
    Marks(_QUADRATIC, (False, False, True, False, False)),
)
