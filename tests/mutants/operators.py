"""Small faults in a module's syntax tree: every one that the operators below can make, with a stable key.

Texts (docstrings, messages, advice), annotations, ``__all__`` and estimates of cost are left alone: no theorem rests
on them, and the counts of work have tests of their own. So are the *numbers* of roundings, k in ``inflation(k)`` and
``gamma(k)`` or before u and ν: they are generous, an ulp more or less cannot be seen, and the derivations are beside
the code. A term that is left out, or an inflation that is, is a mutant.
"""

from __future__ import annotations

import ast
import copy
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Mutant", "codes_of", "mutants_of"]

_SWAPS = [
    ("lower", "upper"),
    ("abs_lower", "abs_upper"),
    ("max", "min"),
    ("maximum", "minimum"),
    ("floor", "ceil"),
    ("any", "all"),
    ("rejected", "undecided"),
]
_SWAPPED = {**dict(_SWAPS), **{b: a for a, b in _SWAPS}}
_COMPARISONS: dict[type[ast.cmpop], list[type[ast.cmpop]]] = {
    ast.Lt: [ast.LtE, ast.GtE],
    ast.LtE: [ast.Lt, ast.Gt],
    ast.Gt: [ast.GtE, ast.LtE],
    ast.GtE: [ast.Gt, ast.Lt],
    ast.Eq: [ast.NotEq],
    ast.NotEq: [ast.Eq],
    ast.Is: [ast.IsNot],
    ast.IsNot: [ast.Is],
    ast.In: [ast.NotIn],
    ast.NotIn: [ast.In],
}
_OTHER: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.Pow: ast.Mult,
    ast.FloorDiv: ast.Mult,
}
_REMOVED = {"abs", "sqrt", "root", "nextafter", "abs_upper", "union", "inflation"}
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
        changed = ast.copy_location(_alternatives(node, _parents(tree))[self.choice], node)
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
    parents, silent = _parents(tree), _silent(tree)
    local: dict[ast.AST, int] = {}
    digests: dict[ast.AST, str] = {}
    for index, node in enumerate(ast.walk(tree)):
        scope, name, at_import = _scope(node, parents)
        if node in silent or scope is None:
            continue
        if scope not in digests:
            digests[scope] = _digest(ast.dump(_without_texts(scope)))
            local.update({inner: i for i, inner in enumerate(ast.walk(scope))})
        for choice, new in enumerate(_alternatives(node, parents)):
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


def _silent(tree: ast.Module) -> set[ast.AST]:
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
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)) if _is_cost(name):
            return [*node.args, *node.keywords]
        case ast.Call(func=ast.Name(id="Fact" | "Assumption")):
            return node.args[:2]
        case ast.keyword(arg=name) if name in _TEXTS:
            return [node]
        case ast.AnnAssign() | ast.arg() if node.annotation:
            return [node.annotation]
        case ast.Assign(
            targets=[ast.Name(id=name) | ast.Attribute(attr=name) | ast.Tuple(elts=[ast.Name(id=name), *_])]
        ) if name in _LISTS or _is_cost(name):
            return [node]
        case ast.FunctionDef() | ast.ClassDef() if _is_cost(node.name) and node.name not in _METER:
            return [node]
        case ast.FunctionDef():
            return [*node.decorator_list, *([node.returns] if node.returns else [])]
        case ast.If(test=ast.Name(id="TYPE_CHECKING")):
            return [node]
    return []


def _is_rounding(node: ast.expr) -> bool:
    """U or ν, bare or as a ball."""
    return ast.unparse(node).removeprefix("exact(").removesuffix(")") in ("UNIT_ROUNDOFF", "UNDERFLOW")


def _is_cost(name: str) -> bool:
    return any(word in name.lower() for word in _COSTS)


def _alternatives(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> list[ast.AST]:
    """What the node is replaced by, one at a time."""
    match node:
        case ast.Compare(ops=ops):
            return [
                ast.Compare(node.left, [*ops[:i], new(), *ops[i + 1 :]], node.comparators)
                for i, op in enumerate(ops)
                for new in _COMPARISONS[type(op)]
            ]
        case ast.BinOp(left, op, right):
            other = [ast.BinOp(left, _OTHER[type(op)](), right)] if type(op) in _OTHER else []
            dropped = {ast.Add: [left, right], ast.Sub: [left], ast.Mult: [left, right], ast.Div: [left]}
            return [*other, *dropped.get(type(op), [])]
        case ast.AugAssign(op=op) if type(op) in _OTHER:
            return [ast.AugAssign(node.target, _OTHER[type(op)](), node.value), ast.Pass()]
        case ast.BoolOp(op, values):
            flipped: ast.boolop = ast.Or() if isinstance(op, ast.And) else ast.And()
            rest = [values[:i] + values[i + 1 :] for i in range(len(values))]
            return [ast.BoolOp(flipped, values), *(ast.BoolOp(op, r) if len(r) > 1 else r[0] for r in rest)]
        case ast.UnaryOp(op=ast.USub()) if isinstance(parents.get(node), ast.Subscript):
            return [ast.Constant(0)]  # the last entry for the first
        case ast.UnaryOp(op=ast.Not() | ast.USub()):
            return [node.operand]
        case ast.Constant(value=value):
            return [ast.Constant(new) for new in _constants(value, parents.get(node))]
        case ast.Name(id=name) if name in _SWAPPED and isinstance(node.ctx, ast.Load):
            return [ast.Name(_SWAPPED[name], ast.Load())]
        case ast.Attribute(attr=name) if name in _SWAPPED and isinstance(node.ctx, ast.Load):
            return [ast.Attribute(node.value, _SWAPPED[name], ast.Load())]
    return _dropped(node)


def _dropped(node: ast.AST) -> list[ast.AST]:
    """Checks, calls and functions left out; conditions negated; answers replaced."""
    negatable = ast.Name | ast.Attribute | ast.Call
    match node:
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name, value=ast.Name(id="np" | "math"))) if (
            name in _REMOVED and node.args
        ):
            return [node.args[0]]
        case ast.Call(func=ast.Attribute(attr=name)) if name in _REMOVED:
            return [node.func.value]
        case ast.If(body=[*_, ast.Raise()], orelse=[]):
            return [ast.Pass()]
        case ast.If(test=test) | ast.While(test=test) | ast.IfExp(test=test) if isinstance(test, negatable):
            new = copy.copy(node)
            new.test = ast.UnaryOp(ast.Not(), test)
            return [new]
        case ast.Expr(value=ast.Call(func=function)) if not _is_cost(ast.unparse(function)):
            return [ast.Pass()]
        case ast.FunctionDef(returns=ast.Name(id="bool")):
            head = node.body[:1] if ast.get_docstring(node) else []
            answers = [ast.Return(ast.Constant(value)) for value in (True, False)]
            return [ast.copy_location(_with_body(node, [*head, answer]), node) for answer in answers]
        case ast.Break():
            return [ast.Continue()]
        case ast.Continue():
            return [ast.Break()]
    return []


def _with_body(function: ast.FunctionDef, body: list[ast.stmt]) -> ast.FunctionDef:
    new = copy.copy(function)
    new.body = body
    return new


def _constants(value: object, parent: ast.AST | None) -> list[object]:
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int):
        if isinstance(parent, ast.UnaryOp):  # −1 is mutated as a whole: its sign, and to −2
            return [value + 1]
        return [value + 1, -1 if value == 0 and isinstance(parent, ast.Subscript) else value - 1]
    if isinstance(value, float):
        return [2 * value if value else 1.0, 0.0][: 2 if value else 1]
    return []
