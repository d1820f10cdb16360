"""The rule of `float-run`: executed loops obey it in any order of sums, and every field and number counts."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from certificates import Accepted, Rejected, Undecided, decide
from certificates.arithmetic.arb import precision
from certificates.claims.float_run import Claim
from tests.certificates.enclosures.networks.test_loop_rounding import PRODUCTS, exact_step, executed
from tests.support.naive import parameters, random_network
from verify.proposals.float_run import propose


@pytest.fixture(scope="module")
def honest():
    found = propose(random_network(np.random.default_rng(1), (3, 12, 1), 4, residual=1e-7))
    assert isinstance(found.verdict, Accepted), found.verdict.explanation()
    return found.problem, found.claim, found.evidence


def _moved(network, after):
    """The network at the weights after a step."""
    pairs = zip(network.layers, after, strict=True)
    layers = [replace(a, weight=np.ascontiguousarray(t[:, :-1]), bias=np.ascontiguousarray(t[:, -1])) for a, t in pairs]
    return replace(network, layers=tuple(layers))


@pytest.mark.parametrize("product", PRODUCTS)
def test_executed_loops_obey_the_certificate(honest, product):
    """The exact loss, at 300 bits, below C b_k²; at the floor after some time."""
    network, claim, _ = honest
    rng, here, scale = np.random.default_rng(0), network, float(network.objective.squared_scale)
    start = parameters(network)
    for k in range(601):
        residual, after = executed(here, 2 * scale * claim.step_size, product, rng, claim.value_error / 2)
        if k % 150 == 0:
            with precision(300):
                wrong = exact_step(here, 1.0, residual)[0]
                loss = scale * float(sum(wrong[i, 0] ** 2 for i in range(wrong.nrows())))
            bound = claim.distance_bound * (1 - claim.contraction) ** k + claim.floor
            assert loss <= claim.loss_factor * bound**2
            assert np.linalg.norm(parameters(here) - start) <= claim.reach
        here = _moved(here, after)


def test_a_long_horizon_and_a_low_floor(honest):
    _, claim, evidence = honest
    assert claim.steps == evidence.steps >= 10**12 and claim.floor < 1e-12
    assert math.sqrt(claim.loss_factor * 24) * claim.floor < 1e-10  # about ‖e‖ in the end


def test_both_arithmetics_accept(honest):
    network, claim, evidence = honest
    for arithmetic in ("fast", "arb"):
        assert isinstance(decide(claim, evidence, network, arithmetic=arithmetic), Accepted)


def test_the_ledger_names_the_loop(honest):
    network, claim, evidence = honest
    verdict = decide(claim, evidence, network)
    assert any("no flush to zero" in entry.text for entry in verdict.ledger) and not verdict.conditional
    assert not any("not about a floating-point run" in entry.text for entry in verdict.ledger)


WEAKER = {
    "steps": 0.5,
    "value_error": 0.5,
    "slope_error": 0.5,
    "contraction": 0.5,
    "distance_bound": 2.0,
    "floor": 2.0,
    "loss_factor": 2.0,
    "reach": 2.0,
    "largest_input": 2.0,
}


@pytest.mark.parametrize("name", sorted(WEAKER))
def test_weaker_is_accepted_and_one_ulp_more_is_not(honest, name):
    network, claim, evidence = honest
    value = getattr(claim, name) * WEAKER[name]
    weaker = replace(claim, **{name: int(value) if name == "steps" else value})
    assert isinstance(decide(weaker, evidence, network), Accepted)
    proved = decide(claim, evidence, network).proved
    if name == "steps":
        stronger = replace(proved, steps=proved.steps + 1)
    else:
        end = 0.0 if WEAKER[name] > 1 else math.inf
        stronger = replace(proved, **{name: math.nextafter(getattr(proved, name), end)})
    verdict = decide(stronger, evidence, network)
    assert isinstance(verdict, Undecided) and verdict.check == 9


@pytest.mark.parametrize("end", [0.0, 1.0])
def test_another_step_is_another_claim(honest, end):
    network, claim, evidence = honest
    verdict = decide(replace(claim, step_size=math.nextafter(claim.step_size, end)), evidence, network)
    assert isinstance(verdict, Undecided) and verdict.check == 9


@pytest.mark.parametrize("name", ["step_size", "value_error", "slope_error", "most", "kept", "ball"])
@pytest.mark.parametrize("value", [0.0, -1.0, math.inf, math.nan])
def test_evidence_out_of_range(honest, name, value):
    network, claim, evidence = honest
    verdict = decide(claim, replace(evidence, **{name: value}), network)
    assert isinstance(verdict, Rejected) and verdict.check == 2


@pytest.mark.parametrize("changes", [{"share": 1.0}, {"share": math.nan}, {"kept": 1.0}, {"steps": -1}])
def test_other_evidence_out_of_range(honest, changes):
    network, claim, evidence = honest
    verdict = decide(claim, replace(evidence, **changes), network)
    assert isinstance(verdict, Rejected) and verdict.check == 2


def test_a_horizon_that_is_too_long_is_refused(honest):
    network, claim, evidence = honest
    verdict = decide(claim, replace(evidence, steps=10**16), network)
    assert isinstance(verdict, Undecided) and verdict.check == 8


def test_the_scale_of_the_loss_scales_the_step(honest):
    """4f with a quarter of the step runs alike, but for what scaling rounds."""
    network, claim, evidence = honest
    loss = network.objective.loss
    other = replace(network, objective=replace(network.objective, loss=replace(loss, scale=4 * loss.scale)))
    step = claim.step_size / 4
    proved = decide(Claim(step, 0, 5e-324, 5e-324, 0.0, *(1e308,) * 5), replace(evidence, step_size=step), other).proved
    assert proved.contraction == pytest.approx(claim.contraction, rel=1e-4)
    assert proved.floor == pytest.approx(claim.floor, rel=1e-4)
    assert proved.loss_factor == pytest.approx(4 * claim.loss_factor, rel=1e-4)
