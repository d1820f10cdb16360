"""Files of every kind that are no certificates."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from tests.corpus._case import Malformed

__all__ = ["malformed"]


def malformed(good: bytes) -> Iterator[Malformed]:
    """A part missing, a field nobody knows, another format or type, two documents, bytes that are no text."""
    kind = json.loads(good)["kind"].encode()

    def without(key: str) -> Callable[[dict[str, Any]], Any]:
        return lambda top: top.pop(key)

    def setting(value: Any, *path: str) -> Callable[[dict[str, Any]], Any]:
        return lambda top: _set(top, path, value)

    bent = {
        "evidence-missing": without("evidence"),
        "claim-missing": without("claim"),
        "other-format": setting("gradcert/2", "format"),
        "kind-is-a-number": setting(1, "kind"),
        "claim-is-a-list": setting([], "claim"),
        "evidence-is-null": setting(None, "evidence"),
        "unknown-field-of-the-claim": setting("1", "claim", "certified"),
        "unknown-field-of-the-evidence": setting("1", "evidence", "verdict"),
        "unknown-field-of-the-file": setting("accepted", "outcome"),
        "problem-of-another-type": setting("matrix", "problem", "type"),
        "provenance-with-a-number": setting({"steps": 5}, "provenance"),
    }
    files = {name: _bent(good, bend) for name, bend in bent.items()}
    files["truncated"] = good[: len(good) // 2]
    files["byte-order-mark"] = b"\xef\xbb\xbf" + good
    files["two-documents"] = good + good
    files["kind-twice"] = good.replace(b'"kind": "' + kind, b'"kind": "' + kind + b'", "kind": "' + kind, 1)
    files["not-utf-8"] = good.replace(kind, b"\xff" + kind, 1)
    for name, data in files.items():
        yield Malformed(name, data)


def _set(top: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    for key in path[:-1]:
        top = top[key]
    top[path[-1]] = value


def _bent(good: bytes, bend: Callable[[dict[str, Any]], Any]) -> bytes:
    top = json.loads(good)
    bend(top)
    return json.dumps(top, indent=1).encode()
