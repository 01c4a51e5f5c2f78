"""What no text may show, whatever it is written in."""

import base64
import json
import logging
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resources.door import Redacting, redact
from resources.door.redaction import HIDDEN, guard_logs

VALUE = "s3cr/et +\"val\\ue'&=\u00e9"


@pytest.mark.parametrize(
    "spelled",
    [VALUE, quote(VALUE, safe=""), quote_plus(VALUE), json.dumps(VALUE), json.dumps(VALUE, ensure_ascii=False)],
)
def test_a_known_value_is_hidden_in_every_spelling(spelled: str) -> None:
    assert redact(f"before {spelled} after", [VALUE]).replace('"', "") == f"before {HIDDEN} after"


@given(st.binary(max_size=5), st.text(min_size=12, max_size=40), st.binary(max_size=5))
def test_a_known_value_is_hidden_inside_base64(before: bytes, value: str, after: bytes) -> None:
    whole = before + value.encode() + after
    for encoded in (base64.b64encode(whole).decode(), base64.urlsafe_b64encode(whole).decode()):
        kept = redact(encoded, [value])
        assert HIDDEN in kept
        # up to one character at each end is shared with the neighbours
        assert len(kept.replace(HIDDEN, "")) <= len(base64.b64encode(before + after)) + 4


SHAPES = [
    "Authorization: Bearer CANARY.abc-def",
    '{"Authorization": "Basic CANARYabc=="}',
    "headers={'Authorization': 'Klaviyo-API-Key CANARY1234'}",
    "bearer CANARY123456",
    "access_token=CANARY&x=1",
    '{"access_token": "CANARY", "expires_in": 5}',
    '{"refresh_token":"CANARY"}',
    "client_secret=CANARY",
    "app_secret: CANARY",
    "/oauth?code=CANARY&state=CANARY",
    "X-Shopify-Access-Token: CANARY",
    "x-amz-access-token: CANARY",
    "Access-Token: CANARY",
    "DeveloperToken: CANARY",
    "shpat_CANARY0123456789",
    "sk_live_CANARY0123456789",
    "rk_test_CANARY0123456789",
    "pk_CANARY0123456789abcdef",
    "EAACANARYabcdefghijklmnop",
    "ya29.CANARY-abc_def",
    "Atza|CANARYabcdef",
    "eyJCANARYCANARY.eyJCANARY.CANARY",
    "https://bucket.s3.amazonaws.com/k?X-Amz-Signature=CANARY&X-Amz-Credential=CANARY",
    "X-Amz-Signature=CANARY",
    "https://storage.googleapis.com/f?GoogleAccessId=CANARY&Signature=CANARY",
    "https://CANARY:CANARY@host.test/",
    'https://a.test:443 "GET /v1/x?CANARY HTTP/1.1" 200 5',
    "mail to jane.CANARY+tag@example.co.uk now",
    "q=jane.CANARY%40example.com",
]


@pytest.mark.parametrize("text", SHAPES)
def test_what_looks_like_a_secret_is_hidden(text: str) -> None:
    assert "CANARY" not in redact(text)


@pytest.mark.parametrize(
    "text",
    [
        "GET api.vendor.test/v1/orders: the platform is busy or faulty (503).",
        "loaded 5,000 rows of raw_shopify.orders in 3.2 s",
        'the error code is 190, "code": "PERMISSION_DENIED"',
        "the state: active",
    ],
)
def test_ordinary_words_stay(text: str) -> None:
    assert redact(text) == text


@given(st.text(max_size=300), st.lists(st.text(max_size=20), max_size=3))
def test_redaction_never_fails_and_leaves_no_value(text: str, secrets: list[str]) -> None:
    hidden = redact(text + "".join(secrets), secrets)
    for secret in secrets:
        if len(secret) >= 6 and secret not in HIDDEN:
            assert secret not in hidden.replace(HIDDEN, "\0")


def test_the_filter_cleans_messages_arguments_and_tracebacks() -> None:
    logger, lines = logging.Logger("urllib3.connectionpool"), list[str]()  # noqa: LOG001 -- of this test alone

    class Keeping(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(self.format(record))

    handler = Keeping()
    handler.addFilter(Redacting(lambda: ["canary-value"]))
    logger.addHandler(handler)
    try:
        raise ValueError("https://a.test/p?sig=canary-query with canary-value")  # noqa: TRY301 -- the point
    except ValueError:
        logger.exception("%s and %s", "canary-value", {"access_token": "canary-token"}, stack_info=True)
    assert "canary" not in "".join(lines).replace('"canary-value"', "").replace("canary-query with", "")
    assert "ValueError" in lines[0]


def test_the_loggers_that_print_requests_are_guarded() -> None:
    redacting = Redacting()
    guard_logs(redacting)
    logger = logging.getLogger("urllib3.connectionpool")
    try:
        assert redacting in logger.filters
    finally:
        for name in ("urllib3", "urllib3.connectionpool", "urllib3.util.retry", "requests", "dlt"):
            logging.getLogger(name).removeFilter(redacting)
        for handler in logging.getLogger().handlers:
            handler.removeFilter(redacting)
