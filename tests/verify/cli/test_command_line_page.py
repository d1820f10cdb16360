"""docs/command-line.md is what the program does: its commands, exit codes and JSON fields."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import certificates
import verify
from certificates.__main__ import main as judge
from tests.support.minima import vector
from tests.support.naive import random_network
from verify.cli import terminal
from verify.cli.app import app

GOES_TO_A_MINIMUM = (
    "Where the weights went to a minimum of the whole objective (`strict-minimum`, `certified-accuracy`)"
)
PAGE = (Path(__file__).resolve().parents[3] / "docs/command-line.md").read_text(encoding="utf-8")


def rows(after):
    """First cells of the first table after a line of the page."""
    found = re.search(rf"^{re.escape(after)}$.*?^\|---\|---\|\n(.*?)(?:\n\n|\Z)", PAGE, re.DOTALL | re.MULTILINE)
    return [re.match(r"\| `?([^`|]+?)`? \|", line)[1] for line in found[1].splitlines()]


@pytest.fixture(scope="module")
def run():
    runner = CliRunner()
    return lambda *arguments: runner.invoke(app, [str(argument) for argument in arguments])


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    network = random_network(np.random.default_rng(1), (4, 24, 1), 6, residual=1e-5)
    return verify.certify(verify.save_problem(network, tmp_path_factory.mktemp("page") / "net.safetensors"))


def document(done):
    found = json.loads(done.stdout)
    assert found["exit_code"] == done.exit_code and set(rows("### Every document")) <= found.keys()
    return found


def test_commands(run):
    listed = {command.name or command.callback.__name__ for command in app.registered_commands}
    assert {"problem"} | listed == set(rows("# Command line"))
    assert run("--version").stdout == f"gradcert {certificates.__version__}\n"
    with pytest.raises(SystemExit) as ended:
        judge(["--version"])
    assert ended.value.code == 0


def test_every_exit_code_is_reached_and_no_other_is_known(run, certificate, tmp_path, monkeypatch):
    def raising(error):
        def raised(*_, **__):
            raise error

        return raised

    path, at_the_floor = certificate.certificate_path, tmp_path / "floor.cert.json"
    network = random_network(np.random.default_rng(1), (4, 24, 1), 6, residual=0.3)
    verify.certify(network, polish="full", output=at_the_floor)
    reached = [
        run("check", path).exit_code,
        run("check", path, "--problem", path.parent, "--budget", "1e-9").exit_code,
        run("check", path.with_name("missing")).exit_code,
        run("activation", "z + 1/z", "--sigma", "1").exit_code,
        run("replay", at_the_floor, "--steps", "2").exit_code,
    ]
    for error in (RuntimeError("a bug"), KeyboardInterrupt()):
        monkeypatch.setattr("verify.cli.check.judge_check", raising(error))
        reached.append(run("check", path).exit_code)
    names = ("OK", "OUT_OF_BUDGET", "BAD_INPUT", "NOT_PROVED", "NOTHING_TESTABLE", "BUG", "INTERRUPTED")
    assert reached == [getattr(terminal, name) for name in names]
    assert sorted(reached) == [int(code) for code in rows("## Exit codes")]


def test_fields_of_a_verdict(run, certificate, capsys):
    path = certificate.certificate_path
    shared, accepted = set(rows("### A verdict")), set(rows("Accepted:"))
    refused = set(rows("Rejected or undecided:"))
    found = document(run("check", path, "--json"))
    assert set(rows("### `check --json`")) <= found.keys()
    assert found["results"][0].keys() == shared | accepted | {"file"}
    stopped = document(run("check", path, "--budget", "1e-9", "--json"))["results"][0]
    assert stopped.keys() == shared | refused | {"file", "cause"}
    missing = document(run("check", path.with_name("missing"), "--json"))["results"][0]
    assert missing.keys() == {"file", "outcome", "error"}
    assert judge(["check", str(path), "--json"]) == 0
    alone = json.loads(capsys.readouterr().out)
    assert alone["results"][0].items() >= found["results"][0].items() and alone["version"] == found["version"]


def test_fields_of_certify(run, certificate):
    found = document(run("certify", certificate.problem_path, "--json"))
    assert found.keys() >= {*rows("### `certify --json`"), *rows("Where something is proved:")}
    assert list(found["estimates"]) == rows("### Estimates")
    told = document(run("diagnose", certificate.problem_path, "--json"))
    assert set(told) == {*rows("### `diagnose --json`"), *rows("### Every document")}
    assert list(told["estimates"]) == rows("### Estimates")
    failed = document(run("certify", certificate.problem_path.with_name("missing"), "--json"))
    assert failed["error"].keys() == {"message", "place", "what", "remedy"}


def test_fields_of_a_polish(run, tmp_path):
    network = random_network(np.random.default_rng(1), (4, 24, 1), 6, residual=0.3)
    found = document(run("certify", verify.save_problem(network, tmp_path / "net.safetensors"), "--polish", "--json"))
    assert found["polished"].keys() == set(rows("Where weights were polished, `polished` holds:"))


def test_fields_of_a_polish_to_a_minimum(run, tmp_path):
    path = verify.save_problem(vector("B"), tmp_path / "net.safetensors")
    found = document(run("certify", path, "--kind", "strict-minimum", "--polish", "--json"))
    assert found["polished"].keys() == set(rows(f"{GOES_TO_A_MINIMUM}, it holds instead:"))


def test_fields_of_all_that_holds(run, tmp_path):
    path = verify.save_problem(vector("A"), tmp_path / "net.safetensors")
    found = document(run("certify", path, "--json"))
    assert found.keys() >= set(rows("Without `--kind`, and with `--all`:"))
    assert [each["verdict"]["kind"] for each in found["others"]] == ["certified-accuracy", "spurious-minimum"]
    first = document(run("certify", path, "--first", "--json"))
    assert "others" not in first and first["verdict"] == found["verdict"]
    asked = document(run("certify", path, "--kind", "certified-accuracy", "--all", "--json"))
    assert "look" not in asked and asked["others"][0]["proved"]


def test_fields_of_find(run, tmp_path):
    path = verify.save_problem(vector("A"), tmp_path / "net.safetensors")
    found = document(run("find", path, "--starts", "2", "--json"))
    assert set(found) == {*rows("### `find --json`"), *rows("### Every document")}
    assert [set(each) for each in found["points"]] == [set(rows("Each of the `points` has:"))] * len(found["points"])
    assert found["points"][0]["certified"] and (tmp_path / "net.points" / "points.svg").is_file()


def test_weights_that_overflow_are_refused_not_crashed_on(run, tmp_path):
    network = vector("A")
    huge = replace(network.layers[1], weight=1e200 * network.layers[1].weight)
    path = verify.save_problem(replace(network, layers=(network.layers[0], huge)), tmp_path / "net.safetensors")
    done = run("certify", path, "--kind", "strict-minimum", "--polish", "--json")
    assert done.exit_code == terminal.NOT_PROVED and json.loads(done.stdout, parse_constant=pytest.fail)
