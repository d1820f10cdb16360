"""A command whose argument is a formula, which may begin with a minus and is no option then."""

from __future__ import annotations

import re
from typing import Any

from typer.core import TyperCommand

__all__ = ["FormulaCommand"]


_FORMULA = re.compile(r"-[^-].*z.*|-z", re.DOTALL)  # -h is none


class FormulaCommand(TyperCommand):
    """Reads ``-softplus(-z)`` as the argument, wherever it stands among the options."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put a formula that begins with a minus last, after ``--``."""
        short = {name for option in self.params for name in option.opts if not name.startswith("--")}
        takes_value = {name for option in self.params if not getattr(option, "is_flag", True) for name in option.opts}
        for index, text in enumerate([] if "--" in args else args):
            is_value = index > 0 and args[index - 1] in takes_value
            if _FORMULA.fullmatch(text) and text[:2] not in short and not is_value:
                args = [*args[:index], *args[index + 1 :], "--", text]
                break
        return super().parse_args(ctx, args)
