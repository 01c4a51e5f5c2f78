"""Fetching a report file from the address that the platform handed out."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from http import HTTPStatus

from resources.door.calls import Call
from resources.door.intake import file_text
from resources.door.sender import Sender
from resources.door.tries import Tries
from resources.door.verdicts import retry_after
from resources.errors import Stop, TryLater


class Expired(TryLater):
    """The address of a file ran out; only asking for the file anew gives another."""


def fetch(sender: Sender, call: Call, *, compressed: bool) -> Iterator[bytes]:
    """The file's text in pieces of whole lines."""
    tries = Tries(sender.limits)
    while True:
        begun = False
        try:
            for piece in _pieces(sender, call, compressed=compressed):
                begun = True
                yield piece
        except TryLater as trouble:
            problem = trouble
        else:
            return
        # what was handed on can't be taken back, so only a file that has not begun is asked for again
        if begun or isinstance(problem, Expired):
            raise problem
        sender.pause(problem, call, tries)


def _pieces(sender: Sender, call: Call, *, compressed: bool) -> Iterator[bytes]:
    with sender.answer(call, seconds=sender.limits.download_seconds) as answer:
        _check(answer.status, answer.headers, call.to, now=sender.clock.now())
        yield from file_text(answer.chunks, answer.headers, sender.limits, compressed=compressed, to=call.to)


def _check(status: int, headers: Mapping[str, str], to: str, *, now: datetime) -> None:
    if status == HTTPStatus.OK:
        return
    if status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise TryLater(f"the file's host is busy or faulty ({status}).", to=to, after=retry_after(headers, now=now))
    if status < HTTPStatus.BAD_REQUEST:
        raise Stop(f"the file's address leads elsewhere ({status}), which is not followed.", to=to, do_next="Tell us.")
    raise Expired(f"the file's address is not, or no longer, valid ({status}).", to=to)
