"""A diagnosis says what is so, of every kind of problem, and claims nothing."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import numpy as np
import pytest

import verify
from tests.support.naive import random_network
from tests.support.objectives import CHANGES
from tests.support.planted import random_planted
from tests.support.quadratic import random_problem
from verify.certification.searches import network_searches
from verify.search.estimates import SECONDS, estimates


def _network(widths=(3, 12, 1), samples=5, residual=1.0, **options):
    return random_network(np.random.default_rng(1), widths, samples, residual=residual, **options)


def _one_hot():
    network = _network((4, 10, 3), 20)
    return replace(network, targets=np.eye(3)[np.arange(20) % 3].copy())


def _wild(network):
    return replace(network, inputs=network.inputs * 1e200)


EVERY = {
    "one sample": _network(samples=1),
    "N > p": _network((1, 2, 1), 20),
    "overflow": _wild(_network()),
    "frozen": _network(trained=(False, True)),
    "deep": _network((3, 6, 6, 1)),
    "one-hot": _one_hot(),
    "quadratic": random_problem(np.random.default_rng(1), 3, 2, 4),
    "planted": random_planted(np.random.default_rng(3), 3, 2, 5),
    "planted overflow": _wild(random_planted(np.random.default_rng(3), 3, 2, 5)),
    **{name: change(_network()) for name, change in CHANGES.items()},
}


@pytest.mark.parametrize("name", sorted(EVERY))
def test_every_problem_has_a_diagnosis(name):
    network = EVERY[name]
    found = verify.diagnose(network)
    text = str(found)
    assert text.startswith("nothing here is proved") and not re.search(r"\b(nan|inf)\b", text) and "possible: " in text
    assert not re.search(r"\bnan\b", repr(found)) and found._repr_html_().startswith("<table")
    numbers = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert numbers["proved"] is False and len(numbers["kinds"]) == len(list(network_searches()))
    assert len(found.saturation) == len(network.layers) - 1


def test_a_file_is_as_good_as_a_network(tmp_path):
    network = _network()
    found = verify.diagnose(verify.save_problem(network, tmp_path / "net.safetensors"))
    assert found.to_dict() == verify.diagnose(network).to_dict()
    assert str(found.estimates) == str(estimates(network, effort=SECONDS)) and "too large" in repr(found)


def test_what_helps_is_said_where_it_is_wanted():
    far = verify.diagnose(_network())
    assert f"residual is below {far.estimates.needed:.3g}" in far.remedies()[-1]
    assert not verify.diagnose(_network(residual=1e-6)).remedies()
    about = {prospect.kind: prospect.about for prospect in verify.diagnose(_network((1, 2, 1), 20)).prospects}
    assert "fewer samples" in about["zero-loss-convergence"] and "strict minimum" in about["strict-minimum"]
    assert not verify.diagnose(EVERY["softmax"]).remedies()


def test_related_targets_are_not_told_to_polish():
    found = verify.diagnose(_one_hot())
    assert str(found.relation) == "y_0 + y_1 + y_2 = 1"
    assert found.remedies()[-1].startswith("leave out one output") and not any(
        "--polish" in r for r in found.remedies()
    )
    assert verify.diagnose(_network(samples=1)).relation is None  # one sample satisfies relations anyway


def test_scales_come_before_polishing():
    found = verify.diagnose(replace(_network(), inputs=_network().inputs * 1e3))
    assert "scale the inputs" in found.remedies()[0] and "most slopes" in found.remedies()[1]


def test_fewer_samples_say_that_they_are(monkeypatch):
    network = _network((3, 80, 1), 40, residual=1e-9)
    monkeypatch.setattr("verify.diagnosis.diagnose.SECONDS", 2e8)
    found = verify.diagnose(network)
    assert "needed at most" in repr(found) and "(perhaps met)" in repr(found)
    assert any(label == "left out" and "of 40 samples" in text for label, text in found.rows())
