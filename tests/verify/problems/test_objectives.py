"""Objectives in words; searches and runs refuse what they would take for a plain sum of squares."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

import verify
from certificates.checks.objective import SQUARED_DENSE
from certificates.claims import zero_loss_convergence
from certificates.errors import MalformedProblem
from certificates.kinds import KINDS, find
from certificates.subjects import Objective, Squared
from tests.support.certificates import certificate_bytes
from tests.support.naive import random_network
from tests.support.objectives import CHANGES, logistic, penalised, softmax, varied, weighted
from verify.crosscheck.planted import replay_orbit
from verify.crosscheck.replay import replay
from verify.descent.gradient_descent import descend
from verify.numeric.mlp import FloatNetwork
from verify.problems.objectives import covering_kinds, describe_objective, squared_scale
from verify.problems.summary import describe

NETWORK = random_network(np.random.default_rng(6), (2, 3, 1), 3)
OTHERS = varied(NETWORK)
PLAIN = "expected a plain sum of squares"


def _said(network):
    return dict(describe_objective(network))


def test_the_objective_is_said():
    scale = "1/3"
    assert _said(NETWORK) == {"loss": f"{scale} · ‖F(w) − y‖² (mean)"}
    assert _said(penalised(NETWORK))["penalty"] == "1/2000 · ‖layers.0.weight‖²"
    both = _said(weighted(penalised(NETWORK)))
    assert both["loss"] == f"{scale} · Σ_i ω_i ‖F_i(w) − y_i‖²" and both["sample weights ω"] == "from 1 to 2"
    assert _said(logistic(NETWORK)) == {"loss": f"{scale} · Σ_i Σ_c (log(1 + exp F_ic(w)) − q_ic F_ic(w))"}
    assert _said(softmax(NETWORK)) == {"loss": f"{scale} · Σ_i (log Σ_c exp F_ic(w) − q_i·F_i(w))"}


def test_every_part_is_said():
    said = _said(OTHERS[-1])
    assert "ω_i" in said["loss"] and said["class labels"] == "distributions, own share from 2/3 to 9/10"
    assert said["penalty"] == "1/2000 · ‖layers.0.weight − c‖² + 3/14 · ‖layers.0.bias‖²"
    assert {*said} < {name for name, _ in describe(OTHERS[-1])}


def test_a_scale_is_that_of_a_plain_sum():
    assert squared_scale(replace(NETWORK, objective=Objective(Squared(Fraction(2, 9))))) == Fraction(2, 9)
    for network in OTHERS:
        with pytest.raises(MalformedProblem, match=f"{PLAIN}, got loss: .*kinds that cover this objective: "):
            squared_scale(network)


def test_kinds_about_plain_sums_cover_nothing_else():
    assert set(covering_kinds(NETWORK)) < set(KINDS) and "zero-loss-convergence" in covering_kinds(NETWORK)
    plain = {kind for kind in KINDS if find(kind).covers == SQUARED_DENSE}
    assert not any(plain & set(covering_kinds(network)) for network in OTHERS)
    assert "cross-entropy-convergence" in covering_kinds(softmax(NETWORK))
    assert "cross-entropy-convergence" not in covering_kinds(softmax(penalised(NETWORK)))


@pytest.mark.parametrize("use", [FloatNetwork, lambda network: descend(network, 0.1, 1)])
def test_what_computes_with_squares_refuses(use):
    use(NETWORK)
    for network in OTHERS:
        with pytest.raises(MalformedProblem, match=PLAIN):
            use(network)


@pytest.mark.parametrize("change", sorted(CHANGES))
def test_certify_refuses_and_says_what_covers_the_objective(tmp_path, change):
    network = CHANGES[change](NETWORK)
    file = tmp_path / "problem.safetensors"
    verify.save_problem(network, file)
    for subject in (network, file):
        if change in ("penalty", "sample weights"):
            done = verify.certify(subject, output=tmp_path / "written" if subject is file else None, force=True)
            assert done.verdict.kind == "no-local-minimum"
        for kind in set(covering_kinds(NETWORK)) - set(covering_kinds(network)):
            with pytest.raises(MalformedProblem, match=f"{kind} does not cover it"):
                verify.certify(subject, kind=kind)
    assert {path.name for path in tmp_path.iterdir()} <= {"problem.safetensors", "written"}


def test_a_problem_is_loaded_with_its_objective(tmp_path):
    for network in OTHERS:
        path = verify.save_problem(network, tmp_path / "problem.safetensors", force=True)
        assert verify.load_problem(path).objective == network.objective


@pytest.mark.parametrize("change", sorted(CHANGES))
def test_a_run_is_not_held_against_a_claim_about_another_objective(tmp_path, change):
    claim = zero_loss_convergence.Claim(1.0, 5e-324, 0.0, 1e300)
    evidence = zero_loss_convergence.Evidence(1.0, 0.5, (1.0,), 0.0, 1.0, "one-hidden-layer")
    path = tmp_path / "claim.cert.json"
    path.write_bytes(certificate_bytes(CHANGES[change](NETWORK), claim, evidence))
    for run in (replay, replay_orbit):
        with pytest.raises(MalformedProblem, match=PLAIN):
            run(path, steps=1)
