"""A line to the sandbox's control host, at its own address and trusting its own authority."""

import ssl
from typing import Any, Final

import orjson
import urllib3

from resources.errors import Refused, Stop, TryLater
from resources.settings import Settings

_HOST: Final = "sandbox.ignyte.test"
_START: Final = "Start it in another terminal: ignyte sandbox serve"
_BAD: Final = 400


def ask(settings: Settings, method: str, path: str, body: object = None, *, seconds: float = 30) -> Any:  # noqa: ANN401 -- JSON has any shape
    """What the control host answers.

    Raises:
        Refused: this is a live home, which has no sandbox.
        TryLater: the sandbox does not answer.
        Stop: it does not accept what was asked.
    """
    sandbox = settings.sandbox
    if sandbox is None:
        raise Refused("this home has none.", to="sandbox", do_next=_START)
    host, _, port = sandbox.address.rpartition(":")
    try:
        trust = ssl.create_default_context(cafile=str(sandbox.ca))
        with urllib3.HTTPSConnectionPool(
            host.strip("[]"), int(port), ssl_context=trust, server_hostname=_HOST, assert_hostname=_HOST, retries=False
        ) as pool:
            headers = {"Host": _HOST, "Content-Type": "application/json"}
            sent = None if body is None else orjson.dumps(body)
            reply = pool.request(method, path, body=sent, headers=headers, timeout=seconds)
    except (urllib3.exceptions.HTTPError, OSError) as error:
        raise TryLater(f"it does not answer ({type(error).__name__}).", to="sandbox", do_next=_START) from None
    answer = orjson.loads(reply.data)
    if reply.status >= _BAD:
        raise Stop(f"{answer.get('error', 'it refused')}.", to="sandbox", do_next="See `ignyte sandbox fault --help`.")
    return answer


def answers(settings: Settings) -> bool:
    """Whether the sandbox of this home is up."""
    if settings.sandbox is None:
        return False
    try:
        ask(settings, "GET", "/faults", seconds=2)
    except TryLater:
        return False
    return True


def require(settings: Settings) -> None:
    """Raises TryLater where this home reads from a sandbox that is not up."""
    if settings.sandbox is not None and not answers(settings):
        raise TryLater("it is not running, and this home reads from nothing else.", to="sandbox", do_next=_START)
