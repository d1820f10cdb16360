"""Numbers come in unchanged or not at all."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from certificates.errors import MalformedProblem
from verify.problems.exact import exact_array


@settings(deadline=None)
@given(
    st.sampled_from([np.float16, np.float32, np.float64]).flatmap(
        lambda dtype: arrays.arrays(dtype, arrays.array_shapes(max_dims=2, max_side=4), elements={"allow_nan": False})
    )
)
def test_floats_of_every_size_keep_their_values(values: np.ndarray) -> None:
    taken = exact_array(values, "inputs")
    assert taken.dtype == np.float64
    assert taken.shape == values.shape
    for ours, given_value in zip(taken.ravel().tolist(), values.ravel().tolist(), strict=True):
        assert ours == given_value


@settings(deadline=None)
@given(st.integers(-(2**63), 2**63 - 1))
def test_integers_are_exact_or_refused(value: int) -> None:
    array = np.array([value], dtype=np.int64)
    if int(float(value)) == value:
        assert Fraction(exact_array(array, "inputs")[0]) == value
    else:
        with pytest.raises(MalformedProblem, match=str(value)):
            exact_array(array, "inputs")


def test_the_largest_unsigned_integer_is_refused() -> None:
    with pytest.raises(MalformedProblem, match="18446744073709551615"):
        exact_array(np.array([2**64 - 1], dtype=np.uint64), "targets")


def test_the_copy_is_contiguous_and_its_own() -> None:
    source = np.arange(6.0).reshape(2, 3).T
    taken = exact_array(source, "inputs")
    assert taken.flags.c_contiguous
    assert not np.shares_memory(taken, source)
    assert taken.tolist() == [[0.0, 3.0], [1.0, 4.0], [2.0, 5.0]]


def test_big_endian_and_strided_arrays_keep_their_values() -> None:
    source = np.array([1.5, 2.5, -3.0, 4.0], dtype=">f8")[::-2]
    assert exact_array(source, "inputs").tolist() == [4.0, 2.5]


def test_long_double_is_taken_when_exact_and_refused_when_rounded() -> None:
    assert exact_array(np.array([0.5], dtype=np.longdouble), "inputs").tolist() == [0.5]
    tenth = np.array([1], dtype=np.longdouble) / 10
    if tenth.dtype.itemsize > 8:
        with pytest.raises(MalformedProblem, match="does not hold"):
            exact_array(tenth, "inputs")


class FakeTensor:
    """What is used of a PyTorch tensor, so that bfloat16's path is tested without PyTorch."""

    def __init__(self, values: list[float], *, dense: bool = True) -> None:
        self.values, self.dense, self.dtype = values, dense, "torch.bfloat16"

    def detach(self) -> "FakeTensor":
        return self

    def cpu(self) -> "FakeTensor":
        return self

    def is_floating_point(self) -> bool:
        return True

    def double(self) -> "FakeTensor":
        return self

    def numpy(self) -> np.ndarray:
        if not self.dense:
            raise TypeError("can't convert sparse")
        return np.array(self.values)


def test_tensors_are_read_through_double_precision() -> None:
    assert exact_array(FakeTensor([1.0, 0.0078125]), "inputs").tolist() == [1.0, 0.0078125]


def test_a_tensor_that_cannot_be_read_is_refused() -> None:
    with pytest.raises(MalformedProblem, match=r"inputs: a tensor of type torch.bfloat16 cannot be read"):
        exact_array(FakeTensor([1.0], dense=False), "inputs")


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ([[1.0], [1.0, 2.0]], "different lengths"),
        (["a", "b"], "expected real numbers"),
        (np.array([1j]), "expected real numbers"),
        (np.array([None]), "expected real numbers"),
        (np.array(["2020-01-01"], dtype="datetime64[D]"), "expected real numbers"),
        (np.ma.masked_array([1.0, 2.0], mask=[False, True]), "masked"),
    ],
)
def test_what_is_no_array_of_numbers_is_refused(values: object, words: str) -> None:
    with pytest.raises(MalformedProblem, match=words) as caught:
        exact_array(values, "layers.1.weight")
    assert caught.value.place == "layers.1.weight"
    assert caught.value.remedy
