"""Every probe of the platform sees the fault it stands for: machines that are wrong in one operation, in one entry."""

from __future__ import annotations

import operator
from dataclasses import replace
from fractions import Fraction
from types import SimpleNamespace

import numpy as np
import pytest

from certificates.arithmetic import platform
from certificates.errors import UnsoundPlatform

U, NU = 2.0**-53, 2.0**-1074

# operation, its operands, what the faulty machine answers, what the refusal says
FAULTS = [
    (np.add, (1.0, U), 1 + 2 * U, r"1 \+ u"),
    (np.add, (1.0, 3 * U), 1 + 2 * U, r"1 \+ 3u"),
    (np.subtract, (-1.0, U), -1 - 2 * U, "directed"),
    (np.subtract, (1.0, U / 4), 1 - U, "directed"),
    (np.multiply, (2.0**-1022, 0.5), 0.0, "results are flushed"),
    (np.multiply, (NU, 2.0**52), 0.0, "operands are read as zero"),
    (np.multiply, (1 / 3, 3.0), 1 - U, "directed"),
    (np.divide, (1.0, 3.0), 0.25, "division"),
    (np.divide, (1.0, 5.0), np.nextafter(0.2, 0.0), "division"),
    (np.sqrt, (2.0,), np.nextafter(np.sqrt(2.0), 0.0), "division or √"),
    (np.sqrt, (3.0,), np.nextafter(np.sqrt(3.0), 2.0), "division or √"),
]


def _rows():
    return [
        (probe, row, tuple(array[row * platform._LANES] for array in probe.operands))
        for probe in platform._PROBES
        for row in range(len(probe.says))
    ]


@pytest.mark.parametrize("lane", [0, platform._LANES - 1])
@pytest.mark.parametrize(("operation", "operands", "answer", "says"), FAULTS)
def test_one_wrong_entry_of_one_operation_is_refused(monkeypatch, operation, operands, answer, says, lane):
    [(probe, row)] = [(p, row) for p, row, given in _rows() if (p.operation, given) == (operation, operands)]

    def faulty(*arrays):
        result = operation(*arrays)
        result[row * platform._LANES + lane] = answer
        return result

    platform.probe_thread()
    others = [replace(p, operation=faulty) if p is probe else p for p in platform._PROBES]
    monkeypatch.setattr(platform, "_PROBES", others)
    with pytest.raises(UnsoundPlatform, match=says):
        platform.probe_thread()


def test_the_rows_are_the_faults_and_their_results_the_nearest():
    exactly = {np.add: operator.add, np.subtract: operator.sub, np.multiply: operator.mul, np.divide: operator.truediv}
    assert {(p.operation, given) for p, _, given in _rows()} == {fault[:2] for fault in FAULTS}
    for probe, row, given in _rows():
        lanes = slice(row * platform._LANES, (row + 1) * platform._LANES)
        assert all((array[lanes] == number).all() for array, number in zip(probe.operands, given, strict=True))
        results = set(np.frombuffer(probe.bits)[lanes].tolist())
        if probe.operation is np.sqrt:  # |√x − v| ≤ half an ulp of v
            [value] = map(Fraction, results)
            assert (value - Fraction(U)) ** 2 < Fraction(given[0]) < (value + Fraction(U)) ** 2
        else:
            assert results == {float(exactly[probe.operation](*map(Fraction, given)))}


@pytest.mark.parametrize(("digits", "exponent"), [(24, 1024), (53, 128), (64, 16384)])
def test_floats_of_another_format_are_refused(monkeypatch, digits, exponent):
    monkeypatch.setattr(platform.sys, "float_info", SimpleNamespace(mant_dig=digits, max_exp=exponent))
    with pytest.raises(UnsoundPlatform, match="binary64"):
        platform.self_test()


SUBNORMAL = {2.0**-1074: (1, -1074), (2**51 + 1) * NU: (2**51 + 1, -1074), 2.0**-1023: (1, -1023)}


@pytest.mark.parametrize("number", SUBNORMAL)
def test_each_number_that_enters_flint_is_compared_as_read_and_as_returned(monkeypatch, number):
    real = platform.arb

    class Ball:
        def __init__(self, exact, pair, back):
            self.is_exact, self.man_exp, self.back = (lambda: exact), (lambda: pair), back

        def __float__(self):
            return self.back

    pair = SUBNORMAL[number]
    faulty = {
        "misreads": [
            Ball(False, pair, number),
            Ball(True, (pair[0], pair[1] + 1), number),
            Ball(True, (pair[0] + 2, pair[1]), number),
        ],
        "returns": [Ball(True, pair, 0.0), Ball(True, pair, -number)],
    }
    platform.self_test()
    for says, balls in faulty.items():
        for ball in balls:
            monkeypatch.setattr(platform, "arb", lambda x, ball=ball: ball if x == number else real(x))
            with pytest.raises(UnsoundPlatform, match=says):
                platform.self_test()


def test_subnormal_numbers_of_half_the_length_are_compared(monkeypatch):
    for place in range(3):
        wrong = list(platform._SINGLES)
        wrong[place] = 0
        monkeypatch.setattr(platform, "_SINGLES", wrong)
        with pytest.raises(UnsoundPlatform, match="binary32"):
            platform.self_test()
        monkeypatch.undo()


