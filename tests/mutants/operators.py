"""Small faults: what a node of a syntax tree is replaced by, one at a time."""

from __future__ import annotations

import ast
import copy

from tests.mutants.silent import is_cost

__all__ = ["alternatives"]

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


def alternatives(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> list[ast.AST]:
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
        case ast.Expr(value=ast.Call(func=function)) if not is_cost(ast.unparse(function)):
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
