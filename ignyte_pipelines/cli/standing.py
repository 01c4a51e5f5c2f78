"""How a workspace stands, in words and in fields: cancelled, held, restricted, deleted."""

from datetime import datetime
from typing import Any

from rich.text import Text

from ignyte_pipelines.cli.output import Cell, ago, fields, status
from resources.control_plane.facts import Workspace, WorkspaceState
from resources.lifecycle import deletable_at, grace_ends


def document(workspace: Workspace) -> dict[str, Any]:
    """All that is known of it, with the day on which it is deleted if nobody says anything."""
    return {
        **fields(workspace),
        "deleted_on": deletable_at(workspace),
        "reactivate_before": grace_ends(workspace),
    }


def state(workspace: Workspace) -> Text:
    """Its state in its colour, and behind it what is out of the ordinary, short enough for a table."""
    return Text.assemble(status(workspace.state.value), *(f", {each}" for each in _notes(workspace)))


def _notes(workspace: Workspace) -> list[str]:
    if workspace.state is WorkspaceState.DELETED:
        return []
    day = deletable_at(workspace)
    notes = [f"deleted on {day:%Y-%m-%d}" if day else "", "held" if workspace.hold else ""]
    return [note for note in (*notes, "restricted" if workspace.restricted else "") if note]


def described(workspace: Workspace, now: datetime) -> list[tuple[str, Cell]]:
    """The same, one fact a line, with the reasons."""
    day, back = deletable_at(workspace), grace_ends(workspace)
    lines: list[tuple[str, Cell]] = [("state", status(workspace.state.value))]
    if back:
        lines.append(("may come back", _until(back, now)))
    if day:
        lines.append(("deleted on", f"{day:%Y-%m-%d %H:%M} UTC, {ago(day, now)}"))
    if workspace.hold:
        lines.append(("held", f"{workspace.hold} (nothing of it is deleted)"))
    if workspace.restricted:
        lines.append(("restricted", f"{workspace.restricted} (it is kept, and not used)"))
    return lines


def _until(moment: datetime, now: datetime) -> str:
    return f"until {moment:%Y-%m-%d %H:%M} UTC" if now < moment else f"no more, since {moment:%Y-%m-%d %H:%M} UTC"
