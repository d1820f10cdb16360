"""Commands about quadratic networks: which kind is found, options, files, pages in every format, runs and refusals."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from typer.testing import CliRunner

import verify
from certificates import Accepted, check
from certificates.certificate import decode_certificate
from tests.support.planted import random_planted
from tests.support.quadratic import network_problem, random_problem, trained
from verify.cli.app import app
from verify.reports.pages import page_of


@pytest.fixture(scope="module")
def run():
    runner = CliRunner()
    return lambda *arguments: runner.invoke(app, [str(argument) for argument in arguments])


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("quadratic")


@pytest.fixture(scope="module")
def problems(folder):
    """name -> problem file."""
    rng = np.random.default_rng(0)
    x, w = rng.normal(size=(8, 2)), np.array([[1.0, 0.5]])
    wide = network_problem(rng.normal(size=(12, 4)), np.ones(12), rng.normal(size=(3, 4)), [0.0] * 3)
    z = ((wide.inputs @ wide.layers[0].weight.T) ** 2).sum(axis=1)
    found = {
        "noisy": trained(random_problem(rng, 5, 4, 30)),
        "saddle": replace(random_problem(rng, 5, 4, 30), layers=_zero(random_problem(rng, 5, 4, 30))),
        "mixed": random_problem(rng, 8, 3, 6, "mixed"),
        "neuron": network_problem(w, [1.0], x, ((x @ w.T) ** 2)[:, 0]),
        "wide": network_problem(wide.layers[0].weight, np.ones(12), wide.inputs, z + 1e-3),
        "planted": random_planted(rng, 4, 2, 400, away=0.6),
    }
    return {name: verify.save_problem(each, folder / f"{name}.safetensors") for name, each in found.items()}


def _zero(problem):
    first, second = problem.layers
    return (replace(first, weight=np.zeros_like(first.weight)), second)


CASES = {
    "optimality-gap": "noisy",
    "second-order-stationary": "noisy",
    "negative-curvature": "saddle",
    "global-landscape": "mixed",
    "gradient-dominance": "wide",
    "gradient-dominance-sos": "neuron",
    "orbit-convergence": "planted",
    "certified-orbit-run": "planted",
}


@pytest.fixture(scope="module")
def certified(run, problems):
    """kind -> certificate file, each by name."""
    paths = {}
    for kind, name in CASES.items():
        done = run("certify", problems[name], "--kind", kind)
        assert done.exit_code == 0, (kind, done.output)
        paths[kind] = problems[name].with_name(f"{name}.{kind}.cert.json")
    return paths


def test_the_judge_accepts_what_was_written(certified):
    for kind, path in certified.items():
        verdict = check(path)
        assert isinstance(verdict, Accepted) and verdict.kind == kind


@pytest.mark.parametrize(("name", "kind"), [("noisy", "optimality-gap"), ("saddle", "negative-curvature")])
def test_a_descent_or_a_gap(run, problems, name, kind):
    done = run("certify", problems[name], "--json", "--force")
    document = json.loads(done.stdout)
    assert done.exit_code == 0 and document["verdict"]["kind"] == kind
    assert document["certificate"].endswith(f"{name}.{kind}.cert.json")
    assert ("second-order-stationary" in document["offers"]) == (name == "noisy")


def test_the_decrease_of_a_saddle_is_below_its_gap(certified, problems):
    descent = check(certified["negative-curvature"]).proved.descent
    gap = verify.certify(verify.load_problem(problems["saddle"]), kind="optimality-gap").verdict.proved.gap
    assert 0 < descent <= gap


def test_offers_fit_the_problem(problems):
    planted = dict(verify.certify(verify.load_problem(problems["planted"])).offers)
    assert {"orbit-convergence", "certified-orbit-run"} <= set(planted)
    assert "zero-loss-convergence" not in planted
    neuron = dict(verify.certify(verify.load_problem(problems["neuron"])).offers)
    assert "gradient-dominance-sos" in neuron and "global-landscape" not in neuron
    mixed = dict(verify.certify(verify.load_problem(problems["mixed"])).offers)
    assert {"global-landscape", "gradient-dominance"} <= set(mixed)


def test_a_certificate_about_a_polynomial_holds_it(certified):
    certificate = decode_certificate(certified["gradient-dominance-sos"].read_bytes())
    assert certificate.problem.record.variables == 2 and certificate.problem.path is None
    assert certificate.claim.centre == (Fraction(1), Fraction(1, 2))


def test_options_reach_the_search(run, problems, folder):
    out = folder / "chosen.cert.json"
    done = run("certify", problems["planted"], "--kind", "orbit-convergence", "--step-size", "1/100", "-o", out)
    assert done.exit_code == 0 and decode_certificate(out.read_bytes()).claim.step_size == Fraction(1, 100)
    out = folder / "ball.cert.json"
    done = run("certify", problems["neuron"], "--kind", "gradient-dominance-sos", "--radius", "0.05", "-o", out)
    assert done.exit_code == 0 and decode_certificate(out.read_bytes()).claim.radius == Fraction(1, 20)


REFUSED = {
    ("noisy", "--kind", "optimality-gap", "--radius", "1"): "gradient-dominance",
    ("noisy", "--step-size", "1"): "orbit-convergence",
    ("noisy", "--kind", "optimality-gap", "--polish"): "zero-loss-convergence",
    ("noisy", "--kind", "optimality-gap", "--objective", "radius"): "--objective",
    ("planted", "--kind", "orbit-convergence", "--step-size", "0"): "positive",
    ("planted", "--kind", "orbit-convergence", "--step-size", "1e999999999"): "positive",
    ("planted", "--kind", "orbit-convergence", "--step-size", "1/0"): "positive",
    ("planted", "--kind", "gradient-dominance-sos"): "trained weights",
    ("noisy", "--kind", "zhong-rho"): "verify activation",
}


@pytest.mark.parametrize("arguments", REFUSED, ids=" ".join)
def test_options_of_another_kind_are_bad_input(run, problems, arguments):
    name, *rest = arguments
    done = run("certify", problems[name], *rest)
    assert done.exit_code == 2 and REFUSED[arguments] in done.stderr and "\n" not in done.stderr.strip()


@pytest.mark.parametrize(
    ("name", "kind", "word"),
    [
        ("neuron", "negative-curvature", "not proved"),
        ("neuron", "global-landscape", "not proved"),
        ("noisy", "orbit-convergence", "not proved"),
    ],
)
def test_not_proved_is_1_and_writes_nothing(run, problems, folder, name, kind, word):
    done = run("certify", problems[name], "--kind", kind, "-o", folder / "never.cert.json")
    assert done.exit_code == 1 and word in done.stdout and not (folder / "never.cert.json").exists()


@pytest.mark.parametrize("kind", sorted(CASES))
@pytest.mark.parametrize("style", ["text", "markdown", "latex", "html"])
def test_pages(run, certified, kind, style):
    done = run("explain", certified[kind], "--format", style)
    assert done.exit_code == 0, done.output
    why = "The proof" if style == "html" else "Proof"
    assert page_of(kind).title(None) in done.stdout and why in done.stdout and "nan" not in done.stdout.lower().split()


def test_a_page_of_a_refused_claim_says_so(run, certified, folder):
    text = json.loads(certified["optimality-gap"].read_text())
    text["claim"]["gap"] = "0"
    broken = folder / "less.cert.json"
    broken.write_text(json.dumps(text))
    done = run("explain", broken)
    assert done.exit_code in (1, 2)
    if done.exit_code == 1:
        assert "Not proved" in done.stdout and "Claim (not proved)" in done.stdout and "\nProof\n" not in done.stdout


def test_runs_beside_pages_and_refusals_where_there_is_none(run, certified):
    done = run("explain", certified["orbit-convergence"], "--replay", "40")
    assert done.exit_code == 0 and "the rim, flattest direction" in done.stdout
    for kind in ("optimality-gap", "second-order-stationary", "negative-curvature", "global-landscape"):
        refused = run("replay", certified[kind], "--steps", "10")
        assert refused.exit_code == 2 and "verify explain" in refused.stderr
    polynomial = run("replay", certified["gradient-dominance-sos"])
    assert polynomial.exit_code == 2 and "no descent" in polynomial.stderr


def test_a_run_is_held_against_gradient_dominance_with_descent(run, certified, folder):
    path = certified["gradient-dominance"]
    claim = decode_certificate(path.read_bytes()).claim
    assert claim.descent is not None
    done = run("replay", path, "--steps", "30", "--plot", folder / "descent.png")
    assert done.exit_code == 0 and "every recorded step" in done.stdout and (folder / "descent.png").exists()
    page = run("explain", path, "--format", "html", "--replay", "30")
    assert page.exit_code == 0 and "<svg" in page.stdout
    too_long = run("replay", path, "--steps", "3", "--step-size", 2 * claim.descent.step_size_max)
    assert too_long.exit_code == 2 and "--step-size" in too_long.stderr


def test_kinds_are_listed_with_what_they_say(run):
    listed = json.loads(run("list", "kinds", "--json").stdout)["kinds"]
    assert set(CASES) < set(listed) and all(len(listed[kind]) > 20 for kind in CASES)
