"""Commands that are imported when they are run, so that the others start at once."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from importlib import import_module
from importlib.util import find_spec
from inspect import cleandoc
from typing import Any, ClassVar

import typer
from typer.core import TyperCommand, TyperGroup

from crawler.cli.interrupts import quiet_interrupts


class LazyCommand(TyperCommand):
    """The stand-in of a command: knows where it is, and its help without importing it."""

    def __init__(self, name: str, target: str) -> None:
        super().__init__(name)
        self.target = target

    def get_short_help_str(self, limit: int = 45) -> str:
        """The first sentence of the function's docstring."""
        self.help = self.help or docstring(self.target)
        return super().get_short_help_str(limit)

    def load(self) -> Any:
        """Import the function and make the real command of it."""
        module, _, function = self.target.partition(":")
        with quiet_interrupts():
            found = getattr(import_module(module), function)
        alone = typer.Typer(add_completion=False, rich_markup_mode=None)
        alone.command(self.name)(found)
        return typer.main.get_command(alone)


class LazyGroup(TyperGroup):
    """A group of commands given as ``module:function`` by their names, before its subgroups."""

    targets: ClassVar[Mapping[str, str]] = {}

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        lazy = {name: LazyCommand(name, target) for name, target in self.targets.items()}
        self.commands = {**lazy, **self.commands}

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find the command that the arguments name, and import it."""
        name, command, rest = super().resolve_command(ctx, args)
        return name, command.load() if isinstance(command, LazyCommand) else command, rest


def lazy_group(targets: Mapping[str, str]) -> type[LazyGroup]:
    """The class of a group with the given commands, as Typer wants it."""
    return type("Commands", (LazyGroup,), {"targets": targets})


def docstring(target: str) -> str:
    """The docstring of ``module:function``, read from the source and not by importing it."""
    module, _, function = target.partition(":")
    spec = find_spec(module)
    source = spec.loader.get_source(module) if spec and spec.loader else None  # type: ignore[attr-defined]
    for node in ast.parse(source or "").body:
        if isinstance(node, ast.FunctionDef) and node.name == function:
            return cleandoc(ast.get_docstring(node) or "")
    return ""
