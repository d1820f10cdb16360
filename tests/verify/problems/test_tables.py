"""Problems from .npz archives and CSV tables."""

from pathlib import Path

import numpy as np
import pytest

from certificates.errors import MalformedProblem
from verify.problems import ImportNotice, from_csv, from_npz, import_csv

RANDOM = np.random.default_rng(0)
WEIGHTS = {
    "layers.0.weight": RANDOM.normal(size=(4, 2)).astype(np.float32),
    "layers.0.bias": RANDOM.normal(size=4),
    "layers.1.weight": RANDOM.normal(size=(1, 4)),
}
TABLE = "age,target,height\n1,10,2\n3,20,4\n"


def test_npz_holds_the_whole_problem(tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    np.savez(path, **WEIGHTS, inputs=np.eye(2), targets=np.ones((2, 1)))
    problem = from_npz(path, activation="tanh", frozen=[1], loss="sum")
    assert problem.widths == (2, 4, 1)
    assert problem.layers[1].bias is None
    assert not problem.layers[1].trained
    np.testing.assert_array_equal(problem.layers[0].weight, WEIGHTS["layers.0.weight"])


def test_npz_without_data_says_what_it_has(tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    np.savez(path, **WEIGHTS, inputs=np.eye(2))
    with pytest.raises(MalformedProblem, match=r"no entry 'targets'; it has inputs, layers.0.bias"):
        from_npz(path, activation="tanh")


@pytest.mark.parametrize("stored", [True, False])
def test_csv_splits_columns_by_name(tmp_path: Path, stored: bool) -> None:
    path, weights = tmp_path / "a.csv", tmp_path / "w.npz"
    path.write_text(TABLE)
    np.savez(weights, **WEIGHTS)
    given = weights if stored else WEIGHTS
    with pytest.warns(ImportNotice, match="nearest binary64"):
        problem = from_csv(path, target="target", weights=given, activation="tanh")
    assert problem.inputs.tolist() == [[1.0, 2.0], [3.0, 4.0]]
    assert problem.targets.tolist() == [[10.0], [20.0]]


def test_several_targets_keep_the_order_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a,y,b,z\n1,10,2,30\n3,20,4,40\n")
    weights = WEIGHTS | {"layers.1.weight": np.ones((2, 4))}
    imported = import_csv(path, target=["z", "y"], weights=weights, activation="tanh")
    assert imported.network.targets.tolist() == [[30.0, 10.0], [40.0, 20.0]]
    assert imported.notes


@pytest.mark.parametrize(
    ("text", "target", "words"),
    [
        (TABLE, "weight", "no column 'weight'"),
        ("target\n1\n", "target", "every column is a target"),
        (TABLE.replace("20", "twenty"), "target", r"row 3, column 'target': 'twenty' is no finite number"),
        (TABLE.replace("height", "age"), "target", "two columns 'age'"),
        ("", "target", "is empty"),
    ],
)
def test_malformed_csv(tmp_path: Path, text: str, target: str, words: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(text)
    with pytest.raises(MalformedProblem, match=words):
        from_csv(path, target=target, weights=WEIGHTS, activation="tanh")
