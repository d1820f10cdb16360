"""The figure at small sizes, and its criteria."""

from __future__ import annotations

import numpy as np
import pytest

from verify.experiments.soltanolkotabi_2018 import fig_4 as sjl_fig_4
from verify.experiments.soltanolkotabi_2018.fig_4 import Settings, _criteria
from verify.experiments.writing import write

SMALL = Settings(samples=8, dimension=2, widths=(1, 10), starts=2, steps=300)


@pytest.fixture(scope="module")
def done():
    seen = []
    found = sjl_fig_4.run(lambda *step: seen.append(step), SMALL)
    assert seen == [("k=1", 0, 2), ("k=10", 1, 2)]
    return found


def test_losses_never_rise_and_are_recorded_from_the_start_to_the_end(done):
    steps = done.document["steps"]
    assert steps[0] == 0 and steps[-1] == 300
    for curve in done.document["curves"]:
        runs = np.array(curve["root_of_relative_loss"])
        assert runs.shape == (2, len(steps)) and (np.diff(runs, axis=1) <= 0).all()


def test_more_units_fit_random_labels_better(done):
    small, large = (float(row[2]) for row in done.rows)
    assert large < small


@pytest.mark.parametrize(
    ("finals", "met"),
    [
        ([0.8, 0.2, 0.01], [True, True, True]),
        ([0.8, 0.9, 0.01], [False, True, True]),
        ([0.4, 0.2, 0.1], [True, False, False]),
    ],
)
def test_criteria(finals, met):
    assert [each for _, each in _criteria(finals)] == met


def test_it_is_complete_only_if_every_criterion_is_met(done):
    assert done.is_complete == all(each["met"] for each in done.document["criteria"])


@pytest.mark.slow
def test_the_picture_is_written(done, tmp_path):
    write(done, tmp_path)
    assert (tmp_path / "figure.png").stat().st_size > 10_000
