"""Spellings of polynomials: read exactly, and the square is the square in any of them."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import verify
from certificates.expression import parse_activation
from tests.support.naive import random_network
from verify.problems.polynomial_activations import polynomial, recognised

SPELLINGS = ["z*z", "z^2", "(-z)*(-z)", "2*z^2/2", "(z+1)*(z-1)+1", "z^3*0 + z*z", "(1/2 + 1/2)*z*z"]


@pytest.mark.parametrize("text", SPELLINGS)
def test_the_square(text):
    assert recognised(parse_activation(text)).text == "quadratic"
    assert verify.from_arrays([[[1.0]], [[1.0]]], None, text, [[2.0]], [[0.0]]).activations[0].text == "quadratic"


@pytest.mark.parametrize(
    "text", ["2*z^2", "z^2 + 1/1000000000000", "z^2/z", "z^3/z", "piecewise(z*z, 0, z*z)", "tanh(z)*0"]
)
def test_what_stays_as_it_is_written(text):
    assert recognised(parse_activation(text)) == parse_activation(text)


FORMULAS = st.recursive(
    st.sampled_from(["z", "2", "1/3", "0.5"]),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from("+-*"), inner).map(lambda t: f"({t[0]}{t[1]}{t[2]})"),
        inner.map(lambda t: f"(-{t})"),
        inner.map(lambda t: f"({t}/3)"),
        st.tuples(inner, st.integers(0, 3)).map(lambda t: f"({t[0]})^{t[1]}"),
    ),
    max_leaves=6,
)


@given(FORMULAS)
@settings(max_examples=30)
def test_values_agree_with_the_formula(text):
    found = polynomial(parse_activation(text).expression)
    for z in (Fraction(-3, 2), Fraction(0), Fraction(5, 7)):
        value = eval(text.replace("^", "**").replace("0.5", "1/2"), {}, {"z": z})  # noqa: S307 - our own text
        if found is not None:
            assert sum(c * z**k for k, c in found.items()) == pytest.approx(float(value), rel=1e-9, abs=1e-9)
    assert found is not None or "^" in text


@pytest.mark.parametrize(("text", "factor"), [("2*z^2", 2.0), ("-z*z/4", -0.25), ("z*z", 1.0)])
def test_a_multiple_of_the_square_is_named_and_the_advice_works(text, factor):
    rng, heard = np.random.default_rng(0), []
    inner, outer = rng.normal(size=(2, 3)), np.array([[0.5, 0.25]])
    x, y = rng.normal(size=(12, 3)), rng.normal(size=(12, 1))
    given_one = verify.from_arrays([inner, outer], None, parse_activation(text), x, y, frozen=[1])
    verify.certify(given_one, notice=heard.append)
    assert len(heard) == 1 and "with the activation z^2" in heard[0]
    assert factor == 1 or f"multiplied by {Fraction(factor)}" in heard[0]
    heard.clear()
    followed = verify.from_arrays([inner, factor * outer], None, "z^2", x, y, frozen=[1])
    verdict = verify.certify(followed, notice=heard.append).verdict
    assert verdict.outcome == "accepted" and verdict.kind in ("negative-curvature", "optimality-gap") and not heard


def test_other_networks_are_left_alone():
    heard = []
    network = random_network(np.random.default_rng(1), (3, 4, 1), 3, "quadratic")  # both layers trained
    verify.certify(network, notice=heard.append)
    assert not heard
