"""Products, norms and spectra of ball matrices in both arithmetics, against exact values at one choice of points."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np
from flint import arb

from certificates.arithmetic.arb import precision, upper
from certificates.errors import EnclosureFailure
from tests.campaigns.climbing import Outcome
from tests.campaigns.pool import FloatArray, band, nudged, radii

__all__ = ["Case", "Matrices"]

Matrix = Any  # a BallMatrix or an ArbMatrix, or their twins with a planted fault

_TRUTH_BITS, _ARB_BITS, _LARGEST_FOR_ARB = 2200, 64, 64


@dataclass(frozen=True)
class Case:
    """Two matrices with radii, (m, k) and (k, l), and a shift as a share of the spectrum's lower end."""

    left: tuple[FloatArray, FloatArray]
    right: tuple[FloatArray, FloatArray]
    shift: float


def _operand(rng: np.random.Generator, rows: int, columns: int) -> tuple[FloatArray, FloatArray]:
    mid = band(rng, rows * columns)
    rad = radii(rng, mid[:1]).reshape(()) if rng.random() < 0.5 else radii(rng, mid).reshape(rows, columns)
    return mid.reshape(rows, columns), rad


def _changed(rng: np.random.Generator, operand: tuple[FloatArray, FloatArray]) -> tuple[FloatArray, FloatArray]:
    mid, rad = operand
    share = rng.choice([0.0, 0.3, 1.0])
    moved = np.ldexp(1.0, rng.integers(-40, 41)) if rng.random() < 0.3 else 1.0
    new_rad = np.abs(nudged(rng, rad.ravel(), share)).reshape(rad.shape)
    with np.errstate(all="ignore"):
        new = nudged(rng, mid.ravel(), share).reshape(mid.shape) * moved, new_rad * moved
    return new if all(np.isfinite(part).all() for part in new) else operand


class Matrices:
    """The room of matrices, for :class:`tests.campaigns.climbing.Search`."""

    name = "matrices"

    def fresh(self, rng: np.random.Generator) -> Case:
        """A case at random: small, now and then with more than one block of columns, for binary64 alone."""
        rows, inner, columns = rng.integers(1, (5, 9, 5)) if rng.random() < 0.99 else (66, 66, 1)
        return Case(_operand(rng, rows, inner), _operand(rng, inner, columns), float(rng.choice([0.5, 0.999, 1.0])))

    def changed(self, rng: np.random.Generator, case: Case) -> Case:
        """The same with other numbers."""
        return Case(_changed(rng, case.left), _changed(rng, case.right), 1 - (1 - case.shift) * rng.random() * 2)

    def described(self, case: Case) -> str:
        """The case in numbers that read back exactly."""
        parts = ([[x.hex() for x in np.ravel(part).tolist()] for part in pair] for pair in (case.left, case.right))
        return f"shapes {case.left[0].shape}, {case.right[0].shape}; (mid, rad) {list(parts)}; shift {case.shift}"

    def run(self, subject: SimpleNamespace, case: Case, rng: np.random.Generator) -> Iterator[Outcome]:
        """Every product, norm and spectrum of the case."""
        with precision(_TRUTH_BITS):
            yield from _products(subject, case, rng)
            for name, bound, truth in _NORMS:
                yield from _norm(subject, case, name, bound, truth)
            yield from _spectra(subject, case)


def _outcome(case: Case, name: str, kind: str, excess: arb, scale: float) -> Outcome:
    """``excess`` is positive where the result is wrong; it is compared relative to ``scale``."""
    relative = float(excess.mid()) / scale if scale > 0 else 0.0
    return Outcome(lambda: case, (name, kind, min(case.left[0].shape)), relative, bool(excess > 0))


# ---- products -----------------------------------------------------------------------------------------------------


def _ends(mid: FloatArray, rad: FloatArray, direction: FloatArray) -> list[arb]:
    """The ends of the balls in the directions ±1."""
    columns = (np.broadcast_to(part, mid.shape).ravel().tolist() for part in (mid, rad, direction))
    return [arb(m) + arb(r) * (1 if d >= 0 else -1) for m, r, d in zip(*columns, strict=True)]


def _dot(left: list[arb], right: list[arb]) -> arb:
    return sum((a * b for a, b in zip(left, right, strict=True)), arb(0))


