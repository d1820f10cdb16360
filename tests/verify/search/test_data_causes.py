"""What of the data stands in the way, and that following the advice removes it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from typer.testing import CliRunner

import verify
from tests.support.naive import forward, parameters, random_network
from verify.cli.app import app
from verify.search.data_causes import data_causes, look_at_data, with_data_causes
from verify.search.estimates import estimates
from verify.search.representatives import different_samples
from verify.search.scales import scales


def _network(residual=1e-6, samples=6):
    return random_network(np.random.default_rng(4), (3, 20, 1), samples, residual=residual)


def _refused(network, **options):
    found = verify.certify(network, **options)
    assert found.verdict.outcome == "undecided"
    return found.verdict


def test_nothing_is_said_of_sound_data():
    network = _network()
    assert not list(data_causes(look_at_data(network)))
    far = _network(residual=1.0)
    assert _refused(far).advice.startswith("polish the weights")


def test_nearly_coincident_samples_are_named_beside_what_is_proved():
    network = _network()
    inputs = network.inputs.copy()
    inputs[5] = inputs[2] + 1e-10
    close = replace(network, inputs=inputs)
    verdict = _refused(close)
    assert verdict.check == 6 and "λ_min(K)" in verdict.seen
    assert "estimated: λ_min(K)" in verdict.seen and "closest samples 2 and 5, 1.73e-10 apart" in verdict.seen
    assert verdict.advice.startswith("remove one of two samples that nearly coincide")
    kept = [0, 1, 2, 3, 4]
    assert estimates(replace(close, inputs=inputs[kept], targets=network.targets[kept])).needed > 0  # as advised


def test_scales_of_inputs_and_targets_are_stated():
    network = _network()
    verdict = _refused(replace(network, inputs=network.inputs * 1e3 + 1e5))
    assert "the inputs have standard deviation" in verdict.reason and "scale the inputs" in verdict.advice
    verdict = _refused(replace(network, targets=network.targets * 1e6))
    assert verdict.check == 7 and "the targets have" in verdict.reason and "scale the targets" in verdict.advice


def test_both_are_scaled_together_and_inputs_alone_where_the_kernel_is_singular():
    data = look_at_data(replace(_network(), inputs=_network().inputs * 1e3, targets=_network().targets * 1e6))
    both, inputs = list(data_causes(data)), list(data_causes(data, singular=True))
    assert both[0].remedy.startswith("scale the inputs and the targets (") and "; the targets have" in both[0].found
    assert inputs[0].remedy.startswith("scale the inputs (") and len(both) == len(inputs) == 1


def test_scaled_inputs_have_a_kernel_that_is_not_singular():
    network = _network()
    wild = replace(network, inputs=network.inputs * 1e3 + 1e5)
    centred = wild.inputs - wild.inputs.mean(axis=0)
    scaled = replace(wild, inputs=centred / centred.std(axis=0))
    assert estimates(wild).needed == 0 < estimates(scaled).needed
    assert not list(data_causes(look_at_data(scaled)))


def test_other_checks_come_back_as_they_are():
    verdict = _refused(_network(residual=1.0))
    other = replace(verdict, check=5)
    assert with_data_causes(other, _network(), None) is other


def test_without_estimates_the_pair_is_named_alone():
    verdict = replace(_refused(_network(residual=1.0)), check=6, seen="x")
    assert with_data_causes(verdict, _network(), None).seen.startswith("x; estimated: closest samples")


@pytest.mark.parametrize("residual", [1e-6])
def test_a_single_sample_has_no_pair(residual):
    network = _network(samples=1)
    moved = replace(network, targets=forward(network, parameters(network), "tanh") + 100)
    assert look_at_data(moved).pair is None and "scale the targets" not in _refused(moved).advice


def _line(count):
    """So many samples on a line of one input: to six digits few of them differ."""
    rng = np.random.default_rng(1)
    x = np.linspace(-3, 3, count)[:, None]
    layers = [rng.normal(size=(60, 1)), 0.1 * rng.normal(size=(1, 60))]
    return verify.from_arrays(layers, [rng.normal(size=60), np.zeros(1)], "tanh", x, np.sin(x))


def test_how_many_samples_differ_is_said_and_keeping_them_works(tmp_path):
    network = _line(60)
    verdict = _refused(network)
    kept = different_samples(network)
    assert verdict.check == 6 and f"to six digits {len(kept)} of 60 samples" in verdict.reason
    assert verdict.advice == f"keep those {len(kept)} samples (`verify problem select PROBLEM --different -o FEWER`)"
    path, fewer = verify.save_problem(network, tmp_path / "net.safetensors"), tmp_path / "fewer.safetensors"
    assert CliRunner().invoke(app, ["problem", "select", str(path), "--different", "-o", str(fewer)]).exit_code == 0
    assert verify.certify(fewer, polish=True).verdict.outcome == "accepted"


def test_inputs_that_are_not_standardised_are_named_where_the_kernel_is_singular():
    network = _line(60)
    shifted = replace(network, inputs=0.2 * network.inputs + 0.5)
    assert not scales(shifted.inputs).is_odd and "scale the inputs" in _refused(shifted).advice
    assert "scale the inputs" not in _refused(replace(_network(residual=1.0), inputs=0.3 * _network().inputs)).advice


def test_all_samples_that_repeat_others_are_named_at_once():
    network = _network()
    inputs = network.inputs.copy()
    inputs[3], inputs[5] = inputs[1], inputs[1]
    twice = verify.certify(replace(network, inputs=inputs)).verdict
    assert twice.check == 3 and twice.advice == "remove the 2 samples that repeat the inputs of others: 3, 5"
    inputs = network.inputs.copy()
    inputs[3] = inputs[1]
    assert "one of the two samples" in verify.certify(replace(network, inputs=inputs)).verdict.advice
