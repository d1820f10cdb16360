"""Noise that makes features independent, and what the judge says before and after."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from typer.testing import CliRunner

import verify
from certificates import Accepted
from certificates.errors import MalformedProblem
from tests.support.wide import wide_net
from verify.cli.app import app
from verify.proposals.wide_gradient_dominance import propose


def _lost(seed=0):
    """All hidden units are equal: rank 2 with the bias, for 4 samples."""
    network = wide_net((2, 6, 1), 4, seed=seed)
    first = network.layers[0]
    same = replace(first, weight=np.ones_like(first.weight), bias=np.ones_like(first.bias))
    return replace(network, layers=(same, network.layers[1]))


def test_rank_is_restored_and_the_distance_reported():
    network = _lost()
    assert propose(network).verdict.check == 5
    moved = verify.perturbed(network, size=0.25, seed=3)
    assert isinstance(propose(moved.network).verdict, Accepted)
    first, before = moved.network.layers[0], network.layers[0]
    squares = np.sum((first.weight - before.weight) ** 2) + np.sum((first.bias - before.bias) ** 2)
    assert moved.distance == pytest.approx(np.sqrt(squares), rel=1e-12) and 0.3 < moved.distance < 2.5
    assert moved.network.layers[1] is network.layers[1] and "size 0.25, seed 3" in moved.network.notes[-1]
    loss = next(fact for fact in propose(moved.network).verdict.facts if fact.symbol == "f(w₀)")
    assert moved.after == pytest.approx(loss.lower, rel=1e-12) and moved.before != moved.after
    again = verify.perturbed(network, size=0.25, seed=3).network.layers[0]
    assert np.array_equal(again.weight, first.weight)


@pytest.mark.parametrize("arguments", [{"below": 0}, {"below": 2}, {"size": 0.0}, {"size": float("nan")}])
def test_what_cannot_be_moved(arguments):
    with pytest.raises(MalformedProblem):
        verify.perturbed(_lost(), **arguments)


def test_the_advice_of_a_refusal_works(tmp_path):
    file, out = tmp_path / "p.safetensors", tmp_path / "out.safetensors"
    verify.save_problem(_lost(), file)
    assert "`verify problem perturb PROBLEM --below 1 -o OUT`" in propose(_lost()).verdict.advice
    done = CliRunner().invoke(app, ["problem", "perturb", str(file), "--below", "1", "--size", "0.25", "-o", str(out)])
    assert done.exit_code == 0 and "a change of" in done.output
    assert isinstance(propose(verify.load_problem(out)).verdict, Accepted)
