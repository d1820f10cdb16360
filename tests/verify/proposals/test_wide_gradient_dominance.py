"""The search for a dominating gradient: which layer it takes, which ball, and what it says where there is none."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import verify
from certificates import Accepted, decide
from certificates.claims.wide_gradient_dominance import Claim
from tests.support.wide import nearly_fitted, wide_net
from verify.proposals.wide_gradient_dominance import SEARCH, propose


def test_the_layer_with_the_largest_constant_is_taken():
    network = wide_net((2, 7, 5, 1), 4)
    found = propose(network)
    others = {
        layer: propose(
            replace(
                network,
                layers=tuple(replace(each, trained=index == layer) for index, each in enumerate(network.layers)),
            )
        )
        for layer in (1, 2)
    }
    assert all(each.claim.layer == layer for layer, each in others.items())
    at_weights = {
        k: decide(Claim(k, 5e-324), replace(each.evidence, radius=0.0), network) for k, each in others.items()
    }
    best = max(at_weights, key=lambda k: at_weights[k].proved.constant)
    assert found.claim.layer == best and len(found.notes) == 1 and found.notes[0].startswith("layers.0: layers.0 has 3")


def test_both_ways_are_offered_and_the_better_one_counts():
    network = wide_net((2, 7, 4, 2), 4, frozen=(2,))
    found = propose(network)
    assert found.evidence.samples is not None and found.evidence.layers is not None
    by_layers = decide(Claim(1, 5e-324), replace(found.evidence, samples=None), network)
    by_samples = decide(Claim(1, 5e-324), replace(found.evidence, layers=None), network)
    assert by_layers.proved.constant < by_samples.proved.constant
    assert found.verdict.proved.constant == by_samples.proved.constant


def test_a_ball_that_traps_the_flow_is_found_near_a_fit_and_not_far_from_one():
    network = wide_net((2, 8, 1), 4)
    near, far = propose(nearly_fitted(network, 2.0**-12)), propose(network)
    assert 0 < near.claim.distance < near.claim.radius and isinstance(near.verdict, Accepted)
    assert far.claim.distance is None and far.claim.radius == 0.0
    asked = propose(network, radius=1e-3)
    assert asked.claim.radius == pytest.approx(1e-3, rel=1e-5) and asked.claim.constant < far.claim.constant


def test_random_features_trap_every_flow():
    for name in ("relu", "softplus"):
        assert propose(wide_net((2, 8, 2), 4, name, frozen=(0,))).claim.distance > 0
    assert propose(wide_net((2, 8, 2), 4, "relu")).claim.distance is None


def test_what_is_said_where_no_layer_will_do():
    narrow = wide_net((2, 3, 1), 6)
    verdict = propose(narrow).verdict
    assert verdict.check == 3 and "layers.1 has 4 inputs, its bias counted, for 6 samples: 2 too few" in verdict.reason
    assert "2 too few" in SEARCH.excludes(narrow) and SEARCH.fits(narrow) is None
    wide = wide_net((2, 8, 1), 6)
    assert SEARCH.excludes(wide) is None and SEARCH.fits(wide) is not None
    twice = replace(wide, inputs=np.vstack([wide.inputs[:5], wide.inputs[:1]]))
    assert "samples 0 and 5 have identical inputs" in SEARCH.excludes(twice)


def test_certify_writes_it(tmp_path):
    file = tmp_path / "p.safetensors"
    verify.save_problem(wide_net((2, 7, 4, 2), 4), file)
    done = verify.certify(file, kind="wide-gradient-dominance", radius="1e-4", output=tmp_path / "c.cert.json")
    assert isinstance(done.verdict, Accepted) and (tmp_path / "c.cert.json").is_file()
