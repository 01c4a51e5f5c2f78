"""What no error and no log may show."""

import logging
import traceback

import pytest
from door_platform import API, TOKEN
from door_vendor import Answer, Authority, Serving, opened, raw, reply

from resources.door import Redacting
from resources.errors import Problem, Stop
from resources.secret import Secret

ORDERS = f"{API}/v1/orders"
CUT = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n" + b"{" * 60


def test_a_credential_with_stray_characters_stops_and_is_not_shown(authority: Authority, serving: Serving) -> None:
    for stray in ("canary\r\nX-Evil: 1", "canary\u20ac"):
        at = serving(reply())
        with opened(at, authority, credential=lambda stray=stray: Secret(stray)) as door:  # type: ignore[misc]
            with pytest.raises(Stop, match="stray characters") as caught:
                door.get(ORDERS)
            assert "canary" not in "".join(traceback.format_exception(caught.value))
        assert at.seen == []


TROUBLES: list[Answer] = [
    *(reply(400, b"canary-body"), reply(401), reply(403), reply(429), reply(500, b"canary-body"), raw(b"")),
    *(
        raw(CUT),
        reply(302, headers={"Location": "https://evil.test/?canary-query"}),
        reply(200, b"x", {"Content-Encoding": "br"}),
    ),
]


@pytest.mark.parametrize("trouble", TROUBLES)
def test_no_error_and_no_log_shows_a_secret(
    authority: Authority, serving: Serving, trouble: Answer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    # clients of platforms that other tests use turn this one down for the whole process
    caplog.set_level(logging.DEBUG, logger="urllib3")
    redacting = Redacting(lambda: [TOKEN])
    # traces show the line of the call, so the values stand elsewhere
    query, headers = {"sig": "canary-query"}, {"X-Extra": "canary-header"}
    caplog.handler.addFilter(redacting)
    try:
        with opened(serving(trouble), authority) as door, pytest.raises(Problem) as caught:
            door.get(ORDERS, params=query, headers=headers)
    finally:
        caplog.handler.removeFilter(redacting)
    shown = "".join(traceback.format_exception(caught.value)) + caplog.text
    assert "canary" not in shown
    assert "api.vendor.test" in caplog.text
    causes: list[BaseException | None] = [caught.value.__cause__, caught.value.__context__]
    assert "canary" not in str([(cause, getattr(cause, "args", ())) for cause in causes])
