"""What `reproduce` leaves on the disk, also through the command."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from typer.testing import CliRunner

from certificates import Accepted, check
from certificates.errors import Malformed
from verify.cli.app import app
from verify.experiments import EXPERIMENTS, reproduce
from verify.experiments.reproduction import Experiment
from verify.experiments.zhong_2017 import rho_table as zhong_rho_table
from verify.theory.zhong_2017.printed import NUMBERS


@pytest.fixture
def run():
    return lambda *arguments: CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture(autouse=True)
def two_entries(monkeypatch):
    monkeypatch.setattr(zhong_rho_table, "NUMBERS", NUMBERS[-2:])
    monkeypatch.setattr(zhong_rho_table, "_USUAL_ERF", "quadratic")


def _files(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_folder_holds_the_table_and_the_certificates_behind_it(run, tmp_path):
    folder = tmp_path / "deep" / "down"
    done = run("reproduce", "zhong-rho-table", "-o", folder)
    assert done.exit_code == 0
    assert "differs: E2" in done.stdout
    files = _files(folder)
    document = json.loads(files["result.json"])
    named = {cell["certificate"] for cell in document["cells"]}
    assert named | {"table.md", "result.json"} == set(files)
    assert all(isinstance(check(folder / name), Accepted) for name in named)
    page = files["table.md"].decode()
    assert all(name in page for name in named)
    assert page.count("\n| ") == 2 + len(document["cells"]) + 3  # head, rule, entries, usual erf


def test_again_gives_the_same_bytes_and_a_changed_file_stops_it(run, tmp_path):
    assert run("reproduce", "zhong-rho-table", "-o", tmp_path).exit_code == 0
    before = _files(tmp_path)
    assert run("reproduce", "zhong-rho-table", "-o", tmp_path).exit_code == 0
    assert _files(tmp_path) == before
    (tmp_path / "result.json").write_text("mine")
    (tmp_path / "table.md").unlink()  # would be written before the changed file
    changed = _files(tmp_path)
    assert run("reproduce", "zhong-rho-table", "-o", tmp_path).exit_code == 2
    assert _files(tmp_path) == changed
    assert run("reproduce", "zhong-rho-table", "-o", tmp_path, "--force").exit_code == 0
    assert _files(tmp_path) == before


def test_a_folder_that_cannot_be_made_and_an_unknown_name_are_bad_input(run, tmp_path):
    (tmp_path / "file").write_text("")
    assert run("reproduce", "zhong-rho-table", "-o", tmp_path / "file").exit_code == 2
    done = run("reproduce", "zhong-table", "-o", tmp_path / "new")
    assert done.exit_code == 2
    assert all(name in done.stderr for name in EXPERIMENTS)
    assert not (tmp_path / "new").exists()


def test_json_is_one_document(run, tmp_path):
    document = json.loads(run("reproduce", "zhong-rho-table", "-o", tmp_path, "--json").stdout)
    assert document["exit_code"] == 0
    assert document["reproduction"]["entries_that_agree"] == 1


def test_what_is_not_accepted_is_not_written(monkeypatch, tmp_path):
    monkeypatch.setattr("verify.experiments.writing.is_proved", lambda proposal: False)
    reproduce("zhong-rho-table", tmp_path)
    assert set(_files(tmp_path)) == {"table.md", "result.json"}


def test_a_certificate_that_the_judge_refuses_as_written_is_an_error(monkeypatch, tmp_path):
    monkeypatch.setattr("verify.experiments.writing.check", lambda path: None)
    with pytest.raises(Malformed, match="not accepted"):
        reproduce("zhong-rho-table", tmp_path)


def test_criteria_that_are_not_met_are_1_though_everything_is_written(run, monkeypatch, tmp_path):
    row_run = EXPERIMENTS["zhong-rho-table"].run
    unmet = Experiment("t", lambda progress: replace(row_run(progress), is_complete=False))
    monkeypatch.setattr("verify.experiments.registry.EXPERIMENTS", {"zhong-rho-table": unmet})
    done = run("reproduce", "zhong-rho-table", "-o", tmp_path, "--json")
    assert done.exit_code == 1 == json.loads(done.stdout)["exit_code"]
    assert (tmp_path / "table.md").exists()


def test_progress_names_every_step(tmp_path):
    seen = []
    reproduce("zhong-rho-table", tmp_path, progress=lambda *step: seen.append(step))
    assert [step for _, step, _ in seen] == list(range(len(seen)))
    assert {total for _, _, total in seen} == {len(seen)}


def test_lists_name_the_experiments_and_the_files_of_the_errata(run):
    assert set(json.loads(run("list", "experiments", "--json").stdout)["experiments"]) == set(EXPERIMENTS)
    errata = json.loads(run("list", "errata", "--json").stdout)["errata"]
    text = run("list", "errata").stdout
    for key in (f"E{k}" for k in range(1, 9)):
        assert errata[key]["certificates"]
        assert all(path in text for path in errata[key]["certificates"])
