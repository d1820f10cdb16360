"""Objectives in problem files: the lowest format that suffices, one spelling, places of what is wrong."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from certificates import Network
from certificates.document.problem_file import decode_problem, encode_problem
from certificates.document.tensors import decode_tensors, encode_tensors
from certificates.errors import MalformedProblem
from certificates.subjects import Decay, Logistic, Objective, SoftmaxCrossEntropy, Squared
from tests.support.naive import random_network
from tests.support.objectives import varied

ROOT = Path(__file__).resolve().parents[3]
NETWORK = random_network(np.random.default_rng(4), (2, 3, 2), 3, trained=(True, False))
SMOOTHED = varied(NETWORK)[-1]


def _format(data: bytes) -> str:
    found: str = json.loads(decode_tensors(data)[1]["gradcert"])["format"]
    return found


# ---- what is written ----------------------------------------------------------------------------------------------


def test_a_plain_sum_of_squares_keeps_the_first_format():
    assert _format(encode_problem(NETWORK)) == "gradcert-problem/1"
    assert {_format(encode_problem(network)) for network in varied(NETWORK)} == {"gradcert-problem/2"}


def _shipped() -> list[bytes]:
    """The problem files, and the problems inside the certificates, of the examples, the errata and the corpus."""
    found = {path.read_bytes() for path in ROOT.glob("examples/**/*.safetensors")}
    for folder in ("examples", "verify/theory/certificates", "tests/corpus/accepted"):
        for path in (ROOT / folder).rglob("*.cert.json"):
            embedded = json.loads(path.read_bytes())["problem"].get("embedded")
            found |= set() if embedded is None else {base64.b64decode(embedded)}
    return sorted(found, key=len)


def test_shipped_problems_are_written_again_byte_for_byte():
    shipped = _shipped()
    assert len(shipped) > 20
    assert all(encode_problem(decode_problem(data)) == data for data in shipped)


SCALES = st.fractions(min_value=Fraction(1, 10**30), max_value=10**30)
CENTRES = st.none() | st.lists(st.floats(-9, 9), min_size=6, max_size=6).filter(any).map(
    lambda row: np.array(row).reshape(3, 2)
)
BIAS_CENTRES = st.none() | st.just(np.array([1.0, -0.0, 2.0**-1074]))
WEIGHTS = st.just(()) | st.lists(SCALES, min_size=3, max_size=3, unique=True).map(tuple)
DECAYS = st.tuples(
    st.just(()) | st.builds(lambda *a: (Decay("layers.0.weight", *a),), SCALES, CENTRES),
    st.just(()) | st.builds(lambda *a: (Decay("layers.0.bias", *a),), SCALES, BIAS_CENTRES),
).map(lambda pair: pair[0] + pair[1])
ROWS = st.fractions(0, Fraction(9, 10)).map(lambda share: ((1 - share, share), (Fraction(1, 3), Fraction(2, 3))))
LOSSES = st.one_of(
    st.builds(Squared, SCALES),
    st.builds(Logistic, SCALES),
    st.builds(SoftmaxCrossEntropy, SCALES),
    st.builds(SoftmaxCrossEntropy, SCALES, ROWS),
)


@settings(max_examples=40, deadline=None)
@given(loss=LOSSES, decay=DECAYS, weights=WEIGHTS)
def test_round_trip(loss, decay, weights):
    objective = Objective(loss, decay, weights)
    network = replace(SMOOTHED, objective=objective)
    data = encode_problem(network)
    again = decode_problem(data)
    assert again.objective == objective and encode_problem(again) == data
    assert _format(data)[-1] == ("1" if objective.squared_scale is not None else "2")


def test_more_weights_than_a_header_holds_are_refused_when_written():
    count = 3_300
    weights = tuple(Fraction(1, 10**330 + index) for index in range(count))
    wide = random_network(np.random.default_rng(0), (2, 3, 1), count)
    with pytest.raises(MalformedProblem, match="at most 1048576 are read"):
        encode_problem(replace(wide, objective=Objective(Squared(Fraction(1)), (), weights)))


# ---- what is refused ----------------------------------------------------------------------------------------------


def _decode(changes: dict[str, object], tensors: dict[str, np.ndarray], drop: str = "", source: Network = SMOOTHED):
    held, metadata = decode_tensors(encode_problem(source))
    metadata = json.loads(metadata["gradcert"]) | changes
    metadata.pop(drop, None)
    return decode_problem(encode_tensors({**held, **tensors}, {"gradcert": json.dumps(metadata)}))


def _with(key: str, value: object):
    return lambda: _decode({key: value}, {})


def _without(key: str):
    return lambda: _decode({}, {}, key)


def _plain(**changes: object):
    return lambda: _decode(changes, {}, source=NETWORK)


RATES = {"layers.0.weight": "1/1000", "layers.0.bias": "3/7"}
BAD = {
    "gradcert.format": _plain(format="gradcert-problem/2", loss="squared"),
    "gradcert.format 3": _with("format", "gradcert-problem/3"),
    "gradcert.format list": _with("format", ["gradcert-problem/2"]),
    "gradcert format 1 with a loss": _plain(loss="squared"),
    "gradcert format 1 with weights": _plain(sample_weights=["1", "2", "1"]),
    "gradcert format 1 with a penalty": _plain(decay=RATES),
    "gradcert format 1 for it": _with("format", "gradcert-problem/1"),
    "gradcert without a loss": _without("loss"),
    "gradcert without a scale": _without("loss_scale"),
    "gradcert unknown": _with("momentum", "1/2"),
    "gradcert.loss": _with("loss", "hinge"),
    "gradcert.loss spelling": _with("loss", "Softmax"),
    "gradcert.loss list": _with("loss", ["softmax"]),
    "gradcert.loss_scale": _with("loss_scale", "2/4"),
    "gradcert.loss_scale sign": _with("loss_scale", "+1"),
    "decay.layers." + "9" * 53: _with("decay", RATES | {"layers." + "9" * 5_000 + ".weight": "1"}),
    "gradcert.loss_scale decimal": _with("loss_scale", "0.5"),
    "gradcert.loss_scale list": _with("loss_scale", ["1"]),
    "loss_scale": _with("loss_scale", "0"),
    "gradcert.class_labels": _with("class_labels", []),
    "gradcert.class_labels text": _with("class_labels", "1"),
    "gradcert.class_labels object": _with("class_labels", {"0": ["1", "0"]}),
    "gradcert.class_labels of the logistic loss": _with("loss", "logistic"),
    "gradcert.class_labels of the squared loss": _with("loss", "squared"),
    "gradcert.class_labels[1]": _with("class_labels", [["1/2", "1/2"], []]),
    "gradcert.class_labels[0] text": _with("class_labels", ["1/2", "1/2"]),
    "gradcert.class_labels[1][0]": _with("class_labels", [["1/2", "1/2"], ["2/4", "1/2"]]),
    "gradcert.class_labels[1][1] list": _with("class_labels", [["1/2", "1/2"], ["1/2", ["1/2"]]]),
    "class_labels": _with("class_labels", [["1", "0"], ["0", "1"]]),
    "class_labels[1]": _with("class_labels", [["1/2", "1/2"], ["1/2", "1/3"]]),
    "gradcert.decay": _with("decay", {}),
    "gradcert.decay list": _with("decay", ["1/1000"]),
    "gradcert.decay text": _with("decay", "1/1000"),
    "gradcert.decay.layers.0.weight": _with("decay", RATES | {"layers.0.weight": "1.0"}),
    "gradcert.decay.layers.0.bias": _with("decay", RATES | {"layers.0.bias": ["1"]}),
    "decay.layers.0.weight": _with("decay", RATES | {"layers.0.weight": "0"}),
    "decay.layers.0.bias long": _with("decay", RATES | {"layers.0.bias": "1/" + "9" * 5000}),
    "decay.layers.1.weight frozen": _with("decay", RATES | {"layers.1.weight": "1"}),
    "decay.layers.7.weight": _with("decay", RATES | {"layers.7.weight": "1"}),
    "decay.layers.00.weight": _with("decay", RATES | {"layers.00.weight": "1"}),
    "decay.layers.\\u0663.weight": _with("decay", RATES | {"layers.٣.weight": "1"}),
    "decay.teacher.layers.0.weight": _with("decay", RATES | {"teacher.layers.0.weight": "1"}),
    "decay. no name": _with("decay", RATES | {"": "1"}),
    "centre.layers.0.weight without a penalty": _with("decay", {"layers.0.bias": "3/7"}),
    "centre.layers.0.weight without penalties": _without("decay"),
    "centre.layers.0.weight": lambda: _decode({}, {"centre.layers.0.weight": np.ones((2, 3))}),
    "centre.layers.0.weight zero": lambda: _decode({}, {"centre.layers.0.weight": np.zeros((3, 2))}),
    "centre.layers.0.bias nan": lambda: _decode({}, {"centre.layers.0.bias": np.full(3, np.nan)}),
    "centre.layers.1.weight": lambda: _decode({}, {"centre.layers.1.weight": np.ones((2, 3))}),
    "centre. no name": lambda: _decode({}, {"centre.": np.ones(1)}),
    "centre.layers.0.weight in format 1": lambda: _decode(
        {}, {"centre.layers.0.weight": np.ones((3, 2))}, source=NETWORK
    ),
    "gradcert.sample_weights": _with("sample_weights", []),
    "gradcert.sample_weights text": _with("sample_weights", "2"),
    "gradcert.sample_weights[1]": _with("sample_weights", ["2", "01", "1"]),
    "gradcert.sample_weights[0] float": _with("sample_weights", ["0x1.0000000000000p+1", "1", "1"]),
    "gradcert.sample_weights[2] list": _with("sample_weights", ["2", "1", ["1"]]),
    "sample_weights few": _with("sample_weights", ["2", "1"]),
    "sample_weights many": _with("sample_weights", ["2", "1", "1", "1"]),
    "sample_weights equal": _with("sample_weights", ["2", "2", "2"]),
    "sample_weights[1]": _with("sample_weights", ["2", "0", "1"]),
    "sample_weights[2]": _with("sample_weights", ["2", "1", "-1"]),
    "sample_weights[0] long": _with("sample_weights", ["9" * 400, "1", "1"]),
    "targets": lambda: _decode({}, {"targets": np.full((3, 2), 0.5)}),
}


@pytest.mark.parametrize("place", sorted(BAD))
def test_every_defect_is_named_with_its_place(place):
    with pytest.raises(MalformedProblem) as caught:
        BAD[place]()
    assert caught.value.place == place.split(" ")[0]


def test_the_tests_bend_a_file_that_is_read():
    assert _decode({}, {}).objective == SMOOTHED.objective
    assert _decode({"decay": dict(reversed(RATES.items()))}, {}).objective == SMOOTHED.objective


def test_a_key_that_appears_twice_is_refused():
    held, metadata = decode_tensors(encode_problem(SMOOTHED))
    twice = metadata["gradcert"].replace('"decay": {', '"decay": {"layers.0.bias": "1", ')
    with pytest.raises(MalformedProblem, match="appears twice"):
        decode_problem(encode_tensors(held, {"gradcert": twice}))
