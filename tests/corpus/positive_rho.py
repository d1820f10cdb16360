"""The corpus of ``positive-rho``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from certificates.claims.positive_rho import Claim, Evidence, SigmaCells
from certificates.language.slopes import AssumedSlope, SlopeCells, Zero
from tests.corpus._activations import GROWTHS, JUMPS, REFUTED, broken
from tests.corpus._case import Bent, Case, Honest, Malformed
from tests.support.activations import tiling

__all__ = ["cases"]

_P2, _NONE, _ONE = Claim(), Fraction(0), Fraction(1)
_CELLS = SlopeCells(Fraction(8), tiling(-8, 8))
_COARSE = SlopeCells(Fraction(8), tiling(-8, 8, 1))
_SIGN = Evidence(_ONE, slope=_CELLS)
_UNIT = tiling(0, 1)
_SIGMA = Evidence(_ONE, sigma=SigmaCells(_UNIT, _UNIT))


def _of(cells: SlopeCells, witness: object = 1) -> Evidence:
    return Evidence(Fraction(str(witness)), slope=cells)


def cases() -> Iterator[Case]:
    good = Honest("relu-p2", "relu", _P2, _of(_COARSE, 0))
    yield good
    yield Honest("tanh-p2", "tanh", _P2, _SIGN)
    yield Honest("leaky-relu-p2", "leaky_relu", _P2, _of(_COARSE, 0))
    yield Honest("squared-relu-p2", "squared_relu", _P2, _of(replace(_CELLS, zeros=(Zero(_NONE, 1),))))
    yield Honest("cube-touches-0", "z^3/3", _P2, _of(replace(_CELLS, zeros=(Zero(_NONE, 2),))))
    yield from _bent_signs()
    yield from _bent_tails()
    yield from _bent_witnesses()
    yield from _bent_sigma()
    yield from broken(good.data)
    sigma = Honest("", "tanh", _P2, _SIGMA).data
    yield Malformed("not-dyadic", good.data.replace(b'"-7"', b'"-23/3"'))
    yield Malformed("witness-missing", good.data.replace(b'"witness": "0",\n    ', b""))
    yield Malformed("witness-beyond-all", good.data.replace(b'"witness": "0"', b'"witness": "1000000001"'))
    yield Malformed("neither-way", sigma.replace(b'"sigma": {', b'"slope": {'))
    yield Malformed("a-number-in-the-claim", good.data.replace(b'"claim": {}', b'"claim": {"power": "0"}'))


def _bent_signs() -> Iterator[Bent]:
    """Checks 1 to 3."""
    some = "what holds on some cells holds on the line"
    yield Bent("jump", 1, "theorem 2.1 holds for a φ that jumps", JUMPS["jump"], _P2, _of(_COARSE, 0))
    yield Bent(
        "jump-behind-a-kink",
        1,
        "theorem 2.1 holds for a φ that jumps",
        JUMPS["jump-behind-a-kink"],
        _P2,
        _of(_COARSE, 0),
    )
    yield Bent("cell-removed", 2, some, "tanh", _P2, _of(replace(_CELLS, cells=_CELLS.cells[1:])))
    yield Bent("half-the-line", 2, some, "tanh", _P2, _of(replace(_CELLS, cells=tiling(0, 8))))
    turns = "ρ is positive although the slope turns at 9"
    yield Bent("kink-beyond-the-radius", 2, turns, "piecewise(z, 9, 18-z)", _P2, _of(_COARSE))
    yield Bent("sine", 3, "ρ of the sine is positive at σ = 1", "sin", _P2, _SIGN)
    yield Bent("quadratic", 3, "ρ of z² is positive", "quadratic", _P2, _SIGN)
    yield Bent("odd-kink", 3, "ρ of |z| is positive", "piecewise(-z, 0, z)", _P2, _of(_COARSE, 0))


def _bent_tails() -> Iterator[Bent]:
    """Check 4."""
    yield Bent("decreasing-far-out", 4, "what increases on [−8, 8] increases", "atan(z)-z/1000", _P2, _SIGN)
    _, refuted, growth = GROWTHS["previous-bug-08-assumed-growth-refuted-on-the-right"]
    tail = AssumedSlope(growth.constant, growth.slope, growth.power)
    assumed = replace(_CELLS, cells=tiling(-8, 8, 8), tail=tail)
    yield Bent("previous-bug-08-assumed-tail-refuted-on-the-right", 4, REFUTED, refuted, _P2, _of(assumed))


def _bent_witnesses() -> Iterator[Bent]:
    """Check 5."""
    for name, text, witness in (
        ("linear", "identity", 1),
        ("linear-in-two-pieces", "piecewise(z, 0, z)", 0),
        ("constant", "0", 1),
    ):
        yield Bent(f"{name}-positive-rho", 5, f"ρ of {text} is positive", text, _P2, _of(_COARSE, witness))


def _bent_sigma() -> Iterator[Bent]:
    """Checks 2 and 5 to 7."""
    some = "cells that leave out some σ cover every σ"
    yield Bent("sigma-gap", 2, some, "tanh", _P2, Evidence(_ONE, sigma=SigmaCells(_UNIT[:1] + _UNIT[2:], _UNIT)))
    yield Bent("sigma-stops-short", 2, some, "tanh", _P2, Evidence(_ONE, sigma=SigmaCells(_UNIT, _UNIT[:-1])))
    yield Bent("sigma-linear", 5, "T₁ of the identity is positive", "identity", _P2, _SIGMA)
    jumping = "T₃ of a slope that is 1 near 0 and −1 beyond 3 is positive where its mean is 0"
    yield Bent("sigma-jumps", 7, jumping, "piecewise(-1, -1, z, 1, 1, 3, 4-z)", _P2, _SIGMA)
    wide = Evidence(_ONE, sigma=SigmaCells(tiling(0, 1, 1), tiling(0, 1, 1)))
    falling = "T₃ of z − 2 tanh z is positive where its mean slope is 0"
    yield Bent("sigma-mean-slope-zero", 7, falling, "z-2*tanh(z)", _P2, wide)
