"""The commands ``verify problem``: write and show problem files. Everything heavy is imported inside them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from verify.cli.options import (
    Activation,
    Chain,
    ClassWeights,
    Decay,
    Decimal,
    Force,
    Freeze,
    Header,
    IndexColumn,
    Json,
    Loss,
    Output,
    Outputs,
    SampleWeights,
    Separator,
    Smoothing,
)
from verify.cli.terminal import guarded

__all__ = ["problem_app"]

problem_app = typer.Typer(help="Write and show problem files.", no_args_is_help=True)


@problem_app.command("show")
def problem_show(file: Annotated[Path, typer.Argument(help="A problem file.")], json: Json = False) -> None:
    """Print what a problem file holds."""
    from verify.cli.importing import show_command

    guarded(json, lambda say: show_command(say, file))


@problem_app.command("select")
def problem_select(
    file: Annotated[Path, typer.Argument(help="A problem file.")],
    output: Output,
    samples: Annotated[str | None, typer.Option(help="Samples to keep, as in 0,3,7-9.")] = None,
    different: Annotated[
        bool, typer.Option("--different", help="Keep those whose gradients are independent to six digits.")
    ] = False,
    leave_out_output: Annotated[list[int] | None, typer.Option(help="An output to drop; may be repeated.")] = None,
    force: Force = False,
    json: Json = False,
) -> None:
    """Write a problem with fewer samples or outputs.

    Every number that stays is the same, and so is the loss's factor; a note in the file says what was selected.
    """
    from verify.cli.selection import select_command

    guarded(json, lambda say: select_command(say, file, samples, different, leave_out_output or [], output, force))


@problem_app.command("population")
def problem_population(
    activation: Annotated[str, typer.Option(help="Catalogue name or expression in z, of teacher and student.")],
    teacher: Annotated[Path, typer.Option(help="Weights of the teacher, .npy, .npz or .csv, one row a unit.")],
    output: Output,
    teacher_outer: Annotated[Path | None, typer.Option(help="Its outer weights, one a unit; ones by default.")] = None,
    student: Annotated[Path | None, typer.Option(help="Weights of a student, one row a unit; none by default.")] = None,
    student_outer: Annotated[Path | None, typer.Option(help="Its outer weights; ones by default.")] = None,
    force: Force = False,
    json: Json = False,
) -> None:
    """Write a population problem: a network of one hidden layer learns another from standard normal inputs.

    Every number is taken exactly. The file is JSON, in which fractions such as "3/5" may be written by hand.
    """
    from verify.cli.importing import population_command

    learner = (student, student_outer)
    guarded(json, lambda say: population_command(say, activation, (teacher, teacher_outer), learner, output, force))


@problem_app.command("wide")
def problem_wide(
    output: Output,
    width: Annotated[int, typer.Option(help="Hidden units, m.")],
    activation: Annotated[str, typer.Option(help="Catalogue name or expression in z.")] = "relu",
    inputs: Annotated[Path | None, typer.Option(help="Inputs, .npy, .npz or .csv, one row a sample.")] = None,
    targets: Annotated[Path | None, typer.Option(help="Targets, .npy, .npz or .csv.")] = None,
    like: Annotated[Path | None, typer.Option(help="A problem file whose inputs and targets are taken.")] = None,
    samples: Annotated[int | None, typer.Option(help="Random unit inputs and labels ±1 in place of files.")] = None,
    dimension: Annotated[int | None, typer.Option(help="Of the random inputs.")] = None,
    scale: Annotated[str, typer.Option(help="α; the output layer holds ±α/√m.")] = "1",
    seed: Annotated[int, typer.Option(help="Of the start, and of random data.")] = 0,
    antisymmetric: Annotated[
        bool, typer.Option("--antisymmetric", help="Pairs of units of opposite signs: every output is 0.")
    ] = False,
    force: Force = False,
    json: Json = False,
) -> None:
    """Write a wide network of one hidden layer at its random start: w_r ~ N(0, I), the output layer stays at ±α/√m.

    The loss is half the sum of squares. The same options write the same file; a note in it says what was drawn.
    """
    from verify.cli.wide import Start, wide_command

    data = (inputs, targets, like, samples, dimension)
    start = Start(width, activation, scale, seed, antisymmetric)
    guarded(json, lambda say: wide_command(say, data, start, output, force))


@problem_app.command("perturb")
def problem_perturb(
    file: Annotated[Path, typer.Argument(help="A problem file.")],
    output: Output,
    below: Annotated[
        int | None, typer.Option(help="Layers 0 to N−1 are moved, layers.N and those above stay; the last by default.")
    ] = None,
    size: Annotated[float, typer.Option(help="Standard deviation of the noise.")] = 1e-3,
    seed: Annotated[int, typer.Option(help="Of the noise.")] = 0,
    force: Force = False,
    json: Json = False,
) -> None:
    """Write a problem whose lower weights are moved by small Gaussian noise, so that its features become independent.

    How far they moved and how the objective changed is printed. The same options write the same file, with a note.
    """
    from verify.cli.perturb import perturb_command

    guarded(json, lambda say: perturb_command(say, file, below, size, seed, output, force))


@problem_app.command("from-torch")
def problem_from_torch(
    weights: Annotated[Path, typer.Argument(help="A PyTorch state dict (or .safetensors, .npz).")],
    inputs: Annotated[Path, typer.Option(help="Inputs, .npy, .npz or .csv, one row a sample.")],
    targets: Annotated[Path, typer.Option(help="Targets, .npy, .npz or .csv.")],
    activation: Activation,
    output: Output,
    loss: Loss = "mean",
    label_smoothing: Smoothing = None,
    class_weights: ClassWeights = None,
    decay: Decay = None,
    sample_weights: SampleWeights = None,
    freeze: Freeze = None,
    chain: Chain = False,
    outputs: Outputs = None,
    header: Header = None,
    index_column: IndexColumn = None,
    separator: Separator = None,
    decimal: Decimal = None,
    force: Force = False,
    json: Json = False,
) -> None:
    """Import a state dict of Linear layers.

    A state dict holds neither code nor activations: what it is read as is printed and written into the problem file,
    and --outputs compares predictions.
    """
    from verify.cli.importing import import_command, stated
    from verify.problems import CsvFormat, import_state_dict

    csv = CsvFormat(header, index_column, separator, decimal)
    objective = (loss, label_smoothing, class_weights, decay, sample_weights)
    guarded(
        json,
        lambda say: import_command(
            say,
            lambda: import_state_dict(
                weights,
                inputs,
                targets,
                stated(objective, activation, freeze, chain, outputs, csv),
            ),
            output,
            force,
        ),
    )


@problem_app.command("from-arrays")
def problem_from_arrays(
    file: Annotated[Path, typer.Argument(help="An .npz with layers.N.weight, layers.N.bias, inputs, targets.")],
    activation: Activation,
    output: Output,
    loss: Loss = "mean",
    label_smoothing: Smoothing = None,
    class_weights: ClassWeights = None,
    decay: Decay = None,
    sample_weights: SampleWeights = None,
    freeze: Freeze = None,
    chain: Chain = False,
    outputs: Outputs = None,
    header: Header = None,
    index_column: IndexColumn = None,
    separator: Separator = None,
    decimal: Decimal = None,
    force: Force = False,
    json: Json = False,
) -> None:
    """Import arrays from an .npz file.

    What it is read as is printed and written into the problem file, and --outputs compares predictions.
    """
    from verify.cli.importing import import_command, stated
    from verify.problems import CsvFormat, import_npz

    csv = CsvFormat(header, index_column, separator, decimal)
    objective = (loss, label_smoothing, class_weights, decay, sample_weights)
    guarded(
        json,
        lambda say: import_command(
            say,
            lambda: import_npz(file, stated(objective, activation, freeze, chain, outputs, csv)),
            output,
            force,
        ),
    )


@problem_app.command("from-csv")
def problem_from_csv(
    data: Annotated[Path, typer.Argument(help="Data, one row a sample.")],
    target: Annotated[list[str], typer.Option(help="Target column; may be repeated (0, 1, … without a header).")],
    weights: Annotated[Path, typer.Option(help="Weights: .safetensors, .npz or a PyTorch state dict.")],
    activation: Activation,
    output: Output,
    loss: Loss = "mean",
    label_smoothing: Smoothing = None,
    class_weights: ClassWeights = None,
    decay: Decay = None,
    sample_weights: SampleWeights = None,
    freeze: Freeze = None,
    chain: Chain = False,
    outputs: Outputs = None,
    header: Header = None,
    index_column: IndexColumn = None,
    separator: Separator = None,
    decimal: Decimal = None,
    force: Force = False,
    json: Json = False,
) -> None:
    """Import CSV data and weights.

    Separator, decimal sign, header and index column are recognised where they are certain and asked for where not; what
    was read is printed. What the weights are read as is written into the problem file; --outputs compares predictions.
    """
    from verify.cli.importing import import_command, stated
    from verify.problems import CsvFormat, import_csv

    csv = CsvFormat(header, index_column, separator, decimal)
    objective = (loss, label_smoothing, class_weights, decay, sample_weights)
    guarded(
        json,
        lambda say: import_command(
            say,
            lambda: import_csv(
                data,
                target,
                weights,
                stated(objective, activation, freeze, chain, outputs, csv),
            ),
            output,
            force,
        ),
    )
