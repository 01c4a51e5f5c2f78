"""Runs the dbt project in this process, over a connection that the caller prepares."""

import argparse
import re
import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from dbt.artifacts.schemas.results import NodeStatus
from dbt.artifacts.schemas.run import RunExecutionResult, RunResult
from dbt.cli.main import dbtRunner
from dbt.contracts.graph.manifest import Manifest
from dbt_common.events.base_types import EventLevel, EventMsg
from duckdb import DuckDBPyConnection

from resources import dbt_sources
from resources.dbt_files import PROJECT, fingerprint, keep, parsed_path
from resources.door.redaction import redact
from resources.errors import Problem, Stop
from resources.warehouse.dbt_plugin import Prepare, Session, handing_over

_WORKED: Final = frozenset({NodeStatus.Success, NodeStatus.Pass, NodeStatus.Warn, NodeStatus.NoOp})
_KEPT: Final = "The metrics published before stay; `ignyte doctor` looks for the cause."
_QUIET: Final = (
    "--log-level=none",
    "--log-level-file=none",
    "--no-print",
    "--no-use-colors",
    "--no-send-anonymous-usage-stats",
    "--no-version-check",
)

# a parse takes seconds, and the project is the same for every workspace
_manifests: dict[tuple[Path, str], Manifest] = {}


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of one model or test. `rows` is counted for tables only; `message` never holds a value from a row."""

    name: str
    unique_id: str
    status: str
    seconds: float
    rows: int | None
    message: str

    @property
    def ok(self) -> bool:
        return self.status in _WORKED


@dataclass(frozen=True, kw_only=True)
class Progress:
    """One node began ("started") or ended (its status)."""

    name: str
    unique_id: str
    status: str


@dataclass(frozen=True, kw_only=True)
class BuildResult:
    """A whole build, in the order in which it ran. Nothing of it may be published unless it is ok: see `or_stop`."""

    models: tuple[Outcome, ...]
    tests: tuple[Outcome, ...]
    warnings: tuple[str, ...]

    @property
    def failed(self) -> tuple[Outcome, ...]:
        return tuple(outcome for outcome in (*self.models, *self.tests) if not outcome.ok)

    @property
    def ok(self) -> bool:
        return not self.failed

    def or_stop(self) -> "BuildResult":
        """The result itself.

        Raises:
            Stop: a model or a test failed; names the first and how many followed.
        """
        if self.ok:
            return self
        # what was skipped was so because something before it failed
        culprits = [outcome for outcome in self.failed if outcome.status != NodeStatus.Skipped] or list(self.failed)
        more = f" ({len(self.failed) - 1} more did not succeed.)" if len(self.failed) > 1 else ""
        raise Stop(f"{culprits[0].message}{more}", to=f"dbt {culprits[0].name}", do_next=_KEPT)


class DbtRunner:
    """The project, parsed once for the life of the process.

    `target_dir` takes what dbt writes while it works (compiled SQL, never a row) and should be scratch.
    """

    def __init__(self, project_dir: Path = PROJECT, *, target_dir: Path) -> None:
        self._project = project_dir
        self._target = target_dir

    def parse(self) -> Manifest:
        """The project's manifest, without a connection or a network.

        Raises:
            Stop: the project cannot be parsed.
        """
        key = (self._project, fingerprint(self._project))
        if key not in _manifests:
            _manifests.clear()
            kept = parsed_path(*key)
            # dbt itself makes sure that what was parsed before still holds
            known = [f"--partial-parse-file-path={kept}"] if kept.exists() else []
            _manifests[key] = self._invoke("parse", "--no-write-json", *known).result
        return _manifests[key]

    def compiled(self) -> dict[str, str]:
        """Each model's SQL as it would run, by unique id. Needs no data and no network.

        Raises:
            Stop: a model cannot be compiled.
        """
        quick = ("--no-write-json", "--no-partial-parse", "--no-populate-cache")
        with handing_over(lambda _: None) as session:
            done = self._invoke(
                "compile", *quick, "--select=resource_type:model", manifest=self.parse(), session=session
            ).result
        return {run.node.unique_id: str(run.node.compiled_code) for run in done.results}

    def build(
        self,
        prepare: Prepare,
        *,
        select: Sequence[str] | None = None,
        unit_tests: bool = False,
        on_event: Callable[[Progress], None] | None = None,
        finish: Callable[[DuckDBPyConnection], None] | None = None,
    ) -> BuildResult:
        """Builds and tests the models (those of `select`, in dbt's syntax) on the connection that `prepare` sets up.

        `finish` gets the same connection afterwards, if all went well. Unit tests see no data: they are left to CI.

        Raises:
            Stop: dbt could not run at all. Failed models and tests are in the result instead.
        """
        warnings: list[str] = []

        def hear(event: EventMsg) -> None:
            if event.info.level == EventLevel.WARN:
                warnings.append(_shown(event.info.msg))  # type: ignore[attr-defined]
            if on_event is not None and event.info.name in {"NodeStart", "NodeFinished"}:
                node = event.data.node_info
                on_event(Progress(name=node.node_name, unique_id=node.unique_id, status=node.node_status))

        arguments = ["build", "--no-write-json", "--no-partial-parse"]
        arguments += [] if unit_tests else ["--exclude-resource-type", "unit_test"]
        arguments += ["--select", *select] if select else []
        manifest = self.parse()
        with handing_over(prepare) as session:
            done = self._invoke(*arguments, manifest=manifest, hear=hear, session=session).result
            result = _result(done, warnings, session)
            if finish is not None and result.ok and session.connection is not None:
                finish(session.connection)
        return result

    def _invoke(
        self,
        *arguments: str,
        manifest: Manifest | None = None,
        hear: Callable[[EventMsg], None] | None = None,
        session: Session | None = None,
    ) -> Any:  # noqa: ANN401 -- dbt ships no types for its results
        places = [f"--{name}-dir={self._project}" for name in ("project", "profiles")]
        places += [f"--target-path={self._target}", f"--log-path={self._target}"]
        done = dbtRunner(manifest=manifest, callbacks=[hear] if hear else []).invoke([*_QUIET, *arguments, *places])
        if session is not None and session.problem is not None:
            raise session.problem
        if isinstance(done.exception, Problem) or not isinstance(done.exception, Exception | None):
            raise done.exception
        if done.exception is not None:
            # over data, dbt's own exception may quote a row, so it goes no further than this
            message = str(done.exception) if session is None else _shown(str(done.exception))
            raise Stop(message, to=f"dbt {arguments[0]}", do_next=_KEPT) from None
        return done


def _result(done: RunExecutionResult, warnings: Sequence[str], session: Session) -> BuildResult:
    outcomes = [_outcome(run, session) for run in done.results]
    return BuildResult(
        models=tuple(outcome for outcome in outcomes if outcome.unique_id.startswith("model.")),
        tests=tuple(outcome for outcome in outcomes if not outcome.unique_id.startswith("model.")),
        warnings=tuple(warnings),
    )


def _outcome(run: RunResult, session: Session) -> Outcome:
    rows = None
    if (
        session.connection is not None
        and str(run.status) == NodeStatus.Success
        and getattr(run.node.config, "materialized", "") == "table"
    ):
        (rows,) = session.connection.execute(f"SELECT count(*) FROM {run.node.relation_name}").fetchone() or (None,)
    return Outcome(
        name=run.node.name,
        unique_id=run.node.unique_id,
        status=str(run.status),
        seconds=run.execution_time,
        rows=rows,
        message=_shown(run.message or ""),
    )


def _shown(message: str) -> str:
    """The message without what could be a value: DuckDB quotes the one that it could not cast."""
    return redact(re.sub(r"'[^'\n]*'", "'…'", message)).strip()


def manifest_path(project_dir: Path = PROJECT) -> Path:
    """The manifest as a file, for `@dbt_assets`; written when the project has changed. Needs no data and no network."""
    folder, state = project_dir / "target", fingerprint(project_dir)
    path, parsed = folder / f"manifest-{state[:16]}.json", parsed_path(project_dir, state)
    if not (path.exists() and parsed.exists()):
        # anew, and not the one in memory: only a parse writes what the next process begins with
        _manifests.clear()
        manifest = DbtRunner(project_dir, target_dir=folder).parse()
        keep(path, lambda unfinished: manifest.writable_manifest().write(str(unfinished)))
        if not parsed.exists():
            keep(parsed, lambda unfinished: shutil.copyfile(folder / "partial_parse.msgpack", unfinished))
    return path


def main(arguments: Sequence[str] | None = None) -> None:
    """`python -m resources.dbt parse` writes the manifest, `... sources` the raw tables' declarations."""
    parser = argparse.ArgumentParser(prog="python -m resources.dbt", description=main.__doc__)
    parser.add_argument("what", choices=["parse", "sources"])
    if parser.parse_args(arguments).what == "parse":
        sys.stdout.write(f"{manifest_path()}\n")
    else:
        for path in dbt_sources.write(PROJECT):
            sys.stdout.write(f"{path}\n")


if __name__ == "__main__":
    main()
