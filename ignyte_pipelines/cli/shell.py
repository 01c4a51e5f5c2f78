"""ignyte shell: questions in SQL, one after the other."""

from ignyte_pipelines.cli.command import Json, WorkspaceName


def shell(workspace: WorkspaceName, *, as_json: Json = False) -> None:
    """Ask the published metrics in SQL, interactively: with history, completion of tables and columns, and .help.

    Questions end with a semicolon. Fed from a pipe, it answers each and stops at the end. With --json each answer is a
    JSON document.

    Example: echo "FROM customers LIMIT 3;" | ignyte shell demo
    """
    from ignyte_pipelines.cli.opening import stores
    from ignyte_pipelines.cli.results import session
    from ignyte_pipelines.cli.talking import talk

    with stores() as opened, session(opened, opened.plane.workspaces.get(workspace), "shell") as asked:
        history = opened.settings.home / "shell" / f"{asked.workspace.id}.history"
        talk(asked, history, "json" if as_json else "table")
