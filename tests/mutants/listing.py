"""All mutants of a module: every fault that the operators can make where the code is not silent, with a stable key."""

from __future__ import annotations

import ast
import copy
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.mutants.operators import alternatives
from tests.mutants.silent import silent

__all__ = ["Mutant", "codes_of", "mutants_of"]


@dataclass(frozen=True)
class Mutant:
    """One fault: node ``index`` of the module (in the order of :func:`ast.walk`) takes its alternative ``choice``.

    ``key`` depends on the enclosing function's name and code only: results outlive changes elsewhere, and moves.
    """

    path: str
    scope: str
    line: int
    text: str
    index: int
    choice: int
    key: str
    at_import: bool
    source: str
    code: str
    old_key: str

    def module(self, root: Path) -> ast.Module:
        """The module's tree with the fault."""
        source = (root / self.path).read_text(encoding="utf-8")
        if _digest(source) != self.source:
            raise ValueError(f"{self.path} has changed since its mutants were listed")
        tree = ast.parse(source)
        node = next(n for i, n in enumerate(ast.walk(tree)) if i == self.index)
        changed = ast.copy_location(alternatives(node, _parents(tree))[self.choice], node)
        tree = _Replace(node, changed).visit(tree)
        return ast.fix_missing_locations(tree)


class _Replace(ast.NodeTransformer):
    def __init__(self, old: ast.AST, new: ast.AST) -> None:
        self.old, self.new = old, new

    def visit(self, node: ast.AST) -> ast.AST:
        return self.new if node is self.old else self.generic_visit(node)


def _parents(tree: ast.AST) -> dict[ast.AST, ast.AST]:
    return {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}


def mutants_of(path: str, root: Path) -> Iterator[Mutant]:
    """All mutants of the file, in the order of its nodes."""
    source = (root / path).read_text(encoding="utf-8")
    tree = ast.parse(source)
    parents, quiet = _parents(tree), silent(tree)
    local: dict[ast.AST, int] = {}
    digests: dict[ast.AST, str] = {}
    for index, node in enumerate(ast.walk(tree)):
        scope, name, at_import = _scope(node, parents)
        if node in quiet or scope is None:
            continue
        if scope not in digests:
            digests[scope] = _digest(ast.dump(_without_texts(scope)))
            local.update({inner: i for i, inner in enumerate(ast.walk(scope))})
        for choice, new in enumerate(alternatives(node, parents)):
            text = (
                f"def: {_words(new.body[-1])}"
                if isinstance(new, ast.FunctionDef)
                else f"{_words(node)} → {_words(new)}"
            )
            identity = f"{name}:{digests[scope]}:{local[node]}:{text}:{choice}"
            key, old_key = _digest(identity)[:16], _digest(f"{path}:{identity}")[:16]
            at_import = at_import and not isinstance(node, ast.FunctionDef)
            if isinstance(node, ast.Constant):
                text += f" in {_words(parents[node])}"
            yield Mutant(
                path,
                name,
                getattr(node, "lineno", 0),
                text,
                index,
                choice,
                key,
                at_import,
                _digest(source),
                digests[scope],
                old_key,
            )


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def codes_of(path: str, root: Path) -> dict[str, str]:
    """The digest of each function's code, by its name."""
    tree = ast.parse((root / path).read_text(encoding="utf-8"))
    parents, found = _parents(tree), {}
    for node in ast.walk(tree):
        scope, name, _ = _scope(node, parents)
        if node is scope and isinstance(node, ast.FunctionDef):
            found[name] = _digest(ast.dump(_without_texts(scope)))
    return found


def _words(node: ast.AST) -> str:
    text = " ".join(ast.unparse(node).split())
    return text if len(text) <= 100 else text[:97] + "…"


def _without_texts(scope: ast.AST) -> ast.AST:
    scope = copy.deepcopy(scope)
    for node in ast.walk(scope):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            node.value = ""
    return scope


def _scope(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> tuple[ast.AST | None, str, bool]:
    """The outermost function or the import-time statement around the node, its name, and whether import runs it."""
    chain = [node]
    while chain[-1] in parents:
        chain.append(parents[chain[-1]])
    at_import, outer, names = True, None, []
    for below, above in zip(reversed(chain[:-1]), reversed(chain[1:]), strict=True):
        if isinstance(above, ast.FunctionDef | ast.Lambda) and below not in _evaluated_at_definition(above):
            at_import = False
        if isinstance(below, ast.ClassDef | ast.FunctionDef) and not isinstance(outer, ast.FunctionDef):
            names.append(below.name)
        if isinstance(above, ast.Module | ast.ClassDef) and not isinstance(outer, ast.FunctionDef):
            outer = below
    return (outer if isinstance(outer, ast.stmt) else None), ".".join(names), at_import


def _evaluated_at_definition(function: ast.FunctionDef | ast.Lambda) -> list[ast.AST]:
    return [function.args, *getattr(function, "decorator_list", [])]
