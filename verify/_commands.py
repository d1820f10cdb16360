"""The commands behind :mod:`verify.cli`: call a documented function, print what it returns."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import asdict
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from certificates import Accepted, Undecided, Verdict
from certificates import check as judge_check
from certificates.document import write_atomically
from certificates.errors import Malformed, MalformedProblem
from verify._terminal import BAD_INPUT, NOT_PROVED, OK, OUT_OF_BUDGET, Say
from verify.crosscheck.orbit import KINDS as ORBIT_KINDS
from verify.crosscheck.orbit import replay_orbit
from verify.crosscheck.replay import Replay, load_subject
from verify.crosscheck.replay import replay as run_replay
from verify.problems import Imported, describe, load_problem, save_problem
from verify.proposals.certify import Certified, certify, refuse_kind

if TYPE_CHECKING:
    from verify.theory.errata import Erratum

__all__ = [
    "certify_command",
    "check_command",
    "doctor_command",
    "explain_command",
    "import_command",
    "list_command",
    "replay_command",
    "reproduce_command",
    "show_command",
]

_SEVERITY = {OK: 0, NOT_PROVED: 1, OUT_OF_BUDGET: 2, BAD_INPUT: 3}


def certify_command(
    say: Say, problem: Path, kind: str | None, polish: bool, objective: Any, output: Path | None, force: bool
) -> int:
    """Certify a problem file."""
    refuse_kind(kind)
    rows = describe(load_problem(problem))
    say.table(rows, problem=dict(rows))
    done = certify(
        problem,
        kind=kind,
        polish=polish,
        objective=objective,
        output=output,
        force=force,
        progress=lambda stage, step, norm: say.progress(stage, step, None, f"‖e‖ = {norm:.3e}"),
    )
    _report_polish(say, done)
    say.document["verdict"] = verdict_document(done.verdict)
    if not isinstance(done.verdict, Accepted):
        say.result(f"not proved: {done.verdict.explanation()}")
        return _code(done.verdict)
    say.result(f"proved: {done.verdict.claim.sentence()}")
    written = {"certificate": str(done.certificate_path), "problem_file": str(done.problem_path)}
    say.result(f"written: {done.certificate_path}", **written)
    return OK


def _report_polish(say: Say, done: Certified) -> None:
    if done.polished is None:
        return
    run = done.polished
    say.result(
        f"polished: {run.steps} steps, ‖e‖ from {run.residuals[0]:.3e} to {run.residuals[-1]:.3e}, "
        f"distance {run.distance:.3e}",
        polished={"steps": run.steps, "residuals": list(run.residuals), "distance": run.distance},
    )


def check_command(
    say: Say,
    files: list[Path],
    arithmetic: str,
    problem: Path | None,
    budget: float | None,
    allow_conditional: bool,
) -> int:
    """Judge every file; the worst outcome counts."""
    worst, results = OK, []
    for file in files:
        try:
            verdict = judge_check(file, problem=problem, arithmetic=arithmetic, budget=budget)
        except Malformed as error:
            code, entry = BAD_INPUT, {"outcome": "malformed", "error": str(error)}
            say.message(f"{file}: malformed: {error}")
        else:
            code, entry = _code(verdict, allow_conditional), verdict_document(verdict)
            say.result(_line(file, verdict))
        results.append({"file": str(file), **entry})
        worst = code if _SEVERITY[code] > _SEVERITY[worst] else worst
    say.document["results"] = results
    return worst


def _line(file: Path, verdict: Verdict) -> str:
    if isinstance(verdict, Accepted):
        conditional = ", conditional on unproved assumptions" if verdict.conditional else ""
        return f"{file}: accepted{conditional} ({verdict.rule}, {verdict.arithmetic})"
    return f"{file}: {verdict.outcome} ({verdict.rule}, {verdict.arithmetic}): {verdict.explanation()}"


def _code(verdict: Verdict, allow_conditional: bool = False) -> int:
    if isinstance(verdict, Accepted):
        return OK if allow_conditional or not verdict.conditional else NOT_PROVED
    if isinstance(verdict, Undecided) and "budget" in verdict.reason:
        return OUT_OF_BUDGET
    return NOT_PROVED


def verdict_document(verdict: Verdict) -> dict[str, Any]:
    """A verdict as JSON values; infinities, which mean that no bound is needed, become null, rationals p/q."""
    document: dict[str, Any] = _jsonable({"outcome": verdict.outcome, **asdict(verdict)})
    return document


def _jsonable(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _jsonable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_jsonable(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, Fraction):
        return str(value)
    return value


def explain_command(
    say: Say, file: Path, style: str, steps: int, problem: Path | None, output: Path | None, force: bool
) -> int:
    """Judge the certificate, run it if asked to, and render the page."""
    from verify.reports import FORMATS, explain

    verdict = judge_check(file, problem=problem)
    certificate, subject = load_subject(file, problem)
    run = _replay(say, file, steps, None, problem) if steps else None
    page = FORMATS[style](explain(certificate, verdict, subject, run))
    say.document["verdict"] = verdict_document(verdict)
    if output is None:
        say.raw(page)
    else:
        write_atomically(output, page.encode(), force=force)
        say.result(f"written: {output}", output=str(output))
    return _code(verdict)


def _replay(say: Say, file: Path, steps: int, step_size: float | None, problem: Path | None) -> Replay:
    return run_replay(
        file,
        steps=steps,
        step_size=step_size,
        problem=problem,
        progress=lambda step, loss: say.progress("gradient descent", step, steps, f"f = {loss:.3e}"),
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
    if verdict.kind in ORBIT_KINDS:
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
    runs = replay_orbit(
        file,
        steps=steps,
        step_size=step_size,
        problem=problem,
        progress=lambda step, distance: say.progress("gradient descent", step, steps, f"dist = {distance:.3e}"),
    )
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


def import_command(say: Say, load: Callable[[], Imported], output: Path, force: bool) -> int:
    """Import, say what was understood, write the problem file."""
    imported = load()
    rows = describe(imported.network)
    say.table(rows, problem=dict(rows), notes=list(imported.notes))
    for note in imported.notes:
        say.message(f"note: {note}")
    save_problem(imported.network, output, force=force)
    say.result(f"written: {output}", output=str(output))
    return OK


def show_command(say: Say, file: Path) -> int:
    """Describe a problem file."""
    rows = describe(load_problem(file))
    say.table(rows, problem=dict(rows))
    return OK


def list_command(say: Say, topic: str) -> int:
    """Print one of the lists."""
    from certificates.claims import KINDS
    from certificates.expression import CATALOGUE
    from verify.experiments import EXPERIMENTS
    from verify.theory.errata import ERRATA

    if topic == "errata":
        return _list_errata(say, ERRATA)
    rows: list[tuple[str, str]] = {
        "kinds": [(name, (module.__doc__ or "").split(": ", 1)[-1].rstrip(".")) for name, module in KINDS.items()],
        "activations": [(name, entry.meaning) for name, entry in CATALOGUE.items()],
        "experiments": [(name, experiment.title) for name, experiment in EXPERIMENTS.items()],
    }[topic]
    say.table(rows, **{topic: dict(rows)})
    return OK


def _list_errata(say: Say, errata: Iterable[Erratum]) -> int:
    """Print what is said, what holds, which files prove it, and exact instances, computed anew."""
    from verify.theory.errata import INSTANCES

    document: dict[str, Any] = {}
    for each in errata:
        paths = [str(path) for path in each.paths]
        document[each.key] = {
            "source": each.source,
            "printed": each.printed,
            "holds": each.holds,
            "proof": each.proof,
            "certificates": paths,
            "facts": [str(fact) for name in each.instances for fact in INSTANCES[name].facts()],
        }
        say.result(f"{each.key}  {each.source}")
        for name in ("printed", "holds", "proof"):
            say.result(f"    {name + ':':<9}{document[each.key][name]}")
        for path in paths:
            say.result(f"    {path}")
        for name in each.instances:
            say.result(f"    exactly, {INSTANCES[name].about}:")
            for fact in INSTANCES[name].facts():
                say.result(f"        {fact}")
    say.document["errata"] = document
    return OK


def reproduce_command(say: Say, name: str, output: Path | None, force: bool) -> int:
    """Reproduce a table or figure, print it and write it with its certificates."""
    from verify.experiments import reproduce
    from verify.experiments.rendering import text_table

    folder = Path(name) if output is None else output
    done = reproduce(name, folder, force=force, progress=lambda what, k, n: say.progress("proving", k, n, what))
    say.raw(text_table(done))
    say.document["reproduction"] = done.document
    say.result(f"written: {folder}", output=str(folder))
    return OK if done.is_complete else NOT_PROVED


def doctor_command(say: Say) -> int:
    """Probe the platform; compare the installed judge with what its distribution recorded."""
    from certificates.arithmetic.platform import self_test
    from certificates.installation import foreign_files

    self_test()
    strangers = foreign_files()
    if strangers:
        raise MalformedProblem(
            f"the installed judge holds files that its distribution did not bring: {', '.join(strangers[:5])}",
            place="installation",
            remedy="reinstall gradcert in a fresh environment",
        )
    say.result("platform: binary64, subnormals and matrix products pass the self-test", platform="sound")
    say.result("installation: the judge's files are those of its distribution", installation="clean")
    return OK
