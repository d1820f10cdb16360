"""Radii of starts and of paths: the shortest path that certifies, and the largest ball of starts, nearly."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from certificates.enclosures.objectives.frozen_output import at_teacher
from tests.support.shallow import shallow_problem
from verify.search.local_radii import survey_of


@pytest.fixture(scope="module")
def seen():
    return survey_of(shallow_problem(np.random.default_rng(1), 4, 12, 6))


def test_the_path_is_about_the_shortest_that_is_proved(seen):
    start = seen.largest_start_radius() / 2
    path = seen.path_radius(start)
    assert seen._at(start, path).holds and not seen._at(start, 0.95 * path).holds


def test_the_ball_of_starts_is_about_the_largest(seen):
    largest = seen.largest_start_radius()
    assert seen.path_radius(largest) is not None and seen.path_radius(1.05 * largest) is None


def test_nothing_is_needed_at_the_teacher_itself(seen):
    assert 0 < seen.path_radius(0.0) < 1e-6 * seen.path_radius(seen.largest_start_radius())


def test_a_residual_that_is_too_large_has_no_radii():
    far = survey_of(shallow_problem(np.random.default_rng(1), 4, 12, 6, residual=10.0))
    assert far.centre is not None and far.path_radius(0.0) is None and far.largest_start_radius() == 0


def test_a_singular_kernel_has_no_centre():
    network = shallow_problem(np.random.default_rng(1), 4, 12, 6)
    twin = network.inputs.copy()
    twin[1] = twin[0]
    singular = survey_of(replace(network, inputs=twin))
    assert singular.centre is None and singular.path_radius(0.0) is None and singular.largest_start_radius() == 0


def test_the_given_weights_play_no_part_at_the_teacher(seen):
    moved = survey_of(at_teacher(shallow_problem(np.random.default_rng(1), 4, 12, 6, away=1.0)))
    assert moved.shift == seen.shift and moved.largest_start_radius() == seen.largest_start_radius()
