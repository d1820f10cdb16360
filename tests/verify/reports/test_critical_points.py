"""The picture of critical points."""

from __future__ import annotations

from tests.support.minima import vector
from verify.certification.find import find
from verify.reports.critical_points import critical_points_figure, save_critical_points


def test_every_kind_has_its_place(tmp_path):
    found = find(vector("A"), tmp_path, starts=3)
    axes = critical_points_figure(found).axes[0]
    drawn = [tuple(place) for each in axes.collections for place in each.get_offsets()]
    assert sorted(drawn) == sorted((each.point.index, each.point.value) for each in found.certified)
    labels = {text.get_text() for text in axes.get_legend().get_texts()}
    assert labels == {each.proof.claim.kind.replace("-", " ") for each in found.certified}
    save_critical_points(found, tmp_path / "points.svg")
    assert b"index" in (tmp_path / "points.svg").read_bytes()
