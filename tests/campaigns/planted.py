"""Faults for the fuzzer to find: single terms taken out of the arithmetic, each by a substitution in its source."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType, SimpleNamespace

import certificates.arithmetic
from certificates.arithmetic.arb_matrix import ArbMatrix
from certificates.arithmetic.ball_array import BallArray
from certificates.arithmetic.ball_matrix import BallMatrix

__all__ = ["FAULTS", "SOUND", "Fault", "planted"]

SOUND = SimpleNamespace(BallArray=BallArray, BallMatrix=BallMatrix, ArbMatrix=ArbMatrix)

_PACKAGE = "certificates.arithmetic"
_REBUILT = (
    "arb",
    "rounding",
    "ball_array",
    "slices",
    "spectra",
    "ball_matrix",
    "arb_matrix",
)  # each after what it imports


@dataclass(frozen=True)
class Fault:
    """One line of ``module`` with a term less: ``sound`` occurs exactly once and becomes ``faulty``."""

    module: str
    sound: str
    faulty: str


_QUOTIENT = "(size * right.rad + self.rad + UNDERFLOW) / distance"
_UNIFORM_QUOTIENT = "(largest * right.radius + self.radius + UNDERFLOW) / float(distance)"

FAULTS = {
    # the quotient itself underflows: the fault that was once there
    "previous_bug_01": Fault("ball_array", "np.abs(mid) * _INFLATION + UNDERFLOW", "np.abs(mid) * _INFLATION"),
    "product-in-quotient": Fault("ball_array", _QUOTIENT, _QUOTIENT.replace(" + UNDERFLOW", "")),
    "product-in-uniform-quotient": Fault(
        "ball_array", _UNIFORM_QUOTIENT, _UNIFORM_QUOTIENT.replace(" + UNDERFLOW", "")
    ),
    "uniform-quotient": Fault("ball_array", "_up(self.magnitude / float(nearest))", "self.magnitude / float(nearest)"),
    "product-of-radii": Fault("ball_array", " + self.rad * right.rad\n", "\n"),
    "rounding-of-the-midpoint": Fault(
        "ball_array", "(np.asarray(rad) + UNIT_ROUNDOFF * np.asarray(size))", "(np.asarray(rad))"
    ),
    "underflow-of-the-midpoint": Fault(
        "ball_array",
        " * _INFLATION + _UNDERFLOW\n        return BallArray(mid, total",
        " * _INFLATION\n        return BallArray(mid, total",
    ),
    "rounding-of-the-radius": Fault("ball_array", "_INFLATION = 1.0 + 32.0 * UNIT_ROUNDOFF", "_INFLATION = 1.0"),
    "lower-end": Fault("ball_array", "np.nextafter(self.mid - self.rad, -np.inf))", "self.mid - self.rad)"),
    "second-order-of-exp": Fault("ball_array", "size * self.rad * (1 + self.rad)", "size * self.rad"),
    "distance-of-log": Fault("ball_array", "rad = self.rad / distance +", "rad = self.rad / self.mid +"),
    "rounding-of-sqrt": Fault("ball_array", "self.rad / values + UNIT_ROUNDOFF * values", "self.rad / values"),
    "slope-of-erf": Fault("ball_array", '"erf": 1.1283791670955128', '"erf": 1.128379'),
    "constant-rounded": Fault("ball_array", "upper(abs(ball - exact(mid)))", "0.0"),
    "middle-of-an-interval": Fault("ball_array", "np.maximum(high - mid, mid - low)", "(high - low) / 2"),
    "rounding-of-products": Fault("ball_matrix", "gamma(inner) * row * column + ", ""),
    "radii-of-products": Fault("ball_matrix", " + count * alpha * beta\n", "\n"),
    "underflow-of-squares": Fault(
        "ball_matrix", "= (squares + count * UNDERFLOW) * inflation", "= squares * inflation"
    ),
    "radii-of-a-norm": Fault("ball_matrix", "sqrt() + exact(count).sqrt() * exact(self.radius)", "sqrt()"),
    "radii-of-an-operator-norm": Fault("spectra", "(norm + np.sqrt(float(count * inner)) * radius)", "norm"),
    "radii-of-an-eigenvalue": Fault("spectra", " - radius_norm(matrix)", ""),
    "root-around-zero": Fault(
        "arb_matrix", "root_above(_dot(balls, balls))\n\n    def group", "_dot(balls, balls).sqrt()\n\n    def group"
    ),
    # the norm's square has no double: the fault that was once there
    "previous_bug_02": Fault(
        "arb_matrix", "_point_above(power.frobenius_norm())", "exact(upper(power.frobenius_norm()))"
    ),
    "middle-for-upper-end": Fault("arb_matrix", "end: arb = ball.upper()", "end: arb = ball.mid()"),
    "magnitude-of-a-sum": Fault("ball_array", "_up(size_left + size_right)", "_up(max(size_left, size_right))"),
}


@contextmanager
def planted(fault: Fault) -> Iterator[SimpleNamespace]:
    """The arithmetic with one fault, built from its source; the judge's own modules are as before afterwards."""
    names = [f"{_PACKAGE}.{name}" for name in _REBUILT]
    before = {name: sys.modules[name] for name in names}
    try:
        for name in _REBUILT:
            _build(name, fault)
        parts = {name: sys.modules[f"{_PACKAGE}.{name}"] for name in _REBUILT}
        yield SimpleNamespace(
            BallArray=parts["ball_array"].BallArray,
            BallMatrix=parts["ball_matrix"].BallMatrix,
            ArbMatrix=parts["arb_matrix"].ArbMatrix,
        )
    finally:
        for name, module in before.items():
            sys.modules[name] = module
            setattr(certificates.arithmetic, name.rpartition(".")[2], module)


def _build(name: str, fault: Fault) -> None:
    original = importlib.import_module(f"{_PACKAGE}.{name}")
    path = Path(str(original.__file__))
    source = path.read_text(encoding="utf-8")
    if name == fault.module:
        if source.count(fault.sound) != 1:
            raise ValueError(f"expected {fault.sound!r} once in {path.name}, got {source.count(fault.sound)}")
        source = source.replace(fault.sound, fault.faulty)
    module = ModuleType(original.__name__)
    module.__file__ = original.__file__
    sys.modules[original.__name__] = module
    setattr(certificates.arithmetic, name, module)
    exec(compile(source, str(path), "exec"), module.__dict__)  # noqa: S102 - our own source, less one term
