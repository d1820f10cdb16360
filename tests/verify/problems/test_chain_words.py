"""The sentence of what weights are read as, for networks of any depth and any formula."""

from __future__ import annotations

import numpy as np

from certificates.subjects import LONGEST_NOTE
from tests.support.naive import random_network
from verify.problems import from_arrays
from verify.problems.chain_words import sentence


def test_a_sentence_names_every_layer():
    network = random_network(np.random.default_rng(0), (3, 8, 5, 1), 4)
    assert sentence(network) == (
        "read as: Linear 3→8, tanh, Linear 8→5, tanh, Linear 5→1, affine output; a chain, nothing else"
    )


def test_long_networks_and_long_formulas_fit_into_a_note():
    formula = "+".join(["tanh(z)"] * 50)
    depth = 40
    weights = [np.ones((1, 1))] * depth
    text = sentence(from_arrays(weights, None, formula, [[1.0]], [[1.0]]))
    assert len(text) < LONGEST_NOTE
    assert "… (40 Linear layers in all) …" in text
