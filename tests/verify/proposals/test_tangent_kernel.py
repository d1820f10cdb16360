"""The search for tangent kernels: bounds that nearly meet, tiles in a folder, and refusals in the judge's words."""

from __future__ import annotations

import numpy as np
import pytest

import verify
from certificates import Accepted, check
from certificates.document import write_atomically
from tests.support.kernel_nets import kernel_net
from verify.proposals import tangent_kernel
from verify.proposals.tangent_kernel import SEARCH, propose
from verify.tiles.run import FolderTiles

X = np.random.default_rng(4).normal(size=(40, 9))


@pytest.mark.parametrize("name", ["relu", "tanh", "softplus", "gelu", "erf"])
def test_bounds_nearly_meet(name):
    found = propose(kernel_net(X, name))
    assert isinstance(found.verdict, Accepted) and found.claim.kernel == "limit"
    assert 1 < found.claim.upper / found.claim.lower < 1.02


def test_other_activations_and_deeper_networks_are_looked_at_at_the_weights():
    assert propose(kernel_net(X[:8], "elu", units=20)).claim.kernel == "empirical"
    assert propose(kernel_net(X[:8], "tanh", units=20), kernel="empirical").claim.kernel == "empirical"


def test_refusals_are_the_judges():
    twice = np.vstack([X[:5], X[2]])
    found = propose(kernel_net(twice, "relu"))
    assert found.claim is None and found.verdict.check == 3 and "samples 2 and 5" in found.verdict.reason
    near = np.vstack([X[:5], X[2] * (1 + 2.0**-52)])
    found = propose(kernel_net(near, "relu"))
    assert found.claim is None and found.verdict.check == 5
    assert SEARCH.excludes(kernel_net(twice, "relu")) and SEARCH.excludes(kernel_net(X, "relu")) is None


def test_tiles_in_a_folder_prove_the_same_and_are_named(tmp_path):
    network = kernel_net(X, "relu")
    problem = tmp_path / "net.safetensors"
    verify.save_problem(network, problem)
    done = verify.certify(problem, kind="tangent-kernel", tiles=FolderTiles(tmp_path / "tiles", 16))
    assert isinstance(done.verdict, Accepted) and str(tmp_path / "tiles") in done.verdict.ledger[-1].text
    assert len(list((tmp_path / "tiles").glob("*/*.tile"))) == 6
    again = check(done.certificate_path, tiles=FolderTiles(tmp_path / "tiles", 16))
    alone = check(done.certificate_path)
    assert isinstance(again, Accepted) and isinstance(alone, Accepted)
    assert len(again.ledger) == len(alone.ledger) + 1
    whole = propose(network)
    assert done.verdict.proved.lower == pytest.approx(whole.verdict.proved.lower, rel=1e-3)


def test_an_indefinite_kernel_leaves_no_certificate(tmp_path):
    near = np.vstack([X[:5], X[2] * (1 + 2.0**-52)])
    found = propose(kernel_net(near, "relu"), tiles=FolderTiles(tmp_path, 4))
    assert found.claim is None and found.verdict.check == 5


def test_a_kernel_that_is_too_large_for_the_search_is_refused_with_the_budget(monkeypatch):
    monkeypatch.setattr(tangent_kernel, "_MOST_ROWS", 10)
    big = np.random.default_rng(1).normal(size=(20_000, 2))
    found = propose(kernel_net(big, "relu", units=1))
    assert found.verdict.check == 4 and found.verdict.cause == "budget"


def test_certificates_travel(tmp_path):
    done = verify.certify(kernel_net(X[:6], "relu", units=2), kind="tangent-kernel", output=tmp_path / "c.cert.json")
    copy = tmp_path / "copy.cert.json"
    write_atomically(copy, done.certificate_path.read_bytes())
    assert isinstance(check(copy), Accepted)
    assert "λ_min" in done.explain() and "limit tangent kernel" in done.explain()


def test_a_search_is_not_stopped_by_its_own_glance(monkeypatch):
    monkeypatch.setattr(tangent_kernel, "_GLANCE", 1e-3)
    assert isinstance(propose(kernel_net(X, "relu")).verdict, Accepted)
