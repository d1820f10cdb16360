"""Runs held against certificates about planted networks: honest ones agree, false ones are caught."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import verify
from certificates import Accepted
from certificates.certificate import Certificate, encode_certificate
from certificates.document import ProblemReference, sha256_hex
from certificates.document.problem_file import encode_problem
from certificates.errors import MalformedCertificate
from tests.support.planted import planted_problem, random_planted
from tests.support.planted_frozen import random_frozen
from verify.cli.app import app
from verify.crosscheck.planted import hold_orbit_against, replay_orbit
from verify.proposals import certified_orbit_run, orbit_convergence, planted_convergence

PROPOSALS = {"orbit-convergence": orbit_convergence, "certified-orbit-run": certified_orbit_run}


def _held(claim, network, steps):
    return hold_orbit_against(PROPOSALS[claim.kind].SEARCH.runs(claim, network), network, steps)


@pytest.fixture(scope="module")
def certified():
    network = random_planted(np.random.default_rng(1), 5, 2, 1000, bits=8)
    found = {kind: each.propose(network, step_size=Fraction(1, 100)) for kind, each in PROPOSALS.items()}
    assert all(isinstance(each.verdict, Accepted) for each in found.values())
    return network, found


@pytest.fixture
def files(certified, tmp_path):
    network, found = certified
    data = encode_problem(network)
    reference = ProblemReference(type="network", sha256=sha256_hex(data), path=None, embedded=data)
    paths = {}
    for kind, each in found.items():
        paths[kind] = tmp_path / f"{kind}.cert.json"
        paths[kind].write_bytes(encode_certificate(Certificate(kind, reference, each.claim, each.evidence, {})))
    return paths


@pytest.mark.parametrize("kind", sorted(PROPOSALS))
def test_honest_certificates_agree_and_are_cautious(files, kind):
    runs = replay_orbit(files[kind], steps=800)
    assert len(runs) == (3 if kind == "orbit-convergence" else 1)
    for run in runs:
        assert run.agrees and len(run.distances) == 801
        assert run.certified_decrease <= run.measured_decrease * (1 + 1e-6)
        assert run.distances[-1] < 1e-3 * run.distances[0]
        assert (run.envelope[run.entry_step :] >= run.distances[run.entry_step :] - run.floor).all()


def test_the_flattest_direction_is_the_certified_one(files):
    """Along it the certified asymptotic decrease is attained, so the certificate could not say more."""
    flattest = replay_orbit(files["orbit-convergence"], steps=800)[0]
    assert flattest.measured_decrease == pytest.approx(flattest.certified_decrease, rel=1e-3)
    assert flattest.distances[0] <= flattest.envelope[0] <= flattest.distances[0] * (1 + 1e-6)


LIES = {
    "orbit-convergence": {"decrease": 20000, "half_decrease": 3},
    "certified-orbit-run": {"decrease": 3, "entry_distance": 0.9},
}


@pytest.mark.parametrize(("kind", "field"), [(kind, field) for kind, lies in LIES.items() for field in lies])
def test_a_false_claim_is_caught(certified, kind, field):
    network, found = certified
    claim = found[kind].claim
    false = replace(claim, **{field: getattr(claim, field) * LIES[kind][field]})
    assert not all(run.agrees for run in _held(false, network, 600))


def test_an_earlier_entry_is_caught(certified):
    network, found = certified
    claim = found["certified-orbit-run"].claim
    (run,) = _held(replace(claim, entry_step=claim.entry_step - 2), network, 300)
    assert not run.agrees and run.violations[0].step == claim.entry_step - 2


def test_a_run_that_diverges_is_caught(certified):
    network, found = certified
    (run,) = _held(replace(found["certified-orbit-run"].claim, step_size=Fraction(50)), network, 200)
    assert not run.agrees and np.isinf(run.distances[-1])


def test_runs_that_say_nothing_and_other_steps_are_refused(files):
    with pytest.raises(MalformedCertificate, match="before the claim begins"):
        replay_orbit(files["certified-orbit-run"], steps=3)
    with pytest.raises(MalformedCertificate, match="step size"):
        replay_orbit(files["orbit-convergence"], step_size=0.02)
    with pytest.raises(MalformedCertificate, match="replay_orbit"):
        verify.replay(files["orbit-convergence"])


REJECTED = Path(__file__).parents[2] / "corpus" / "rejected"


@pytest.mark.parametrize(
    "name",
    ["planted-convergence/given-labels-check-1", "planted-convergence/trained-output-check-1",
     "orbit-convergence/given-labels-check-1"],
)  # fmt: skip
def test_problems_that_the_kind_is_not_about_have_no_run(name):
    with pytest.raises(MalformedCertificate, match="no run can be held against"):
        replay_orbit(REJECTED / f"{name}.cert.json", steps=10)


def test_claims_beyond_float64_have_no_run_or_disagree(tmp_path):
    network = random_frozen(np.random.default_rng(0), "tanh", 1, 2, 40, away=0.001)
    found = planted_convergence.propose(network)
    data, path = encode_problem(network), tmp_path / "false.cert.json"
    reference = ProblemReference(type="network", sha256=sha256_hex(data), path=None, embedded=data)

    def held(**changes):
        claim = replace(found.claim, **changes)
        path.write_bytes(encode_certificate(Certificate(claim.kind, reference, claim, found.evidence, {})))
        return [run.agrees for run in replay_orbit(path, steps=20)]

    assert held() == [True] * 3 and held(decrease=-1e300) == [True] * 3  # says nothing
    assert held(decrease=2.0) == [False] * 3 and held(radius=1e308)[0] is False
    with pytest.raises(MalformedCertificate, match="step_size"):
        held(step_size=Fraction(10) ** 400)


def test_the_command_prints_compares_and_draws(files, tmp_path):
    picture = tmp_path / "run.svg"
    done = CliRunner().invoke(
        app, ["replay", str(files["certified-orbit-run"]), "--steps", "300", "--plot", str(picture)]
    )
    assert done.exit_code == 0 and "every step" in done.stdout and picture.read_bytes().startswith(b"<?xml")
    several = CliRunner().invoke(app, ["replay", str(files["orbit-convergence"]), "--steps", "200", "--json"])
    assert several.exit_code == 0 and '"agrees": true' in several.stdout


@pytest.mark.slow
def test_campaign_whatever_is_accepted_agrees_with_its_run():
    """Random sizes, heavy tails, correlated inputs, badly conditioned teachers, small and large steps."""
    rng = np.random.default_rng(5)
    accepted = dict.fromkeys(PROPOSALS, 0)
    for _ in range(25):
        d = int(rng.integers(1, 7))
        r, m = int(rng.integers(1, d + 1)), int(rng.integers(20, 1500))
        x = rng.standard_t(6, size=(m, d)) @ (np.eye(d) + 0.3 * rng.normal(size=(d, d)))
        planted = rng.normal(size=(r, d)) * 10.0 ** rng.uniform(-1, 1)
        start = planted + rng.choice([0.1, 1.0]) * np.linalg.norm(planted) * rng.normal(size=(r, d)) / np.sqrt(r * d)
        network = planted_problem(start, planted, np.rint(x * 2**12) / 2**12, Fraction(1, m))
        for kind, each in PROPOSALS.items():
            found = each.propose(network)
            if not isinstance(found.verdict, Accepted):
                continue
            faster = each.propose(network, step_size=found.claim.step_size * int(rng.integers(2, 12)))
            for claim in (found.claim, faster.claim):
                if claim is not None:
                    steps = getattr(claim, "entry_step", 0) + 400
                    assert all(run.agrees for run in _held(claim, network, steps))
                    accepted[kind] += 1
    assert min(accepted.values()) > 15
