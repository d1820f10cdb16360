"""The judge from files and bytes: hashes, hints, origins, command line, plugin."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from safetensors import safe_open
from safetensors.numpy import save

import verify
from certificates import Accepted, Undecided, check, check_bytes, decide, judge
from certificates import __main__ as main_module
from certificates import certificate as certificate_module
from certificates.__main__ import main
from certificates.certificate import Certificate, decode_certificate, encode_certificate
from certificates.claims import gaussian_moment
from certificates.document import ProblemReference, problem_file, sha256_hex
from certificates.errors import Malformed, MalformedCertificate, OutOfMemory, UnsoundPlatform
from certificates.expression import parse_activation
from certificates.kinds import find
from certificates.language.parts import Interval
from certificates.subjects import ActivationProblem
from tests.support.kernels import kernel
from tests.support.naive import random_network


@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    """(certificate, problem) of an honest network."""
    network = random_network(np.random.default_rng(1), (4, 24, 1), 6, residual=1e-5)
    path = verify.save_problem(network, tmp_path_factory.mktemp("judge") / "net.safetensors")
    return verify.certify(path).certificate_path, path


def test_the_verdict_is_bound_to_the_bytes(pair):
    certificate, problem = pair
    verdict = check(certificate)
    assert verdict.certificate_sha256 == sha256_hex(certificate.read_bytes())
    assert verdict.problem_sha256 == sha256_hex(problem.read_bytes())


def test_notes_stand_beside_the_verdict_and_change_nothing(pair, capsys, tmp_path):
    certificate, problem = pair
    network = replace(verify.load_problem(problem), notes=("weights are float32",))
    parsed = decode_certificate(certificate.read_bytes())
    for wanted in (Accepted, Undecided):
        claim = parsed.claim if wanted is Accepted else replace(parsed.claim, radius=0.0)
        verdict = decide(claim, parsed.evidence, network)
        assert isinstance(verdict, wanted) and verdict.notes == network.notes
        assert replace(verdict, notes=()) == decide(claim, parsed.evidence, verify.load_problem(problem))
    noted = verify.certify(verify.save_problem(network, tmp_path / "noted.safetensors"))
    assert main(["check", str(noted.certificate_path)]) == 0
    assert "\n  note: weights are float32\n" in capsys.readouterr().out


def test_the_problem_may_lie_elsewhere(pair, tmp_path):
    certificate, problem = pair
    lonely = tmp_path / "lonely.cert.json"
    lonely.write_bytes(certificate.read_bytes())
    with pytest.raises(MalformedCertificate, match="--problem"):
        check(lonely)
    assert isinstance(check(lonely, problem=problem), Accepted)
    assert isinstance(check(lonely, problem=problem.parent), Accepted)


def test_another_problem_is_malformed(pair, tmp_path):
    certificate, problem = pair
    changed = bytearray(problem.read_bytes())
    changed[-1] ^= 1
    with pytest.raises(MalformedCertificate, match="sha256"):
        check_bytes(certificate.read_bytes(), bytes(changed))
    (tmp_path / "net.safetensors").write_bytes(bytes(changed))
    (tmp_path / "c.cert.json").write_bytes(certificate.read_bytes())
    with pytest.raises(MalformedCertificate, match="sha256"):
        check(tmp_path / "c.cert.json")


def test_a_problem_that_is_not_given_is_malformed(pair):
    with pytest.raises(MalformedCertificate, match="missing"):
        check_bytes(pair[0].read_bytes())


def test_an_embedded_problem_must_have_the_stated_hash():
    network = random_network(np.random.default_rng(1), (4, 24, 1), 6, residual=1e-5)
    certificate = verify.certify(network).certificate
    lying = replace(certificate, problem=replace(certificate.problem, sha256="0" * 64))
    with pytest.raises(MalformedCertificate, match="names the problem"):
        check_bytes(encode_certificate(lying))


def test_an_unknown_arithmetic_is_a_usage_error(pair):
    certificate, problem = pair
    parsed = decode_certificate(certificate.read_bytes())
    with pytest.raises(ValueError, match="fast, arb"):
        decide(parsed.claim, parsed.evidence, verify.load_problem(problem), arithmetic="exact")


def test_the_command_line_judges_every_file_and_returns_the_worst(pair, tmp_path, capsys):
    certificate, problem = pair
    stronger = decode_certificate(certificate.read_bytes())
    stronger = replace(stronger, claim=replace(stronger.claim, radius=stronger.claim.radius / 2))
    weak = tmp_path / "stronger.cert.json"
    weak.write_bytes(encode_certificate(stronger))
    assert main(["check", str(certificate)]) == 0
    assert main(["check", str(certificate), str(weak), "--problem", str(problem)]) == 1
    assert main(["check", str(tmp_path / "missing"), str(weak), "--problem", str(problem)]) == 2
    assert main(["check", str(certificate), "--budget", "1"]) == 4
    assert "accepted" in capsys.readouterr().out
    assert main(["check", str(certificate), "--json", "--arithmetic", "arb"]) == 0
    assert json.loads(capsys.readouterr().out)["results"][0]["outcome"] == "accepted"


def test_the_sentence_and_the_ledger_are_printed(pair, capsys):
    main(["check", str(pair[0])])
    out = capsys.readouterr().out
    assert "converges to weights w* with f(w*) = 0" in out and out.count("assuming") == 4


@pytest.mark.parametrize("threads", ["1", "2"])
@pytest.mark.parametrize("core", [kernel("HASWELL"), kernel("SKYLAKEX"), kernel("ZEN")])
def test_other_threads_and_kernels_reach_the_same_verdict(pair, threads, core, monkeypatch):
    import subprocess
    import sys

    monkeypatch.setenv("OPENBLAS_NUM_THREADS", threads)
    monkeypatch.setenv("OPENBLAS_CORETYPE", core)
    done = subprocess.run(
        [sys.executable, "-m", "certificates", "check", str(pair[0])], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_files_are_read_once_and_hashed_before_they_are_parsed(pair, tmp_path, monkeypatch):
    certificate, problem = pair
    seen: list[str] = []
    for place, name in ((judge, "decode_certificate"), (problem_file, "decode_problem")):
        real = getattr(place, name)
        monkeypatch.setattr(place, name, lambda data, name=name, real=real: seen.append(name) or real(data))
    assert isinstance(check(certificate), Accepted)
    assert seen == ["decode_certificate", "decode_problem"]
    (tmp_path / problem.name).write_bytes(b"garbage")
    (tmp_path / certificate.name).write_bytes(certificate.read_bytes())
    for judged in (
        lambda: check(tmp_path / certificate.name),
        lambda: check_bytes(certificate.read_bytes(), b"garbage"),
    ):
        seen.clear()
        with pytest.raises(MalformedCertificate, match="sha256"):
            judged()
        assert "decode_problem" not in seen


@pytest.mark.parametrize("scale", ["-" + "9" * 5000, "9" * 50000, "1/" + "9" * 50000, "-1", "0", "9" * 100001])
def test_a_huge_loss_scale_is_malformed_with_its_place(pair, scale):
    with safe_open(pair[1], "np") as problem:
        settings = json.loads(problem.metadata()["gradcert"])
        tensors = {name: problem.get_tensor(name) for name in problem.keys()}  # noqa: SIM118 - not a dict
    data = save(tensors, metadata={"gradcert": json.dumps({**settings, "loss_scale": scale})})
    parsed = decode_certificate(pair[0].read_bytes())
    named = replace(parsed, problem=ProblemReference("network", sha256_hex(data), embedded=data))
    with pytest.raises(Malformed) as caught:
        check_bytes(encode_certificate(named))
    assert "loss_scale" in caught.value.place and len(str(caught.value)) < 300


@pytest.mark.parametrize("lack", [MemoryError, RecursionError])
@pytest.mark.parametrize("where", ["open_envelope", "read_record"])
def test_an_input_beyond_memory_or_the_stack_says_so_and_is_no_verdict(pair, capsys, monkeypatch, lack, where):
    def exhausted(*_):
        raise lack

    monkeypatch.setattr(certificate_module, where, exhausted)
    with pytest.raises(OutOfMemory) as caught:
        check(pair[0])
    assert caught.value.place == "certificate"
    assert main(["check", str(pair[0])]) == 4
    assert "certificate" in capsys.readouterr().out


@pytest.mark.parametrize(("lack", "code"), [(MemoryError, 4), (RuntimeError, 3)])
def test_what_escapes_the_judge_is_no_verdict_and_the_other_files_are_judged(pair, capsys, monkeypatch, lack, code):
    real = main_module.check

    def broken_once(path, **options):
        if path.name == "first":
            raise lack("reason")
        return real(path, **options)

    monkeypatch.setattr(main_module, "check", broken_once)
    assert main(["check", "first", str(pair[0])]) == code
    assert "accepted" in capsys.readouterr().out


@pytest.mark.parametrize("budget", ["nan", "-1", "0", "inf", "x"])
def test_a_budget_is_a_positive_number(pair, budget, capsys):
    with pytest.raises(SystemExit) as caught:
        main(["check", str(pair[0]), "--budget", budget])
    assert caught.value.code == 2 and "positive, finite number" in capsys.readouterr().err


@pytest.mark.parametrize("budget", [math.nan, -math.inf, -1.0, 0.0, 0, math.inf])
def test_no_budget_switches_the_meter_off(pair, budget):
    certificate, problem = pair
    parsed = decode_certificate(certificate.read_bytes())
    for judged in (
        lambda: check(certificate, budget=budget),
        lambda: check_bytes(certificate.read_bytes(), problem.read_bytes(), budget=budget),
        lambda: decide(parsed.claim, parsed.evidence, verify.load_problem(problem), budget=budget),
    ):
        with pytest.raises(ValueError, match="budget: expected a positive, finite number"):
            judged()


@pytest.mark.parametrize("later", [False, True])
def test_a_machine_that_is_not_to_be_trusted_is_told_in_json_too(pair, monkeypatch, capsys, later):
    """What was judged before stands in the document, without a verdict on the rest."""
    real = main_module.check

    def unsound(path, **options):
        if later and path == pair[0]:
            return real(path, **options)
        raise UnsoundPlatform("the rounding mode")

    monkeypatch.setattr(main_module, "check", unsound)
    assert main(["check", str(pair[0]), "other", "--json"]) == 3
    done = capsys.readouterr()
    document = json.loads(done.out)
    assert document["error"] == {"message": "the rounding mode"} and "the rounding mode" in done.err
    assert [entry["outcome"] for entry in document["results"]] == ["accepted"] * later


@pytest.mark.parametrize("lack", [MemoryError, RecursionError])
def test_work_beyond_memory_or_the_stack_is_undecided(pair, monkeypatch, lack):
    def exhausted(*_):
        raise lack

    monkeypatch.setattr(judge, "find", lambda name: replace(find(name), decide=exhausted))
    verdict = check(pair[0])
    assert isinstance(verdict, Undecided) and verdict.cause == "budget"
    assert main(["check", str(pair[0])]) == 4


def test_malformed_is_one_family():
    assert issubclass(MalformedCertificate, Malformed)


# ---- claims about activations --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def moment():
    activation = parse_activation("tanh")
    claim = gaussian_moment.Claim(1, 0, Fraction(1), Interval(Fraction(0), Fraction(1)))
    reference = ProblemReference.of_activation(activation)
    return Certificate("gaussian-moment", reference, claim, gaussian_moment.Evidence("integral", 64), {})


def test_an_activation_needs_no_problem_file(moment, tmp_path):
    data = encode_certificate(moment)
    verdict = check_bytes(data)
    assert isinstance(verdict, Accepted)
    assert verdict.problem_sha256 == sha256_hex(b"tanh") and verdict.certificate_sha256 == sha256_hex(data)
    (tmp_path / "moment.cert.json").write_bytes(data)
    assert check(tmp_path / "moment.cert.json") == verdict


def test_activations_are_always_judged_in_arb(moment):
    for arithmetic in ("fast", "arb"):
        verdict = check_bytes(encode_certificate(moment), arithmetic=arithmetic)
        assert verdict.arithmetic == "arb" and not any("BLAS" in entry.text for entry in verdict.ledger)


def test_a_claim_about_another_type_of_subject_is_malformed(moment, pair):
    network = verify.load_problem(pair[1])
    with pytest.raises(MalformedCertificate, match="about the subject activation") as caught:
        decide(moment.claim, moment.evidence, network)
    assert caught.value.place == "problem.type"
    parsed = decode_certificate(pair[0].read_bytes())
    with pytest.raises(MalformedCertificate, match="about the subject network"):
        decide(parsed.claim, parsed.evidence, ActivationProblem(parse_activation("tanh")))


def test_a_small_budget_is_undecided_and_leaves_no_trace(moment):
    data = encode_certificate(replace(moment, claim=replace(moment.claim, sigma=Fraction(17, 13))))
    verdict = check_bytes(data, budget=1e5)
    assert isinstance(verdict, Undecided) and verdict.cause == "budget" and "10 operations" in verdict.required
    assert isinstance(check_bytes(data), Accepted)


@pytest.mark.parametrize(("arithmetic", "expected"), [("fast", ["probe", "rule", "probe"]), ("arb", ["rule"])])
def test_products_are_probed_before_and_after_a_rule_that_rests_on_them(pair, monkeypatch, arithmetic, expected):
    kind, order = find("zero-loss-convergence"), []

    def decide_and_note(*args):
        order.append("rule")
        return kind.decide(*args)

    monkeypatch.setattr(judge, "probe_products", lambda: order.append("probe"))
    monkeypatch.setattr(judge, "find", lambda _: replace(kind, decide=decide_and_note))
    assert isinstance(check(pair[0], arithmetic=arithmetic), Accepted)
    assert order == expected
