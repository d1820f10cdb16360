"""What the faults leave alone: nodes that only speak, annotate, or estimate a cost, and the numbers of roundings.

No theorem rests on texts (docstrings, messages, advice), annotations and ``__all__``; the counts of work have tests of
their own. The *numbers* of roundings, k in ``inflation(k)`` and ``gamma(k)`` or before u and ν, are generous: an ulp
more or less cannot be seen, and the derivations are beside the code. A term that is left out, or an inflation that is,
is a mutant.
"""

from __future__ import annotations

import ast

__all__ = ["is_cost", "silent"]

_TEXTS = {"reason", "advice", "required", "seen", "place", "remedy", "help", "strict"}
_COSTS = ("workload", "cost", "estimate", "flops", "charge", "spend", "reserve", "_effort", "_operation", "_bytes")
_METER = {
    "spend",
    "spend_flops",
    "spend_rationals",
    "reserve",
    "limited_effort",
    "remaining_effort",
}  # itself no estimate
_LISTS = {"__all__", "__slots__", "TITLE"}


def silent(tree: ast.Module) -> set[ast.AST]:
    """Nodes that only speak, annotate, or estimate."""
    found: set[ast.AST] = set()
    for node in ast.walk(tree):
        found.update(inner for part in _spoken(node) for inner in ast.walk(part))
    return found


def _spoken(node: ast.AST) -> list[ast.AST]:
    match node:
        case ast.Expr(value=ast.Constant()) | ast.JoinedStr() | ast.Import() | ast.ImportFrom():
            return [node]
        case ast.Raise(exc=ast.Call(args=args, keywords=keywords)):
            return [*args, *keywords]
        case ast.Call(func=ast.Name(id="inflation" | "gamma")):
            return node.args
        case ast.BinOp(left=ast.Constant(), op=ast.Mult(), right=right) if _is_rounding(right):
            return [node.left]
        case ast.Call(func=ast.Name(id="TypeVar") | ast.Attribute(attr="str")):
            return [*node.args, *node.keywords]
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)) if is_cost(name):
            return [*node.args, *node.keywords]
        case ast.Call(func=ast.Name(id="Fact" | "Assumption")):
            return node.args[:2]
        case ast.keyword(arg=name) if name in _TEXTS:
            return [node]
        case ast.AnnAssign() | ast.arg() if node.annotation:
            return [node.annotation]
        case ast.Assign(
            targets=[ast.Name(id=name) | ast.Attribute(attr=name) | ast.Tuple(elts=[ast.Name(id=name), *_])]
        ) if name in _LISTS or is_cost(name):
            return [node]
        case ast.FunctionDef() | ast.ClassDef() if is_cost(node.name) and node.name not in _METER:
            return [node]
        case ast.FunctionDef():
            return [*node.decorator_list, *([node.returns] if node.returns else [])]
        case ast.If(test=ast.Name(id="TYPE_CHECKING")):
            return [node]
    return []


def _is_rounding(node: ast.expr) -> bool:
    """U or ν, bare or as a ball."""
    return ast.unparse(node).removeprefix("exact(").removesuffix(")") in ("UNIT_ROUNDOFF", "UNDERFLOW")


def is_cost(name: str) -> bool:
    return any(word in name.lower() for word in _COSTS)
