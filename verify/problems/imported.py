"""What an importer hands back: the network, and what the reader has to be told about the import."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

from certificates.problem import Network

__all__ = ["ImportNotice", "Imported", "announce"]


class ImportNotice(UserWarning):
    """Something about an imported model that the certified problem does not share with it."""


@dataclass(frozen=True)
class Imported:
    """A network with the notes of its import.

    Parameters
    ----------
    network
        The problem, exact.
    notes
        One sentence each: where the problem differs from what the framework computes.
    """

    network: Network
    notes: tuple[str, ...] = ()


def announce(imported: Imported) -> Network:
    """Give the network, and each note as an :class:`ImportNotice` at the line of the user's call."""
    for note in imported.notes:
        warnings.warn(note, ImportNotice, stacklevel=3)
    return imported.network
