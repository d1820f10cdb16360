"""The rule of `relu-convergence`: runs stay within what is proved, and what misses the criteria is refused."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from certificates import Accepted, decide
from certificates.claims.relu_convergence import Claim, Evidence
from tests.support.wide_relu import Run
from verify.generators.wide import unit_data, wide_problem
from verify.proposals.relu_convergence import propose

WEAKEST = Claim("unit", 1e308, 0.0)


def _start(scale: float, *, width: int = 40, samples: int = 4, seed: int = 3, **options):
    data = unit_data(samples, samples, seed=seed)
    return wide_problem(*data, width=width, scale=scale, antisymmetric=True, seed=seed, **options)


@pytest.mark.parametrize("loss", ["half-sum", "mean"])
@pytest.mark.parametrize("seed", range(3))
def test_descent_stays_within_what_is_proved(seed, loss):
    network = _start(3_000, width=24, seed=seed, loss=loss)
    claim = propose(network).claim
    assert claim.step_size_max is not None
    for share in (1.0, 0.3):
        run = Run(network, share * claim.step_size_max)
        seen = [run.step() for _ in range(60)]
        assert max(moved for moved, _ in seen) <= claim.radius
        drops = [after / before for (_, before), (_, after) in pairwise(seen) if before > 1e-18]
        assert max(drops) <= 1 - share * claim.decrease_rate * claim.step_size_max + 1e-9


@pytest.mark.parametrize("movement", ["unit", "all"])
def test_the_flow_stays_within_what_is_proved(movement):
    """Small steps stand for the flow: a direction, not a proof."""
    network = _start(900 if movement == "unit" else 3_000)
    claim = propose(network, movement=movement).claim
    run = Run(network, 1e-3 / claim.decrease_rate, together=movement == "all")
    start = run.loss()
    for _ in range(600):
        moved, loss = run.step()
        assert moved <= claim.radius and loss <= start * np.exp(-claim.decrease_rate * run.time) * (1 + 1e-6)


def test_the_advised_scale_and_width_are_enough():
    found = propose(_start(1.0, samples=3, width=400)).verdict
    share = float(found.seen.split(", ")[1].split()[0])
    assert found.check == 6 and "--scale" in found.advice and "--width" in found.advice
    assert isinstance(propose(_start(1.05 / share, samples=3, width=400)).verdict, Accepted)


def test_the_factor_of_the_loss_scales_time_alone():
    plain, doubled = (propose(_start(3_000, loss=loss)).claim for loss in ("half-sum", "sum"))
    assert doubled.radius == plain.radius and doubled.decrease_rate == pytest.approx(2 * plain.decrease_rate, rel=1e-5)
    assert doubled.step_size_max == pytest.approx(plain.step_size_max / 2, rel=1e-5)


def test_antipodal_inputs_are_no_obstacle_and_equal_ones_are_named():
    network = _start(3_000)
    opposite = replace(network, inputs=np.vstack([network.inputs[:3], -network.inputs[0]]))
    assert isinstance(propose(opposite).verdict, Accepted)
    same = replace(network, inputs=np.vstack([network.inputs[:3], network.inputs[1] + 0.0]))
    verdict = propose(same).verdict
    assert verdict.check == 5 and "samples 1 and 3 have identical inputs" in verdict.reason


@pytest.mark.parametrize("movement", ["unit", "all"])
def test_multiples_and_zeros_are_named_where_no_bias_tells_them_apart(movement):
    network = _start(100_000, samples=3)
    inputs = np.array([[1.0, 2.0, 3.0], [0.0, -1.0, 1.0], [3.0, 6.0, 9.0]])
    verdict = propose(replace(network, inputs=inputs), movement=movement).verdict
    assert verdict.check == 5 and "samples 0 and 2 have inputs in the same direction" in verdict.reason
    biased = replace(
        network, layers=(replace(network.layers[0], bias=np.tile(np.linspace(-1, 1, 20), 2)), network.layers[1])
    )
    assert isinstance(propose(replace(biased, inputs=inputs), movement=movement).verdict, Accepted)
    inputs = inputs * [[1.0], [1.0], [0.0]]
    assert (
        "sample 2 has an input of zeros" in propose(replace(network, inputs=inputs), movement=movement).verdict.reason
    )
    assert propose(replace(network, inputs=0 * inputs), movement=movement).verdict.check == 5


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("movement", ["unit", "all"])
def test_the_search_stays_clear_where_its_own_numbers_are_too_large(movement):
    network = _start(3_000)
    for bent in (
        replace(network, targets=network.targets * 1e300),
        replace(
            network, layers=(network.layers[0], replace(network.layers[1], weight=network.layers[1].weight * 1e300))
        ),
        replace(network, inputs=network.inputs * 6e153),
    ):
        assert propose(bent, movement=movement).verdict.check in (0, 6)


@pytest.mark.parametrize("movement", ["unit", "all"])
def test_weights_of_both_layers_may_trade_any_power_of_two(movement):
    """W/c and cv compute the same: radii shrink like 1/c, and so far nothing that counts underflows."""
    network, factor = _start(6_000), 2.0**300
    hidden, last = network.layers
    traded = replace(
        network, layers=(replace(hidden, weight=hidden.weight / factor), replace(last, weight=last.weight * factor))
    )
    plain, small = propose(network, movement=movement).claim, propose(traded, movement=movement).claim
    assert small.radius * factor == pytest.approx(plain.radius, rel=1e-6)
    assert small.decrease_rate / factor**2 == pytest.approx(plain.decrease_rate, rel=1e-6)


@pytest.mark.parametrize("movement", ["unit", "all"])
@pytest.mark.parametrize("offset", [None, 0.25])
def test_biases_count_among_the_weights_and_an_output_bias_in_the_residual(movement, offset):
    """A hidden bias is a weight of the input 1: the claim is that of the network that has it as a column."""
    network = _start(20_000, samples=3)
    hidden, last = network.layers
    last = replace(last, bias=None if offset is None else np.array([offset]))
    bias = np.tile(np.linspace(-1, 1, 20), 2)
    biased = replace(network, layers=(replace(hidden, bias=bias), last))
    column = replace(
        network,
        inputs=np.hstack([network.inputs, np.ones((3, 1))]),
        layers=(replace(hidden, weight=np.column_stack([hidden.weight, bias])), last),
    )
    found = propose(biased, movement=movement)
    assert found.claim == propose(column, movement=movement).claim
    if offset is not None:
        shifted = replace(column, targets=column.targets - offset, layers=(column.layers[0], replace(last, bias=None)))
        same = decide(replace(found.claim, radius=1e308, decrease_rate=0.0), found.evidence, shifted).proved
        assert same.radius == pytest.approx(found.claim.radius, rel=1e-5)


@pytest.mark.parametrize("radii", [(), (0.0, 1.0), (1.0, 1.0), (2.0, 1.0), (np.inf,), (np.nan,), tuple(range(1, 66))])
def test_radii_that_do_not_increase_are_refused(radii):
    assert decide(WEAKEST, Evidence(tuple(map(float, radii)), 0.1), _start(3_000)).check == 3


def test_nothing_larger_than_the_shift_allows_and_no_ball_that_is_too_small():
    network = _start(3_000)
    evidence = propose(network).evidence
    for shift in (1e9, -1.0, np.nan, np.inf):
        assert decide(WEAKEST, replace(evidence, kernel_shift=shift), network).check in (0, 5)
    assert decide(replace(WEAKEST, step_size_max=1e-300), replace(evidence, radii=(1e-9,)), network).check == 6
    assert decide(WEAKEST, evidence, network, budget=10.0).check == 4


def test_units_that_never_move_and_huge_numbers_are_undecided():
    network = _start(3_000)
    for factor in (1e-300, 1e200):
        inputs = replace(network, inputs=network.inputs * factor)
        assert not isinstance(decide(WEAKEST, propose(network).evidence, inputs), Accepted)


def test_what_is_proved_of_descent_is_what_the_facts_at_the_last_radius_say():
    network = _start(50_000, width=400, loss="half-sum")
    evidence = replace(propose(network).evidence, radii=(2e-4, 2e-3))
    verdict = decide(Claim("unit", 1e308, 0.0, 5e-324), evidence, network)
    assert isinstance(verdict, Accepted)
    known = {fact.symbol: max(fact.lower, fact.upper, key=np.isfinite) for fact in verdict.facts}
    slope, v = known["σ"] - known["κ"], known["v"]
    margin = slope - 2 * known["κ"]
    assert 0 < known["κ"] < known["σ"] / 3
    x, w = network.inputs, network.layers[0].weight
    pattern = np.linalg.svd(((x @ w.T > 0)[:, :, None] * x[:, None]).reshape(len(x), -1), compute_uv=False)
    assert [known["‖P‖"], known["σ"]] == pytest.approx([pattern[0], pattern[-1]], rel=1e-6)
    assert known["‖X̃‖"] == pytest.approx(np.linalg.norm(x, 2), rel=1e-6)
    assert known["‖e‖"] == pytest.approx(np.linalg.norm(network.targets), rel=1e-6)
    assert verdict.proved.radius == pytest.approx(2 * known["‖X̃‖"] * known["‖e‖"] / (v * slope * margin), rel=1e-9)
    assert verdict.proved.decrease_rate == pytest.approx(v**2 * slope * margin, rel=1e-9)
    assert verdict.proved.step_size_max == pytest.approx((v * (known["‖P‖"] + known["κ"])) ** -2, rel=1e-9)


def test_another_form_is_refused_by_the_first_checks():
    network = _start(3_000)
    evidence, (hidden, last) = propose(network).evidence, network.layers
    weights = replace(network.objective, sample_weights=(1, 1, 1, 2))
    two = replace(last, weight=np.vstack([last.weight, last.weight]))
    deep = (hidden, replace(hidden, weight=np.eye(40)), last)
    for check, bent in (
        (1, replace(network, layers=(hidden, two), targets=np.hstack(2 * [network.targets]))),
        (1, replace(network, layers=deep, activations=2 * network.activations)),
        (1, replace(network, layers=(replace(hidden, trained=False), replace(last, trained=True)))),
        (1, replace(network, layers=(hidden, replace(last, trained=True)))),
        (1, replace(network, targets=None, teacher=tuple(replace(layer, trained=False) for layer in network.layers))),
        (0, replace(network, objective=weights)),
        (2, replace(network, layers=(hidden, replace(last, weight=last.weight * np.r_[np.ones(39), 1 + 2.0**-52])))),
    ):
        assert decide(WEAKEST, evidence, bent).check == check


def test_neither_opposite_inputs_nor_multiples_beside_a_bias_are_blamed_for_units_that_are_0():
    network = _start(3_000)
    hidden, last = network.layers
    still = replace(hidden, weight=0 * hidden.weight)
    for layer, sign in ((still, -1), (replace(still, bias=np.zeros(40)), 2)):
        inputs = np.vstack([network.inputs[:3], sign * network.inputs[0]])
        verdict = propose(replace(network, inputs=inputs, layers=(layer, last))).verdict
        assert verdict.check == 5 and "not proven positive definite" in verdict.reason


def test_descent_needs_a_last_radius_that_units_do_not_leave():
    network = _start(1e6, width=24)
    evidence = propose(network).evidence
    claim = replace(WEAKEST, step_size_max=5e-324)
    most = decide(claim, evidence, network).proved.radius
    for share, check in ((1.01, 0), (0.99, 7), (0.55, 7)):
        narrow = replace(evidence, radii=(share * most,))
        assert isinstance(decide(WEAKEST, narrow, network), Accepted)
        verdict = decide(claim, narrow, network)
        assert isinstance(verdict, Accepted) if not check else verdict.check == check


@pytest.mark.parametrize(("movement", "step"), [("unit", 0.0), ("unit", -1e-3), ("all", 1e-9), ("all", 0.0)])
def test_descent_of_no_step_or_of_all_weights_is_refused(movement, step):
    network = _start(1e6, width=24)
    assert decide(Claim(movement, 1e308, 0.0, step), propose(network).evidence, network).check == 3


@pytest.mark.parametrize("radii", [(1e-300,), (1e-300, 1e300), (5e-324, 1e308)])
@pytest.mark.parametrize("movement", ["unit", "all"])
def test_a_vanishing_share_of_the_criterion_is_refused_with_advice(movement, radii):
    network = _start(3_000)
    evidence = replace(propose(network).evidence, radii=radii)
    for targets in (network.targets, 1e-100 * network.targets):
        verdict = decide(Claim(movement, 1e308, 0.0), evidence, replace(network, targets=targets))
        assert verdict.check == 6 and "more units" in verdict.advice


@pytest.mark.parametrize("movement", ["unit", "all"])
def test_no_residual_and_units_that_turn_at_once_are_refused(movement):
    network = _start(3_000)
    evidence = replace(propose(network).evidence, radii=(1e6,))
    assert decide(Claim(movement, 1e308, 0.0), evidence, replace(network, targets=0 * network.targets)).check in (0, 6)
