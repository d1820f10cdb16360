"""The command line: each command is one call of a documented function.

Exit codes: 0 proven or accepted, 1 not proven or not accepted, 2 bad input or usage, 3 a bug, 4 out of memory or
budget, 5 nothing to test, 130 interrupted. Results go to stdout, progress and messages to stderr; with ``--json``
stdout holds one JSON document, errors included. Everything heavy is imported inside the commands.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from verify.cli.formula_argument import FormulaCommand
from verify.cli.options import (
    Arithmetic,
    Force,
    Format,
    Json,
    Kernel,
    Objective,
    Polish,
    ProblemOption,
    Scheduler,
    TableFormat,
    Tiles,
    TileSide,
    Topic,
)
from verify.cli.polish_option import CertifyCommand
from verify.cli.problem import problem_app
from verify.cli.terminal import guarded

__all__ = ["app"]

app = typer.Typer(
    name="verify",
    help="Prove things about the training of given neural networks, and check the proofs.",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.add_typer(problem_app, name="problem")


def _print_version(asked: bool) -> None:
    if asked:
        from certificates import __version__

        typer.echo(f"gradcert {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    del version


@app.command(cls=CertifyCommand)
def certify(
    problem: Annotated[Path, typer.Argument(help="A problem file.")],
    kind: Annotated[str | None, typer.Option(help="Kind of claim; see `verify list kinds`.")] = None,
    polish: Annotated[
        Polish | None,
        typer.Option(
            help="If the weights miss the criterion, change them as little as certifies (--polish alone), or until the "
            "residual is at its rounding floor (--polish=full)."
        ),
    ] = None,
    rate: Annotated[
        str | None,
        typer.Option(help="With --polish: share of the decrease per step at zero residual to certify (1/16)."),
    ] = None,
    standalone: Annotated[
        bool,
        typer.Option(
            "--standalone", help="With --polish: claim no distance to the given weights, whose file can stay."
        ),
    ] = False,
    objective: Annotated[Objective, typer.Option(help="Largest rate, or smallest radius.")] = Objective.rate,
    step_size: Annotated[
        str | None,
        typer.Option(help="η as a decimal or p/q, exact, for orbit-, planted-convergence and certified-orbit-run."),
    ] = None,
    radius: Annotated[
        str | None,
        typer.Option(help="As a decimal or p/q, for gradient-dominance(-sos), planted-convergence, strong-convexity."),
    ] = None,
    data: Annotated[
        Path | None, typer.Option(help="A problem file whose samples certified-accuracy counts instead: a test set.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="PROBLEM.KIND.cert.json beside the problem by default.")
    ] = None,
    everything: Annotated[
        bool | None,
        typer.Option(
            "--all/--first", help="Try every other kind that fits, too; by default where the problem is small."
        ),
    ] = None,
    kernel: Annotated[
        Kernel | None, typer.Option(help="For tangent-kernel: in the limit of width (where known), or at the weights.")
    ] = None,
    failure: Annotated[
        str | None, typer.Option(help="For width-bound: δ as a decimal or p/q, 1/10 by default.")
    ] = None,
    tiles: Tiles = None,
    tile: TileSide = None,
    scheduler: Scheduler = None,
    force: Force = False,
    json: Json = False,
) -> None:
    """Prove something about weights and data, and write the certificate.

    Without --kind: zero-loss-convergence; cross-entropy-convergence for a cross-entropy without a penalty,
    strict-minimum for other objectives than plain sums of squares, and where that fails no-local-minimum or
    critical-point; for a quadratic network with one hidden layer whose first layer alone is trained,
    negative-curvature if that guarantees a decrease of the loss, optimality-gap if not; for planted labels
    planted-convergence. The other kinds that fit are tried, too, where the problem is small, or with --all.
    """
    from verify.cli.certify import certify_command

    guarded(
        json,
        lambda say: certify_command(
            say,
            problem,
            kind,
            polish,
            rate,
            standalone,
            objective.value,
            step_size,
            radius,
            data,
            output,
            force,
            everything,
            None if kernel is None else kernel.value,
            failure,
            tiles,
            tile,
            scheduler,
        ),
    )


@app.command()
def find(
    problem: Annotated[Path, typer.Argument(help="A problem file.")],
    starts: Annotated[int, typer.Option(min=1, help="Starts in all, those of earlier runs included.")] = 200,
    seed: Annotated[int, typer.Option(min=0, help="Of the random starts.")] = 0,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="A folder; PROBLEM.points beside the problem by default.")
    ] = None,
    json: Json = False,
) -> None:
    """Look for critical points from many starts, and certify each with its index and value.

    Half of the starts descend, half take Newton steps to saddles; copies by symmetry are listed once. Minima are marked
    spurious where some start ended at better weights. A run that was interrupted goes on where it was.
    """
    from verify.cli.find import find_command

    guarded(json, lambda say: find_command(say, problem, starts, seed, output))


@app.command()
def diagnose(problem: Annotated[Path, typer.Argument(help="A problem file.")], json: Json = False) -> None:
    """Estimate within seconds what a certificate would need and what the problem has; proves nothing."""
    from verify.cli.diagnose import diagnose_command

    guarded(json, lambda say: diagnose_command(say, problem))


@app.command()
def check(
    files: Annotated[list[Path], typer.Argument(help="Certificates.")],
    arithmetic: Annotated[
        Arithmetic, typer.Option(help="Error-bounded binary64, or the slow independent one.")
    ] = Arithmetic.fast,
    problem: ProblemOption = None,
    budget: Annotated[float | None, typer.Option(help="Floating-point operations to spend at most (1e12).")] = None,
    allow_conditional: Annotated[
        bool, typer.Option("--allow-conditional", help="Exit 0 although an assumption is unproved mathematics.")
    ] = False,
    tiles: Tiles = None,
    tile: TileSide = None,
    scheduler: Scheduler = None,
    json: Json = False,
) -> None:
    """Re-check certificates; all of them, and return the worst outcome."""
    from verify.cli.check import check_command

    guarded(
        json,
        lambda say: check_command(
            say, files, arithmetic.value, problem, budget, allow_conditional, tiles, tile, scheduler
        ),
    )


@app.command()
def explain(
    file: Annotated[Path, typer.Argument(help="A certificate.")],
    format: Annotated[Format, typer.Option(help="How to print.")] = Format.text,
    replay: Annotated[int, typer.Option("--replay", help="Include a run of so many steps and its plot.")] = 0,
    problem: ProblemOption = None,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="A file instead of stdout.")] = None,
    force: Force = False,
    json: Json = False,
) -> None:
    """Print the theorem and its proof with this instance's numbers."""
    from verify.cli.explain import explain_command

    guarded(json, lambda say: explain_command(say, file, format.value, replay, problem, output, force))


