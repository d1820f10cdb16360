"""Widths of small data: certified at the listed ones and refused below, growths that agree, criteria that can fail."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from typer.testing import CliRunner

import verify
from certificates import Accepted
from verify.cli.app import app
from verify.experiments.golikov_2020 import du_width, widths
from verify.experiments.golikov_2020.du_width import Settings, run
from verify.experiments.golikov_2020.widths import Layer, certified_scale, certified_width, descent_width
from verify.experiments.writing import write

SMALL = Settings(sizes=((2, 3),), largest=400_000)


@pytest.fixture(scope="module")
def made():
    """The reproduction, its rows, and the steps that it told of."""
    rows, steps, finish = [], [], du_width._reproduction
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(du_width, "_reproduction", lambda found, settings: rows.extend(found) or finish(found, settings))
        done = run(lambda *step: steps.append(step[1:]), SMALL)
    return done, rows, steps


def test_the_table_and_its_certificates(made, tmp_path):
    done = made[0]
    assert done.is_complete, done.notes
    write(done, tmp_path)
    names = {file.name.partition(".")[0] for file in (tmp_path / "certificates").glob("*.cert.json")}
    assert names == {"theorem-2-3", "sharpened-2-3", "tanh-2-3", "relu-2-3"} and (tmp_path / "figure.png").exists()


def test_the_width_is_the_least_of_the_grid():
    layer = Layer(2, 3, "tanh", True, 7)
    found = certified_width(layer, largest=400_000)
    assert found.is_certified and widths._is_certified(layer, found.units)
    smaller = max(widths._units(k) for k in range(60) if widths._units(k) < found.units)
    assert not widths._is_certified(layer, smaller)
    assert found.guess / 3 < found.units < 3 * found.guess


def test_what_is_too_large_is_not_tried(monkeypatch):
    monkeypatch.setattr(widths, "_is_certified", lambda *_: pytest.fail("tried"))
    found = certified_width(Layer(3, 3, "relu", True, 7), largest=1_000)
    assert not found.is_certified and 3 * found.units > 1_000


@pytest.mark.parametrize("activation", ["tanh", "relu"])
def test_the_scale_is_nearly_the_least(activation):
    layer = Layer(4, 4, activation, True, 7)
    scale, found, problem = certified_scale(layer, 16)
    assert isinstance(found.verdict, Accepted) and problem.widths == (4, 16, 1)
    assert not isinstance(widths._proposed(activation, layer.problem(16, scale / 1.3)).verdict, Accepted)


def test_descent_is_guessed_to_need_what_it_needs():
    """At a quarter more units than that descent is claimed, at half of them it is not."""
    layer = Layer(2, 2, "relu", True, 3)
    layer = replace(layer, samples=1)
    guess = descent_width(layer)
    for factor, descends in ((1.5, True), (0.5, False)):
        found = widths._proposed("relu", layer.problem(2 * round(factor * guess / 2)))
        assert (isinstance(found.verdict, Accepted) and found.claim.step_size_max is not None) == descends


def test_the_command_of_the_notes_writes_the_start(made, tmp_path):
    layer, file = Layer(3, 2, "softplus", True, 5), str(tmp_path / "wide.problem")
    (line,) = re.findall(r"`verify (problem wide [^`]+)`", " ".join(made[0].notes))
    values = {"N": 3, "D": 2, "M": 8, "NAME": "softplus", "SEED": 5, "START": file}
    assert CliRunner().invoke(app, [str(values.get(word, word)) for word in line.split()]).exit_code == 0
    written, start = verify.load_problem(file), layer.problem(8)
    assert (written.layers[0].weight == start.layers[0].weight).all() and (written.inputs == start.inputs).all()


def test_a_theorem_that_asks_for_less_than_a_start_has_fails_the_criterion(made, monkeypatch):
    monkeypatch.setattr(du_width, "_most", lambda row: 1e300)
    assert [met for _, met in du_width._criteria(made[1])] == [True, True, False, True, True]


def test_the_run_tells_its_progress(made):
    assert made[2] == [(k, 7) for k in range(6)]
