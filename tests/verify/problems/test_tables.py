"""Problems from .npz archives and CSV tables."""

from pathlib import Path

import numpy as np
import pytest

from certificates.errors import MalformedProblem
from verify.problems import CsvFormat, ImportNotice, Settings, from_csv, from_npz, import_csv, import_npz

RANDOM = np.random.default_rng(0)
pytestmark = pytest.mark.filterwarnings("ignore:the weights are:UserWarning")  # float32, as the note says
WEIGHTS = {
    "layers.0.weight": RANDOM.normal(size=(4, 2)).astype(np.float32),
    "layers.0.bias": RANDOM.normal(size=4),
    "layers.1.weight": RANDOM.normal(size=(1, 4)),
}
TABLE = "age,target,height\n1,10,2\n3,20,4\n"


def test_npz_holds_the_whole_problem(tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    np.savez(path, **WEIGHTS, inputs=np.eye(2), targets=np.ones((2, 1)))
    with pytest.warns(ImportNotice, match="read as: Linear 2→4, tanh, Linear 4→1 without bias, affine output; a chain"):
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
    with pytest.warns(ImportNotice, match="read as"), pytest.warns(ImportNotice, match="nearest binary64"):
        problem = from_csv(path, target="target", weights=given, activation="tanh")
    assert problem.inputs.tolist() == [[1.0, 2.0], [3.0, 4.0]]
    assert problem.targets.tolist() == [[10.0], [20.0]]


def test_several_targets_keep_the_order_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a,y,b,z\n1,10,2,30\n3,20,4,40\n")
    weights = WEIGHTS | {"layers.1.weight": np.ones((2, 4))}
    imported = import_csv(path, ["z", "y"], weights, Settings("tanh"))
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


def predicted(x: np.ndarray) -> np.ndarray:
    hidden = np.tanh(x @ WEIGHTS["layers.0.weight"].T + WEIGHTS["layers.0.bias"])
    return hidden @ WEIGHTS["layers.1.weight"].T


def test_a_european_table_is_read_and_said(tmp_path: Path) -> None:
    path = tmp_path / "wine.csv"
    path.write_text('alcohol;"malic acid";y\n14,23;1,71;1\n13,2;1,78;2\n13,16;2,36;1\n')
    imported = import_csv(path, "y", WEIGHTS, Settings("tanh"))
    assert imported.network.inputs.tolist() == [[14.23, 1.71], [13.2, 1.78], [13.16, 2.36]]
    assert imported.read[0].startswith(
        "wine.csv: 3 rows, 3 columns (alcohol, malic acid, y) named in row 1; ';' between"
    )
    assert imported.read[1] == "wine.csv: 2 inputs, and the targets y"
    assert "wine.csv was read with ';' between cells and the decimal sign ','" in imported.network.notes


def test_a_target_that_counts_is_no_index_and_an_index_is_no_input(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("y,a,b\n0,1.5,2\n1,2.5,3\n")
    assert import_csv(path, "y", WEIGHTS, Settings("tanh")).network.inputs.tolist() == [[1.5, 2.0], [2.5, 3.0]]
    with pytest.raises(MalformedProblem, match="may number the rows"):
        import_csv(path, "b", WEIGHTS, Settings("tanh"))
    path.write_text(",a,b,y\n0,1.5,2,7\n1,2.5,3,9\n")
    imported = import_csv(path, "y", WEIGHTS, Settings("tanh"))
    assert imported.network.inputs.tolist() == [[1.5, 2.0], [2.5, 3.0]]
    assert any("numbers the rows and was left out" in note for note in imported.notes)
    path.write_text("1.5,2,7\n2.5,3,9\n")
    numbered = import_csv(path, "2", WEIGHTS, Settings("tanh", csv=CsvFormat(header=False)))
    assert numbered.network.targets.tolist() == [[7.0], [9.0]]


@pytest.mark.parametrize("kind", ["npy", "npz", "csv", "short csv", "array"])
def test_predictions_are_compared(tmp_path: Path, kind: str) -> None:
    x = RANDOM.normal(size=(30, 2))
    outputs = predicted(x)
    path = tmp_path / f"out.{kind.split()[-1]}"
    if kind == "npy":
        np.save(path, outputs.astype(np.float32))
    elif kind == "npz":
        np.savez(path, outputs=outputs[:, 0])
    else:
        np.savetxt(path, outputs, fmt="%.4f" if kind == "short csv" else "%.17g")
    archive = tmp_path / "net.npz"
    np.savez(archive, **WEIGHTS, inputs=x, targets=np.ones((30, 1)))
    settings = Settings("tanh", outputs=outputs if kind == "array" else path)
    imported = import_npz(archive, settings)
    assert "agree within rounding in float32 (largest difference" in imported.read[-1]
    assert "weak" not in imported.read[-1]
    with pytest.raises(MalformedProblem, match=r"the largest differs by [0-9.e+]+ at sample \d+") as caught:
        import_npz(archive, Settings("sigmoid", outputs=settings.outputs))
    assert caught.value.place == ("outputs" if kind == "array" else path.name)


def test_one_wrong_prediction_is_named(tmp_path: Path) -> None:
    x = RANDOM.normal(size=(30, 2))
    outputs = predicted(x)
    outputs[17] += 1e-3
    np.savez(tmp_path / "net.npz", **WEIGHTS, inputs=x, targets=np.ones((30, 1)))
    with pytest.raises(MalformedProblem, match=r"differs by 0.001 at sample 17 \(counted from 0\)"):
        import_npz(tmp_path / "net.npz", Settings("tanh", outputs=outputs))
    with pytest.raises(MalformedProblem, match=r"shape \(29, 1\), expected \(30, 1\)"):
        import_npz(tmp_path / "net.npz", Settings("tanh", outputs=outputs[:29]))
    outputs[3] = np.nan
    with pytest.raises(MalformedProblem, match="differs by inf at sample 3"):
        import_npz(tmp_path / "net.npz", Settings("tanh", outputs=outputs))


@pytest.mark.parametrize("activation", ["softplus", "softplus(2)", "softplus(1/3)"])
def test_pytorchs_threshold_of_softplus_is_granted_and_said(tmp_path: Path, activation: str) -> None:
    beta = {"softplus": 1.0, "softplus(2)": 2.0, "softplus(1/3)": 1 / 3}[activation]
    weights = {name: value.astype(np.float64) for name, value in WEIGHTS.items()}
    x = 40 * RANDOM.normal(size=(30, 2))
    z = x @ weights["layers.0.weight"].T + weights["layers.0.bias"]
    hidden = np.where(beta * z > 20, z, np.logaddexp(0, beta * z) / beta)
    outputs = hidden @ weights["layers.1.weight"].T
    np.savez(tmp_path / "net.npz", **weights, inputs=x, targets=np.ones((30, 1)))
    imported = import_npz(tmp_path / "net.npz", Settings(activation, outputs=outputs))
    assert "agree within rounding in float64" in imported.read[-1]
    assert any("its default threshold" in note for note in imported.notes)
