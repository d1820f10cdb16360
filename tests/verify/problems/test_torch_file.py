"""Files that PyTorch does not load without executing code: what they are, in one line, and what to do."""

from pathlib import Path
from pickle import UnpicklingError
from types import SimpleNamespace

import pytest

from certificates.errors import MalformedProblem
from verify.problems.torch_file import read_state_dict

PYTORCH = "Weights only load failed. you have two options, \x1b[1mdo those steps only if you trust it\x1b[0m."


@pytest.mark.parametrize(
    ("data", "error", "what", "remedy"),
    [
        (b"PK..", UnpicklingError(PYTORCH), "pickled objects, as of a whole model", "verify.from_torch"),
        (b"\x80\x02", UnpicklingError(PYTORCH), "pickled objects", "torch.save(model.state_dict(), path)"),
        (b"text", UnpicklingError(PYTORCH), "options, do those steps only if you trust it.", "write it with"),
        (b"PK..net/constants.pkl..", RuntimeError("archives"), "is a TorchScript archive", "torch.jit.load"),
        (
            b"PK..ctorch.nn.parameter\nUninitializedParameter\n..",
            UnpicklingError("GLOBAL"),
            "LazyLinear",
            "call model(inputs) once",
        ),
    ],
)
def test_each_has_its_own_remedy(
    data: bytes, error: Exception, what: str, remedy: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def load(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("verify.problems.torch_file.load_torch", lambda: SimpleNamespace(load=load))
    (tmp_path / "net.pt").write_bytes(data)
    with pytest.raises(MalformedProblem) as caught:
        read_state_dict(tmp_path / "net.pt")
    assert what in caught.value.what
    assert remedy in caught.value.remedy
    assert str(caught.value).isprintable() and "[1m" not in str(caught.value)
