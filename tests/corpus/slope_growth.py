"""The corpus of ``slope-growth``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from certificates.claims.slope_growth import Claim, Evidence
from certificates.language.slopes import AssumedSlope, Zero
from tests.corpus._activations import GROWTHS, JUMPS, REFUTED, broken
from tests.corpus._case import Bent, Case, Honest, Malformed
from tests.support.activations import tiling

__all__ = ["cases"]

_NONE, _EIGHT = Fraction(0), Fraction(8)
_SIGN = Evidence(_EIGHT, tiling(-8, 8))
_COARSE = Evidence(_EIGHT, tiling(-8, 8, 1))


def _p1(slope: object, power: int = 0) -> Claim:
    return Claim(power, _NONE, Fraction(str(slope)))


def cases() -> Iterator[Case]:
    p1, beside = _p1(2), Claim(2, Fraction(14), Fraction(4))
    touching = replace(_SIGN, zeros=(Zero(_NONE, 2),))
    good = Honest("tanh-p1", "tanh", p1, _SIGN)
    yield good
    yield Honest("relu-p1", "relu", _p1(1), _COARSE)
    yield Honest("squared-relu-p1", "squared_relu", _p1(3, 1), replace(_SIGN, zeros=(Zero(_NONE, 1),)))
    yield Honest("cube-touches-0", "z^3/3", _p1(3, 2), touching)
    yield Honest("linear-and-cubic-weaker", "z+z^3", beside, _COARSE)
    yield from _bent_cells(p1)
    yield from _bent_tails(p1)
    yield from _stronger(p1, beside)
    growing = Honest("", "tanh", Claim(1, Fraction(20), Fraction(1)), _SIGN).data
    yield from broken(good.data)
    yield Malformed("power-missing", good.data.replace(b'"power": "0",\n    ', b""))
    yield Malformed("power-sixty-five", good.data.replace(b'"power": "0"', b'"power": "65"'))
    yield Malformed("not-dyadic", good.data.replace(b'"-31/4"', b'"-23/3"'))
    yield Malformed("radius-zero", good.data.replace(b'"radius": "8"', b'"radius": "0"'))
    yield Malformed("negative-growth", growing.replace(b'"slope": "1"', b'"slope": "-1"'))
    yield Malformed("constant-bound-twice", growing.replace(b'"power": "1"', b'"power": "0"'))


def _bent_cells(p1: Claim) -> Iterator[Bent]:
    """Checks 1 to 3."""
    some = "what holds on some cells holds on the line"
    yield Bent("jump", 1, "a step has the bounded slope 0", JUMPS["jump"], p1, _SIGN)
    yield Bent("jump-behind-a-kink", 1, "what jumps behind a kink is monotone", JUMPS["jump-behind-a-kink"], p1, _SIGN)
    yield Bent("cell-removed", 2, some, "tanh", p1, replace(_SIGN, cells=_SIGN.cells[1:]))
    yield Bent("cells-overlap", 2, some, "tanh", p1, replace(_SIGN, cells=_SIGN.cells[:9] + _SIGN.cells[8:]))
    yield Bent("half-the-line", 2, some, "tanh", p1, replace(_SIGN, cells=tiling(0, 8)))
    far = "piecewise(z, 9, 18-z)"
    yield Bent("kink-beyond-the-radius", 2, "a slope is positive although it turns at 9", far, p1, _SIGN)
    yield Bent("gelu-monotone", 3, "GELU increases", "gelu", p1, _SIGN)
    yield Bent("sine-monotone", 3, "the sine increases", "sin", p1, _SIGN)
    yield Bent("decreasing", 3, "−z increases", "-z", p1, _COARSE)
    wrong = replace(_SIGN, zeros=(Zero(_NONE, 3),))
    told = "the slope of z − ∫exp(−t²) vanishes at 0 to order 3"
    yield Bent("zero-of-another-order", 3, told, "z-sqrt(atan(1))*erf(z)", p1, wrong)


def _bent_tails(p1: Claim) -> Iterator[Bent]:
    """Check 4."""
    yield Bent("decreasing-far-out", 4, "what increases on [−8, 8] increases", "atan(z)-z/1000", p1, _SIGN)
    _, refuted, growth = GROWTHS["previous-bug-08-assumed-growth-refuted-on-the-right"]
    tail = AssumedSlope(growth.constant, growth.slope, growth.power)
    assumed = replace(_SIGN, cells=tiling(-8, 8, 8), tail=tail)
    name = "previous-bug-08-assumed-tail-refuted-on-the-right"
    yield Bent(name, 4, REFUTED, refuted, _p1(10**9), assumed)
    yield Bent(
        "assumed-tail-below-the-limit-of-the-slope",
        4,
        "a slope that tends to 5 stays below 4",
        "5*z+tanh(sin(z)*exp(z-20))",
        p1,
        replace(assumed, tail=replace(tail, constant=Fraction(4))),
    )
    small = Evidence(Fraction(1), tiling(-1, 1, 16), tail=AssumedSlope(Fraction(2), Fraction(1), 1))
    outgrown = "a slope of which only linear growth is assumed is bounded"
    yield Bent("assumed-tail-outgrows-the-claim", 4, outgrown, "z+atan(sin(z))/4", _p1(10**6), small)


def _stronger(p1: Claim, beside: Claim) -> Iterator[Bent]:
    """Numbers that are too small."""
    yield Bent("slope-below-one", 5, "tanh' ≤ 0.9", "tanh", replace(p1, slope=Fraction(9, 10)), _SIGN)
    yield Bent("relu-slope-below-one", 5, "the slope of ReLU is at most 0.999", "relu", _p1("0.999"), _COARSE)
    yield Bent("cubic-term-left-out", 0, "1 + 3z² ≤ 14 + 2z²", "z+z^3", replace(beside, slope=Fraction(2)), _COARSE)
    half = Claim(1, Fraction(1, 2), Fraction(1))
    yield Bent("constant-below-the-slope-at-0", 5, "1 ≤ 1/2 at z = 0", "tanh", half, _SIGN)
