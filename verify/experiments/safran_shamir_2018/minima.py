"""Spurious minima of Safran and Shamir, and beyond: 30 and 40 teachers, one student more than teachers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from certificates.claims.population_minimum import Claim
from verify.experiments.reproduction import Progress, Reproduction, is_proved, judged
from verify.experiments.safran_shamir_2018.points import Family, Point, Settings, find_point
from verify.typesetting.decimals import down, up

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["TITLE", "run"]

TITLE = "Spurious minima of the population loss of ReLU students: Safran and Shamir, and beyond"

_SOURCE = "Safran, Shamir 2018; Safran, Yehudai, Shamir 2021; the digits are those of theory 4.4"
# F to 14 decimals, λ_min(∇²F) and λ_min(T) from below, the distance from above
_VECTORS: dict[tuple[Family, int], tuple[str, float, float, float]] = {
    ("one turned", 6): ("0.02508058100246", 0.0047003, 0.19980, 7e-15),
    ("one turned", 7): ("0.02320271491357", 0.0140590, 0.20623, 4e-15),
    ("one turned", 8): ("0.02150803717152", 0.0213465, 0.21128, 3e-15),
    ("one turned", 10): ("0.01870219458561", 0.0319640, 0.21863, 7e-15),
    ("two turned", 10): ("0.03532688031893", 0.0159920, 0.19929, 6e-15),
    ("one turned", 20): ("0.01127558194758", 0.0550802, 0.23136, 3e-14),
}
_SADDLES = {3: "0.0241237", 4: "0.0280250", 5: "0.0269705"}
_SECONDS = {10: 1.0, 20: 15.0}  # of a check, up to so many teachers


def run(progress: Progress | None = None, settings: Settings | None = None) -> Reproduction:
    """Find and certify every point of the three families.

    Parameters
    ----------
    progress
        Called as ``progress(name, step, steps)``.
    settings
        3 to 20, 30 and 40 teachers by default.
    """
    chosen = Settings() if settings is None else settings
    points = []
    for step, (family, k) in enumerate(chosen.tasks):
        if progress is not None:
            progress(f"k={k}, {family}", step, len(chosen.tasks))
        points.append(find_point(family, k))
    return _reproduction(points)


def _reproduction(points: list[Point]) -> Reproduction:
    found = [pair for each in points for pair in _criteria(each)]
    return Reproduction(
        title=TITLE,
        source=_SOURCE,
        header=(
            "family",
            "n",
            "k",
            "F(ŵ)",
            "is",
            "λ_min(∇²F) ≥",
            "λ_min(T) ≥",
            "‖ŵ − w₀‖_∞ ≤",
            "alone within",
            "search s",
            "check s",
            "MB",
        ),
        rows=tuple(_row(each) for each in points),
        notes=(*_notes(), *(f"NOT met: {text}" for text, met in found if not met), _count(found)),
        proofs={each.name: each.proposal for each in points},
        document={
            "experiment": "safran-shamir",
            "points": [_document(each) for each in points],
            "criteria": [{"criterion": text, "met": met} for text, met in found],
        },
        is_complete=all(is_proved(each.proposal) for each in points) and all(met for _, met in found),
        figure=lambda: _figure(points),
    )


def _count(found: list[tuple[str, bool]]) -> str:
    return f"{sum(met for _, met in found)} of {len(found)} criteria met."


def _notes() -> tuple[str, ...]:
    return (
        (
            "Everything holds for inputs of every dimension d ≥ k. A minimum with F > 0 is spurious, as students as "
            "many as teachers reach 0."
        ),
        (
            "One turned: k − 1 students near a teacher each, the last turned against the last teacher. Two share: two "
            "students, unlike each other, are turned against it. For saddles |λ| stands in place of λ_min."
        ),
        "Seconds are processor time, and MB the largest memory of the process up to then: they differ between runs.",
    )


def _row(point: Point) -> tuple[str, ...]:
    claim = point.claim
    head = (point.family, str(point.n), str(point.k))
    spent = f"{point.search_seconds:.2f}", f"{point.check_seconds:.2f}", f"{point.megabytes:.0f}"
    if claim is None or claim.transverse is None:
        return (*head, "", "not proved", "", "", "", "", *spent)
    return (
        *head,
        _value(claim, 14),
        _what(claim),
        down(claim.nondegeneracy),
        down(claim.transverse.nondegeneracy, 5),
        up(claim.distance, 2),
        down(claim.radius, 2),
        *spent,
    )


def _what(claim: Claim) -> str:
    return "spurious minimum" if claim.is_spurious else f"saddle, index {claim.index}"


def _value(claim: Claim, decimals: int) -> str:
    """F(ŵ) rounded, where both ends of its interval agree."""
    ends = {f"{end:.{decimals}f}" for end in (claim.value_lower, claim.value_upper)}
    return ends.pop() if len(ends) == 1 else f"[{claim.value_lower:.17g}, {claim.value_upper:.17g}]"


def _document(point: Point) -> dict[str, Any]:
    claim = point.claim
    proved = {} if claim is None else {"value": _value(claim, 14), "index": claim.index, "spurious": claim.is_spurious}
    return {
        "family": point.family,
        "students": point.n,
        "teachers": point.k,
        **proved,
        "certificate": point.name,
        "search_seconds": round(point.search_seconds, 3),
        "check_seconds": round(point.check_seconds, 3),
        "megabytes": round(point.megabytes),
    }


def _criteria(point: Point) -> list[tuple[str, bool]]:
    claim, where = point.claim, f"{point.family}, n = {point.n}, k = {point.k}"
    expected = "a spurious minimum" if point.expected_index == 0 else f"a saddle of index {point.expected_index}"
    if claim is None or claim.transverse is None:
        return [judged(f"{where}: {expected}", None, "nothing is proved")]
    right = claim.is_spurious if point.expected_index == 0 else claim.index == point.expected_index
    found = [judged(f"{where}: {expected} in every dimension", right and claim.transverse.index == 0)]
    limit = next((seconds for most, seconds in _SECONDS.items() if point.k <= most), None)
    if limit is not None:
        found.append(judged(f"{where}: checked in under {limit:g} s", point.check_seconds < limit))
    if (point.family, point.k) in _VECTORS:
        value, least, across, distance = _VECTORS[point.family, point.k]
        holds = claim.nondegeneracy >= least and claim.transverse.nondegeneracy >= across and claim.distance <= distance
        found.append(
            judged(f"{where}: F = {value}, curvature and distance as printed", _value(claim, 14) == value and holds)
        )
    if point.family == "one turned" and point.k in _SADDLES:
        found.append(judged(f"{where}: F = {_SADDLES[point.k]}", _value(claim, 7) == _SADDLES[point.k]))
    return found


def _figure(points: list[Point]) -> Figure:
    from verify.experiments.safran_shamir_2018.drawing import draw

    return draw(points)
