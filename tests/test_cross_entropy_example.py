"""The shipped classifier without weight decay: a theorem in both arithmetics, with the numbers of its page."""

from pathlib import Path

import pytest

from certificates import Accepted, check
from verify.certification.files import load
from verify.proposals.cross_entropy_convergence import propose, summed_loss

FOLDER = Path(__file__).resolve().parent.parent / "examples" / "wine_unpenalised"
CERTIFICATE = FOLDER / "problem.cross-entropy-convergence.cert.json"


@pytest.mark.parametrize("arithmetic", ["fast", "arb"])
def test_the_shipped_claim_is_a_theorem(arithmetic):
    verdict = check(CERTIFICATE, arithmetic=arithmetic)
    assert isinstance(verdict, Accepted) and not verdict.conditional


def test_the_numbers_of_its_page():
    claim, page = check(CERTIFICATE).claim, (FOLDER / "README.md").read_text(encoding="utf-8")
    network = load(FOLDER / "problem.safetensors").network
    assert claim.margin >= 2.255 and claim.rate >= 0.000978 and claim.steps.step_size_max >= 0.387
    assert claim.loss_at.time == 94_700 and claim.loss_at.loss <= 5.6e-5 and claim.smallest_weight * 178 == 1
    assert abs(summed_loss(network) - 0.0997) < 5e-5 and network.sample_count == 178
    assert all(
        text in page for text in ("| 2.255 |", "0.000978 t", "| 0.387;", "94,700", "5.6e-5", "| 0.0997 < log 2 |")
    )


def test_it_is_found_again():
    found = propose(load(FOLDER / "problem.safetensors").network)
    assert isinstance(found.verdict, Accepted)
    assert abs(found.claim.margin - check(CERTIFICATE).claim.margin) < 1e-5
