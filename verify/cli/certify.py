"""The command ``verify certify``: call :func:`verify.certify`, say what it found and what else may be proved."""

from __future__ import annotations

from math import isnan
from pathlib import Path
from typing import Any

from certificates import Accepted, Network
from certificates.verdict import as_document
from verify.certification.certify import Certified, certify, refuse_kind
from verify.certification.everything import is_quick, try_others
from verify.certification.exact_numbers import exact_positive
from verify.cli.importing import show_problem
from verify.cli.options import Polish
from verify.cli.outcomes import exit_code
from verify.cli.terminal import OK, Say
from verify.cli.tiling import folder_tiles
from verify.problems.population import is_population
from verify.search.objective_polish import PolishedObjective
from verify.search.point_look import look_of
from verify.search.polish import Polished
from verify.search.proposal import Options

__all__ = ["certify_command"]


def certify_command(
    say: Say,
    problem: Path,
    kind: str | None,
    polish: Polish | None,
    rate: str | None,
    standalone: bool,
    objective: Any,
    step_size: str | None,
    radius: str | None,
    data: Path | None,
    output: Path | None,
    force: bool,
    everything: bool | None,
    kernel: Any = None,
    failure: str | None = None,
    tiles: Path | None = None,
    tile: int | None = None,
    scheduler: str | None = None,
) -> int:
    """Certify a problem file."""
    refuse_kind(kind, population=is_population(problem))
    step, ball = exact_positive(step_size, "--step-size"), exact_positive(radius, "--radius")
    made = folder_tiles(say, tiles, tile, scheduler)
    show_problem(say, problem)
    done = certify(
        problem,
        kind=kind,
        polish="full" if polish == "full" else polish is not None,
        rate=exact_positive(rate, "--rate"),
        standalone=standalone,
        objective=objective,
        step_size=step,
        radius=ball,
        data=data,
        kernel=kernel,
        failure=exact_positive(failure, "--failure"),
        tiles=made,
        output=output,
        force=force,
        progress=lambda stage, count, norm: say.progress(
            stage, count, None, "" if norm is None else f"{'‖∇f‖' if stage == 'Newton' else '‖e‖'} = {norm:.3e}"
        ),
        notice=lambda text: say.message(f"note: {text}"),
        estimated=lambda found: say.result(str(found), estimates=found.to_dict()),
    )
    _report_polish(say, done)
    if kind is None:
        _report_look(say, done)
    _report_verdict(say, done)
    if everything or (kind is None and everything is None and is_quick(done.network)):
        _report_others(say, done)
    else:
        _report_offers(say, done)
    return OK if isinstance(done.verdict, Accepted) else exit_code(done.verdict)


def _report_look(say: Say, done: Certified) -> None:
    look = look_of(done.network) if isinstance(done.network, Network) else None
    if look is not None:
        say.result(str(look), look=look.to_dict())


def _report_verdict(say: Say, done: Certified) -> None:
    say.document["verdict"] = as_document(done.verdict)
    say.document["notes"] = list(done.notes)
    for note in done.notes:
        say.message(f"note: {note}")
    if not isinstance(done.verdict, Accepted):
        say.result(f"not proved: {done.verdict.explanation()}")
        return
    say.result(f"proved: {done.verdict.claim.sentence()}")
    written = {"certificate": str(done.certificate_path)}
    if done.problem_path is not None:  # a population is in its certificate
        written["problem_file"] = str(done.problem_path)
    say.result(f"written: {done.certificate_path}", files=[str(path) for path in done.files], **written)
    if len(done.files) > 1:
        say.result(f"to check it elsewhere, ship together in one folder: {', '.join(str(path) for path in done.files)}")
    say.document["offers"] = dict(done.offers)


def _report_others(say: Say, done: Certified) -> None:
    """Every other kind that fits, tried: what holds in a line as soon as it is known, refusals by their reason."""
    options = Options(progress=lambda stage, count, _: say.progress(stage, count, None, ""))
    refused: dict[str, list[str]] = {}
    say.document["others"] = []
    for each in try_others(done.network, done.verdict.kind, options):
        say.document["others"].append({"proved": each.is_proved, "verdict": as_document(each.verdict)})
        if isinstance(each.verdict, Accepted):
            say.result(str(each))
        else:
            refused.setdefault(each.verdict.reason, []).append(each.kind)
    for reason, kinds in refused.items():
        say.result(f"not proved (--kind {' or '.join(kinds)}): {reason}")


def _report_offers(say: Say, done: Certified) -> None:
    if done.offers:
        width = max(len(name) for name, _ in done.offers)
        say.message("this problem also fits, with --kind, or all with --all:")
        for name, why in done.offers:
            say.message(f"  {name:<{width}}  {why}")


def _report_polish(say: Say, done: Certified) -> None:
    if isinstance(done.polished, PolishedObjective):
        _report_objective(say, done.polished)
    elif done.polished is not None:
        _report_residuals(say, done.polished)


def _report_objective(say: Say, run: PolishedObjective) -> None:
    before, after, _ = run.gradient_norms
    way = "Newton steps" if run.ended == "critical" else "Newton steps after L-BFGS"
    say.result(
        f"polished: {run.steps} {way}, f from {run.losses[0]:.9g} to {run.losses[1]:.9g}, "
        f"‖∇f‖ from {before:.3e} to {after:.3e}, distance {run.distance:.3e}, {run.changed} predictions changed",
        polished={
            "steps": run.steps,
            "losses": list(run.losses),
            "gradient_norms": list(run.gradient_norms),
            "eigenvalues": [None if isnan(value) else value for value in run.eigenvalues],
            "distance": run.distance,
            "changed": run.changed,
            "ended": run.ended,
        },
    )


def _report_residuals(say: Say, run: Polished) -> None:
    needed = run.margins[-1].needed if run.margins else None
    asked = f" (needed: below about {needed:.3e})" if needed else ""
    if needed == 0:
        asked = " (no residual is small enough: λ_min(K) > 0 is not proved)"
    say.result(
        f"polished: {run.steps} steps, ‖e‖ from {run.residuals[0]:.3e} to {run.residuals[-1]:.3e}"
        f"{asked}, distance {run.distance:.3e}",
        polished={
            "steps": run.steps,
            "residuals": list(run.residuals),
            "needed": needed,
            "distance": run.distance,
            "ended": run.ended,
        },
    )
