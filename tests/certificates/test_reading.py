"""The reading list of a kind: what a fresh interpreter loads, and what runs."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from certificates.__main__ import main
from certificates.errors import MalformedCertificate
from certificates.reading import loaded, table, traced

ROOT = Path(__file__).resolve().parents[2]
BOWL = ROOT / "tests/corpus/accepted/gradient-dominance-sos/bowl.cert.json"
FALSE = ROOT / "tests/corpus/rejected/gradient-dominance-sos/singular-matrix-check-5.cert.json"


def _lists(*arguments: str) -> dict[str, dict[str, object]]:
    command = [sys.executable, "-m", "certificates", "read", *arguments, "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    return {f"{each['room']}/{each['name']}": each for each in json.loads(done.stdout)}


def test_a_fresh_interpreter_loads_one_kind_and_the_door():
    found = _lists("gradient-dominance-sos")
    assert [name for name in found if name.startswith("rules/")] == ["rules/__init__", "rules/gradient_dominance_sos"]
    assert {"/judge", "/kinds", "/__main__", "checks/acceptance"} <= set(found)
    assert "/reading" not in found
    rule = ROOT / "certificates/rules/gradient_dominance_sos.py"
    assert found["rules/gradient_dominance_sos"]["lines"] == len(rule.read_text().splitlines())
    assert found["rules/gradient_dominance_sos"]["about"] == rule.read_text().splitlines()[0].strip('"')
    assert not any(each["ran"] for each in found.values())


def test_claims_about_networks_load_what_reads_their_problem():
    reader = "document/problem_file"
    assert reader in _lists("optimality-gap") and reader not in _lists("piecewise-affine")


def test_what_runs_is_counted_line_by_line():
    """A refusal forms no sentence, and an acceptance runs no refusal."""
    accepted, rejected = (
        {f"{each.room}/{each.name}": each.ran for each in traced("gradient-dominance-sos", path)}
        for path in (BOWL, FALSE)
    )
    assert accepted["language/wording"] > 0 == rejected["language/wording"]
    assert rejected["/verdict"] > 0 == accepted["/verdict"]
    assert min(accepted["rules/gradient_dominance_sos"], rejected["rules/gradient_dominance_sos"]) > 20


def test_tracing_leaves_the_tracer_of_the_host():
    def host(frame, event, argument):
        return None

    before = sys.gettrace()
    sys.settrace(host)
    try:
        traced("gradient-dominance-sos", BOWL)
        assert sys.gettrace() is host
    finally:
        sys.settrace(before)


def test_the_table_has_a_room_a_heading_and_a_sum():
    lines = table(loaded("zhong-rho")).splitlines()
    assert lines[0] == "claims"
    assert sum(line == "the door" for line in lines) == 1
    assert any(" zhong_rho " in line for line in lines)
    assert lines[-1].endswith(f"lines run of {sum(each.lines for each in loaded('zhong-rho'))}")


def test_what_is_asked_for_must_exist(capsys):
    with pytest.raises(MalformedCertificate, match="is of the kind gradient-dominance-sos"):
        traced("zhong-rho", BOWL)
    assert main(["read", "zhong-sigma"]) == 2
    assert "unknown kind" in capsys.readouterr().err
    assert main(["read", "zhong-rho"]) == 0
    assert capsys.readouterr().out.startswith("claims\n")


def test_machines_read_it_too(capsys):
    assert main(["read", "zhong-rho", "--json"]) == 0
    found = {each["name"]: each["lines"] for each in json.loads(capsys.readouterr().out)}
    assert found["zhong_rho"] > 50
