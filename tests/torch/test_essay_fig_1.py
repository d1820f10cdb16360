"""The width experiment on scikit-learn's digits, as `verify reproduce essay-fig-1` runs it: half a minute."""

import pytest

pytest.importorskip("sklearn", reason="scikit-learn is an extra")

from verify.experiments import reproduce

pytestmark = pytest.mark.torch


def test_every_criterion_is_met_on_real_images(tmp_path):
    done = reproduce("essay-fig-1", tmp_path)
    assert done.is_complete, done.notes
    assert done.document["data_sha256"].startswith("f6d9e39f37dc45d3")
    assert {file.suffix for file in tmp_path.glob("figure.*")} == {".png", ".svg"}
    assert len(list((tmp_path / "certificates").glob("*.cert.json"))) == len(done.proofs) == 11
