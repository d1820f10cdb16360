"""The bound of a factorisation in tiles: against exact rationals, with factors that nobody should trust."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
import pytest

from certificates.arithmetic import tiles
from certificates.arithmetic.arb import exact, lower, precision, upper
from certificates.arithmetic.ball_array import BallArray
from certificates.arithmetic.effort import limited_effort
from certificates.arithmetic.tiles import TileSums, bound_of_tiles, finished_tile, smallest_eigenvalue_of_tiles
from certificates.errors import BudgetExhausted, EnclosureFailure


@pytest.fixture(autouse=True)
def _bits(monkeypatch):
    monkeypatch.setattr(tiles, "_PANEL", 2)
    with precision(128):
        yield


@dataclass(frozen=True)
class Entries:
    """A matrix that is held after all; it notes which blocks are asked for."""

    mid: np.ndarray
    rad: np.ndarray | float = 0.0
    identity: str = ""
    asked: tuple = ()

    @property
    def size(self) -> int:
        return len(self.mid)

    def block(self, rows: slice, columns: slice) -> BallArray:
        rad = self.rad if np.ndim(self.rad) == 0 else self.rad[rows, columns]
        return BallArray(self.mid[rows, columns], rad)


def _spread(rng, size: int) -> np.ndarray:
    """Symmetric, positive definite, with eigenvalues from 1 down to about 10⁻³."""
    columns = rng.normal(size=(size, size))
    basis = np.linalg.qr(columns)[0]
    matrix = basis @ np.diag(np.geomspace(1, 1e-3, size)) @ basis.T
    return np.tril(matrix) + np.tril(matrix, -1).T


def _is_below(bound, matrix) -> bool:
    """Whether A − bI ⪰ 0, by exact elimination."""
    low = Fraction(lower(bound))
    rows = [[Fraction(x) - (low if i == j else 0) for j, x in enumerate(row)] for i, row in enumerate(matrix.tolist())]
    for k in range(len(rows)):
        pivot = rows[k][k]
        if pivot < 0 or (pivot == 0 and any(row[k] for row in rows[k + 1 :])):
            return False
        for row in rows[k + 1 :] if pivot else ():
            factor = row[k] / pivot
            for j in range(k, len(rows)):
                row[j] -= factor * rows[k][j]
    return True


def test_the_oracle_knows_below_from_above():
    matrix = np.array([[2.0, 1.0], [1.0, 2.0]])
    assert _is_below(exact(1.0), matrix) and not _is_below(exact(1.0 + 2.0**-52), matrix)


@pytest.mark.parametrize(("size", "side"), [(1, 1), (2, 1), (5, 2), (9, 3), (9, 4), (9, 20), (12, 5)])
def test_the_bound_is_true_and_close(size, side):
    for seed in range(4):
        matrix = _spread(np.random.default_rng([size, side, seed]), size)
        true = float(np.linalg.eigvalsh(matrix)[0])
        bound = smallest_eigenvalue_of_tiles(Entries(matrix), 0.99 * true, side=side)
        assert _is_below(bound, matrix)
        assert upper(exact(0.99 * true) - bound) < 1e-12  # residual and rounding


def test_a_shift_above_the_spectrum_proves_nothing():
    matrix = _spread(np.random.default_rng(0), 7)
    assert smallest_eigenvalue_of_tiles(Entries(matrix), 0.5, side=3) is None
    assert smallest_eigenvalue_of_tiles(Entries(matrix), 1e308, side=3) is None


def test_every_symmetric_matrix_in_the_balls_obeys_the_bound():
    """The worst one is −ρ along the signs of the lowest eigenvector; radii of the upper half are not asked for."""
    rng, used = np.random.default_rng(3), 0
    for _ in range(20):
        mid = _spread(rng, 7)
        values, vectors = np.linalg.eigh(mid)
        rad = np.tril(rng.random((7, 7))) * 2.0**-14
        signs = np.sign(np.outer(vectors[:, 0], vectors[:, 0]))
        symmetric = np.tril(rad) + np.tril(rad, -1).T
        worst = mid - symmetric * signs
        bound = smallest_eigenvalue_of_tiles(Entries(mid, rad), 9e-4, side=3)
        assert _is_below(bound, worst)
        used += not _is_below(exact(float(values[0]) * 0.999), worst)
    assert used > 10  # a bound that forgot radii would be false


def test_one_radius_for_all_counts_in_whole_rows():
    matrix, rad = np.eye(6) * 3, 2.0**-10
    bound = smallest_eigenvalue_of_tiles(Entries(matrix, rad), 2.0, side=2)
    worst = matrix - rad  # all ones are its lowest direction: 3 − 6·2⁻¹⁰ after the shift of 2 is no better than 2
    assert _is_below(bound, worst)
    assert upper(bound) <= 2.0 - 6 * rad


@pytest.mark.parametrize("side", [2, 3, 8])
def test_no_factor_makes_a_false_bound(monkeypatch, side):
    """Whatever the factorisation returns: wrong by much, by little, a zero, or another matrix altogether."""
    rng = np.random.default_rng(side)
    good = np.linalg.cholesky
    ways = [
        lambda a: good(a) * (1 + 2.0**-10),
        lambda a: good(a) + 2.0**-20 * rng.normal(size=a.shape),
        lambda a: np.triu(rng.normal(size=a.shape)) + 3 * np.eye(len(a)),
        lambda a: 1e-300 * np.eye(len(a)),
        lambda a: 1e9 * np.eye(len(a)),
    ]
    for way in ways:
        monkeypatch.setattr(tiles.np.linalg, "cholesky", way)
        for seed in range(5):
            matrix = _spread(np.random.default_rng(seed), 8)
            bound = smallest_eigenvalue_of_tiles(Entries(matrix), 9.9e-4, side=side)
            assert bound is None or _is_below(bound, matrix)


def test_column_sums_count_for_the_rows_of_the_mirror_image(monkeypatch):
    """A wrong entry far below the diagonal harms the bound by its whole size, in the span of its column, too."""
    matrix = 2 * np.eye(4)
    matrix[3, 0] = matrix[0, 3] = 0.75
    monkeypatch.setattr(tiles, "_eliminated", lambda rest, corner: np.zeros(rest.shape))
    place, side = (1, 0), 2
    _, sums = finished_tile(Entries(matrix), 0.0, side, place, lambda *_: np.zeros((2, 2)))
    assert sums.rows == pytest.approx([0.0, 0.75]) and sums.columns == pytest.approx([0.75, 0.0])
    _, corner = finished_tile(Entries(matrix), 0.0, 4, (0, 0), lambda *_: None)
    assert corner.rows == pytest.approx([2.75, 2.0, 2.0, 2.75]) and not corner.columns.size


def _planted(monkeypatch, factor: np.ndarray, side: int) -> None:
    """Let every tile of L be the one of this matrix, found by one product for each."""
    queue = [factor[r, c] for r, c in _blocks(len(factor), side)]

    def planted(rest, corner):
        found = queue.pop(0)
        rest -= found @ (found if corner is None else corner).T
        return found

    monkeypatch.setattr(tiles, "_eliminated", planted)


def _blocks(size: int, side: int):
    spans = tiles.tile_spans(size, side)
    return [(spans[i], spans[j]) for i, j in tiles.tile_places(len(spans))]


@pytest.mark.parametrize("side", [1, 2, 3])
def test_rounding_is_paid_for(monkeypatch, side):
    """A = fl(LLᵀ) + μ with L of rank one or two: λ_min(A) may lie below μ by what was rounded, and nothing else."""
    rng, missed = np.random.default_rng(side), 0
    for draw in range(60):
        rank, shift = 1 + draw % 2, float(rng.choice([0.0, 1.0, 3e5]))
        factor = np.zeros((5, 5))
        factor[:, :rank] = rng.normal(size=(5, rank))
        for i, j in [(i, j) for i in range(5) for j in range(5) if j // side > i // side]:
            factor[i, j] = 0.0
        gram = factor @ factor.T
        matrix = np.tril(gram) + np.tril(gram, -1).T + shift * np.eye(5)
        _planted(monkeypatch, factor, side)
        bound = smallest_eigenvalue_of_tiles(Entries(matrix), shift, side=side)
        assert _is_below(bound, matrix)
        with monkeypatch.context() as patch:
            _planted(patch, factor, side)
            patch.setattr(tiles, "gamma", lambda _: exact(0))
            missed += not _is_below(smallest_eigenvalue_of_tiles(Entries(matrix), shift, side=side), matrix)
    assert missed > 0  # without the terms for rounding some bound would be false


@pytest.mark.parametrize("scale", [2.0**-1060, 2.0**-530, 2.0**500, 2.0**-20])
def test_subnormal_and_huge_entries(scale):
    matrix = _spread(np.random.default_rng(5), 6) * scale
    shift = 9e-4 * scale
    try:
        bound = smallest_eigenvalue_of_tiles(Entries(matrix), shift, side=2)
    except EnclosureFailure:
        return
    assert bound is None or _is_below(bound, matrix)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, 1e308])
@pytest.mark.parametrize("place", [(0, 0), (3, 1), (4, 4)])
def test_what_is_not_finite_proves_nothing(bad, place):
    matrix = _spread(np.random.default_rng(1), 5)
    matrix[place] = matrix[place[::-1]] = bad
    try:
        bound = smallest_eigenvalue_of_tiles(Entries(matrix), 9e-4, side=2)
    except EnclosureFailure:
        return
    assert bound is None or (bad == 1e308 and _is_below(bound, matrix))


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_radius_that_is_not_finite_is_no_bound(bad):
    rad = np.zeros((5, 5))
    rad[4, 1] = bad
    with pytest.raises(EnclosureFailure):
        smallest_eigenvalue_of_tiles(Entries(_spread(np.random.default_rng(1), 5), rad), 9e-4, side=2)


@pytest.mark.parametrize("name", ["rows", "columns", "squares"])
def test_sums_that_are_not_finite_are_no_bound(name):
    matrix, made, found = Entries(_spread(np.random.default_rng(1), 4)), {}, {}
    for place in tiles.tile_places(2):
        made[place], found[place] = finished_tile(matrix, 9e-4, 2, place, lambda *at: made[at])
    assert _is_below(bound_of_tiles(4, 2, 9e-4, found), matrix.mid)
    found[1, 0] = replace(found[1, 0], **{name: np.nan if name == "squares" else np.array([np.nan, 0.0])})
    with pytest.raises(EnclosureFailure):
        bound_of_tiles(4, 2, 9e-4, found)


def test_only_the_lower_half_counts_in_strips_or_whole(monkeypatch):
    mid = _spread(np.random.default_rng(2), 7)
    whole = smallest_eigenvalue_of_tiles(Entries(mid, 1e-9), 9e-4, side=3)
    monkeypatch.setattr(tiles, "_STRIP", 6)
    other = np.where(np.tri(7, dtype=bool), mid, 5.0)
    rad = np.where(np.tri(7, dtype=bool), 1e-9, 1e300)
    assert abs(float(whole) - float(smallest_eigenvalue_of_tiles(Entries(other, rad), 9e-4, side=3))) < 1e-15


def test_radii_and_the_size_of_entries_are_summed_both_ways(monkeypatch):
    monkeypatch.setattr(tiles, "gamma", lambda count: exact(2.0**-12 * count))
    mid, rad = np.zeros((4, 4)), np.zeros((4, 4))
    mid[3, 0], rad[3, 0], mid[1, 0], rad[1, 0] = 1024.0, 0.25, 1024.0, 0.25
    monkeypatch.setattr(tiles, "_eliminated", lambda rest, _: rest.fill(0) or np.zeros(rest.shape))
    entries = Entries(mid, rad)
    _, sums = finished_tile(entries, 0.0, 2, (1, 0), lambda *_: np.zeros((2, 2)))
    assert sums.rows == pytest.approx([0.0, 1.25]) and sums.columns == pytest.approx([1.25, 0.0])
    _, corner = finished_tile(entries, 0.0, 4, (0, 0), lambda *_: None)
    assert corner.rows == pytest.approx([2.0, 1.0, 0.0, 1.0])


def test_each_term_of_the_bound_counts(monkeypatch):
    monkeypatch.setattr(tiles, "gamma", lambda count: exact(2.0**-20 * count))
    none = np.zeros(2)

    def below(shift=0.0, rows=none, columns=none, squares=0.0):
        sums = {(0, 0): tiles.TileSums(none, np.empty(0), 0.0), (1, 1): tiles.TileSums(none, np.empty(0), squares)}
        sums[1, 0] = tiles.TileSums(rows, columns, squares)
        return float(exact(shift) - bound_of_tiles(4, 2, shift, sums))

    assert 0 < below() < 1e-300  # what products of subnormal numbers lose
    assert below(rows=np.array([0.0, 0.5])) == below(columns=np.array([0.5, 0.0])) == pytest.approx(0.5)
    assert below(shift=-3.0) == pytest.approx(3 * 4 * 2.0**-20)  # T + 2 = 4
    assert below(squares=5.0) == pytest.approx(10 * 6 * 2.0**-20)  # b + T + 2 = 6


def test_sums_and_squares_are_rounded_up():
    """A row sum of 1 passes through 4 roundings at least; squares are those of the exact entries."""
    found = bound_of_tiles(1, 1, 0.0, {(0, 0): TileSums(np.array([1.0]), np.empty(0), 0.0)})
    assert -found > (1 + 8 * exact(2.0**-53)) * (1 + exact(2.0**-53))
    for seed in range(8):
        tile, sums = finished_tile(Entries(_spread(np.random.default_rng(seed), 7)), 0.0, 7, (0, 0), lambda *_: None)
        assert Fraction(sums.squares) >= sum(Fraction(x) ** 2 for x in tile.ravel().tolist())


def test_the_residual_pays_for_its_last_rounding(monkeypatch):
    """Without the factor for sums: 1 + 2u stands for the rounding of the number that is left."""
    monkeypatch.setattr(tiles, "inflation", lambda _: 1.0)
    found = bound_of_tiles(1, 1, 0.0, {(0, 0): TileSums(np.array([1.0]), np.empty(0), 0.0)})
    assert -found > 1 + exact(2.0**-53)


def test_the_work_is_metered(monkeypatch):
    flops: list[float] = []
    monkeypatch.setattr(tiles, "spend_flops", flops.append)
    smallest_eigenvalue_of_tiles(Entries(np.eye(64)), 0.5, side=16)
    assert 64**3 / 3 < sum(flops) < 20 * 64**3  # panels are wider than these tiles
    with limited_effort(1e6, memory=8.0 * 64), pytest.raises(BudgetExhausted):
        smallest_eigenvalue_of_tiles(Entries(np.eye(64)), 0.5, side=16)
