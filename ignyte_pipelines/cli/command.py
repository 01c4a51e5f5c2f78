"""What every command is: it takes --json, and a problem becomes words and an exit code."""

import sys
from collections.abc import Callable
from typing import Annotated, Any, TypeVar

import typer
from typer.core import TyperCommand

from ignyte_pipelines.cli.failures import last_words, tell
from resources.errors import Problem

_F = TypeVar("_F", bound=Callable[..., Any])
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of text.")]
WorkspaceName = Annotated[str, typer.Argument(metavar="WORKSPACE", help="A workspace's name or id.")]
PlatformKey = Annotated[str, typer.Argument(metavar="PLATFORM", help="See `ignyte platforms list`.")]


class Command(TyperCommand):
    """A command whose problems end it with a sentence and the code of their kind."""

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401 -- typer's own types are private
        try:
            return super().invoke(ctx)
        except Problem as problem:
            raise typer.Exit(tell(problem, as_json=bool(ctx.params.get("as_json")))) from None


class Group(typer.Typer):
    """Commands under one name."""

    def __init__(self, **settings: Any) -> None:  # noqa: ANN401 -- typer's own
        super().__init__(
            no_args_is_help=True,
            add_completion=False,
            pretty_exceptions_enable=False,
            rich_markup_mode="rich",
            context_settings={"help_option_names": ["-h", "--help"]},
            **settings,
        )

    def command(self, name: str | None = None, **settings: Any) -> Callable[[_F], _F]:  # noqa: ANN401 -- typer's own
        return super().command(name, cls=Command, **settings)


class Program(Group):
    """The whole program. What nobody foresaw ends in one redacted line, never in a traceback with values in it."""

    def __call__(self, *arguments: Any, **settings: Any) -> Any:  # noqa: ANN401 -- typer's own
        sys.excepthook = last_words
        return typer.main.get_command(self)(*arguments, **settings)
