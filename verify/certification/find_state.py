"""What a search for critical points has found so far, in a file: written whole after every start, read to go on."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from certificates.document import PROBLEM_LIMIT, read_regular_file, write_atomically
from certificates.errors import Malformed, MalformedProblem
from verify.numeric.mlp import Array

__all__ = ["STATE", "FindState", "read_state", "write_state"]

STATE = "state.json"
_FORMAT = "gradcert-find/1"


@dataclass(frozen=True, eq=False)
class FindState:
    """How far a search is.

    Parameters
    ----------
    problem
        sha256 of the problem's bytes.
    seed
        Of the starts.
    done
        How many starts have ended.
    nowhere
        How many of them ended at no critical point.
    points
        Weights of the points found, and how many starts ended at each, in the order of their finding.
    best
        The weights with the least objective that any start ended at.
    """

    problem: str
    seed: int
    done: int = 0
    nowhere: int = 0
    points: tuple[tuple[Array, int], ...] = ()
    best: Array | None = None


def write_state(state: FindState, folder: Path) -> None:
    """Replace the file of the folder."""
    document = {
        "format": _FORMAT,
        "problem": state.problem,
        "seed": state.seed,
        "done": state.done,
        "nowhere": state.nowhere,
        "best": None if state.best is None else state.best.tolist(),
        "points": [{"starts": starts, "weights": weights.tolist()} for weights, starts in state.points],
    }
    write_atomically(folder / STATE, json.dumps(document).encode(), force=True)


def read_state(folder: Path, problem: str, seed: int, count: int) -> FindState:
    """The state of an earlier run in the folder, or a new one.

    Parameters
    ----------
    problem, seed, count
        sha256 of the problem, the seed, and how many trained parameters there are.

    Raises
    ------
    MalformedProblem
        The folder holds a search for another problem or with another seed, or its file is none of ours.
    """
    path = folder / STATE
    if not path.exists():
        return FindState(problem, seed)
    place = ascii(str(path)).strip("'")
    try:
        document = _of_our_format(json.loads(read_regular_file(path, PROBLEM_LIMIT)))
        same = (document["problem"], document["seed"]) == (problem, seed)
        found = _decoded(document, count) if same else None
    except (ValueError, KeyError, TypeError, Malformed) as error:
        raise MalformedProblem("is no state of a search", place=place, remedy="choose another folder (-o)") from error
    if found is None:
        raise MalformedProblem(
            "belongs to another problem or another --seed", place=place, remedy="choose another folder (-o)"
        )
    return found


def _of_our_format(document: Any) -> Any:
    if document["format"] != _FORMAT:
        raise ValueError("another format")
    return document


def _decoded(document: Any, count: int) -> FindState:
    best = document["best"]
    return FindState(
        document["problem"],
        document["seed"],
        int(document["done"]),
        int(document["nowhere"]),
        tuple((_vector(each["weights"], count), int(each["starts"])) for each in document["points"]),
        None if best is None else _vector(best, count),
    )


def _vector(entries: Any, count: int) -> Array:
    vector = np.array(entries, dtype=np.float64)
    if vector.shape != (count,) or not np.isfinite(vector).all():
        raise ValueError("weights of another network")
    return vector
