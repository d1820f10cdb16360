"""Critical points of integer data sets at a small size: by exact gradients, and criteria that can fail."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from flint import fmpq, fmpq_mat

from certificates import Accepted, check
from tests.support.linear import exact_gradient_square, exact_loss
from verify.experiments.golikov_2020 import lu_kawaguchi
from verify.experiments.golikov_2020.critical_points import critical_points, draw_data
from verify.experiments.golikov_2020.lu_kawaguchi import Settings, run
from verify.experiments.golikov_2020.surjectivity import is_reached
from verify.experiments.writing import write
from verify.generators.streams import stream

SMALL = Settings(depths=(2, 3, 4), data_sets=2, seed=2)


@pytest.fixture(scope="module")
def done():
    return run(settings=SMALL)


@pytest.mark.parametrize("depth", [2, 3, 4, 5])
def test_points_are_critical_and_lose_what_they_do_not_keep(depth):
    for index in range(2):
        data = draw_data(0, index, depth)
        points = list(critical_points(data, stream(9, index)))
        losses = {point.kept: exact_loss(point.network) for point in points}
        for point in points:
            assert exact_gradient_square(point.network) == 0
            product = np.eye(data.widths[0])
            for layer in point.network.layers:
                product = layer.weight @ product
            assert np.linalg.matrix_rank(product) == len(point.kept)
            for j in point.kept:
                less = losses[tuple(k for k in point.kept if k != j)] - losses[point.kept]
                assert less > 0 and 2 * less % int(data.values[j]) ** 2 == 0


def test_the_criteria_are_met_and_certificates_are_accepted_as_written(done, tmp_path):
    assert done.is_complete and len(done.rows) == 3
    write(done, tmp_path)
    files = sorted((tmp_path / "certificates").glob("*.cert.json"))
    assert len(files) == len(done.proofs) >= 6 and all(isinstance(check(file), Accepted) for file in files)
    assert (
        json.loads((tmp_path / "result.json").read_text())["criteria"][0]["met"] and (tmp_path / "figure.png").exists()
    )


def test_a_point_in_the_wrong_class_is_a_failure(monkeypatch):
    honest = lu_kawaguchi.propose

    def wrong(network):
        found = honest(network)
        return replace(found, claim=replace(found.claim, type="saddle"))

    monkeypatch.setattr(lu_kawaguchi, "propose", wrong)
    assert not run(settings=replace(SMALL, depths=(2,), data_sets=1)).is_complete


def _matrix(rows):
    return fmpq_mat([[fmpq(entry) for entry in row] for row in rows])


@pytest.mark.parametrize("narrow", [0, 1, 2, 3])
def test_products_nearby_are_reached_wherever_the_narrowest_layer_is(narrow):
    widths = [3, 3, 4, 3]
    widths[narrow] = 2
    rng = np.random.default_rng(narrow)
    weights = [_matrix(rng.integers(-3, 4, size=(out, into)).tolist()) for into, out in pairwise(widths)]
    assert is_reached(weights, _matrix([[fmpq(1, 100), 0], [fmpq(-1, 50), fmpq(3, 100)]]))


def test_the_run_tells_its_progress():
    seen = []
    run(lambda *step: seen.append(step), replace(SMALL, depths=(2, 3), data_sets=2))
    assert [(step, total) for _, step, total in seen] == [(k, 4) for k in range(4)]
