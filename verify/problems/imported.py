"""What an importer hands back: the network, and what the reader has to be told about the import."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from dataclasses import dataclass, replace

from certificates.subjects import LONGEST_NOTE, MOST_NOTES, Network

__all__ = ["ImportNotice", "Imported", "announce", "imported"]


class ImportNotice(UserWarning):
    """Something about an imported model that the certified problem does not share with it."""


@dataclass(frozen=True)
class Imported:
    """A network with the notes of its import.

    Parameters
    ----------
    network
        The problem, exact; it carries the notes.
    notes
        One sentence each: where the problem differs from what the framework computes, how files were read.
    read
        What was read from which file, what was compared: for the reader of the terminal, stored nowhere.
    """

    network: Network
    notes: tuple[str, ...] = ()
    read: tuple[str, ...] = ()


def imported(network: Network, notes: Iterable[str], read: Iterable[str] = ()) -> Imported:
    r"""Put the notes into the network: printable, once each, within the bounds of the problem file.

    Examples
    --------
    >>> from verify.problems.arrays import from_arrays
    >>> net = from_arrays([[[1.0]], [[1.0]]], None, "tanh", [[1.0]], [[1.0]])
    >>> imported(net, ["a\tb", "a\tb", "c"]).network.notes
    ('a\\tb', 'c')
    """
    kept = list(dict.fromkeys(map(_printable, notes)))
    if len(kept) > MOST_NOTES:
        kept = [*kept[: MOST_NOTES - 1], f"{len(kept) - MOST_NOTES + 1} more notes were left out"]
    return Imported(replace(network, notes=tuple(kept)), tuple(kept), tuple(read))


def _printable(note: str) -> str:
    text = "".join(c if c.isprintable() else repr(c)[1:-1] for c in note)
    return text if len(text) <= LONGEST_NOTE else text[: LONGEST_NOTE - 1] + "…"


def announce(done: Imported) -> Network:
    """Give the network, and each note as an :class:`ImportNotice` at the line of the user's call."""
    for note in done.notes:
        warnings.warn(note, ImportNotice, stacklevel=3)
    return done.network
