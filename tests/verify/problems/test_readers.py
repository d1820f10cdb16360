"""Files of arrays are read exactly; foreign, pickled and oversized ones are refused."""

import io
import os
import pickle
import zipfile
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from certificates.errors import MalformedProblem
from verify.problems.readers import read_array, read_npz
from verify.problems.tensors import read_tensors

VALUES = np.random.default_rng(0).normal(size=(3, 2))


def test_npz_npy_and_safetensors_round_trip(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", weight=VALUES, half=VALUES.astype(np.float16))
    np.save(tmp_path / "a.npy", VALUES.T)
    save_file({"0.weight": VALUES.astype(np.float32)}, tmp_path / "a.safetensors")
    np.testing.assert_array_equal(read_npz(tmp_path / "a.npz")["weight"], VALUES)
    np.testing.assert_array_equal(read_tensors(tmp_path / "a.npz")["half"], VALUES.astype(np.float16))
    np.testing.assert_array_equal(read_array(tmp_path / "a.npy").values, VALUES.T)
    np.testing.assert_array_equal(read_tensors(tmp_path / "a.safetensors")["0.weight"], VALUES.astype(np.float32))


def test_bfloat16_tensors_are_widened_exactly(tmp_path: Path) -> None:
    # 1.0 is 0x3f80, −2.5 is 0xc020, the smallest subnormal 0x0001 is 2⁻¹³³.
    payload = np.array([0x3F80, 0xC020, 0x0001], dtype="<u2").tobytes()
    header = b'{"0.weight":{"dtype":"BF16","shape":[1,3],"data_offsets":[0,6]}}'
    path = tmp_path / "a.safetensors"
    path.write_bytes(len(header).to_bytes(8, "little") + header + payload)
    assert read_tensors(path)["0.weight"].astype(np.float64).tolist() == [[1.0, -2.5, 2.0**-133]]


def test_a_pickle_inside_npz_is_named_and_not_executed(tmp_path: Path) -> None:
    path = tmp_path / "trap.npz"
    np.savez(path, inputs=VALUES, targets=np.array([{"a": 1}], dtype=object))
    with pytest.raises(MalformedProblem, match=r"trap.npz, entry 'targets': holds pickled Python objects"):
        read_npz(path)


class Trap:
    """An object whose unpickling makes a directory."""

    def __init__(self, path: str) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, (self.path,)


def test_no_pickle_is_executed_under_any_name(tmp_path: Path) -> None:
    made = tmp_path / "made"
    data = pickle.dumps(Trap(str(made)))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("inputs.npy", data)
    for name, content in [("a.npz", data), ("b.npz", buffer.getvalue()), ("a.npy", data)]:
        (tmp_path / name).write_bytes(content)
        with pytest.raises(MalformedProblem):
            (read_npz if name.endswith("npz") else read_array)(tmp_path / name)
    assert not made.exists()


@pytest.mark.parametrize("content", [b"P", b"PK\x03\x04", b"not a zip"])
def test_damaged_archives_are_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.npz"
    path.write_bytes(content)
    with pytest.raises(MalformedProblem, match=r"no readable .npz archive"):
        read_npz(path)


def test_a_truncated_entry_and_a_shape_that_overflows_are_refused(tmp_path: Path) -> None:
    whole, huge = io.BytesIO(), io.BytesIO()
    np.save(whole, VALUES)
    header = {"descr": "<f8", "fortran_order": False, "shape": (2**62, 2**62)}
    np.lib.format.write_array_header_1_0(huge, header)
    for name, data in [("short", whole.getvalue()[:-8]), ("huge", huge.getvalue())]:
        path = tmp_path / f"{name}.npz"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("inputs.npy", data)
        with pytest.raises(MalformedProblem, match="entry 'inputs'"):
            read_npz(path)


def test_two_entries_of_one_name_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    buffer = io.BytesIO()
    np.save(buffer, VALUES)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("inputs.npy", buffer.getvalue())
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("inputs.npy", buffer.getvalue())
    with pytest.raises(MalformedProblem, match="two entries 'inputs'"):
        read_npz(path)


def test_an_archive_that_unpacks_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.npz"
    np.savez_compressed(path, inputs=np.zeros(10_000))
    monkeypatch.setattr("verify.problems.readers.READ_LIMIT", 50_000)
    with pytest.raises(MalformedProblem, match="unpacks to more than 50000 bytes"):
        read_npz(path)


def test_integer_tensors_of_safetensors_are_refused_as_weights(tmp_path: Path) -> None:
    save_file({"0.weight": np.ones((2, 2), dtype=np.int64)}, tmp_path / "a.safetensors")
    with pytest.raises(MalformedProblem, match=r"'0.weight' has type I64"):
        read_tensors(tmp_path / "a.safetensors")


def test_an_array_from_an_archive_of_one(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", outputs=VALUES)
    reading = read_array(tmp_path / "a.npz")
    np.testing.assert_array_equal(reading.values, VALUES)
    assert reading.said == "a.npz: float64 array of shape (3, 2)"
    np.savez(tmp_path / "b.npz", a=VALUES, b=VALUES)
    with pytest.raises(MalformedProblem, match="has the entries a, b, expected one"):
        read_array(tmp_path / "b.npz")


def test_a_missing_file_and_a_foreign_one_are_refused(tmp_path: Path) -> None:
    with pytest.raises(MalformedProblem):
        read_array(tmp_path / "absent.npy")
    (tmp_path / "a.txt").write_text("1 2 3")
    with pytest.raises(MalformedProblem, match=r"neither .npy nor .npz nor .csv"):
        read_array(tmp_path / "a.txt")
    (tmp_path / "a.safetensors").write_bytes(b"\xff" * 20)
    with pytest.raises(MalformedProblem, match="no readable safetensors"):
        read_tensors(tmp_path / "a.safetensors")


def test_counters_beside_the_weights_are_read(tmp_path: Path) -> None:
    save_file({"n_averaged": np.array([3]), "0.weight": np.ones((1, 1))}, tmp_path / "a.safetensors")
    assert read_tensors(tmp_path / "a.safetensors")["n_averaged"].tolist() == [3]
