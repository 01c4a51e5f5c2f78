"""What a command opens: the settings of this home and its stores, with no more keys than it needs."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Literal

import typer
from pydantic import ValidationError

from resources.control_plane.facts import Workspace, WorkspaceState
from resources.errors import Refused
from resources.platform import Platform
from resources.platforms import platform
from resources.revoking import carry_on
from resources.settings import Settings
from resources.stores import Stores, open_stores


def settings() -> Settings:
    """The settings in the environment.

    Raises:
        typer.BadParameter: one of them is not usable; its value is not shown.
    """
    try:
        return Settings()
    except ValidationError as error:
        fault = error.errors(include_input=False, include_url=False)[0]
    name = "_".join(["IGNYTE", *(str(part).upper() for part in fault["loc"])])
    raise typer.BadParameter(f"{name}: {fault['msg']}")


@contextmanager
def stores(vault: Literal["all", "data"] = "data") -> Iterator[Stores]:
    """The stores of this home. Only who connects or syncs asks for "all", and with it for the credentials' key."""
    chosen = settings()
    if vault == "data":
        chosen = chosen.model_copy(update={"vault_access": "data"})
    with open_stores(chosen) as opened:
        carry_on(opened)
        _carry_on_deleting(opened)
        yield opened


def _carry_on_deleting(opened: Stores) -> None:
    left = {each.entry.verb for each in opened.audit.left_open()}
    # what deletes brings in all that reads files, and most commands find nothing left to delete
    if left & {"workspace.delete", "datasource.purge"}:
        from assets.privacy import purging

        purging.carry_on(opened, forget_runs(opened))
    if "person.erase" in left:
        from assets.privacy import erasure

        erasure.carry_on(opened)


def forget_runs(opened: Stores) -> Callable[[str], int]:
    """Makes Dagster, which is opened only then, forget what an opaque id stands for; says how many runs went."""

    def forget(name: str) -> int:
        from ignyte_pipelines.forgetting import forgetter
        from ignyte_pipelines.instance import instance

        with instance(opened.settings) as dagster:
            return forgetter(dagster, opened.plane)(name)

    return forget


def known_platform(key: str) -> Platform:
    """The platform by its key.

    Raises:
        typer.BadParameter: there is none.
    """
    try:
        return platform(key)
    except Refused as refusal:
        raise typer.BadParameter(str(refusal)) from None


def the_workspace(opened: Stores, name: str | None) -> Workspace:
    """The workspace that is named, or the only one there is.

    Raises:
        Refused: the name fits none or several.
        typer.BadParameter: none is named, and there is not exactly one.
    """
    if name is not None:
        return opened.plane.workspaces.get(name)
    standing = standing_workspaces(opened)
    if len(standing) != 1:
        names = ", ".join(workspace.name for workspace in standing) or "none; see `ignyte workspace create`"
        raise typer.BadParameter(f"Name a workspace. There are: {names}.")
    return standing[0]


def standing_workspaces(opened: Stores) -> list[Workspace]:
    """Those that are not deleted, oldest first."""
    return [each for each in opened.plane.workspaces.all() if each.state is not WorkspaceState.DELETED]
