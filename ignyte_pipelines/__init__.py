"""The clock: when things happen, and who may ask."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ignyte_pipelines.analysis.sessions import connect

__all__ = ["connect"]


def __getattr__(name: str) -> Any:  # noqa: ANN401 -- the module's own protocol
    # `import ignyte_pipelines` stays quick for the command line, which does without it
    if name == "connect":
        from ignyte_pipelines.analysis.sessions import connect  # noqa: PLC0415 -- as above

        return connect
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