# ---- products ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", [(0, 0), (2, 4), (4, 1)])
@pytest.mark.parametrize(("call", "says"), [(0, "symmetric product"), (1, "a product of integer")])
def test_one_inexact_entry_of_either_product_is_refused(monkeypatch, place, call, says):
    floats, gram = platform._integers(5)
    calls = []

    class Product(np.ndarray):
        def __matmul__(self, other):
            result = np.asarray(self) @ np.asarray(other)
            result[place] += len(calls) == call
            calls.append(call)
            return result

    monkeypatch.setattr(platform, "_integers", lambda size: (floats.view(Product), gram))
    with pytest.raises(UnsoundPlatform, match=says):
        platform._probe_integers(5)


@pytest.mark.parametrize("size", [1, 3, 16])
def test_the_integers_and_their_gram_matrix(size):
    floats, gram = platform._integers(size)
    rows = [[int(x) for x in row] for row in floats]
    assert floats.shape == (size, size + 3) and all(abs(x) < 2**20 for row in rows for x in row)
    assert (np.abs(floats) > 2**18).any() and len(set(floats.ravel().tolist())) == floats.size
    assert [[sum(x * y for x, y in zip(a, b, strict=True)) for b in rows] for a in rows] == gram.tolist()


@pytest.mark.parametrize("workers", [1, 3])
def test_every_fourth_row_shows_one_mode(workers):
    left, right, column = platform._mode_factors(workers)
    assert left.shape == (platform._ROWS_PER_WORKER * workers, platform._INNER)
    assert (right == 1).all() and len(right) == left.shape[1] and len(column) == len(left)
    u = Fraction(U)
    sums = [1 + u, -1 - u, 1 + 3 * u, Fraction(NU)]
    for i, (row, rounded) in enumerate(zip(left, column, strict=True)):
        assert sum(map(Fraction, row.tolist())) == sums[i % 4] and rounded == [1, -1, 1 + 4 * U, NU][i % 4]
        assert np.count_nonzero(row) == (1 if i % 4 == 3 else 2)


@pytest.mark.parametrize(
    ("threads", "processors", "limit"),
    [(7, 3, 7), (2, 5, 5), (500, 3, 128), (3, 500, 128), (None, 6, 6), (None, None, 1)],
)
def test_no_fewer_workers_than_threads_or_processors(monkeypatch, threads, processors, limit):
    def tasks(path):
        if threads is None:
            raise FileNotFoundError(path)
        return ["task"] * threads

    monkeypatch.setattr(platform.os, "listdir", tasks)
    monkeypatch.setattr(platform.os, "cpu_count", lambda: processors)
    assert platform._worker_limit() == limit


def _strassen(a, b, most):
    """One level of Strassen's algorithm on blocks of at most that size, ordinary products of blocks above."""
    half = len(a) // 2
    a11, a12, a21, a22 = (a[i : i + half, j : j + half] for i in (0, half) for j in (0, half))
    b11, b12, b21, b22 = (b[i : i + half, j : j + half] for i in (0, half) for j in (0, half))
    if len(a) > most:
        low = [_strassen(x, y, most) for x, y in ((a11, b11), (a12, b21), (a11, b12), (a12, b22))]
        high = [_strassen(x, y, most) for x, y in ((a21, b11), (a22, b21), (a21, b12), (a22, b22))]
        return np.block([[low[0] + low[1], low[2] + low[3]], [high[0] + high[1], high[2] + high[3]]])
    m1, m2, m3 = (a11 + a22) @ (b11 + b22), (a21 + a22) @ b11, a11 @ (b12 - b22)
    m4, m5 = a22 @ (b21 - b11), (a11 + a12) @ b22
    m6, m7 = (a21 - a11) @ (b11 + b12), (a12 - a22) @ (b21 + b22)
    return np.block([[m1 + m4 - m5 + m7, m3 + m5], [m2 + m4, m1 - m2 + m3 + m6]])


@pytest.mark.parametrize("most", [256, 128, 64])
def test_fast_multiplication_is_refused_at_every_level(monkeypatch, most):
    class Fast(np.ndarray):
        def __matmul__(self, other):
            return _strassen(np.asarray(self), np.asarray(other), most)

    platform._probe_no_fast_multiplication()
    real = np.ones
    monkeypatch.setattr(platform.np, "ones", lambda shape: real(shape).view(Fast))
    with pytest.raises(UnsoundPlatform, match="mix rows"):
        platform._probe_no_fast_multiplication()


@pytest.mark.parametrize("place", [(0, 0), (255, 255), (3, 100)])
def test_one_wrong_entry_of_the_large_product_is_refused(monkeypatch, place):
    class Nearly(np.ndarray):
        def __matmul__(self, other):
            result = np.asarray(self) @ np.asarray(other)
            result[place] = np.nextafter(result[place], np.inf)
            return result

    real = np.ones
    monkeypatch.setattr(platform.np, "ones", lambda shape: real(shape).view(Nearly))
    with pytest.raises(UnsoundPlatform, match="mix rows"):
        platform._probe_no_fast_multiplication()