def _products(subject: SimpleNamespace, case: Case, rng: np.random.Generator) -> Iterator[Outcome]:
    (a, alpha), (b, beta) = case.left, case.right
    left, right = subject.BallMatrix(a, alpha), subject.BallMatrix(b, beta)
    rows = np.broadcast_to(alpha, a.shape)
    i, j, g = int(rng.integers(len(a))), int(rng.integers(b.shape[1])), int(rng.integers(len(a)))
    sign = float(rng.choice([-1.0, 1.0]))
    column = np.broadcast_to(beta, b.shape)[:, j]
    first, second = _ends(a[i], rows[i], b[:, j] * sign), _ends(b[:, j], column, a[i] * sign)
    yield from _entry(case, "times", lambda: left.times(right), (i, j), _dot(first, second))
    other = first if g == i else _ends(a[g], rows[g], a[i] * sign)
    first = _ends(a[i], rows[i], a[g] * (1 if g == i else sign))
    yield from _entry(case, "gram", left.gram, (i, g), _dot(first, first if g == i else other))
    flat = i * len(a) + g  # one sample, whose rows are all rows of A
    yield from _entry(
        case, "sample_grams", lambda: left.sample_grams(len(a)), (0, flat), _dot(first, other if g != i else first)
    )


def _entry(
    case: Case, name: str, product: Callable[[], Matrix], place: tuple[int, int], truth: arb
) -> Iterator[Outcome]:
    try:
        result = product()
    except EnclosureFailure:
        return
    rad = float(np.broadcast_to(result.rad, result.shape)[place])
    yield _outcome(case, name, "fast", abs(truth - float(result.mid[place])) - rad, rad)


# ---- norms --------------------------------------------------------------------------------------------------------


def _farthest(operand: tuple[FloatArray, FloatArray]) -> list[list[arb]]:
    """|mid| + rad, row by row: the largest moduli of the entries."""
    mid, rad = operand
    flat = _ends(np.abs(mid), rad, np.ones_like(mid))
    return [flat[start : start + mid.shape[1]] for start in range(0, mid.size, mid.shape[1])]


def _row_norm(rows: list[list[arb]]) -> arb:
    best = arb(0)
    for row in rows:
        best = best.max(_dot(row, row).sqrt())
    return best


def _frobenius(rows: list[list[arb]]) -> arb:
    flat = [entry for row in rows for entry in row]
    return _dot(flat, flat).sqrt()


def _turned(rows: list[list[arb]]) -> list[list[arb]]:
    return [list(column) for column in zip(*rows, strict=True)]


_NORMS: list[tuple[str, Callable[[Matrix], arb], Callable[[list[list[arb]]], arb]]] = [
    ("row norm", lambda m: m.largest_row_norm(), _row_norm),
    ("column norm", lambda m: m.largest_column_norm(), lambda rows: _row_norm(_turned(rows))),
    ("Frobenius norm", lambda m: m.frobenius_norm(), _frobenius),
    (
        "group column norm",
        lambda m: arb(float(np.max(m.group_column_norms(m.shape[0])))),
        lambda rows: _row_norm(_turned(rows)),
    ),
    (
        "group norm",
        lambda m: arb(float(np.max(m.group_column_norms(1)))),
        lambda rows: _row_norm([[e] for r in rows for e in r]),
    ),
    (
        "largest entry",
        lambda m: arb(m.range()[1]).max(-arb(m.range()[0])),
        lambda rows: _row_norm([[e] for r in rows for e in r]),
    ),
]


def _twins(subject: SimpleNamespace, operand: tuple[FloatArray, FloatArray]) -> dict[str, Matrix]:
    mid, rad = operand
    twins = {"fast": subject.BallMatrix(mid, rad)}
    if mid.size <= _LARGEST_FOR_ARB:
        radii_of_all = np.broadcast_to(rad, mid.shape).ravel().tolist()
        balls = [arb(m, r) for m, r in zip(mid.ravel().tolist(), radii_of_all, strict=True)]
        twins["arb"] = subject.ArbMatrix.from_entries(*mid.shape, balls)
    return twins


def _bounds(
    subject: SimpleNamespace, operand: tuple[FloatArray, FloatArray], bound: Callable[[Matrix], Any]
) -> dict[str, Any]:
    found = {}
    for kind, matrix in _twins(subject, operand).items():
        with precision(_ARB_BITS if kind == "arb" else 128):
            try:
                found[kind] = bound(matrix)
            except EnclosureFailure:
                found[kind] = None
    return found


