"""The number of samples beyond which polynomial networks have a singular kernel: reached, and not one too many."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

import verify
from verify.numeric.mlp import FloatNetwork
from verify.problems import select
from verify.search.rank_limits import rank_limit


def network(activation, hidden, samples, *, bias, inputs=3, outputs=1):
    rng = np.random.default_rng(7)
    widths = (inputs, *hidden, outputs)
    weights = [rng.normal(size=(out, into)) / np.sqrt(into) for into, out in pairwise(widths)]
    biases = [rng.normal(size=len(weight)) for weight in weights] if bias else None
    x, y = rng.normal(size=(samples, inputs)), rng.normal(size=(samples, outputs))
    return verify.from_arrays(weights, biases, activation, x, y)


CASES = [
    ("identity", (8,), False, 3),
    ("identity", (8, 8), True, 4),
    ("2*z + 1", (8,), False, 4),
    ("z^2", (30,), False, 6),
    ("z^2", (30,), True, 10),
    ("z^2", (12, 12), False, 15),  # of degree 4
    ("z - z^3/2", (40,), False, 13),  # of degrees 1 and 3
]


@pytest.mark.parametrize(("activation", "hidden", "bias", "monomials"), CASES)
def test_singular_with_one_sample_more_and_not_with_that_many(activation, hidden, bias, monomials):
    assert rank_limit(network(activation, hidden, monomials, bias=bias)) is None
    more = network(activation, hidden, monomials + 1, bias=bias, outputs=2)
    assert rank_limit(more).monomials == monomials
    spectra = []
    for each in (network(activation, hidden, monomials, bias=bias, outputs=2), more):
        net = FloatNetwork(each)
        values = np.linalg.eigvalsh(net.tangent_kernel(net.initial()))
        spectra.append(values[0] / values[-1])
    assert spectra[0] > 1e-9 and spectra[1] < 1e-13


@pytest.mark.parametrize("activation", ["tanh", "relu", "squared_relu", "z/(1+z^2)", "(z^8)^16"])
def test_what_is_no_polynomial_has_no_limit(activation):
    assert rank_limit(network(activation, (4,), 50, bias=True)) is None


@pytest.mark.parametrize(("activation", "hidden"), [("identity", (2,)), ("identity", (40,)), ("z^2", (40,))])
def test_certify_refuses_before_polishing_and_speaks_of_no_width(activation, hidden):
    verdict = verify.certify(
        network(activation, hidden, 12, bias=True), kind="zero-loss-convergence", polish=True
    ).verdict
    assert (verdict.outcome, verdict.check, verdict.seen) == ("rejected", 6, "n = 12")
    assert "wide" not in verdict.advice and "at most" in verdict.advice


def test_so_few_samples_certify():
    for activation, hidden, count in (("identity", (8,), 4), ("z^2", (40,), 10)):
        many = network(activation, hidden, 12, bias=True)
        few = select(many, samples=range(rank_limit(many).monomials))
        assert few.sample_count == count
        assert verify.certify(few, kind="zero-loss-convergence", polish=True).verdict.outcome == "accepted"
