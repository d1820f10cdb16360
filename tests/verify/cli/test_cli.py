"""Commands: exit codes, what is printed where, what is written, and that nothing is on bad input."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import verify
from certificates.__main__ import main as judge
from tests.support.naive import random_network
from tests.support.objectives import penalised, softmax, weighted
from verify.cli.app import app


@pytest.fixture
def run():
    runner = CliRunner()
    return lambda *arguments: runner.invoke(app, [str(argument) for argument in arguments])


@pytest.fixture
def problem(tmp_path):
    network = random_network(np.random.default_rng(1), (4, 24, 1), 6, residual=1e-5)
    return verify.save_problem(network, tmp_path / "net.safetensors")


def test_the_whole_path(run, problem, tmp_path):
    done = run("certify", problem)
    assert done.exit_code == 0 and "widths" in done.stdout and "proved:" in done.stdout
    certificate = problem.with_name("net.zero-loss-convergence.cert.json")
    assert run("check", certificate).exit_code == 0
    assert run("check", certificate, "--arithmetic", "arb").exit_code == 0
    replayed = run("replay", certificate, "--steps", "60", "--plot", tmp_path / "run.png")
    assert replayed.exit_code == 0 and "every recorded step" in replayed.stdout
    assert (tmp_path / "run.png").read_bytes().startswith(b"\x89PNG")
    page = tmp_path / "page.html"
    assert run("explain", certificate, "--format", "html", "--replay", "30", "-o", page).exit_code == 0
    assert "<svg" in page.read_text()


def test_not_proved_is_1_with_the_numbers_and_writes_nothing(run, tmp_path):
    network = random_network(np.random.default_rng(1), (4, 24, 1), 6, residual=0.3)
    path = verify.save_problem(network, tmp_path / "net.safetensors")
    done = run("certify", path)
    assert done.exit_code == 1 and "needs ‖e‖ <" in done.stdout and "--polish" in done.stdout
    told = done.stdout.index("estimates: loss"), done.stdout.index("too large)"), done.stdout.index("not proved:")
    assert list(told) == sorted(told)  # the numbers come before what is proved
    assert [p.name for p in tmp_path.iterdir()] == ["net.safetensors"]


@pytest.fixture
def rough(tmp_path):
    """Too far from a zero of the loss to certify as it is."""
    network = random_network(np.random.default_rng(1), (4, 24, 1), 6, residual=0.3)
    return verify.save_problem(network, tmp_path / "net.safetensors")


@pytest.mark.parametrize(
    ("options", "least", "most"),
    [
        (("--polish",), 1e-3, 1e-2),
        (("--polish", "minimal"), 1e-3, 1e-2),
        (("--polish", "--rate", "9/10"), 1e-5, 1e-3),
        (("--polish=full",), 0.0, 1e-13),
        (("--polish", "full"), 0.0, 1e-13),
    ],
)
def test_polish_changes_as_little_as_certifies_or_goes_to_the_floor(run, rough, options, least, most):
    done = run("certify", *options, rough, "--json")  # --polish alone does not swallow the file
    found = json.loads(done.stdout)["polished"]
    assert done.exit_code == 0 and least <= found["residuals"][-1] <= most < found["residuals"][0]
    assert found["needed"] > found["residuals"][-1] and found["ended"] == (
        "floor" if "full" in options[-1] else "enough"
    )


def test_polish_states_residuals_need_and_distance(run, rough):
    line = next(line for line in run("certify", rough, "--polish").stdout.splitlines() if line.startswith("polished:"))
    assert all(word in line for word in ("‖e‖ from 5.07", "(needed: below about 5.1", "distance 3.2"))


def test_the_files_that_travel_are_named(run, rough):
    done = run("certify", rough, "--polish")
    line = next(line for line in done.stdout.splitlines() if line.startswith("to check it elsewhere"))
    assert [Path(name).name for name in line.partition("folder: ")[2].split(", ")] == [
        "net.zero-loss-convergence.cert.json",
        "net.polished.safetensors",
        "net.safetensors",
    ]
    alone = json.loads(run("certify", rough, "--polish", "--standalone", "--force", "--json").stdout)
    assert [Path(name).name for name in alone["files"]][1:] == ["net.polished.safetensors"]
    assert alone["verdict"]["claim"]["origin"] is None
    assert run("certify", rough, "--standalone").exit_code == 2


def test_replay_says_where_nothing_is_testable(run, rough):
    certificate = rough.with_name("net.zero-loss-convergence.cert.json")
    run("certify", rough, "--polish=full")
    done = run("replay", certificate, "--steps", "20")
    assert done.exit_code == 5 and "nothing testable here: the residual at the start, " in done.stdout
    assert "`verify certify PROBLEM --polish`, without =full" in done.stderr
    assert json.loads(run("replay", certificate, "--steps", "20", "--json").stdout)["agrees"] is None
    page = run("explain", certificate, "--replay", "20")
    assert page.exit_code == 0 and "nothing testable here" in page.stdout
    run("certify", rough, "--polish", "--force")
    assert run("replay", certificate, "--steps", "20").exit_code == 0
    claim = json.loads(certificate.read_text())
    claim["claim"]["radius"] = (2.0**-60).hex()
    certificate.write_text(json.dumps(claim))
    assert run("replay", certificate, "--steps", "20").exit_code == 1


def test_replay_says_of_a_flow_that_nothing_is_testable(run, tmp_path):
    start = verify.wide_problem(*verify.unit_data(3, 3), width=60, antisymmetric=True, scale=200)
    problem = verify.save_problem(start, tmp_path / "wide.safetensors")
    run("certify", problem, "--kind", "relu-convergence", "--objective", "radius")
    certificate = tmp_path / "wide.relu-convergence.cert.json"
    done = run("replay", certificate, "--steps", "20")
    assert done.exit_code == 5 and "nothing testable here: relu-convergence" in done.stdout
    assert json.loads(run("replay", certificate, "--json").stdout)["agrees"] is None
    claim = json.loads(certificate.read_text())
    claim["claim"]["radius"] = (2.0**-60).hex()
    certificate.write_text(json.dumps(claim))
    assert run("replay", certificate, "--steps", "20").exit_code == 1


@pytest.mark.parametrize(
    ("options", "word"),
    [
        (("--polish=most",), "'most' is not one of 'minimal', 'full'"),
        (("--rate", "1/2"), "--rate: belongs to a polish"),
        (("--polish=full", "--rate", "1/2"), "--rate: belongs to a polish"),
        (("--polish", "--rate", "3/2"), "below 1, got 3/2"),
        (("--polish", "--rate", "0"), "--rate: expected a positive number"),
    ],
)
def test_a_polish_or_rate_that_is_none_is_bad_input(run, rough, options, word):
    done = run("certify", rough, *options)
    assert done.exit_code == 2 and word in done.stderr
    assert [path.name for path in rough.parent.iterdir()] == ["net.safetensors"]


def test_an_objective_beyond_sums_of_squares_is_shown_and_has_kinds_of_its_own(run, tmp_path):
    network = softmax(weighted(penalised(random_network(np.random.default_rng(1), (2, 3, 1), 3))))
    path = verify.save_problem(network, tmp_path / "net.safetensors")
    shown = run("problem", "show", path)
    assert shown.exit_code == 0
    assert all(word in shown.stdout for word in ("Σ_i ω_i (log Σ_c", "1/2000 · ‖layers.0.weight‖²", "from 1 to 2"))
    refused = run("certify", path, "--kind", "zero-loss-convergence")
    assert refused.exit_code == 2 and "strict-minimum" in refused.stderr
    assert [p.name for p in tmp_path.iterdir()] == ["net.safetensors"]
    done = run("certify", path)  # weights that are nowhere near a minimum
    assert done.exit_code == 0 and (tmp_path / "net.no-local-minimum.cert.json").exists()


def test_notes_of_a_problem_are_shown_and_cannot_command_the_terminal(run, tmp_path):
    network = random_network(np.random.default_rng(1), (4, 24, 1), 6, residual=1e-5)
    note = r"\input{x} <script>& $y$: weights are float32"
    path = verify.save_problem(replace(network, notes=(note,)), tmp_path / "net.safetensors")
    assert f"note                  {note}" in run("problem", "show", path).stdout
    certificate = run("certify", path) and path.with_name("net.zero-loss-convergence.cert.json")
    assert run("check", certificate).stdout.splitlines()[1] == f"  note: {note}"
    assert json.loads(run("check", certificate, "--json").stdout)["results"][0]["notes"] == [note]
    for style, shown in {
        "text": note,
        "markdown": r"\\input\{x\} \<script\>\& \$y\$: weights are float32",
        "latex": r"\textbackslash{}input\{x\} \textless{}script\textgreater{}\& \$y\$: weights are float32",
        "html": r"\input{x} &lt;script&gt;&amp; $y$: weights are float32",
    }.items():
        page = run("explain", certificate, "--format", style).stdout
        assert shown in page and "(unchecked)" in page


def test_json_is_one_document_also_for_errors(run, problem):
    done = json.loads(run("certify", problem, "--json").stdout)
    assert done["verdict"]["outcome"] == "accepted" and done["exit_code"] == 0
    failed = run("certify", problem.with_name("missing"), "--json")
    document = json.loads(failed.stdout)
    assert failed.exit_code == 2 and "missing" in document["error"]["message"] and document["exit_code"] == 2


def _bad_inputs(folder):
    """name -> (arguments, a word of the message)."""
    (folder / "magic.safetensors").write_bytes(b"hello world, not a tensor file")
    (folder / "long.safetensors").write_bytes((10**10).to_bytes(8, "little") + b"{}")
    (folder / "deep.cert.json").write_bytes(b"[" * 100_000)
    (folder / "twice.cert.json").write_bytes(b'{"format": "1", "format": "2"}')
    np.savez(folder / "pickle.npz", a=np.array([{}], dtype=object))
    os.mkfifo(folder / "fifo")
    arrays = {"layers.0.weight": np.ones((3, 2)), "layers.1.weight": np.ones((1, 4)), "inputs": np.ones((2, 2))}
    np.savez(folder / "shapes.npz", **arrays, targets=np.ones((2, 1)))
    arrays["layers.1.weight"] = np.ones((1, 3))
    np.savez(folder / "nan.npz", **arrays, targets=np.full((2, 1), np.nan))
    np.savez(folder / "good.npz", **arrays, targets=np.ones((2, 1)))
    out = folder / "out.safetensors"
    imported = ("problem", "from-arrays", "-o", out, "--activation", "tanh")
    return {
        "missing": (("certify", folder / "nowhere"), "nowhere"),
        "wrong magic": (("certify", folder / "magic.safetensors"), "header"),
        "ten gigabyte header": (("certify", folder / "long.safetensors"), "10000000000"),
        "a FIFO": (("certify", folder / "fifo"), "regular"),
        "a device": (("check", "/dev/zero"), "regular"),
        "a directory": (("check", folder), "regular"),
        "deep JSON": (("check", folder / "deep.cert.json"), "nested"),
        "duplicate keys": (("check", folder / "twice.cert.json"), "twice"),
        "pickle inside npz": ((*imported, folder / "pickle.npz"), "pickle"),
        "shapes": ((*imported, folder / "shapes.npz"), "layers.1"),
        "NaN": ((*imported, folder / "nan.npz"), "targets"),
        "unknown activation": ((*imported[:-1], "tanhh", folder / "good.npz"), "tanh"),
        "forbidden name": ((*imported[:-1], "__import__('os')", folder / "good.npz"), "column"),
        "unknown kind": (("certify", folder / "magic.safetensors", "--kind", "x"), "zero-loss-convergence"),
        "unknown loss": ((*imported, "--loss", "huber", folder / "good.npz"), "huber"),
    }


NAMES = [
    "missing",
    "wrong magic",
    "ten gigabyte header",
    "a FIFO",
    "a device",
    "a directory",
    "deep JSON",
    "duplicate keys",
    "pickle inside npz",
    "shapes",
    "NaN",
    "unknown activation",
    "forbidden name",
    "unknown kind",
    "unknown loss",
]


@pytest.mark.parametrize("name", NAMES)
def test_bad_input_is_one_clear_line_and_exit_code_2(run, tmp_path, name):
    arguments, word = _bad_inputs(tmp_path)[name]
    before = sorted(path.name for path in tmp_path.iterdir())
    done = run(*arguments)
    message = done.stderr.strip()
    assert done.exit_code == 2, done.output
    assert word in message and "\n" not in message and "Traceback" not in message
    assert sorted(path.name for path in tmp_path.iterdir()) == before


@pytest.mark.parametrize("missing", ["nope.json", "naïve.json"])
def test_a_file_is_named_once(run, tmp_path, monkeypatch, capsys, missing):
    monkeypatch.chdir(tmp_path)
    done = run("check", missing)
    assert done.stderr.startswith(f"{missing}: malformed: cannot be read"), done.stderr
    assert judge(["check", missing]) == 2
    assert capsys.readouterr().out.startswith(f"{missing}: malformed: cannot be read")


def test_a_problem_is_no_certificate_and_a_certificate_no_problem(run, problem, capsys):
    for command in ("check", "explain", "replay"):
        done = run(command, problem)
        assert done.exit_code == 2 and "a problem file, and no certificate" in done.stderr
        assert "`verify certify FILE`" in done.stderr
    assert judge(["check", str(problem)]) == 2 and "a problem file" in capsys.readouterr().out
    run("certify", problem)
    certificate = problem.with_name("net.zero-loss-convergence.cert.json")
    for command in (("certify",), ("problem", "show")):
        done = run(*command, certificate)
        assert done.exit_code == 2 and "a certificate perhaps" in done.stderr and "`verify check FILE`" in done.stderr


def test_the_worst_of_several_files_counts(run, problem):
    run("certify", problem)
    certificate = problem.with_name("net.zero-loss-convergence.cert.json")
    done = run("check", certificate, problem.with_name("nowhere"), certificate, "--json")
    assert done.exit_code == 2
    assert [entry["outcome"] for entry in json.loads(done.stdout)["results"]] == ["accepted", "malformed", "accepted"]


def test_out_of_budget_is_4(run, problem):
    run("certify", problem)
    done = run("check", problem.with_name("net.zero-loss-convergence.cert.json"), "--budget", "10")
    assert done.exit_code == 4 and "operations" in done.stdout


@pytest.mark.parametrize("budget", ["nan", "-1", "0", "inf"])
def test_a_budget_that_is_no_number_of_operations_is_bad_input(run, problem, budget):
    done = run("check", problem, "--budget", budget, "--json")
    assert done.exit_code == 2 and json.loads(done.stdout)["error"]["place"] == "--budget"


def test_a_bug_is_3_and_asks_for_a_report(run, problem, monkeypatch):
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("boom")

    monkeypatch.setattr("verify.cli.certify.certify", broken)
    done = run("certify", problem)
    assert done.exit_code == 3 and "report" in done.stderr


def test_an_interruption_is_130(run, problem, monkeypatch):
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("verify.cli.certify.certify", interrupted)
    assert run("certify", problem).exit_code == 130


def test_ctrl_c_while_polishing_leaves_no_half_file(tmp_path):
    shipped = Path(__file__).resolve().parents[3] / "examples/all_digits/problem.safetensors"
    shutil.copy(shipped, tmp_path / "problem.safetensors")
    command = [sys.executable, "-m", "verify.cli", "certify", str(tmp_path / "problem.safetensors"), "--polish"]
    heard = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)  # a shell's background jobs ignore it
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=heard,  # noqa: PLW1509 - one call, no threads
    ) as process:
        for line in process.stdout:
            if "trained parameters" in line:  # the table is printed before the work begins
                process.send_signal(signal.SIGINT)
                break
        _, message = process.communicate()
    assert process.returncode == 130 and "interrupted" in message
    assert [path.name for path in tmp_path.iterdir()] == ["problem.safetensors"]


@pytest.mark.parametrize("topic", ["kinds", "activations", "experiments", "errata"])
def test_lists(run, topic):
    assert run("list", topic).exit_code == 0
    assert topic in json.loads(run("list", topic, "--json").stdout)


def test_names_cannot_command_the_terminal(run, tmp_path):
    done = run("check", tmp_path / "\x1b[31mred")
    assert "\x1b" not in done.output


def test_problem_show_and_doctor(run, problem):
    assert "tanh" in run("problem", "show", problem).stdout
    assert run("doctor").exit_code == 0


def test_help_starts_quickly_enough_to_load_nothing():
    code = "import sys, verify.cli; sys.exit(bool({'numpy', 'scipy', 'matplotlib'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("command", ["check", "explain", "replay"])
@pytest.mark.parametrize("content", ["missing", "empty", "fifo", "giant", "/dev/zero", "/proc/self/maps", "deep"])
def test_what_is_no_certificate_is_bad_input_for_every_command(run, tmp_path, command, content):
    path = tmp_path / "x.cert.json"
    if content == "fifo":
        os.mkfifo(path)
    elif content == "deep":
        path.write_text("[" * 10_000)
    elif content.startswith("/"):
        path.symlink_to(content)
    elif content != "missing":
        path.touch()
        os.truncate(path, 2**40 if content == "giant" else 0)
    assert run(command, path).exit_code == 2
