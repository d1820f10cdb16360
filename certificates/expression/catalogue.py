"""The named activations of theory 2.2: formula, parameters and proven global bounds.

Every entry is a template in the grammar, so one set of rigorous routines serves the catalogue and users' own
formulas. The bounds are constant formulas too. They follow by calculus, and the tests hold each of them against
branch and bound on [−2⁴⁰, 2⁴⁰]:

* tanh, with P = 1 − t² ∈ (0, 1]: φ' = P, φ''² = 4(1 − P)P² ≤ 16/27, at P = 2/3.
* sigmoid, with P = s(1 − s) ∈ (0, 1/4]: φ' = P, φ''² = P²(1 − 4P) ≤ 1/108, at P = 1/6; softplus_β: φ'' = βP.
* erf0: φ' = e^{−z²}, |φ''| = 2|z|e^{−z²} ≤ √(2/e), at z² = 1/2; erf is 2/√π times it.
* gelu: φ'' = (2 − z²)n(z), so φ' is extreme at z² = 2, and |φ''| ≤ 2n(0): (z² − 2)n(z) ≤ 2n(2) < 2n(0).
* arctan: φ' = 1/(1 + z²), |φ''| = 2|z|/(1 + z²)² ≤ 3√3/8, at z² = 1/3. softsign: (1 + |z|)⁻², 2(1 + |z|)⁻³.
* silu, mish: outward-rounded suprema; beyond |z| = 30 both |φ' − 1_{z>0}| and |φ''| are below
  4(|z| + 2)e^{−|z|}.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

__all__ = ["CATALOGUE", "Entry", "Parameter"]

Bounds = tuple[str | None, str | None]


@dataclass(frozen=True)
class Parameter:
    """A rational parameter of an entry.

    Parameters
    ----------
    name
        As in the template.
    default
        The value when the name stands alone; ``None`` where it must be given.
    condition
        What is asked of it, in words; ``allows`` decides it.
    """

    name: str
    default: Fraction | None
    condition: str
    allows: Callable[[Fraction], bool]


@dataclass(frozen=True)
class Entry:
    """A named activation.

    Parameters
    ----------
    name, meaning
        Its name and one line about it.
    template
        A formula in z; ``{beta}`` stands for a parameter in parentheses.
    parameter
        ``None`` if there is none.
    bounds
        Parameter values to two constant formulas: an upper bound of sup |φ'| over the real line, and of the
        Lipschitz constant of φ' over the real line *provided φ' is continuous*; ``None`` where infinite.
    unit_template
        A shorter spelling of the template for the parameter 1.
    """

    name: str
    meaning: str
    template: str
    bounds: Callable[..., Bounds]
    parameter: Parameter | None = None
    unit_template: str = ""

    def formula(self, parameters: tuple[Fraction, ...]) -> str:
        """The template with the parameters written in."""
        if self.parameter is None:
            return self.template
        if self.unit_template and parameters[0] == 1:
            return self.unit_template
        return self.template.replace(f"{{{self.parameter.name}}}", f"({parameters[0]})")


def _constant(slope: str | None, curvature: str | None) -> Callable[..., Bounds]:
    return lambda: (slope, curvature)


_BETA = Parameter("beta", Fraction(1), "beta > 0", lambda value: value > 0)
_SLOPE = Parameter("a", None, "0 < a <= 1", lambda value: 0 < value <= 1)
_LEAK = Parameter("a", Fraction(1, 100), "a >= 0", lambda value: value >= 0)
_ALPHA = Parameter("alpha", Fraction(1), "alpha > 0", lambda value: value > 0)

_PI = "(4*atan(1))"

_ENTRIES = (
    Entry("identity", "z", "z", _constant("1", "0")),
    Entry("quadratic", "z²", "z^2", _constant(None, "2")),
    Entry("tanh", "hyperbolic tangent", "tanh(z)", _constant("1", "4/(3*sqrt(3))")),
    Entry("sigmoid", "logistic 1/(1 + e^−z)", "sigmoid(z)", _constant("1/4", "1/(6*sqrt(3))")),
    Entry(
        "softplus",
        "log(1 + e^(βz))/β",
        "softplus({beta}*z)/{beta}",
        lambda beta: ("1", f"({beta})/4"),
        _BETA,
        "softplus(z)",
    ),
    Entry(
        "erf",
        "error function 2/√π ∫₀ᶻ e^(−t²) dt",
        "erf(z)",
        _constant(f"2/sqrt({_PI})", f"sqrt(8/({_PI}*exp(1)))"),
    ),
    Entry(
        "erf0",
        "∫₀ᶻ e^(−t²) dt, without the factor 2/√π",
        "sqrt(atan(1))*erf(z)",
        _constant("1", "sqrt(2/exp(1))"),
    ),
    Entry(
        "gelu",
        "zΦ(z), exact (not the tanh approximation)",
        "z/2*(1+erf(z/sqrt(2)))",
        _constant(f"(1+erf(1))/2+1/(exp(1)*sqrt({_PI}))", f"2/sqrt(2*{_PI})"),
    ),
    Entry("silu", "z·sigmoid(z), also called swish", "z*sigmoid(z)", _constant("1.09983932012888", "1/2")),
    Entry("mish", "z·tanh(softplus(z))", "z*tanh(softplus(z))", _constant("1.08849816126", "0.64420463724")),
    Entry("softsign", "z/(1 + |z|)", "piecewise(z/(1-z), 0, z/(1+z))", _constant("1", "2")),
    Entry("arctan", "inverse tangent", "atan(z)", _constant("1", "3*sqrt(3)/8")),
    Entry(
        "smooth_leaky_relu",
        "az + (1 − a)(log(1 + e^z) − log 2), slope between a and 1",
        "{a}*z+(1-{a})*(softplus(z)-log(2))",
        lambda a: ("1", f"({1 - a})/4"),
        _SLOPE,
    ),
    Entry("sin", "sine", "sin(z)", _constant("1", "1")),
    Entry("relu", "max(z, 0)", "piecewise(0, 0, z)", _constant("1", None)),
    Entry(
        "leaky_relu",
        "z for z > 0, az otherwise",
        "piecewise({a}*z, 0, z)",
        lambda a: (str(max(a, Fraction(1))), None),
        _LEAK,
    ),
    Entry("squared_relu", "max(z, 0)²", "piecewise(0, 0, z^2)", _constant(None, "2")),
    Entry(
        "elu",
        "z for z > 0, α(e^z − 1) otherwise",
        "piecewise({alpha}*(exp(z)-1), 0, z)",
        lambda alpha: (str(max(alpha, Fraction(1))), str(alpha)),
        _ALPHA,
        "piecewise(exp(z)-1, 0, z)",
    ),
)

CATALOGUE: Mapping[str, Entry] = {entry.name: entry for entry in _ENTRIES}
