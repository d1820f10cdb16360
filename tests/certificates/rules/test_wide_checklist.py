"""The rule of wide-checklist: each hypothesis true, false or not decided, and when they contradict one another."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from certificates import Accepted, Dense, Network, Rejected, Undecided, decide
from certificates.claims.wide_checklist import Claim, Evidence
from certificates.enclosures.objectives.hessian import gradient_norms
from certificates.enclosures.objectives.point import evaluate
from certificates.errors import MalformedCertificate
from certificates.expression import parse_activation
from certificates.subjects import Objective, Squared
from tests.support.wide import wide_net
from verify.proposals.wide_checklist import propose

FIELDS = ("distinct", "wide", "independent_rows", "nonsingular", "contradictory")


def _answers(network, layer, evidence=Evidence()):  # noqa: B008 - frozen
    found = []
    for name in FIELDS:
        answers = [
            a for a in ("true", "false") if isinstance(decide(Claim(layer, **{name: a}), evidence, network), Accepted)
        ]
        assert len(answers) < 2
        found.append(answers[0] if answers else None)
    return found


@pytest.mark.parametrize(
    ("widths", "samples", "layer", "answers"),
    [
        ((2, 3, 2), 4, 1, ["true", "true", "true", "true", "false"]),  # 3 units and the bias for 4 samples
        ((2, 4, 2), 4, 1, ["true", "true", "true", "false", "true"]),  # one unit more: directions without effect
        ((2, 2, 2), 4, 1, ["true", "false", "true", "true", "true"]),
        ((2, 3, 2, 2), 4, 1, ["true", "true", "true", "true", "true"]),  # all true here, but never at critical weights
        ((2, 3, 2, 3), 4, 1, ["true", "true", "false", "true", "true"]),
        ((2, 3, 3, 1), 4, 2, ["true", "true", "true", "true", "false"]),
    ],
)
def test_shapes(widths, samples, layer, answers):
    assert _answers(wide_net(widths, samples), layer) == answers


def test_all_four_hold_away_from_critical_weights_and_the_gradient_is_not_0():
    """Of theorem 5.2.6 (ii): where all four hold, the weights are not critical in the layers above."""
    network = wide_net((2, 3, 2, 2), 4)
    block = replace(network, layers=(replace(network.layers[0], trained=False), *network.layers[1:]))
    assert gradient_norms(evaluate(block))[0] > 0.1


def test_at_a_fit_of_a_deep_block_the_hessian_is_singular():
    """Labels that are the outputs, exactly: identity units and integers; (4) is not proved, and (1) to (3) hold."""
    layers = tuple(Dense(np.array(w, dtype=float), None) for w in ([[1, 0], [0, 1]], [[1, 2], [3, 4]], [[1, 1]]))
    x = np.array([[1.0, 2.0], [3.0, 5.0]])
    y = x @ layers[1].weight.T @ layers[2].weight.T
    hidden = (parse_activation("identity"),) * 2
    network = Network(layers, hidden, x, y, Objective(Squared(Fraction(1, 2))))
    assert _answers(network, 1) == ["true", "true", "true", None, "true"]


def test_a_hessian_by_hand():
    """f = ½(w_2w_1 − y)² in (w_1, w_2): det = w_1²w_2² − (2w_1w_2 − y)², 0 for w_1 = w_2 = 1 at y = 1 and at y = 3."""
    for y, answer in ((0.0, "true"), (1.0, None), (3.0, None), (2.0, "true")):
        layers = tuple(Dense(np.ones((1, 1)), None) for _ in range(3))
        hidden = (parse_activation("identity"),) * 2
        network = Network(layers, hidden, np.ones((1, 1)), np.array([[y]]), Objective(Squared(Fraction(1, 2))))
        assert _answers(network, 1)[3] == answer


def test_frozen_layers_count_as_well_and_lower_ones_do_not():
    network = wide_net((2, 3, 2, 2), 4)
    frozen = wide_net((2, 3, 2, 2), 4, frozen=(1,))
    facts = {fact.symbol: fact.upper for fact in decide(Claim(1, nonsingular="true"), Evidence(), frozen).facts}
    assert facts["N"] == 2 * 4 + 2 * 3 and _answers(frozen, 1) == _answers(network, 1)


def test_equal_inputs_make_it_false_whatever_the_weights_are():
    network = wide_net((2, 3, 2), 4)
    inputs = network.inputs.copy()
    inputs[3], inputs[1] = inputs[0], inputs[0] * 2
    inputs[3, 0] += 0.0
    twice = replace(network, inputs=inputs)
    verdict = decide(Claim(1, distinct="true"), Evidence(), twice)
    assert isinstance(verdict, Rejected) and verdict.check == 4 and verdict.seen == "inputs[0] = inputs[3]"
    assert _answers(twice, 1) == ["false", "true", "true", "false", "true"]


def test_kinks_above_leave_the_hessian_undecided():
    assert _answers(wide_net((2, 3, 2, 2), 4, "elu"), 1)[3:] == [None, None]
    assert _answers(wide_net((2, 3, 2), 4, "elu"), 1)[3:] == ["true", "false"]  # they lie below the last layer


def test_slopes_that_may_be_0_leave_the_contradiction_undecided():
    assert _answers(wide_net((2, 3, 2, 2), 4, "sin"), 1)[4] is None
    assert _answers(wide_net((2, 3, 2, 2), 4, "softplus"), 1)[4] == "true"


def test_ranks_by_shifts_and_exactly():
    network = wide_net((2, 3, 2, 2), 4)
    weight = network.layers[2].weight
    least = float(np.linalg.eigvalsh(weight @ weight.T)[0])
    for shift, outcome in ((0.999 * least, Accepted), (1.001 * least, Undecided)):
        assert isinstance(decide(Claim(1, independent_rows="true"), Evidence((shift,)), network), outcome)
    nearly = weight.copy()
    nearly[1] = nearly[0]
    nearly[1, 1] = np.nextafter(nearly[1, 1], 9)
    close = replace(network, layers=(*network.layers[:2], replace(network.layers[2], weight=nearly)))
    assert _answers(close, 1)[2] == "true"  # exactly
    twice = np.array([weight[0], 2 * weight[0]])
    lost = replace(network, layers=(*network.layers[:2], replace(network.layers[2], weight=twice)))
    assert _answers(lost, 1)[2] == "false"


@pytest.mark.parametrize("shift", [0.0, -1.0, float("inf"), float("nan")])
def test_shifts_that_are_none(shift):
    verdict = decide(Claim(1, wide="true"), Evidence((shift,)), wide_net((2, 3, 2, 2), 4))
    assert verdict.check == 2


def test_claims_that_claim_nothing():
    for arguments in ({"layer": 1}, {"layer": 0, "wide": "true"}):
        with pytest.raises(MalformedCertificate):
            Claim(**arguments)


def test_large_hessians_are_refused_and_work_is_estimated():
    network = wide_net((2, 70, 70, 1), 3)
    verdict = decide(Claim(1, nonsingular="true"), Evidence(), wide_net((2, 70, 70, 1), 71))
    assert (verdict.outcome, verdict.check) == ("undecided", 3) and "at most 4,000" in verdict.required
    assert _answers(network, 1)[3] == "false"  # no matrix is needed
    verdict = decide(Claim(1, nonsingular="true"), Evidence(), wide_net((2, 3, 2), 4), budget=1.0)
    assert verdict.cause == "budget"


def test_the_search_says_what_is_found_of_every_layer():
    found = propose(wide_net((2, 3, 2, 2), 4))
    assert found.claim.layer == 1 and found.notes == (
        "layers.2: distinct true, wide false, independent rows true, nonsingular true, contradictory true",
    )
    undecided = propose(wide_net((2, 3, 2, 2), 4, "elu"))
    assert (
        any("(4), a nonsingular Hessian, is not decided" in note for note in undecided.notes)
        or undecided.claim.layer == 2
    )
