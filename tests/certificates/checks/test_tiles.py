"""Who makes the tiles of a large matrix: the judge, or the caller, whom the ledger then names."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pytest

from certificates.arithmetic.arb import precision
from certificates.arithmetic.ball_array import BallArray
from certificates.arithmetic.tiles import finished_tile, tile_places
from certificates.checks.outcome import Context
from certificates.checks.tiles import smallest_eigenvalue
from certificates.claims.zhong_rho import Claim


@pytest.fixture(autouse=True)
def _bits():
    with precision(128):
        yield


class Diagonal:
    size, identity = 5, ""

    def block(self, rows: slice, columns: slice) -> BallArray:
        return BallArray(np.diag(np.arange(2.0, 7.0))[rows, columns])


@dataclass
class Maker:
    side: int = 2
    assumption: str = "somebody's tiles"
    asked: list[float] = field(default_factory=list)

    def sums(self, matrix, shift):
        self.asked.append(shift)
        if shift > 2:
            return None
        made, sums = {}, {}
        for place in tile_places(3):
            made[place], sums[place] = finished_tile(matrix, shift, self.side, place, lambda *at: made[at])
        return sums


def test_the_judge_makes_them_in_memory():
    bound = smallest_eigenvalue(Context("fast", 1e12), Diagonal(), 1.5)
    assert 1.5 - 1e-12 < float(bound) <= 1.5
    assert smallest_eigenvalue(Context("fast", 1e12), Diagonal(), 3.0) is None


def test_the_caller_is_asked_and_named_in_the_ledger():
    maker = Maker()
    context = Context("fast", 1e12, tiles=maker)
    bound = smallest_eigenvalue(context, Diagonal(), 1.5)
    assert 1.5 - 1e-12 < float(bound) <= 1.5
    assert smallest_eigenvalue(context, Diagonal(), 3.0) is None
    assert maker.asked == [1.5, 3.0]
    ledger = context.accepted("", Claim, Claim, ()).ledger
    assert [
        each.text for each in ledger if each not in Context("fast", 1e12).accepted("", Claim, Claim, ()).ledger
    ] == ["somebody's tiles"]
