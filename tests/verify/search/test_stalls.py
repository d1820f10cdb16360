"""What stalled, with its numbers: each cause is told from the others, and none is told to polish."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import verify
from certificates import Accepted, Undecided
from tests.support.naive import random_network
from verify.search.polish import Polished
from verify.search.stalls import explained, saturated_share
from verify.search.trapping import Margin

START = Margin(1.0, 1e-3, 0.1, 10.0, 0.0)
VERDICT = Undecided("zero-loss-convergence", "rule", "fast", 7, "the residual is too large", advice="--polish")


def refused(end, ended, norms=(1.0, 0.5, 0.4), scale=1.0, start=START, check=7):
    network = random_network(np.random.default_rng(1), (3, 8, 1), 4)
    network = replace(network, inputs=network.inputs * scale)
    return explained(replace(VERDICT, check=check), Polished(network, 1.0, norms, ended, (start, end)))


@pytest.mark.parametrize(
    ("end", "ended", "what", "advice"),
    [
        (Margin(0.4, 0.0, 1e-5, 10.0, 0.0), "floor", "λ_min(K) fell on the way: about 0.1, 1e-05 (λ_max 10)", "wider"),
        (Margin(0.4, 0.0, 0.0, 10.0, 0.0), "steps", "about 0.1, 0 (λ_max 10)", "wider"),
        (Margin(0.4, 1e-3, 0.1, 10.0, 0.0), "stuck", "no step lowers it", "another start"),
        (Margin(0.4, 1e-3, 0.1, 10.0, 0.0), "steps", "it fell by 60% over the last 2", "train further"),
        (Margin(0.4, 1e-3, 0.1, 10.0, 0.0), "floor", "rounding floor; about 0.001 is needed", "fewer samples"),
    ],
)
def test_each_cause_has_its_numbers_and_its_advice(end, ended, what, advice):
    verdict = refused(end, ended)
    assert "2 polishing steps took ‖e‖ from 1 to 0.4" in verdict.reason and what in verdict.reason
    assert advice in verdict.advice and "--polish" not in verdict.explanation() and "saturated" not in verdict.reason


def test_a_kernel_that_was_singular_from_the_start_did_not_fall():
    tiny = Margin(0.4, 0.0, -1e-12, 10.0, 0.0)
    verdict = refused(tiny, "stuck", start=Margin(1.0, 0.0, 1e-11, 10.0, 0.0), check=6)
    assert "λ_min(K), about 1e-11, 0 on the way, is too small beside λ_max, 10" in verdict.reason
    assert "fell" not in verdict.reason.replace("‖e‖", "") and "fewer samples" in verdict.advice


def test_saturated_units_are_counted_and_named():
    verdict = refused(Margin(0.4, 0.0, 0.0, 10.0, 0.0), "floor", scale=100.0)
    assert "(saturated)" in verdict.reason and verdict.advice.startswith("inputs or first weights of a smaller scale")
    slopes = random_network(np.random.default_rng(1), (3, 8, 1), 4)
    assert saturated_share(Polished(slopes, 0.0, (1.0,), "floor")) == 0


def test_other_checks_keep_their_own_advice():
    other = replace(VERDICT, check=5, advice="a larger budget")
    assert explained(other, Polished(None, 0.0, (1.0,), "floor")) is other


def test_a_net_that_cannot_fit_says_so_and_not_to_polish():
    network = random_network(np.random.default_rng(3), (1, 2, 1), 6, residual=1.0)
    for polish in (True, "full"):
        verdict = verify.certify(network, polish=polish).verdict
        assert not isinstance(verdict, Accepted) and "polishing steps took ‖e‖" in verdict.reason
        assert "--polish" not in verdict.explanation()
