"""The mutation tester itself: it makes the faults that were once missed, and its keys outlive changes elsewhere."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.mutants.listing import mutants_of

ROOT = Path(__file__).resolve().parents[2]
MISSED = [
    ("theorems/trapping.py", "residual_norm * betas[0]"),
    ("rules/negative_curvature.py", "Claim(upper(curvature), upper(gradient), gained)"),
    ("rules/gradient_dominance_sos.py", "if not answer:\n        return"),
]
SOURCE = """
def first(a, b):
    \"\"\"Text.\"\"\"
    return a + b

def second(a: int) -> bool:
    if a < 0:
        raise ValueError(f"negative: {a + 1}", a - 1)
    return a > 3
"""


@pytest.mark.parametrize(("path", "fault"), MISSED)
def test_the_faults_that_were_missed_are_made(path, fault):
    found = mutants_of(f"certificates/{path}", ROOT)
    assert any(fault in ast.unparse(mutant.module(ROOT)) for mutant in found)


def _found(tmp_path, source):
    (tmp_path / "m.py").write_text(source, encoding="utf-8")
    return list(mutants_of("m.py", tmp_path))


def test_every_mutant_is_another_program_and_only_one(tmp_path):
    found = _found(tmp_path, SOURCE)
    programs = {ast.unparse(mutant.module(tmp_path)) for mutant in found}
    assert len(programs) == len(found) > 8 and ast.unparse(ast.parse(SOURCE)) not in programs


def test_texts_are_left_alone(tmp_path):
    assert all(
        "negative: {a + 1}" in ast.unparse(m.module(tmp_path)) or m.text.endswith(("pass", "True", "False"))
        for m in _found(tmp_path, SOURCE)
    )


def test_keys_outlive_changes_elsewhere(tmp_path):
    before, after = ({m.scope: m.key for m in _found(tmp_path, s)} for s in (SOURCE, SOURCE.replace("a + b", "1 - a")))
    assert before["second"] == after["second"] and before["first"] != after["first"]
