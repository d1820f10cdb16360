"""Every command and option that a message names exists where the message appears, and following advice works."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import numpy as np
import pytest
import typer

import verify
from certificates.__main__ import _parser
from tests.support.naive import random_network
from verify.cli.app import app
from verify.search.representatives import different_samples

ROOT = Path(__file__).resolve().parents[3]
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]*")
SHORT = re.compile(r"(?<![\w-])-[a-z]\b")
COMMAND = re.compile(r"\b(?:verify|python -m certificates) ([a-z]+)\b")
QUOTED = re.compile(r"`((?:verify|python -m certificates) [^`]+)`")


def _options(command):
    return {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)}


def _commands(group, prefix=""):
    found = {}
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            found |= _commands(command, f"{prefix}{name} ") | {f"{prefix}{name}": set()}
        else:
            found[prefix + name] = _options(command)
    return found


COMMANDS = _commands(typer.main.get_command(app))
JUDGES_CHECK = _parser()._subparsers._group_actions[0].choices["check"]
JUDGE = {option for action in JUDGES_CHECK._actions for option in action.option_strings}
IMPORTS = [name for name in COMMANDS if name.startswith("problem from-")]

# where the messages of a file or folder appear; the first that fits counts
CONTEXTS = {
    "verify/certification/find": ["find"],
    "certificates/document/files.py --problem": ["check", "explain", "replay"],
    "certificates/document/files.py --force": [*sorted(c for c in COMMANDS if "--force" in COMMANDS[c])],
    "verify/certification": ["certify"],
    "verify/search/target_relations.py --leave-out-output": ["problem select"],
    "verify/search": ["certify"],
    "verify/proposals": ["certify"],
    "verify/activations": ["activation"],
    "verify/crosscheck": ["replay"],
    "verify/experiments": ["reproduce"],
    "verify/problems": IMPORTS,
    "verify/cli/importing.py": IMPORTS,
    "verify/cli/polish_option.py": ["certify"],
    "verify/cli/selection.py": ["problem select"],
    "verify/reports": ["check"],
    "verify/tiles": ["certify", "check"],
    "verify/cli/tiling.py": ["certify", "check"],
    "verify/cli/wide.py": ["problem wide"],
}
DEFINITIONS = ("verify/cli/app.py", "verify/cli/options.py", "verify/cli/problem.py", "certificates/__main__.py")
OWN_OPTIONS = ("certificates/pytest_",)  # of pytest


def _messages(path):
    """(text, keyword): the strings of a file that are no docstrings; the keyword that they are passed as."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    skipped, passed = set(), {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            skipped.add(node.value)
        if isinstance(node, ast.keyword):
            passed |= dict.fromkeys(ast.walk(node.value), node.arg)
        if isinstance(node, ast.JoinedStr):
            skipped |= set(node.values)
    nodes = [node for node in ast.walk(tree) if node not in skipped]
    plain = [(n.value, passed.get(n)) for n in nodes if isinstance(n, ast.Constant) and isinstance(n.value, str)]
    return plain + [(_joined(node), passed.get(node)) for node in nodes if isinstance(node, ast.JoinedStr)]


def _joined(node):
    return "".join(str(part.value) if isinstance(part, ast.Constant) else "…" for part in node.values)


FILES = [
    path
    for room in ("certificates", "verify")
    for path in sorted((ROOT / room).rglob("*.py"))
    if path.relative_to(ROOT).as_posix() not in DEFINITIONS
]


def _contexts(name, option):
    own = Path(name).stem  # verify/cli/replay.py: replay
    if name.startswith("verify/cli/") and own in COMMANDS:
        return [own]
    return next((commands for place, commands in CONTEXTS.items() if _fits(place, name, option)), None)


def _fits(place, name, option):
    file, _, only = place.partition(" ")
    return name.startswith(file) and only in ("", option)


