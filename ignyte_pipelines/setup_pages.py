"""A set-up page for each platform, printed from its declaration."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Final

from ignyte_pipelines.registering import REGISTRATIONS, Registration
from resources.columns import Erase
from resources.operations import Graphql, Keys, Operation
from resources.platform import ApiKey, Grade, OAuth, Platform, Stream

_GRADES: Final = {
    Grade.PROVED: "The platform lists what was granted, and connecting compares it with this page.",
    Grade.PARTLY: "The platform has no scope that only reads. Connecting compares what was granted with this page; "
    "that nothing is changed is the door's doing, which lets out the requests below and no others.",
    Grade.ATTESTED: "The platform does not list what was granted. Connecting tries the reads that are needed; that "
    "nothing more was given is the word of the person who made the grant, and the door's rules.",
}

_GOES: Final = {Erase.ROW: "the row goes", Erase.NULL: "the value goes, the row stays"}


def page(declared: Platform) -> str:
    """The page of one platform, as Markdown."""
    known = REGISTRATIONS[declared.key]
    parts = (
        [f"# {declared.title}", "Printed by `python -m ignyte_pipelines.documents`; change the declaration instead."],
        _connecting(declared, known),
        _access(declared, known),
        ["## Requests that may leave", *_table(("name", "purpose", "request", "body"), _operations(declared))],
        ["## Tables", *_table(("table", "holds", "key", "found by", "read again", "kept"), _streams(declared))],
        ["## Personal data", *_personal(declared)],
        ["## Ending it", *_ending(declared, known)],
        ["## What to know", declared.limits],
    )
    return "\n".join("\n\n".join(_rows_together(part)) + "\n" for part in parts)


def _rows_together(lines: Iterable[str]) -> Iterator[str]:
    """Rows of a table or a list stand line under line; all else is a paragraph of its own."""
    gathered: list[str] = []
    for line in lines:
        if line.startswith(("|", "- ", "1. ")):
            gathered.append(line)
            continue
        if gathered:
            yield "\n".join(gathered)
            gathered = []
        yield line
    if gathered:
        yield "\n".join(gathered)


def _connecting(declared: Platform, known: Registration) -> Iterator[str]:
    yield "## Connecting"
    if isinstance(declared.auth, ApiKey):
        yield declared.auth.how
        yield f"Then `ignyte datasource connect WORKSPACE {declared.key}` asks for the key without showing it."
        return
    name = f"IGNYTE_{declared.key.upper()}"
    yield "Once, to register our app (these pages change; the steps were not tried with a live registration):"
    yield from (f"1. {step}" for step in known.steps)
    yield "Redirect address: `http://127.0.0.1:PORT/callback`, with a port of your choice."
    more = f", and {known.token} as `{name}_DEVELOPER_TOKEN`" if known.token else ""
    yield f"Set the app's id as `{name}_CLIENT_ID` and its secret as `{name}_CLIENT_SECRET`{more}."
    account = " --account SHOP.myshopify.com" if "{account}" in declared.auth.authorize_url else ""
    command = f"ignyte datasource connect WORKSPACE {declared.key}{account} --callback-port PORT"
    yield f"Then, for each account: `{command}`. The browser opens {_consent(declared.auth)}."


def _consent(auth: OAuth) -> str:
    proof = " (with PKCE)" if auth.pkce else " (without PKCE)"
    return f"`{auth.authorize_url.format(account='SHOP.myshopify.com')}`{proof}"


def _access(declared: Platform, known: Registration) -> Iterator[str]:
    yield "## What is asked for"
    rows = [(f"`{scope}`", "required", known.scopes[scope]) for scope in declared.scopes.required]
    rows += [(f"`{scope}`", "optional", what) for scope, what in declared.scopes.optional.items()]
    rows += [(f"`{pattern}`", "refused", "a grant that holds it is not kept") for pattern in declared.scopes.refused]
    yield from _table(("scope", "", "opens"), rows)
    yield f"Least privilege: **{declared.best_grade.value}**. {_GRADES[declared.best_grade]}"


def _operations(declared: Platform) -> Iterator[tuple[str, ...]]:
    for each in declared.operations:
        request = f"`{each.method} {each.host.replace(chr(92), '')}{each.path.replace(chr(92), '')}`"
        yield each.name, each.purpose.value, request, _body(each)


def _body(operation: Operation) -> str:
    if isinstance(operation.body, Graphql):
        mutations = f"; starts {', '.join(sorted(operation.body.mutations))}" if operation.body.mutations else ""
        return f"GraphQL queries of {', '.join(sorted(operation.body.roots))}{mutations}"
    if isinstance(operation.body, Keys):
        return ", ".join(f"`{key}`" for key in sorted(operation.body.allowed))
    return "none"


def _streams(declared: Platform) -> Iterator[tuple[str, ...]]:
    for stream in declared.streams:
        needs = f" Needs `{stream.needs}`." if stream.needs else ""
        yield (
            f"`{declared.schema}.{stream.name}`",
            stream.description + needs,
            ", ".join(stream.key),
            stream.cursor or stream.cursor_reason,
            f"the last {_long(stream.lookback)}" if stream.lookback else "no",
            _kept(stream),
        )


def _long(time: timedelta) -> str:
    return f"{time.days} days" if time.days else f"{time.seconds // 60} minutes"


def _kept(stream: Stream) -> str:
    limit = f"at most {stream.keep.at_most.days} d after {stream.keep.age_column}; " if stream.keep.at_most else ""
    return limit + stream.keep.reason


def _personal(declared: Platform) -> Iterator[str]:
    found = [
        (f"`{stream.name}.{column.name}`", column.personal.value, column.waiver or _GOES[column.erase or Erase.ROW])
        for stream in declared.streams
        for column in stream.columns
        if column.personal
    ]
    if found:
        yield from _table(("column", "class", "when its person is erased"), found)
    else:
        yield "None of its tables holds any."


def _ending(declared: Platform, known: Registration) -> Iterator[str]:
    gives_back = isinstance(declared.auth, OAuth) and declared.auth.revoke is not None
    how = "gives the grant back" if gives_back else "can't give the grant back (so do that as below)"
    yield f"By us: `ignyte datasource disconnect DATASOURCE` stops reading at once, {how}, and destroys the credential."
    yield f"At the platform: {known.revoked}. The next request is refused then, and reading stops."


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield _row(head)
    yield "|---" * len(head) + "|"
    yield from map(_row, rows)


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
