"""Wine, trained by scikit-learn's Adam without a penalty: proved from the first epoch below log 2, undecided before."""

import pytest

pytest.importorskip("sklearn.neural_network", reason="scikit-learn is an extra")

from benchmarks.first_epochs import NETS, row

pytestmark = pytest.mark.torch


def test_the_first_epoch_below_log_2_is_the_first_that_is_proved():
    lines: list[str] = []
    before, after = row(NETS[0], show=lines.append)
    assert before.outcome == "undecided" and before.check == 5 and "above" in before.seen
    assert after.outcome == "accepted" and after.proved.margin > 0
    assert "undecided" in lines[0] and lines[1].startswith("| wine")