def unknown(text, keyword, name):
    """The mentions that do not hold: a command that is none, an option that is not one where it appears."""
    wrong = [word for word in COMMAND.findall(text) if word not in {*COMMANDS, "read"}]
    for line in QUOTED.findall(text):
        known = next((COMMANDS[c] for c in sorted(COMMANDS, key=len, reverse=True) if f"verify {c}" in line), JUDGE)
        named = line.removeprefix("python -m ")
        wrong += [option for option in (*OPTION.findall(named), *SHORT.findall(named)) if option not in known]
    for option in OPTION.findall(QUOTED.sub("", text)):
        if name.startswith(OWN_OPTIONS):
            continue
        if keyword == "options":  # of the judge, which only a check takes
            wrong += [] if option in JUDGE & COMMANDS["check"] else [option]
            continue
        where = _contexts(name, option)
        wrong += [option] if where is None or not all(option in COMMANDS[command] for command in where) else []
    return wrong


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_commands_and_options_exist_where_they_are_named(path):
    name = path.relative_to(ROOT).as_posix()
    assert not [(text, wrong) for text, keyword in _messages(path) if (wrong := unknown(text, keyword, name))]


@pytest.mark.parametrize(
    ("text", "keyword", "name", "wrong"),
    [
        ("try --arithmetic arb", "advice", "verify/proposals/a.py", ["--arithmetic"]),
        ("--arithmetic arb", "advice", "certificates/rules/a.py", ["--arithmetic"]),
        ("--arithmetic arb", "options", "certificates/rules/a.py", []),
        ("--polish", "options", "certificates/rules/a.py", ["--polish"]),
        ("`verify certify PROBLEM --polish`", "advice", "certificates/rules/a.py", []),
        ("`verify certify PROBLEM --budget`", "advice", "certificates/rules/a.py", ["--budget"]),
        ("`verify polish PROBLEM`", "advice", "certificates/rules/a.py", ["polish"]),
        ("`verify replay -o`", "advice", "certificates/rules/a.py", ["-o"]),
    ],
)
def test_what_does_not_exist_is_seen(text, keyword, name, wrong):
    assert [word for word in unknown(text, keyword, name) if word in wrong or not wrong] == wrong


# ---- refusals of certify: nothing that it does not have, nothing that was done already -----------------------------


def _refused(network, **options):
    verdict = verify.certify(network, notice=lambda _: None, **options).verdict
    assert verdict.outcome != "accepted" and not verdict.options
    outside = QUOTED.sub("", verdict.explanation())
    assert set(OPTION.findall(outside)) <= COMMANDS["certify"] and verdict.advice
    return verdict


def _close(distance, samples=6):
    network = random_network(np.random.default_rng(0), (3, 20, 1), samples)
    inputs = network.inputs.copy()
    inputs[1] = inputs[0] + distance
    return verify.from_arrays(
        [layer.weight for layer in network.layers],
        [layer.bias for layer in network.layers],
        "tanh",
        inputs,
        network.targets,
    )


def test_nearly_equal_samples_and_what_certify_cannot_ask_of_the_judge():
    verdict = _refused(_close(1e-9))
    assert verdict.check == 6 and "train more layers" not in verdict.advice  # all are trained


def test_equal_samples_are_left_out():
    network = _close(0.0)
    verdict = _refused(network)
    assert verdict.check == 3 and "`verify problem select PROBLEM --different -o OUT`" in verdict.advice
    fewer = verify.select(network, samples=different_samples(network))
    assert fewer.sample_count == 5 and verify.certify(fewer, polish=True).verdict.outcome == "accepted"


def test_frozen_layers_may_be_trained():
    network = random_network(np.random.default_rng(0), (3, 4, 1), 9, trained=(False, True))
    verdict = _refused(network, kind="zero-loss-convergence")
    assert verdict.check == 1 and verdict.advice == "fewer samples, or a wider network, or train more layers"


def test_polish_is_advised_once():
    network = random_network(np.random.default_rng(1), (3, 20, 1), 6, residual=0.3)
    assert "--polish" in _refused(network).advice
    assert verify.certify(network, polish=True).verdict.outcome == "accepted"  # the advice, followed
    assert "--polish" not in _refused(_close(1e-7), polish=True).advice


def test_work_beyond_the_budget(monkeypatch):
    monkeypatch.setattr("certificates.checks.workload.DEFAULT_BUDGET", 1e3)
    network = random_network(np.random.default_rng(1), (3, 20, 1), 6)
    monkeypatch.setattr("certificates.judge.DEFAULT_BUDGET", 1e3)
    assert _refused(network).advice == "fewer samples or a smaller network"
