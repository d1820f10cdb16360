"""In Arb no rule about networks computes in binary64; the rest of the choice is its doctest."""

from __future__ import annotations

from pathlib import Path

import pytest

import certificates
from certificates import Accepted
from certificates.arithmetic.ball_matrix import BallMatrix

ACCEPTED = Path(__file__).resolve().parents[2] / "corpus" / "accepted"
ONE_OF_A_KIND = [
    "certified-orbit-run",
    "global-landscape",
    "gradient-dominance",
    "negative-curvature",
    "optimality-gap",
    "orbit-convergence",
    "second-order-stationary",
    "zero-loss-convergence",
]


class _Binary64(Exception):
    """A matrix of binary64 was made."""


@pytest.mark.parametrize("kind", ONE_OF_A_KIND)
def test_every_rule_about_networks_follows_the_arithmetic(kind, monkeypatch):
    path = sorted((ACCEPTED / kind).glob("*.cert.json"))[0]

    def refuse(*_args: object, **_options: object) -> None:
        raise _Binary64

    monkeypatch.setattr(BallMatrix, "__init__", refuse)
    assert isinstance(certificates.check(path, arithmetic="arb"), Accepted)
    with pytest.raises(_Binary64):
        certificates.check(path, arithmetic="fast")
