"""The demonstration, as a process of its own: once, again, and interrupted."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import orjson
import pytest

pytestmark = pytest.mark.slow
_LONGEST = 240


def start(home: Path, *words: str) -> subprocess.Popen[str]:
    env = {name: value for name, value in os.environ.items() if not name.startswith("IGNYTE_")}
    command = [sys.executable, "-c", "from ignyte_pipelines.cli import app; app()", *words]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, env={**env, "IGNYTE_HOME": str(home)}, stdout=pipe, stderr=pipe, text=True)  # noqa: S603 -- our own program


def sandboxes(home: Path) -> list[str]:
    found = []
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = process.read_bytes().split(b"\0")
        except OSError:
            continue  # it ended while we were looking
        if b"sandbox" in words and str(home).encode() in words:
            found.append(process.parent.name)
    return found


def test_the_demonstration_works_from_nothing_and_again(tmp_path: Path) -> None:
    home = tmp_path / "home"
    generations = []
    for _ in range(2):
        process = start(home, "demo", "--json")
        out, err = process.communicate(timeout=_LONGEST)
        assert process.returncode == 0, err
        document = orjson.loads(out)
        assert document["run"]["ok"] is True
        assert len(document["metrics"]) == 14
        assert document["metric"]["name"] == "mer"
        proven = document["proven"]
        assert (proven["files_plain"], proven["refused"], proven["writes_seen"]) == (0, 0, 0)
        assert proven["scratch_wiped"] is True
        assert proven["files_encrypted"] >= 4
        generations.append(document["run"]["metrics"]["generation"])
        assert not sandboxes(home)
    assert generations == [1, 2]


@pytest.mark.parametrize("way", [signal.SIGINT, signal.SIGTERM])
def test_interrupting_leaves_no_process_behind(tmp_path: Path, way: signal.Signals) -> None:
    home = tmp_path / "home"
    process = start(home, "demo")
    until = time.monotonic() + 60
    while not (home / "sandbox.json").exists() and time.monotonic() < until:
        time.sleep(0.1)
    assert sandboxes(home)
    process.send_signal(way)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "Traceback" not in err
    assert not sandboxes(home)


def test_serving_ends_when_asked_to(tmp_path: Path) -> None:
    home = tmp_path / "home"
    process = start(home, "sandbox", "serve", "--json")
    assert process.stdout is not None
    lines = []
    while not lines or lines[-1].strip() != "}":
        lines.append(process.stdout.readline())
    assert orjson.loads("".join(lines))["address"].startswith("127.0.0.1:")
    assert sandboxes(home)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=30)
    assert not sandboxes(home)
