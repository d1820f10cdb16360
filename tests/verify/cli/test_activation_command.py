"""`verify activation`: what is printed and written, and that hostile texts are refused without being evaluated."""

from __future__ import annotations

import json
import subprocess
import sys

import flint
import pytest
from typer.testing import CliRunner

from certificates import Accepted, check
from certificates.__main__ import main as judge
from certificates.enclosures.gaussian.integration import integrate
from certificates.errors import Malformed
from verify.cli.activation import parse_tail
from verify.cli.app import app


@pytest.fixture
def run():
    runner = CliRunner()
    return lambda *arguments: runner.invoke(app, [str(argument) for argument in arguments])


def test_one_table_with_rules_witnesses_and_certain_digits(run):
    done = run("activation", "tanh", "--sigma", "1", "--sigma", "0.1")
    assert done.exit_code == 0
    for word in (
        "0.0491930360193",
        "0.000185033758531",
        "[0, 1.0000001]",
        "A2.3(b)",
        "0.5235 σ^4/(1 + σ²)^4",
        "at z₀ =",
    ):
        assert word in done.stdout
    assert "conditional" not in done.stdout.lower()


def test_refuted_properties_show_their_witness(run):
    done = run("activation", "quadratic", "--sigma", "1")
    assert done.exit_code == 0 and "fails" in done.stdout and "φ'(z₀): -20 at z₀ = -10" in done.stdout
    assert "ρ(σ): ≤ 0 at σ = 1" in done.stdout and "c₃, c₄" in done.stdout


def test_json_is_one_document(run):
    document = json.loads(run("activation", "relu", "--sigma", "1/3", "--json").stdout)
    entries = {(e["name"], e["sigma"]): e for e in document["entries"]}
    assert document["activation"] == "relu" and document["exit_code"] == 0
    assert entries["P1", None]["kind"] == "slope-growth" and entries["ρ", "1/3"]["conditional"] is False
    assert entries["A2.3", None]["outcome"] == "rejected" and "φ' jumps" in entries["A2.3", None]["reason"]


def test_certificates_and_picture(run, tmp_path):
    arguments = ("activation", "squared_relu", "--sigma", "2", "-o", tmp_path / "s")
    done = run(*arguments, "--plot", tmp_path / "s.svg")
    files = sorted(tmp_path.glob("*.cert.json"))
    assert done.exit_code == 0 and len(files) == 8 and all(isinstance(check(file), Accepted) for file in files)
    assert run("check", *files).exit_code == 0 == judge(["check", *map(str, files)])
    assert (tmp_path / "s.svg").read_bytes().count(b"<svg") == 1
    assert run(*arguments).exit_code == 0  # the same bytes again
    files[3].write_text("mine")
    assert run(*arguments).exit_code == 2 and files[3].read_text() == "mine"
    assert run(*arguments, "--force").exit_code == 0 and isinstance(check(files[3]), Accepted)


@pytest.mark.parametrize("style", [pytest.param("text", marks=pytest.mark.slow), "latex"])
def test_derivation(run, style):
    done = run("activation", "relu", "--sigma", "1", "--derive", "--format", style)
    assert done.exit_code == 0 and ("Gaussian moments of" in done.stdout)
    assert ("\\toprule" in done.stdout) == (style == "latex")


HOSTILE = {
    "__import__('os')": "no Python names",
    "(" * 10**4 + "z" + ")" * 10**4: "20001 characters",
    "(" * 900 + "z" + ")" * 900: "nested",
    "-" * 1900 + "z": "",
    "z**z**z": "integer exponent",
    "z^999999999999": "",
    "": "empty",
    "\x1b[31mz": "",
    "tanhh": "did you mean tanh",
    "exec(z)": "",
    "z.__class__": "",
    "lambda z: z": "",
    "1e999999999*z": "",
}


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_are_refused_in_one_line_with_exit_code_2(run, text, tmp_path):
    done = run("activation", "-o", tmp_path / "x", "--", text)
    message = done.stderr.strip()
    assert done.exit_code == 2 and "\n" not in message and "\x1b" not in message and len(message) < 600
    assert HOSTILE[text] in message and not list(tmp_path.iterdir()) and not done.stdout


@pytest.mark.parametrize("text", ["1/(z-z)", "1/z", "log(z)", "sqrt(z-1)"])
def test_undefined_formulas_give_an_undecided_table(run, text, tmp_path):
    done = run("activation", text, "-o", tmp_path / "x")
    assert done.exit_code == 1 and "Nothing is proved: φ is not shown to be defined on" in done.stdout
    assert not list(tmp_path.iterdir()) and "no file" in done.stderr


