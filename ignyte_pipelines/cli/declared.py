"""What a platform's declaration says, in words and as a document."""

from typing import Any, Final

from resources.columns import Column
from resources.operations import Operation
from resources.platform import ApiKey, Grade, Platform, Stream

GUARANTEES: Final = {
    Grade.PROVED: "proved: the platform lists what was granted, and a grant that can write is refused",
    Grade.PARTLY: "partly: there is no read-only scope, so the role is checked and the door lets only reads out",
    Grade.ATTESTED: "attested: the platform lists nothing, so the key is probed and the door lets only reads out",
}
_UNITS: Final = (("day", 86_400), ("hour", 3_600), ("minute", 60))


def described(platform: Platform) -> dict[str, Any]:
    """All that is declared, as a document."""
    return {
        "key": platform.key,
        "title": platform.title,
        "version": platform.version,
        "auth": "API key" if isinstance(platform.auth, ApiKey) else "OAuth",
        "scopes": {
            "required": list(platform.scopes.required),
            "optional": dict(platform.scopes.optional),
            "refused": list(platform.scopes.refused),
        },
        "best_grade": platform.best_grade.value,
        "guarantee": GUARANTEES[platform.best_grade],
        "hosts": list(platform.hosts),
        "operations": [_operation(each) for each in platform.operations],
        "streams": [_stream(each) for each in platform.streams],
        "every": words(platform.every.total_seconds()),
        "every_seconds": platform.every.total_seconds(),
        "limits": platform.limits,
    }


def _operation(operation: Operation) -> dict[str, Any]:
    return {
        "name": operation.name,
        "method": operation.method,
        "host": operation.host,
        "path": operation.path,
        "purpose": operation.purpose.value,
        "body": type(operation.body).__name__.lower() if operation.body else None,
        "issued_by": operation.issued_by or None,
    }


def _stream(stream: Stream) -> dict[str, Any]:
    return {
        "name": stream.name,
        "description": stream.description,
        "key": list(stream.key),
        "cursor": stream.cursor,
        "cursor_reason": stream.cursor_reason,
        "lookback_seconds": stream.lookback.total_seconds(),
        "kept": stream.keep.reason,
        "needs": stream.needs,
        "personal": {each.name: _class(each) for each in stream.columns if each.personal},
        "columns": [
            {"name": each.name, "kind": each.kind.value, "description": each.description, "personal": _class(each)}
            for each in stream.columns
        ],
    }


def _class(column: Column) -> str | None:
    return column.personal.value if column.personal else None


def words(seconds: float) -> str:
    """A length of time in its largest whole unit."""
    for unit, size in _UNITS:
        if seconds >= size and seconds % size == 0:
            number = int(seconds // size)
            return f"{number} {unit}{'' if number == 1 else 's'}"
    return "no" if not seconds else f"{seconds:.0f} seconds"
