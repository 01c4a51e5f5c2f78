"""ignyte retention: which rows, backups and workspaces have had their time, and what takes them."""

from typing import Annotated, Any

import typer

from ignyte_pipelines.cli.command import Group, Json, WorkspaceName

app = Group(help="Limits of age: what is past its time, and the rules that say so. The shortest rule wins.")
Where = Annotated[str | None, typer.Argument(metavar="[WORKSPACE]", help="A workspace's name or id; all if left out.")]
Of = Annotated[str, typer.Option("--platform", metavar="P", help="Only this platform's rows; every one's otherwise.")]
In = Annotated[str, typer.Option("--stream", metavar="S", help="Only this stream's; every one's otherwise.")]


@app.command("plan")
def plan_(workspace: Where = None, *, as_json: Json = False) -> None:
    """Print what a run would do now: rows past their limit, backups, cancelled workspaces, requests that are due."""
    from assets.privacy.retention import planned
    from ignyte_pipelines.cli.opening import stores
    from ignyte_pipelines.cli.output import show

    with stores() as opened:
        made = planned(opened, opened.plane.workspaces.get(workspace) if workspace else None)
    lines = [item.line(done=False) for item in made.items]
    document = {"at": made.at, "items": [{**_document(item), "line": item.line(done=False)} for item in made.items]}
    show(document, *_shown(lines), as_json=as_json)


@app.command("run")
def run(workspace: Where = None, *, as_json: Json = False) -> None:
    """Do what the plan says, each act in a run of Dagster, and print the same lines, as what was done."""
    from assets.privacy.retention import planned
    from ignyte_pipelines import acting
    from ignyte_pipelines.cli.failures import FAILED
    from ignyte_pipelines.cli.opening import stores
    from ignyte_pipelines.cli.output import show

    with stores("all") as opened:
        made = planned(opened, opened.plane.workspaces.get(workspace) if workspace else None)
        done = acting.carry_out(opened, made)
    document = [{**_document(each.item), "line": each.line, "problem": each.problem} for each in done]
    show({"at": made.at, "items": document}, *_shown([each.line for each in done]), as_json=as_json)
    if any(each.problem for each in done):
        raise typer.Exit(FAILED)


@app.command("set")
def set_(
    workspace: WorkspaceName,
    *,
    days: Annotated[int, typer.Option(min=1, help="How old rows may get.")],
    reason: Annotated[str, typer.Option(help="Why; it is shown with everything that the rule takes.")],
    platform: Of = "",
    stream: In = "",
    as_json: Json = False,
) -> None:
    """Set a workspace's own limit, in the place of one it had. It can shorten what is declared, never lengthen it."""
    from ignyte_pipelines.cli.opening import stores
    from ignyte_pipelines.cli.output import command, fields, say, show
    from resources.control_plane.privacy_facts import Rule

    _known(platform, stream)
    with stores() as opened:
        found = opened.plane.workspaces.get(workspace)
        what = {**_rule(platform, stream), "days": str(days)}
        with opened.audit.act(
            "retention.set", f"workspace {found.id}", workspace_id=found.id, reason=reason, details=what
        ):
            rule = Rule(
                workspace_id=found.id, **_rule(platform, stream), days=days, reason=reason, set_at=opened.clock()
            )
            opened.plane.rules.put(rule)
    show(fields(rule), f"{_of(rule)}: {days} days. {reason}", as_json=as_json)
    say(f"\nSee what it takes: {command('ignyte', 'retention', 'plan', found.name)}")


@app.command("rules")
def rules(workspace: WorkspaceName, *, as_json: Json = False) -> None:
    """List the limits that hold for a workspace: its own, those of platforms, and the fixed ones."""
    from ignyte_pipelines.cli.opening import stores
    from ignyte_pipelines.cli.output import add, fields, show, table
    from resources.platforms import platforms

    with stores() as opened:
        found = opened.plane.workspaces.get(workspace)
        mine = opened.plane.rules.of(found.id)
    shown = table("whose", "of", "at most", "why", right=["at most"], wraps=["why"])
    for rule in mine:
        add(shown, "the workspace's", _of(rule), f"{rule.days} days", rule.reason)
    declared = [(each, stream) for each in platforms() for stream in each.streams if stream.keep.at_most]
    for each, stream in declared:
        days = stream.keep.at_most.days if stream.keep.at_most else 0
        add(shown, "the platform's", f"{each.key} {stream.name}", f"{days} days", stream.keep.reason)
    add(shown, "fixed", "backups", "30 days", "or shorter, where its contract says so")
    add(shown, "fixed", "audit log", "366 days", "kept for twelve months")
    add(shown, "its contract's", "all, once cancelled", f"{found.grace_days} days", "days of grace")
    document = {
        "workspace": found.id,
        "rules": [fields(rule) for rule in mine],
        "declared": [
            {
                "platform": each.key,
                "stream": stream.name,
                "days": stream.keep.at_most.days,
                "reason": stream.keep.reason,
            }
            for each, stream in declared
            if stream.keep.at_most
        ],
        "grace_days": found.grace_days,
    }
    show(document, shown, as_json=as_json)


@app.command("drop")
def drop(workspace: WorkspaceName, *, platform: Of = "", stream: In = "", as_json: Json = False) -> None:
    """Drop a workspace's own limit. Rows that it took do not come back by it, but by the next full sync."""
    from ignyte_pipelines.cli.opening import stores
    from ignyte_pipelines.cli.output import show
    from resources.errors import Refused

    with stores() as opened:
        found = opened.plane.workspaces.get(workspace)
        with opened.audit.act(
            "retention.drop", f"workspace {found.id}", workspace_id=found.id, details=_rule(platform, stream)
        ):
            if not opened.plane.rules.drop(found.id, platform, stream):
                to = f"workspace {found.id}"
                raise Refused("it has no such rule.", to=to, do_next="See `ignyte retention rules`.")
    show({"workspace": found.id, **_rule(platform, stream), "dropped": True}, "Dropped.", as_json=as_json)


def _known(platform: str, stream: str) -> None:
    """Refuses a rule for what there is not, which would take nothing and look as if it did."""
    from ignyte_pipelines.cli.opening import known_platform
    from resources.platforms import platforms

    chosen = [known_platform(platform)] if platform else platforms()
    names = {each.name for declared in chosen for each in declared.streams}
    if stream and stream not in names:
        raise typer.BadParameter(f"there is none. Known are: {', '.join(sorted(names))}", param_hint="--stream")


def _rule(platform: str, stream: str) -> dict[str, str]:
    return {"platform": platform, "stream": stream}


def _of(rule: Any) -> str:  # noqa: ANN401 -- its type would import the control plane
    return " ".join(word for word in (rule.platform, rule.stream) if word) or "everything"


def _document(item: Any) -> dict[str, Any]:  # noqa: ANN401 -- the same
    from ignyte_pipelines.cli.output import fields

    return {**fields(item), "act": item.act.value}


def _shown(lines: list[str]) -> list[Any]:
    from rich.text import Text

    return [Text(line) for line in lines] or [Text("Nothing is due.")]
