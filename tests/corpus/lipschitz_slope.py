"""The corpus of ``lipschitz-slope``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from certificates.claims.lipschitz_slope import Claim, Evidence
from tests.corpus._activations import JUMPS, broken
from tests.corpus._case import Bent, Case, Honest, Malformed
from tests.support.activations import tiling

__all__ = ["cases"]

_CELLS = Evidence(Fraction(8), tiling(-8, 8))
_COARSE = Evidence(Fraction(8), tiling(-8, 8, 1))
_STRICT, _LIPSCHITZ = Claim("everywhere", Fraction(9)), Claim("almost everywhere", Fraction(9))


def cases() -> Iterator[Case]:
    good = Honest("squared-relu-p3a", "squared_relu", _LIPSCHITZ, _COARSE)
    yield good
    yield Honest("tanh-p3a", "tanh", replace(_STRICT, curvature_bound=Fraction("0.9")), _CELLS)
    yield Honest("elu-p3a", "elu", _LIPSCHITZ, _COARSE)
    yield Honest("quadratic-p3a", "quadratic", replace(_STRICT, curvature_bound=Fraction(2)), _COARSE)
    yield Honest("softsign-p3a", "softsign", _LIPSCHITZ, _COARSE)
    yield from _bent_cells()
    yield from _bent_kinks()
    yield from _bent_bounds()
    yield from broken(good.data)
    yield Malformed("unknown-reading", good.data.replace(b'"almost everywhere"', b'"somewhere"'))
    yield Malformed("number-missing", good.data.replace(b',\n    "curvature_bound": "9"', b""))
    yield Malformed("negative-bound", good.data.replace(b'"curvature_bound": "9"', b'"curvature_bound": "-9"'))
    yield Malformed("not-dyadic", good.data.replace(b'"-7"', b'"-23/3"'))
    yield Malformed("radius-missing", good.data.replace(b'"radius": "8",\n    ', b""))


def _bent_cells() -> Iterator[Bent]:
    """Checks 1 and 2."""
    step, some = "a step has a Lipschitz slope", "what holds on some cells holds on the line"
    yield Bent("jump", 1, step, JUMPS["jump"], _LIPSCHITZ, _COARSE)
    yield Bent("jump-behind-a-kink", 1, step, JUMPS["jump-behind-a-kink"], _LIPSCHITZ, _COARSE)
    yield Bent("cell-removed", 2, some, "tanh", _STRICT, replace(_CELLS, cells=_CELLS.cells[1:]))
    yield Bent("cells-overlap", 2, some, "tanh", _STRICT, replace(_CELLS, cells=_CELLS.cells[:9] + _CELLS.cells[8:]))
    yield Bent("no-cells", 2, some, "tanh", _STRICT, replace(_CELLS, cells=()))
    far = "piecewise(z, 9, z+(z-9)^2*50)"
    yield Bent("bend-beyond-the-radius", 2, "φ'' stays below 9 although it is 100 from 9 on", far, _LIPSCHITZ, _COARSE)


def _bent_kinks() -> Iterator[Bent]:
    """Check 3."""
    yield Bent("relu-lipschitz-slope", 3, "a step is Lipschitz", "relu", _LIPSCHITZ, _COARSE)
    yield Bent("leaky-relu-lipschitz-slope", 3, "a small step is Lipschitz", "leaky_relu", _LIPSCHITZ, _COARSE)
    tiny = "piecewise(z, 1, 1+(1+1/10^30)*(z-1))"
    yield Bent("kink-of-1e-30", 3, "a step of 10⁻³⁰ is none", tiny, _LIPSCHITZ, _COARSE)
    for name, shown in (("squared_relu", "z₊²"), ("elu", "ELU"), ("softsign", "softsign")):
        theorem = f"φ'' of {shown} exists at 0"
        yield Bent(f"{name.replace('_', '-')}-strict", 3, theorem, name, _STRICT, _COARSE)


def _bent_bounds() -> Iterator[Bent]:
    """Checks 4 and 5."""
    low, text = replace(_COARSE, tail=Fraction(1)), "piecewise(z+sin(log(1+z^2))/9, 0, z+z^2)"
    false = "a curvature that is 2 on the right stays below 1 there, by assumption"
    yield Bent("assumed-bound-below-the-curvature", 4, false, text, _LIPSCHITZ, low)
    unknown = "φ'' is bounded where nothing is known of it"
    yield Bent("nothing-assumed", 4, unknown, "z+atan(sin(z))/4", _STRICT, _CELLS)
    yield Bent(
        "tanh-below-its-bend", 5, "|tanh''| ≤ 0.76", "tanh", replace(_STRICT, curvature_bound=Fraction("0.76")), _CELLS
    )
    yield Bent(
        "quadratic-below-2",
        5,
        "φ'' of z² is 1.999 or less",
        "quadratic",
        Claim("everywhere", Fraction("1.999")),
        _COARSE,
    )
    yield Bent(
        "squared-relu-below-2",
        5,
        "φ'' of z₊² is 1 or less",
        "squared_relu",
        Claim("almost everywhere", Fraction(1)),
        _COARSE,
    )
