from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from certificates.errors import MalformedProblem
from verify.generators.wide import unit_data, wide_problem

X, Y = unit_data(6, 3, seed=1)


def test_data_are_of_unit_norm_and_labels_are_signs():
    assert np.allclose(np.linalg.norm(X, axis=1), 1, rtol=1e-15) and set(Y) <= {-1.0, 1.0}
    assert np.array_equal(X, unit_data(6, 3, seed=1)[0]) and not np.array_equal(X, unit_data(6, 3, seed=2)[0])


@pytest.mark.parametrize("width", [1, 7, 64])
def test_the_output_layer_is_one_number_with_signs_and_stays(width):
    network = wide_problem(X, Y, width=width, scale="3/2", activation="softplus")
    outer = network.layers[1].weight
    assert set(np.abs(outer[0])) == {1.5 / np.sqrt(width)} and not network.layers[1].trained
    assert network.trained_parameter_count == 3 * width and network.objective.squared_scale == Fraction(1, 2)


def test_pairs_are_equal_to_the_bit_and_cancel():
    network = wide_problem(X, Y, width=8, antisymmetric=True)
    first, outer = network.layers[0].weight, network.layers[1].weight[0]
    assert np.array_equal(first[:4], first[4:]) and np.array_equal(outer[:4], -outer[4:])
    assert "antisymmetric" in network.notes[-1]


def test_the_same_arguments_draw_the_same_start_and_the_data_do_not_depend_on_the_width():
    drawn = [wide_problem(X, Y, width=5, seed=seed).layers[0].weight for seed in (0, 0, 1)]
    assert np.array_equal(drawn[0], drawn[1]) and not np.array_equal(drawn[0], drawn[2])


@pytest.mark.parametrize(
    ("options", "place"),
    [({"width": 0}, "width"), ({"width": 3, "antisymmetric": True}, "width"), ({"width": 2, "scale": 0}, "scale")],
)
def test_what_is_no_start_is_refused_with_its_place(options, place):
    with pytest.raises(MalformedProblem) as refused:
        wide_problem(X, Y, **options)
    assert refused.value.place == place