BAD = [
    ("--sigma", "0"),
    ("--sigma", "1e999999999"),
    ("--sigma", "1/0"),
    ("--assume-tail", "1,2,3"),
    ("--assume-tail", "1,0,-1,1"),
    ("--assume-tail", "1,0,1/2,1"),
    ("--assume-tail", "nan,0,0,1"),
    ("--plot", "picture.gif"),
    ("--plot", "nowhere/picture.png"),
    ("-o", "nowhere/tanh"),
    ("--format", "html"),
]


@pytest.mark.parametrize("arguments", BAD)
def test_bad_options_are_refused_before_the_work(run, arguments, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("verify.cli.activation.activation", None)  # calling it would be a bug, code 3
    assert run("activation", "tanh", *arguments).exit_code == 2


@pytest.mark.slow
def test_conditional_results_are_marked(run, tmp_path):
    done = run("activation", "tanh(sin(z)*exp(z-20))", "--sigma", "1", "--assume-tail", "1,0,0,1", "-o", tmp_path / "c")
    assert done.exit_code == 0 and "1 (conditional)" in done.stdout and "CONDITIONAL on" in done.stdout
    file = tmp_path / "c.zhong-rho.sigma-1.cert.json"
    assert run("check", file).exit_code == 1 and run("check", file, "--allow-conditional").exit_code == 0


def test_an_assumed_tail_is_exact():
    tail = parse_tail("0.1, 1/3,2,5")
    assert (str(tail.slope_bound), str(tail.slope_growth), tail.power) == ("1/10", "1/3", 2)
    with pytest.raises(Malformed, match="A,B,P,L2"):
        parse_tail("1,1,1e9,1")


def test_certify_and_replay_point_to_the_right_command(run, tmp_path):
    done = run("certify", tmp_path / "nothing", "--kind", "zhong-rho")
    assert done.exit_code == 2 and "verify activation" in done.stderr
    run("activation", "relu", "--sigma", "1", "-o", tmp_path / "relu")
    for command in (("replay",), ("explain", "--replay", "5")):
        refused = run(*command, tmp_path / "relu.P1.cert.json")
        assert refused.exit_code == 2 and "no descent to run" in refused.stderr


def test_every_kind_is_listed_with_a_sentence(run):
    kinds = json.loads(run("list", "kinds", "--json").stdout)["kinds"]
    assert len(kinds) >= 7 and all(len(sentence) > 20 for sentence in kinds.values())


def test_an_interruption_inside_the_integration_is_130(run, monkeypatch):
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    def integrated(*_: object, **__: object) -> None:
        half = flint.arb(0.5)
        integrate(interrupted, flint.acb(0), flint.acb(1), relative=half, absolute=half, nodes=1)

    monkeypatch.setattr("verify.cli.activation.activation", integrated)
    done = run("activation", "tanh")
    assert done.exit_code == 130 and "interrupted" in done.stderr and "Traceback" not in done.stderr


def test_the_public_name_loads_lazily():
    code = "import verify, sys; assert 'activation' in dir(verify) and 'flint' not in sys.modules; verify.activation"
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize(
    "arguments",
    [
        ("-softplus(-z)", "--sigma", "1", "--json"),
        ("--json", "--sigma", "1", "-softplus(-z)"),
        ("--sigma", "1", "--json", "--", "-softplus(-z)"),
        ("-z", "--json"),
    ],
)
def test_a_formula_may_begin_with_a_minus(run, arguments, monkeypatch):
    def made(phi, *_: object, **__: object) -> None:
        raise Malformed(phi.text)

    monkeypatch.setattr("verify.cli.activation.activation", made)
    done = run("activation", *arguments)
    formula = next(text for text in arguments if text.endswith(("z)", "z")))
    assert json.loads(done.stdout)["error"]["message"] == formula, done.output


@pytest.mark.parametrize(("arguments", "word"), [(("tanh", "-h"), "-h"), (("tanh", "--sgma", "1"), "--sgma")])
def test_options_stay_options(run, arguments, word):
    done = run("activation", *arguments)
    assert done.exit_code == 2 and f"No such option: {word}" in done.stderr


def test_values_of_options_may_begin_with_a_minus(run):
    done = run("activation", "tanh", "--sigma", "-1/z")
    assert done.exit_code == 2 and "'-1/z' is no positive number" in done.stderr


def test_the_help_says_the_exit_codes_there_are(run):
    text = " ".join(run("activation", "--help").stdout.split())
    assert "Exits with 0 if something is proved and with 1 if nothing is" in text


def test_the_list_of_activations_says_parameters_and_defaults(run):
    listed = json.loads(run("list", "activations", "--json").stdout)["activations"]
    assert listed["tanh"] == "hyperbolic tangent"
    assert listed["leaky_relu"].endswith("; leaky_relu(a) with a >= 0, 1/100 by default")
    assert listed["smooth_leaky_relu"].endswith("with 0 < a <= 1, must be given")
