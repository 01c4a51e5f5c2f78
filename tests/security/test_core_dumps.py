"""A process of ours that crashes leaves no memory behind for others to read."""

import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest

CRASH = """
import os, resource
most = resource.getrlimit(resource.RLIMIT_CORE)[1]
resource.setrlimit(resource.RLIMIT_CORE, (most, most))
if {ours}:
    from resources.stores import open_stores
    with open_stores():
        os.abort()
os.abort()
"""


def crash(folder: Path, *, ours: bool) -> bool:
    """Whether a process that aborts was dumped; `folder` is where it runs."""
    env = {"PATH": os.environ["PATH"], "IGNYTE_HOME": str(folder / "home")}
    started = subprocess.Popen([sys.executable, "-c", CRASH.format(ours=ours)], env=env, cwd=folder)  # noqa: S603 -- our own
    _, status = os.waitpid(started.pid, 0)
    started.returncode = -os.WTERMSIG(status)
    assert os.WTERMSIG(status) == signal.SIGABRT
    return os.WCOREDUMP(status)


def test_no_core_is_dumped_by_a_process_that_opened_the_stores(tmp_path: Path) -> None:
    assert not crash(tmp_path, ours=True)
    assert not list(tmp_path.glob("core*"))


@pytest.mark.skipif(resource.getrlimit(resource.RLIMIT_CORE)[1] == 0, reason="nothing is dumped on this machine")
def test_a_process_that_is_not_shielded_is_dumped(tmp_path: Path) -> None:
    pattern = Path("/proc/sys/kernel/core_pattern")
    if not pattern.exists() or pattern.read_text().startswith(("|", "/")):
        pytest.skip("dumps go to somewhere else on this machine")
    assert crash(tmp_path, ours=False)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lets a process close itself to its user's others")
def test_nobody_of_the_same_user_looks_into_it(tmp_path: Path) -> None:
    program = "from resources.stores import open_stores\nwith open_stores():\n print('open', flush=True)\n input()"
    env = {"PATH": os.environ["PATH"], "IGNYTE_HOME": str(tmp_path / "home")}
    with subprocess.Popen(  # noqa: S603 -- our own
        [sys.executable, "-c", program], env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"open\n"
        # what the kernel makes root's is closed to everybody else
        assert {Path(f"/proc/{process.pid}/{what}").stat().st_uid for what in ("environ", "mem", "maps")} == {0}
        if os.getuid():
            with pytest.raises(PermissionError):
                Path(f"/proc/{process.pid}/environ").read_bytes()
        process.communicate(b"\n")
