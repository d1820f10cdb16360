from __future__ import annotations

import numpy as np

from verify.generators.streams import stream
from verify.generators.teachers import gaussian_teacher, unit_columns


def test_columns_have_length_one_up_to_the_rounding():
    planted = unit_columns(stream(1), 30, 10, bits=16)
    assert planted.shape == (30, 10)
    assert (planted * 2**16 == np.rint(planted * 2**16)).all()
    np.testing.assert_allclose(np.linalg.norm(planted, axis=0), 1, atol=np.sqrt(30) * 2**-17)


def test_a_gaussian_teacher_has_unit_variance():
    drawn = gaussian_teacher(stream(2), 200, 100)
    assert drawn.shape == (200, 100)
    assert abs(drawn.var() - 1) < 0.05
