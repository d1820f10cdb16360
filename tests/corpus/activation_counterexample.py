"""The corpus of ``activation-counterexample``."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from certificates.claims.activation_counterexample import Claim, Evidence, Property, Rule
from tests.corpus._activations import JUMPS, UNDEFINED, broken
from tests.corpus._case import Bent, Case, Honest, Malformed

__all__ = ["cases"]

# name -> activation, property, what is shown, witness
_TRUE: dict[str, tuple[str, Property, Rule, str]] = {
    "gelu-not-p1": ("gelu", "P1", "negative-slope", "-2"),
    "linear-and-cubic-not-p1": ("z+z^3", "P1", "growth", "8"),
    "sin-not-p2": ("sin", "P2", "nonpositive-rho", "1"),
    "relu-not-p3a": ("relu", "P3a", "jump", "0"),
    "cube-not-p3a": ("z^3", "P3a", "growth", "8"),
    "tanh-not-p3b": ("tanh", "P3b", "curvature", "1"),
}
# name -> check, false theorem, activation, property, what is shown, witness
_FALSE: dict[str, tuple[int, str, str, Property, Rule, str]] = {
    "growth-for-p2": (2, "ρ of z + z³ is not positive, as the slope grows", "z+z^3", "P2", "growth", "8"),
    "curvature-for-p1": (2, "tanh fails P1, as it bends", "tanh", "P1", "curvature", "1"),
    "slope-for-p3b": (2, "what decreases is not affine", "-z", "P3b", "negative-slope", "1"),
    "kink-beyond-the-radius": (
        2,
        "φ'' grows, by an expansion before the last kink",
        "piecewise(z^3, 9, 243*z-1458)",
        "P3a",
        "growth",
        "8",
    ),
    "gelu-negative-slope-at-one": (3, "GELU decreases at 1", "gelu", "P1", "negative-slope", "1"),
    "square-at-its-minimum": (3, "a slope of 0 is negative", "squared_relu", "P1", "negative-slope", "0"),
    "bounded-slope-grows": (3, "tanh' grows without bound", "tanh", "P1", "growth", "8"),
    "cube-without-p1": (3, "z² is bounded by no power of |z|", "z^3/3", "P1", "growth", "8"),
    "relu-nonpositive-rho": (3, "ρ of ReLU is not positive at 1", "relu", "P2", "nonpositive-rho", "1"),
    "tanh-nonpositive-rho": (3, "ρ of tanh is not positive at 1", "tanh", "P2", "nonpositive-rho", "1"),
    "sigma-zero": (3, "ρ(0) = 0 refutes ρ > 0 for σ > 0", "tanh", "P2", "nonpositive-rho", "0"),
    "squared-relu-jump": (3, "the slope of z₊² jumps at 0", "squared_relu", "P3a", "jump", "0"),
    "relu-jump-elsewhere": (3, "the slope of ReLU jumps at 1", "relu", "P3a", "jump", "1"),
    "quadratic-curvature-grows": (3, "φ'' of z² grows without bound", "quadratic", "P3a", "growth", "8"),
    "relu-bends": (3, "ReLU bends at 1", "relu", "P3b", "curvature", "1"),
    "kink-is-no-bend": (3, "φ'' of ReLU is nonzero around 0", "relu", "P3b", "curvature", "0"),
}


def cases() -> Iterator[Case]:
    for name, (text, refutes, rule, witness) in _TRUE.items():
        yield Honest(name, text, Claim(refutes), Evidence(rule, Fraction(witness)))
    at_one = Evidence("curvature", Fraction(1))
    for name in ("jump", "jump-behind-a-kink"):
        jumps = Evidence("jump", Fraction(0))
        yield Bent(name, 1, "a φ that jumps has a slope that jumps", JUMPS[name], Claim("P3a"), jumps)
    for name in ("pole", "logarithm-undefined"):
        theorem, text = UNDEFINED[name]
        yield Bent(name, 1, f"{theorem}, and bends", text, Claim("P3b"), at_one)
    for name, (check, theorem, text, refutes, rule, witness) in _FALSE.items():
        yield Bent(name, check, theorem, text, Claim(refutes), Evidence(rule, Fraction(witness)))
    good = Honest("", "tanh", Claim("P3b"), at_one).data
    yield from broken(good)
    yield Malformed("unknown-property", good.replace(b'"P3b"', b'"P4"'))
    yield Malformed("unknown-rule", good.replace(b'"curvature"', b'"intuition"'))
    yield Malformed("witness-missing", good.replace(b',\n    "witness": "1"', b""))
    yield Malformed("witness-beyond-all", good.replace(b'"witness": "1"', b'"witness": "1000000001"'))
    growth = Honest("", "z^3", Claim("P3a"), Evidence("growth", Fraction(8))).data
    yield Malformed("negative-radius", growth.replace(b'"witness": "8"', b'"witness": "-8"'))
