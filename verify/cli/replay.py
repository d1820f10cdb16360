"""The command ``verify replay``: runs of gradient descent held against a certificate."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from certificates import Accepted, Verdict
from certificates import check as judge_check
from certificates.verdict import as_document
from verify.certification.searches import search_of
from verify.cli.terminal import NOT_PROVED, NOTHING_TESTABLE, OK, Say
from verify.crosscheck.planted import OrbitReplay, replay_orbit
from verify.crosscheck.replay import Replay, bounds_of, load_pair
from verify.crosscheck.replay import replay as run_replay
from verify.search.runs import OrbitBounds

__all__ = ["is_about_orbits", "replay_command", "run_from_weights", "runs_to_teacher"]


def is_about_orbits(file: Path, problem: Path | None) -> bool:
    """Whether the claim speaks of runs towards a teacher."""
    return isinstance(bounds_of(*load_pair(file, problem)), OrbitBounds)


def run_from_weights(say: Say, file: Path, steps: int, step_size: float | None, problem: Path | None) -> Replay:
    """Run gradient descent from the given weights, with a progress line."""
    return run_replay(
        file,
        steps=steps,
        step_size=step_size,
        problem=problem,
        progress=lambda step, loss: say.progress("gradient descent", step, steps, f"f = {loss:.3e}"),
    )


def runs_to_teacher(
    say: Say, file: Path, steps: int, step_size: float | None, problem: Path | None
) -> tuple[OrbitReplay, ...]:
    """Run gradient descent towards a teacher, with a progress line."""
    return replay_orbit(
        file,
        steps=steps,
        step_size=step_size,
        problem=problem,
        progress=lambda step, distance: say.progress("gradient descent", step, steps, f"dist = {distance:.3e}"),
    )


def replay_command(
    say: Say,
    file: Path,
    steps: int,
    step_size: float | None,
    plot: Path | None,
    problem: Path | None,
    force: bool,
) -> int:
    """Run gradient descent and compare."""
    verdict = judge_check(file, problem=problem)
    certificate, network = load_pair(file, problem)
    bounds = bounds_of(certificate, network)
    if bounds is None and search_of(certificate.kind).runs is not None:  # others of this kind speak of descent
        nothing = f"nothing testable here: {certificate.kind} claims nothing of gradient descent from these weights"
        rows = [("certificate", verdict.outcome), ("agreement", nothing)]
        say.table(rows, agrees=None, verdict=as_document(verdict))
        return NOTHING_TESTABLE if isinstance(verdict, Accepted) else NOT_PROVED
    if isinstance(bounds, OrbitBounds):
        return _replay_orbit_command(say, verdict, file, steps, step_size, plot, problem, force)
    found = run_from_weights(say, file, steps, step_size, problem)
    run = found.run
    rows = [
        ("certificate", verdict.outcome),
        ("steps", f"{run.steps[-1]} of size {run.step_size:.4g}, {len(run.steps)} recorded"),
        ("loss", f"{run.losses[0]:.4e} to {run.losses[-1]:.4e} (rounding floor about {found.floor:.1e})"),
        ("distance from the start", f"{run.distances.max():.4e}, certified below {found.radius:.4e}"),
        ("rate", _rate(found)),
        ("agreement", found.agreement),
    ]
    say.table(rows, agrees=found.agrees, verdict=as_document(verdict), **_series(found))
    for violation in found.violations[:5]:
        say.result(
            f"step {violation.step}: {violation.what} {violation.observed:.6e}, certified {violation.certified:.6e}"
        )
    if plot is not None:
        from verify.reports import save_plot

        save_plot(found, plot, force=force)
        say.result(f"written: {plot}", plot=str(plot))
    if not isinstance(verdict, Accepted) or found.agrees is False:
        return NOT_PROVED
    if found.agrees is None:
        if getattr(verdict.claim, "origin", None) is not None:
            say.message("polished less they can be tested: `verify certify PROBLEM --polish`, without =full")
        return NOTHING_TESTABLE
    return OK


def _replay_orbit_command(
    say: Say,
    verdict: Verdict,
    file: Path,
    steps: int,
    step_size: float | None,
    plot: Path | None,
    problem: Path | None,
    force: bool,
) -> int:
    """The same for claims about planted networks, of which some are about many starts."""
    runs = runs_to_teacher(say, file, steps, step_size, problem)
    agrees = all(run.agrees for run in runs)
    series = [{"start": run.start, "distances": run.distances.tolist()} for run in runs]
    rows = [("certificate", verdict.outcome)] + [row for run in runs for row in run.rows()]
    say.table(rows, agrees=agrees, verdict=as_document(verdict), runs=series)
    for violation in [each for run in runs for each in run.violations][:5]:
        say.result(
            f"step {violation.step}: {violation.what} {violation.observed:.6e}, certified {violation.certified:.6e}"
        )
    if plot is not None:
        from verify.reports.orbit_plots import save_orbit_plot

        save_orbit_plot(runs, plot, force=force)
        say.result(f"written: {plot}", plot=str(plot))
    return OK if agrees and isinstance(verdict, Accepted) else NOT_PROVED


def _rate(found: Replay) -> str:
    if math.isnan(found.measured_rate):
        return f"certified {found.certified_rate:.4g}; not measurable, the run starts at the rounding floor"
    return f"measured {found.measured_rate:.4g}, certified {found.certified_rate:.4g} (looseness {found.looseness:.2f})"


def _series(found: Replay) -> dict[str, Any]:
    measured = None if math.isnan(found.measured_rate) else found.measured_rate
    return {
        "recorded_steps": found.run.steps.tolist(),
        "losses": found.run.losses.tolist(),
        "envelope": found.envelope.tolist(),
        "distances": found.run.distances.tolist(),
        "radius": found.radius,
        "rounding_floor": found.floor,
        "measured_rate": measured,
        "certified_rate": found.certified_rate,
    }
