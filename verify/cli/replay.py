"""The commands ``verify explain`` and ``verify replay``: a certificate, its page, and runs held against it."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from certificates import Accepted, Verdict
from certificates import check as judge_check
from certificates.document import write_atomically
from verify.cli.outcomes import exit_code, verdict_document
from verify.cli.terminal import NOT_PROVED, OK, Say
from verify.crosscheck.planted import OrbitReplay, replay_orbit
from verify.crosscheck.replay import Replay, bounds_of, load_pair, load_subject
from verify.crosscheck.replay import replay as run_replay
from verify.search.runs import OrbitBounds

__all__ = ["explain_command", "replay_command"]


def explain_command(
    say: Say, file: Path, style: str, steps: int, problem: Path | None, output: Path | None, force: bool
) -> int:
    """Judge the certificate, run it if asked to, and render the page."""
    from verify.reports import FORMATS, explain

    verdict = judge_check(file, problem=problem)
    certificate, subject = load_subject(file, problem)
    run: Replay | None = None
    runs: tuple[OrbitReplay, ...] = ()
    if steps and _is_about_orbits(file, problem):
        runs = _replay_orbit(say, file, steps, None, problem)
    elif steps:
        run = _replay(say, file, steps, None, problem)
    page = FORMATS[style](explain(certificate, verdict, subject, run, runs=runs))
    say.document["verdict"] = verdict_document(verdict)
    if output is None:
        say.raw(page)
    else:
        write_atomically(output, page.encode(), force=force)
        say.result(f"written: {output}", output=str(output))
    return exit_code(verdict)


def _is_about_orbits(file: Path, problem: Path | None) -> bool:
    """Whether the claim speaks of runs towards a teacher."""
    return isinstance(bounds_of(*load_pair(file, problem)), OrbitBounds)


def _replay(say: Say, file: Path, steps: int, step_size: float | None, problem: Path | None) -> Replay:
    return run_replay(
        file,
        steps=steps,
        step_size=step_size,
        problem=problem,
        progress=lambda step, loss: say.progress("gradient descent", step, steps, f"f = {loss:.3e}"),
    )


def _replay_orbit(
    say: Say, file: Path, steps: int, step_size: float | None, problem: Path | None
) -> tuple[OrbitReplay, ...]:
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
    if _is_about_orbits(file, problem):
        return _replay_orbit_command(say, verdict, file, steps, step_size, plot, problem, force)
    found = _replay(say, file, steps, step_size, problem)
    run = found.run
    rows = [
        ("certificate", verdict.outcome),
        ("steps", f"{run.steps[-1]} of size {run.step_size:.4g}, {len(run.steps)} recorded"),
        ("loss", f"{run.losses[0]:.4e} to {run.losses[-1]:.4e} (rounding floor about {found.floor:.1e})"),
        ("distance from the start", f"{run.distances.max():.4e}, certified below {found.radius:.4e}"),
        ("rate", _rate(found)),
        (
            "agreement",
            "every recorded step" if found.agrees else f"{len(found.violations)} recorded steps disagree",
        ),
    ]
    say.table(rows, agrees=found.agrees, verdict=verdict_document(verdict), **_series(found))
    for violation in found.violations[:5]:
        say.result(
            f"step {violation.step}: {violation.what} {violation.observed:.6e}, certified {violation.certified:.6e}"
        )
    if plot is not None:
        from verify.reports import save_plot

        save_plot(found, plot, force=force)
        say.result(f"written: {plot}", plot=str(plot))
    return OK if found.agrees and isinstance(verdict, Accepted) else NOT_PROVED


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
    runs = _replay_orbit(say, file, steps, step_size, problem)
    agrees = all(run.agrees for run in runs)
    series = [{"start": run.start, "distances": run.distances.tolist()} for run in runs]
    rows = [("certificate", verdict.outcome)] + [row for run in runs for row in run.rows()]
    say.table(rows, agrees=agrees, verdict=verdict_document(verdict), runs=series)
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
