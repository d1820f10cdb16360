"""The options --tiles, --tile and --scheduler of certify and check."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from verify.cli import check
from verify.cli.app import app
from verify.tiles.run import DEFAULT_SIDE

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def run():
    return lambda *arguments: CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture
def asked(monkeypatch):
    """What the judge is given for tiles."""
    given = []

    def judge(_, *, tiles, **__):
        given.append(tiles)
        raise KeyboardInterrupt

    monkeypatch.setattr(check, "judge_check", judge)
    return given


def test_the_judge_is_told_who_makes_tiles(run, asked, tmp_path):
    run("check", "x", "--tiles", tmp_path)
    run("check", "x", "--tiles", tmp_path, "--tile", 7, "--scheduler", "tcp://host:1")
    run("check", "x")
    first, second, third = asked
    assert (first.folder, first.side, first.scheduler) == (tmp_path, DEFAULT_SIDE, None) and third is None
    assert (second.side, second.scheduler) == (7, "tcp://host:1")
    assert str(tmp_path) in first.assumption and "tcp://host:1" in second.assumption


@pytest.mark.parametrize("command", ["check", "certify"])
@pytest.mark.parametrize("option", [("--tile", "64"), ("--scheduler", "tcp://host:1")])
def test_options_of_a_folder_need_one(run, tmp_path, command, option):
    done = run(command, tmp_path / "x", *option)
    assert done.exit_code == 2 and f"{option[0]}: belongs to --tiles DIR" in done.stderr


def test_other_kinds_make_no_tiles(run, tmp_path):
    problem = ROOT / "examples/quadratic/minimum.safetensors"
    done = run("certify", problem, "--kind", "optimality-gap", "--tiles", tmp_path)
    assert done.exit_code == 2 and "--tiles: belongs to --kind tangent-kernel; leave it out" in done.stderr