def _norm(
    subject: SimpleNamespace,
    case: Case,
    name: str,
    bound: Callable[[Matrix], arb],
    truth: Callable[[list[list[arb]]], arb],
) -> Iterator[Outcome]:
    """Both bounds are above the norm at the far ends of the balls; Arb has one where binary64's is below 2¹⁰²³.

    Beyond, Arb's radii, of 30 bits, may round above the largest double.
    """
    with precision(320):
        norm = truth(_farthest(case.left))
    yield from _judged(case, name, _bounds(subject, case.left, bound), norm)


def _judged(case: Case, name: str, found: dict[str, Any], norm: arb) -> Iterator[Outcome]:
    finite = {kind: ball for kind, ball in found.items() if ball is not None and ball.is_finite()}
    for kind, ball in finite.items():
        yield _outcome(case, name, kind, norm - ball.upper(), upper(ball))
    missing = "arb" in found and "arb" not in finite
    if missing and "fast" in finite and finite["fast"] < arb(2) ** 1023:
        yield Outcome(lambda: case, (name, "weaker"), 0.0, True)


# ---- spectra ------------------------------------------------------------------------------------------------------


def _scaled(mid: FloatArray) -> FloatArray | None:
    """The midpoints times a power of two, for numpy's untrusted spectra."""
    top = float(np.max(np.abs(mid)))
    return np.ldexp(mid, -int(np.frexp(top)[1])) if 0 < top < 1e300 else None


def _spectra(subject: SimpleNamespace, case: Case) -> Iterator[Outcome]:
    """Operator norms and eigenvalues against quotients ‖Av‖/‖v‖ and vᵀAv/vᵀv, for v from numpy."""
    mid, rad = case.left
    scaled = _scaled(mid)
    if scaled is None:
        return
    left, _, right = np.linalg.svd(scaled)
    signs = np.outer(left[:, 0], right[0])
    with precision(320):
        point = _ends(mid, rad, signs)
        image = [_dot(point[i * mid.shape[1] : (i + 1) * mid.shape[1]], _balls(right[0])) for i in range(len(mid))]
        norm = _dot(image, image).sqrt() / _dot(_balls(right[0]), _balls(right[0])).sqrt()
    yield from _judged(case, "operator norm", _bounds(subject, case.left, lambda m: m.operator_norm()), norm)
    yield from _eigenvalues(subject, case, mid[: min(mid.shape), : min(mid.shape)], rad)


def _balls(vector: FloatArray) -> list[arb]:
    return [arb(x) for x in vector.tolist()]


def _symmetric(part: FloatArray) -> FloatArray:
    return np.tril(part) + np.tril(part, -1).T


def _eigenvalues(subject: SimpleNamespace, case: Case, square: FloatArray, rad: FloatArray) -> Iterator[Outcome]:
    mid = _symmetric(square)
    rad = _symmetric(rad[: len(mid), : len(mid)]) if rad.ndim else rad
    scaled = _scaled(mid)
    if scaled is None:
        return
    values, vectors = np.linalg.eigh(scaled)
    size = float(np.max(np.abs(mid))) + float(np.max(rad))
    factor = float(np.max(np.abs(mid)) / np.max(np.abs(scaled)))
    lowest = float(values[0]) * factor
    shift = lowest * case.shift if lowest > 0 else lowest - abs(lowest) * abs(1 - case.shift)
    quotient = _rayleigh(mid, rad, -np.outer(vectors[:, 0], vectors[:, 0]), vectors[:, 0])
    found = _bounds(subject, (mid, rad), lambda m: m.smallest_eigenvalue(shift))
    for kind, ball in found.items():
        if ball is not None and ball.is_finite():
            yield _outcome(case, "smallest eigenvalue", kind, ball.lower() - quotient, size)
    vector = np.abs(np.linalg.eigh(np.abs(scaled))[1][:, -1])
    quotient = _rayleigh(np.abs(mid), rad, np.ones_like(mid), vector)
    found = _bounds(subject, (np.abs(mid), rad), lambda m: m.nonnegative_spectral_radius())
    yield from _judged(case, "spectral radius", found, quotient)


def _rayleigh(mid: FloatArray, rad: FloatArray, direction: FloatArray, vector: FloatArray) -> arb:
    with precision(320):
        point, v = _ends(mid, rad, direction), _balls(vector)
        image = [_dot(point[i * len(v) : (i + 1) * len(v)], v) for i in range(len(v))]
        return _dot(image, v) / _dot(v, v)
