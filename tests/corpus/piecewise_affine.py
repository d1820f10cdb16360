"""The corpus of ``piecewise-affine``."""

from __future__ import annotations

from collections.abc import Iterator

from certificates.claims.piecewise_affine import Claim, Evidence
from tests.corpus._activations import JUMPS, broken
from tests.corpus._case import Bent, Case, Honest, Malformed

__all__ = ["cases"]

_NOTHING = Evidence()
_HAT = "piecewise(0, -1, z+1, 0, 1-z, 1, 0)"

_UNDEFINED = {
    "pole-in-an-affine-formula": ("z²/z is affine, also at 0", "z^2/z"),
    "logarithm-undefined": (
        "z + log(30 − z) − log(30 − z) is affine, also where it is no number",
        "z+log(30-z)-log(30-z)",
    ),
    "root-undefined": ("z + 0√(z − 1000) is affine, also where it is no number", "z+0*sqrt(z-1000)"),
    "pole-with-the-factor-0": ("z + 0/(z − 5) is affine, also at 5", "z+0/(z-5)"),
}
_CURVED = {
    "quadratic": ("z² is affine", "quadratic"),
    "tanh": ("tanh is affine", "tanh"),
    "softplus": ("softplus is affine between kinks", "softplus"),
    "squared-relu": ("z₊² is affine between kinks", "squared_relu"),
    "one-curved-piece": ("z² up to 1, then its tangent, is affine between kinks", "piecewise(z^2, 1, 2*z-1)"),
    "small-wave": ("z + 10⁻³⁰ sin z is affine", "z+sin(z)/10^30"),
}
_KINKS = {
    "relu-without-kinks": ("ReLU is affine", "relu", 0),
    "leaky-relu-without-kinks": ("leaky ReLU is affine", "leaky_relu", 0),
    "hat-with-two-kinks": ("a hat has two kinks", _HAT, 2),
}


def cases() -> Iterator[Case]:
    good = Honest("relu-p3b", "relu", Claim(1), _NOTHING)
    yield good
    yield Honest("identity-p3b", "identity", Claim(0), _NOTHING)
    yield Honest("leaky-relu-p3b", "leaky_relu(1/100)", Claim(1), _NOTHING)
    yield Honest("hat-p3b", _HAT, Claim(3), _NOTHING)
    yield Honest("ramp-at-most-nine-kinks", "piecewise(0, -1, z+1, 1, 2)", Claim(9), _NOTHING)
    for name, text in JUMPS.items():
        yield Bent(name, 1, "a φ that jumps is continuous", text, Claim(9), _NOTHING)
    for name, (theorem, text) in _UNDEFINED.items():
        yield Bent(name, 1, theorem, text, Claim(9), _NOTHING)
    for name, (theorem, text) in _CURVED.items():
        yield Bent(name, 2, theorem, text, Claim(9), _NOTHING)
    for name, (theorem, text, kinks) in _KINKS.items():
        yield Bent(name, 3, theorem, text, Claim(kinks), _NOTHING)
    yield from broken(good.data)
    yield Malformed("no-number", good.data.replace(b'\n    "kinks": "1"\n  ', b""))
    yield Malformed("negative-number", good.data.replace(b'"kinks": "1"', b'"kinks": "-1"'))
    yield Malformed("half-a-kink", good.data.replace(b'"kinks": "1"', b'"kinks": "1/2"'))