@app.command("replay")
def replay_run(
    file: Annotated[Path, typer.Argument(help="A certificate.")],
    steps: Annotated[int, typer.Option(min=1, help="Steps of gradient descent.")] = 5_000,
    step_size: Annotated[float | None, typer.Option(help="At most the certified one, which is the default.")] = None,
    plot: Annotated[Path | None, typer.Option(help="Write a picture (.png, .svg, .pdf).")] = None,
    problem: ProblemOption = None,
    force: Force = False,
    json: Json = False,
) -> None:
    """Run gradient descent and hold it against the certificate.

    Exits with 1 if the run disagrees or the certificate is not accepted, with 5 if nothing is testable: the residual
    at the certified weights is at its rounding floor in float64, or the claim says nothing of gradient descent.
    """
    from verify.cli.replay import replay_command

    guarded(json, lambda say: replay_command(say, file, steps, step_size, plot, problem, force))


@app.command("activation", cls=FormulaCommand)
def activation_table(
    activation: Annotated[str, typer.Argument(metavar="NAME|EXPRESSION", help="Catalogue name or expression in z.")],
    sigma: Annotated[
        list[str] | None, typer.Option(help="σ as a decimal or p/q, exact; may be repeated (0.1, 1 and 10 by default).")
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", help="Prefix of the certificates' names: PREFIX.P1.cert.json and so on."),
    ] = None,
    plot: Annotated[
        Path | None, typer.Option(help="Picture of φ and its derivatives and of T₁, T₂, T₃ over σ (.png, .svg, .pdf).")
    ] = None,
    derive: Annotated[
        bool, typer.Option("--derive", help="Print how closed forms of the moments are derived.")
    ] = False,
    format: Annotated[TableFormat, typer.Option(help="How to print.")] = TableFormat.text,
    assume_tail: Annotated[
        str | None,
        typer.Option(
            metavar="A,B,P,L2",
            help="Assume 0 ≤ φ' ≤ A + B|z|^P and |φ''| ≤ L2 far out where it is not proved; results are conditional.",
        ),
    ] = None,
    force: Force = False,
    json: Json = False,
) -> None:
    """Prove what holds of one activation: P1 to P3, ρ, Assumption 2.3, constants of tensors.

    Exits with 0 if something is proved and with 1 if nothing is (undecided entries say what was missing), with 2 on bad
    input. A formula may begin with a minus: -softplus(-z).
    """
    from verify.cli.activation import activation_command

    guarded(
        json,
        lambda say: activation_command(
            say, activation, sigma or [], assume_tail, format.value, derive, output, plot, force
        ),
    )


@app.command("list")
def list_topic(topic: Annotated[Topic, typer.Argument(help="What to list.")], json: Json = False) -> None:
    """List kinds of claims, activations, experiments or errata."""
    from verify.cli.listing import list_command

    guarded(json, lambda say: list_command(say, topic.value))


@app.command()
def reproduce(
    name: Annotated[str, typer.Argument(metavar="ID", help="See `verify list experiments`.")],
    output: Annotated[Path | None, typer.Option("-o", "--output", help="A folder; ID by default.")] = None,
    force: Force = False,
    json: Json = False,
) -> None:
    """Prove a paper's table or figure anew, beside what is printed.

    Exits with 1 if something is not proved, or if a criterion is not met or cannot be evaluated.
    """
    from verify.cli.reproduce import reproduce_command

    guarded(json, lambda say: reproduce_command(say, name, output, force))


@app.command()
def doctor(json: Json = False) -> None:
    """Test this platform and the installation the judge runs from."""
    from verify.cli.doctor import doctor_command

    guarded(json, doctor_command)
