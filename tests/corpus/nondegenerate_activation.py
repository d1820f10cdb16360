"""The corpus of ``nondegenerate-activation``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from certificates.claims.nondegenerate_activation import Claim, Evidence
from tests.corpus._activations import JUMPS, UNDEFINED, broken
from tests.corpus._case import Bent, Case, Honest, Malformed
from tests.support.activations import tiling

__all__ = ["cases"]

_EIGHT, _HALF = Fraction(8), tiling(0, 8)
_CURVED = Evidence(_EIGHT, _HALF, "identity")
_SUM = replace(_CURVED, mean="slope-sum", mean_cells=_HALF)
_EVEN = Evidence(_EIGHT, (), "slope-sum", _HALF)
_BY_IDENTITY = replace(_EVEN, mean="identity", mean_cells=())
_A, _B = (Claim("nonzero", curvature, "nonnegative") for curvature in ("nonzero", "zero"))
_A0, _B0 = replace(_A, sigma="positive"), replace(_B, sigma="positive")


def cases() -> Iterator[Case]:
    good = Honest("softplus-a23", "softplus", _A, _CURVED)
    yield good
    yield Honest("tanh-a23", "tanh", _B, _EVEN)
    yield Honest("sin-a23", "sin", _B, Evidence(_EIGHT, (), "closed-form"))
    yield Honest("softsign-a23-positive", "softsign", _B0, _EVEN)
    yield Honest("elu-a23-positive", "elu", _A0, _SUM)
    yield from _bent_cells()
    yield from _bent_signs()
    yield Bent(
        "linear-nondegenerate", 6, "the identity satisfies Assumption 2.3 in our reading", "identity", _B, _BY_IDENTITY
    )
    yield Bent("affine-nondegenerate", 6, "2z + 3 satisfies Assumption 2.3 in our reading", "2*z+3", _B0, _BY_IDENTITY)
    yield Bent("elu-at-zero", 7, "φ'' of ELU exists at 0", "elu", _A, _SUM)
    yield Bent("softsign-at-zero", 7, "φ'' of softsign exists at 0", "softsign", _B, _EVEN)
    yield from broken(good.data)
    yield Malformed("unknown-sign", good.data.replace(b'"mean": "nonzero"', b'"mean": "positive"'))
    yield Malformed("mean-of-the-claim-missing", good.data.replace(b'"mean": "nonzero",\n    ', b""))
    yield Malformed("unknown-way", good.data.replace(b'"mean": "identity"', b'"mean": "symmetry"'))
    yield Malformed("not-dyadic", good.data.replace(b'"1/4"', b'"1/3"'))
    yield Malformed("radius-missing", good.data.replace(b'"radius": "8",\n    ', b""))


def _bent_cells() -> Iterator[Bent]:
    """Checks 1 to 3."""
    some = "what holds on some cells holds on the half-line"
    yield Bent("jump", 1, "Stein's identity holds for a φ that jumps", JUMPS["jump"], _A0, _CURVED)
    for name in ("pole", "logarithm-undefined"):
        theorem, text = UNDEFINED[name]
        yield Bent(name, 1, f"{theorem}, and even", text, _B0, _BY_IDENTITY)
    yield Bent("cell-removed", 2, some, "softplus", _A, replace(_CURVED, cells=_HALF[1:]))
    yield Bent("mean-cell-removed", 2, some, "tanh", _B, replace(_EVEN, mean_cells=_HALF[:-1]))
    yield Bent("no-cells", 2, some, "softplus", _A, replace(_CURVED, cells=()))
    far = "piecewise(softplus(z), 9, softplus(z))"
    yield Bent("kink-beyond-the-radius", 2, "tails begin before the last breakpoint", far, _A, _CURVED)
    yield Bent("relu", 3, "Assumption 2.3 covers slopes that jump", "relu", _A0, _CURVED)
    yield Bent("unbounded-slope", 3, "Assumption 2.3 covers unbounded slopes", "squared_relu", _A, _CURVED)
    yield Bent("unbounded-quadratic", 3, "Assumption 2.3 covers z²", "quadratic", _A, _CURVED)


def _bent_signs() -> Iterator[Bent]:
    """Checks 4 and 5."""
    yield Bent("tanh-convex", 4, "E tanh''(σg) is not 0", "tanh", _A, _CURVED)
    yield Bent("softplus-even-slope", 4, "E softplus''(σg) is 0", "softplus", _B, _EVEN)
    turning = "softplus(z)-z^2*exp(-z^2)"
    yield Bent("curvature-that-turns", 4, "γ = 1/4 − 2 at σ = 0 is as positive as far out", turning, _A0, _CURVED)
    yield Bent("sin-mean-slope", 5, "cos(w) + cos(−w) ≥ 0", "sin", _B, _EVEN)
    yield Bent("tanh-constant-mean", 5, "tanh'(w) + tanh'(−w) is constant", "tanh", _B, _BY_IDENTITY)
    zero = replace(_B, mean="zero")
    yield Bent("tanh-mean-slope-zero", 5, "E tanh'(σg) is 0", "tanh", zero, _EVEN)
    yield Bent(
        "softplus-mean-slope-zero", 5, "E softplus'(σg) is 0, not 1/2", "softplus", replace(_A, mean="zero"), _CURVED
    )
