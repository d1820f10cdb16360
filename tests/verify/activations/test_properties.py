"""The property table of theory 2.2, entry by entry: what is true is found and accepted, what is false never is."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from itertools import product

import pytest

from certificates import Accepted
from certificates.claims.activation_counterexample import Claim as Counterexample
from certificates.claims.lipschitz_slope import Claim as Lipschitz
from certificates.claims.nondegenerate_activation import Claim as Nondegenerate
from certificates.claims.piecewise_affine import Claim as Affine
from certificates.claims.positive_rho import Claim as PositiveRho
from certificates.claims.slope_growth import Claim as Growth
from certificates.expression import CATALOGUE, parse_activation
from certificates.kinds import find
from tests.support.activations import judge
from verify.activations import properties
from verify.proposals import nondegenerate_activation, slope_growth

# P1, P2, P3a, P3b, A2.3 (theory 2.2, last table; "–" where neither label holds)
TABLE = {
    "identity": ("P1", "not-P2", "P3a-strict", "P3b", "–"),
    "quadratic": ("not-P1", "not-P2", "P3a-strict", "not-P3b", "–"),
    "relu": ("P1", "P2", "not-P3a", "P3b", "–"),
    "leaky_relu(1/100)": ("P1", "P2", "not-P3a", "P3b", "–"),
    "squared_relu": ("P1", "P2", "P3a-lipschitz", "not-P3b", "–"),
    "softplus(1)": ("P1", "P2", "P3a-strict", "not-P3b", "A2.3(a)"),
    "softplus(3)": ("P1", "P2", "P3a-strict", "not-P3b", "A2.3(a)"),
    "smooth_leaky_relu(1/10)": ("P1", "P2", "P3a-strict", "not-P3b", "A2.3(a)"),
    "sigmoid": ("P1", "P2", "P3a-strict", "not-P3b", "A2.3(b)"),
    "tanh": ("P1", "P2", "P3a-strict", "not-P3b", "A2.3(b)"),
    "erf": ("P1", "P2", "P3a-strict", "not-P3b", "A2.3(b)"),
    "erf0": ("P1", "P2", "P3a-strict", "not-P3b", "A2.3(b)"),
    "arctan": ("P1", "P2", "P3a-strict", "not-P3b", "A2.3(b)"),
    "softsign": ("P1", "P2", "P3a-lipschitz", "not-P3b", "A2.3(b) for σ > 0"),
    "elu(1)": ("P1", "P2", "P3a-lipschitz", "not-P3b", "A2.3(a) for σ > 0"),
    "gelu": ("not-P1", "P2", "P3a-strict", "not-P3b", "A2.3(a)"),
    "silu": ("not-P1", "P2", "P3a-strict", "not-P3b", "A2.3(a)"),
    "mish": ("not-P1", "P2", "P3a-strict", "not-P3b", "A2.3(a)"),
    "sin": ("not-P1", "not-P2", "P3a-strict", "not-P3b", "A2.3(b)"),
}
SLOW = {"gelu", "silu", "mish", "z-sin(z)/2"}  # P2 by cells of σ; tails that oscillate

# formulas of users, by hand
USERS = {
    "z^3/3": ("P1", "P2", "not-P3a", "not-P3b", "–"),
    "z+z^3": ("not-P1", "P2", "not-P3a", "not-P3b", "–"),
    "piecewise(0, -1, z+1, 1, 2)": ("P1", "P2", "not-P3a", "P3b", "–"),
    "piecewise(z, 1/3, 2*z-1/3)": ("P1", "P2", "not-P3a", "P3b", "–"),
    "piecewise(-z^2, 0, z^2)": ("P1", "P2", "P3a-lipschitz", "not-P3b", "–"),
    "piecewise(z, 0, -z)": ("not-P1", "not-P2", "not-P3a", "P3b", "–"),
    "piecewise(2*z-1, 1, z^2)": ("not-P1", "P2", "P3a-lipschitz", "not-P3b", "–"),
    "atan(z)+z/2": ("P1", "P2", "P3a-strict", "not-P3b", "A2.3(b)"),
    "z-sin(z)/2": ("P1", "P2", "P3a-strict", "not-P3b", "A2.3(b)"),
}
COLUMNS = (
    properties.slope,
    properties.rho_positive,
    properties.curvature,
    properties.kinks,
    nondegenerate_activation.propose,
)
NEGATIONS = {
    "P1": {"not-P1"},
    "not-P1": {"P1"},
    "P2": {"not-P2"},
    "not-P2": {"P2"},
    "P3a-strict": {"not-P3a"},
    "P3a-lipschitz": {"not-P3a", "P3a-strict"},
    "not-P3a": {"P3a-strict", "P3a-lipschitz"},
    "P3b": {"not-P3b"},
    "not-P3b": {"P3b"},
    "A2.3(a)": {"A2.3(b)", "A2.3(b) for σ > 0"},
    "A2.3(a) for σ > 0": {"A2.3(a)", "A2.3(b)", "A2.3(b) for σ > 0"},
    "A2.3(b)": {"A2.3(a)", "A2.3(a) for σ > 0"},
    "A2.3(b) for σ > 0": {"A2.3(b)", "A2.3(a)", "A2.3(a) for σ > 0"},
    "–": {"A2.3(a)", "A2.3(b)", "A2.3(a) for σ > 0", "A2.3(b) for σ > 0"},
}
_SIGNS = ("nonzero", "zero")
CLAIMS = {
    "P1": [Growth(power, Fraction(0), Fraction(10**6)) for power in (0, 1, 2)],
    "P2": [PositiveRho()],
    "P3a-lipschitz": [Lipschitz("almost everywhere", Fraction(10**6))],
    "P3a-strict": [Lipschitz("everywhere", Fraction(10**6))],
    "P3b": [Affine(40)],
    **{f"not-{name}": [Counterexample(name)] for name in ("P1", "P2", "P3a", "P3b")},
    "A2.3(a)": [Nondegenerate(mean, "nonzero", "nonnegative") for mean in _SIGNS],
    "A2.3(b)": [Nondegenerate(mean, "zero", "nonnegative") for mean in _SIGNS],
    "A2.3(a) for σ > 0": [Nondegenerate(mean, "nonzero", "positive") for mean in _SIGNS],
    "A2.3(b) for σ > 0": [Nondegenerate(mean, "zero", "positive") for mean in _SIGNS],
}


@cache
def proposal(name: str, column: int):
    return COLUMNS[column](parse_activation(name))


def test_the_table_has_every_entry_of_the_catalogue():
    assert {parse_activation(name).name for name in TABLE} == set(CATALOGUE)


QUICK = [(name, column) for name, column in product({**TABLE, **USERS}, range(5))]


@pytest.mark.parametrize(
    ("name", "column"), [pytest.param(*case, marks=pytest.mark.slow if case[0] in SLOW else ()) for case in QUICK]
)
def test_the_property_table(name, column):
    expected = {**TABLE, **USERS}[name][column]
    found = proposal(name, column)
    if expected == "–":
        assert not isinstance(found.verdict, Accepted)
        return
    assert isinstance(found.verdict, Accepted), found.verdict.explanation()
    assert found.claim.label == expected and not found.verdict.conditional


def pool() -> list:
    """Evidence that proves something of something."""
    names = ("tanh", "softplus(1)", "relu", "squared_relu", "sin", "gelu", "elu(1)", "softsign", "z^3/3", "identity")
    found = [proposal(name, column) for name, column in product(names, range(5)) if (name, column) != ("gelu", 1)]
    return list({repr(p.evidence): p.evidence for p in found if isinstance(p.verdict, Accepted)}.values())


def false_claims(name: str) -> list:
    false = set().union(*(NEGATIONS[label] for label in {**TABLE, **USERS}[name]))
    return [claim for label in sorted(false) for claim in CLAIMS[label]]


def refuted(name: str, evidences: list) -> None:
    """Evidence of the claim's kind, made for something else, proves nothing."""
    for claim, evidence in product(false_claims(name), evidences):
        if isinstance(evidence, find(claim.kind).evidence):
            assert not isinstance(judge(name, claim, evidence), Accepted), (claim, evidence)


@pytest.mark.slow
@pytest.mark.parametrize("name", {**TABLE, **USERS})
def test_no_evidence_of_others_proves_what_is_false(name):
    refuted(name, pool())


@pytest.mark.parametrize("name", ["identity", "quadratic", "relu", "squared_relu", "sin", "elu(1)", "z^3/3"])
def test_evidence_of_tanh_and_relu_proves_nothing_false(name):
    refuted(name, [proposal(other, column).evidence for other, column in product(("tanh", "relu"), range(5))])


def test_the_weaker_property_is_asked_for_where_tails_grow():
    """φ' = 1 + 3z² fails P1; of tanh, whose slope is bounded, P1 says more."""
    found = slope_growth.propose_beside_a_constant(parse_activation("z+z^3"))
    assert isinstance(found.verdict, Accepted) and found.claim.label == "P1'" and found.claim.power == 2
    assert 3 < found.claim.slope < Fraction("3.2") and found.claim.constant >= 1
    assert properties.slope_or_weaker(parse_activation("tanh")).claim.label == "P1"
