"""The split of theory 5.5, and what is said without scikit-learn."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from typer.testing import CliRunner

from certificates.errors import Malformed
from tests.support.made_up_images import made_up_images
from verify.cli.app import app
from verify.experiments.golikov_2020.digits import digits, split


def test_the_parts_are_the_images_in_the_stated_order_less_the_mean_of_the_first():
    pixels, labels = np.arange(24.0).reshape(6, 4) % 17, np.arange(6)
    data = split(pixels, labels, 4)
    order = np.random.default_rng(0).permutation(6)
    assert [*data.labels, *data.test_labels] == list(order)
    mean = sum(pixels[i] / 16 for i in order[:4]) / 4
    np.testing.assert_allclose(np.vstack([data.inputs, data.test_inputs]), pixels[order] / 16 - mean, atol=1e-15)


def test_the_fingerprint_is_of_pixels_and_labels():
    pixels, labels = np.zeros((3, 2)), np.arange(3)
    prints = {split(pixels, labels, 2).fingerprint, split(pixels, labels, 1).fingerprint}
    assert len(prints) == 1
    prints |= {split(pixels, labels[::-1], 2).fingerprint, split(pixels + 1, labels, 2).fingerprint}
    assert len(prints) == 3
    assert made_up_images().fingerprint == made_up_images().fingerprint


def test_without_scikit_learn_the_command_says_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "sklearn.datasets", None)
    with pytest.raises(Malformed, match=r"pip install 'gradcert\[sklearn\]'"):
        digits(1_000)
    done = CliRunner().invoke(app, ["reproduce", "essay-fig-1", "-o", str(tmp_path / "new")])
    assert done.exit_code == 2 and "scikit-learn" in done.stderr and not (tmp_path / "new").exists()
