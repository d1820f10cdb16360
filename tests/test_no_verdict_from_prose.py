"""Sentences are for readers: no code branches on the text of a reason, a fact or an error."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PROSE = {"reason", "seen", "required", "advice", "meaning", "explanation", "sentence", "what", "remedy"}
SEARCHES = {"startswith", "endswith", "find", "rfind", "index", "count", "partition", "rpartition", "split", "rsplit"}
SEARCHES |= {"search", "match", "fullmatch", "findall"}  # of module re, where the text is an argument
COMPARISONS = ast.In | ast.NotIn | ast.Eq | ast.NotEq


def decisions(source: str) -> Iterator[int]:
    """Lines that compare or search a sentence: ``x in e.reason``, ``v.seen.startswith(…)``, ``x in str(error)``.

    A local name that was bound to a sentence counts, too; the text of a caught exception is a sentence.
    """
    tree = ast.parse(source)
    for scope in ast.walk(tree):
        if isinstance(scope, ast.FunctionDef | ast.Lambda):
            yield from _in_scope(scope)


def _in_scope(scope: ast.AST) -> Iterator[int]:
    nodes = list(ast.walk(scope))
    errors = {node.name for node in nodes if isinstance(node, ast.ExceptHandler)}
    bound: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.Assign) and _is_prose(node.value, errors, bound):
            bound |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    for node in nodes:
        if isinstance(node, ast.Compare) and any(isinstance(op, COMPARISONS) for op in node.ops):
            operands = [node.left, *node.comparators]
            if any(_is_prose(operand, errors, bound) for operand in operands):
                yield node.lineno
        match node:
            case ast.Call(func=ast.Attribute(value=text, attr=name), args=[_, *_] as arguments) if name in SEARCHES:
                if any(_is_prose(part, errors, bound) for part in (text, *arguments)):
                    yield node.lineno


def _is_prose(node: ast.expr, errors: set[str | None], bound: set[str]) -> bool:
    """Whether an expression is a sentence, or text made of one (``.lower()``, slices, f-strings)."""
    match node:
        case ast.Attribute(attr=name):
            return name in PROSE
        case ast.Name(id=name):
            return name in bound
        case ast.Call(func=ast.Name(id="str" | "repr" | "format"), args=[ast.Name(id=name)]):
            return name in errors or name in ("error", "exc", "failure", "refusal")
        case ast.Call(func=ast.Attribute(value=inner) as method):
            return _is_prose(method, errors, bound) or _is_prose(inner, errors, bound)
        case ast.Subscript(value=inner):
            return _is_prose(inner, errors, bound)
        case ast.JoinedStr(values=values):
            return any(isinstance(v, ast.FormattedValue) and _is_prose(v.value, errors, bound) for v in values)
        case _:
            return False


@pytest.mark.parametrize("room", ["certificates", "verify"])
def test_nothing_is_decided_by_reading_a_sentence(room):
    found = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in sorted((ROOT / room).rglob("*.py"))
        for line in decisions(path.read_text(encoding="utf-8"))
    ]
    assert not found


@pytest.mark.parametrize(
    "line",
    [
        "'φ jumps' in found.reason",
        "verdict.reason.startswith('A2.3')",
        "'budget' not in verdict.reason.lower()",
        "verdict.explanation() == 'no'",
        "re.search('at', fact.meaning)",
        "error.args[0].split(':') and error.what[:3] == 'no '",
        "'x' in f'{verdict.seen}!'",
    ],
)
def test_it_would_be_seen(line):
    assert list(decisions(f"def f():\n    return {line}"))
    assert not list(decisions("def f():\n    return verdict.cause == 'budget'"))


def test_the_text_of_an_exception_is_a_sentence():
    body = "    try:\n        g()\n    except ValueError as e:\n"
    assert list(decisions(f"def f():\n{body}        return 'pickle' in str(e).lower()"))
    assert list(decisions(f"def f():\n{body}        text = str(e)\n        return text.endswith('x')"))
    assert not list(decisions(f"def f():\n{body}        return str(e)"))
