"""What commands take: their choices, and the options that several share."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

__all__ = [
    "Activation",
    "Arithmetic",
    "Chain",
    "ClassWeights",
    "Decay",
    "Decimal",
    "Force",
    "Format",
    "Freeze",
    "Header",
    "IndexColumn",
    "Json",
    "Kernel",
    "Loss",
    "Objective",
    "Output",
    "Outputs",
    "Polish",
    "ProblemOption",
    "SampleWeights",
    "Scheduler",
    "Separator",
    "Smoothing",
    "TableFormat",
    "TileSide",
    "Tiles",
    "Topic",
]


class Objective(StrEnum):
    """What certify optimises."""

    rate = "rate"
    radius = "radius"


class Polish(StrEnum):
    """How far certify polishes."""

    minimal = "minimal"
    full = "full"


class Kernel(StrEnum):
    """Which tangent kernel certify looks at."""

    limit = "limit"
    empirical = "empirical"


class Arithmetic(StrEnum):
    """Which arithmetic the judge uses."""

    fast = "fast"
    arb = "arb"


class Format(StrEnum):
    """How explain prints."""

    text = "text"
    markdown = "markdown"
    latex = "latex"
    html = "html"


class TableFormat(StrEnum):
    """How activation prints."""

    text = "text"
    latex = "latex"


class Topic(StrEnum):
    """What list shows."""

    kinds = "kinds"
    activations = "activations"
    experiments = "experiments"
    errata = "errata"


Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Force = Annotated[bool, typer.Option("--force", help="Replace a different existing file.")]
ProblemOption = Annotated[Path | None, typer.Option("--problem", help="The problem file, or the directory it is in.")]
Activation = Annotated[str, typer.Option(help="Catalogue name or expression in z, for every hidden layer.")]
Loss = Annotated[
    str,
    typer.Option(
        help="Of squares: mean, half-mean, sum, half-sum, or a rational such as 1/200. Of classes: cross-entropy, "
        "cross-entropy-sum. Of yes or no per output: logistic, logistic-sum."
    ),
]
Smoothing = Annotated[str | None, typer.Option("--label-smoothing", help="Of a cross-entropy, 0 to 1.")]
ClassWeights = Annotated[str | None, typer.Option(help="Of a cross-entropy, one a class, as in 1,2.5,1/3.")]
Decay = Annotated[
    list[str] | None,
    typer.Option(
        help="λ of the penalty ½ λ‖w‖² on every trained tensor, biases too, as in 0.01; or of one tensor, as in "
        "layers.0.weight=1/1000, and may be repeated."
    ),
]
SampleWeights = Annotated[
    Path | None, typer.Option(help="Positive factors of the samples, .npy, .npz or .csv; a mean still divides by n.")
]
Freeze = Annotated[list[int] | None, typer.Option(help="Number of a layer that is not trained; may be repeated.")]
Output = Annotated[Path, typer.Option("-o", "--output", help="The problem file to write.")]
Chain = Annotated[
    bool, typer.Option("--chain", help="Layers named after branches, members or blocks are a plain chain all the same.")
]
Outputs = Annotated[
    Path | None,
    typer.Option(help="The model's predictions on the inputs (.npy, .npz, .csv): refused if ours differ."),
]
Header = Annotated[bool | None, typer.Option("--header/--no-header", help="The first row of CSV files names columns.")]
IndexColumn = Annotated[
    bool | None,
    typer.Option("--index-column/--no-index-column", help="The first column of CSV files numbers the rows."),
]
Separator = Annotated[str | None, typer.Option(help="Between CSV cells: comma, semicolon, tab, bar or space.")]
Decimal = Annotated[str | None, typer.Option(help="Decimal sign of CSV cells, . or ,")]
Tiles = Annotated[
    Path | None,
    typer.Option(
        help="A folder for what is finished of a kernel of many points (tangent-kernel); a stopped run goes on."
    ),
]
TileSide = Annotated[int | None, typer.Option("--tile", min=1, help="With --tiles: rows of a tile (2048).")]
Scheduler = Annotated[
    str | None, typer.Option(help="With --tiles: address of a Dask scheduler whose workers share that folder.")
]
