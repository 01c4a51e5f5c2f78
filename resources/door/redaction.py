"""Taking secrets and addresses of people out of any text, by value and by shape."""

import base64
import json
import logging
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Final
from urllib.parse import quote, quote_plus

HIDDEN: Final = "[hidden]"
_SHORTEST: Final = 6  # shorter values would blot out ordinary words

_NAMES: Final = (
    r"(?:access|refresh|id|input|auth|developer|session|security|fb_exchange|x-shopify-access|x-recharge-access"
    r"|x-amz-access|x-amz-security)[_-]?token|token|developertoken|(?:app|client|consumer|api)[_-]?secret|secret"
    r"|appsecret_proof|code_verifier|api[_-]?key|password|passwd|signature|sig|hmac|key-pair-id|googleaccessid"
    r"|x-(?:amz|goog)-[a-z-]+"
)
_SHAPES: Final = tuple(
    (re.compile(pattern, re.IGNORECASE), replacement)
    for pattern, replacement in (
        (r"(https?://)[^\s/@\"'<>]+@", rf"\1{HIDDEN}@"),
        (r"(https?://[^\s?#\"'<>]*)\?[^\s\"'<>]*", rf"\1?{HIDDEN}"),
        (r"((?:^|[\s\"'(])/[^\s?\"'<>]*)\?[^\s\"'<>]+", rf"\1?{HIDDEN}"),
        (r"(authorization[\"']?\s*[:=]\s*[\"']?)(?:[a-z-]+\s+)?[^\s,\"']+", rf"\1{HIDDEN}"),
        (r"\b(bearer\s+)[\w.~+/=-]{6,}", rf"\1{HIDDEN}"),
        (rf"(\b(?:{_NAMES})[\"']?\s*[:=]\s*[\"']?)[^\s&,;\"'}}]+", rf"\1{HIDDEN}"),
        (rf"(\b(?:{_NAMES}|code|state)(?:=|%3d))[^\s&,;\"'}}]+", rf"\1{HIDDEN}"),
        (r"\b(?:shp[a-z]{2}|(?:sk|rk|pk|whsec)_(?:live|test)|sk|rk|pk|whsec|pina)_\w{6,}", HIDDEN),
        (r"\bEAA[0-9A-Z]{16,}", HIDDEN),
        (r"\b(?:ya29\.|1//0|GOCSPX-|At?z[ar]\|)[\w.~+/=|-]{8,}", HIDDEN),
        (r"\beyJ[\w-]{6,}\.[\w-]{6,}\.[\w-]*", HIDDEN),
        (r"[\w.!#$&'*+/=?^`{|}~-]{1,64}(?:@|%40)[\w-]+(?:\.[\w-]+)+", HIDDEN),
    )
)


def redact(text: str, secrets: Iterable[str] = ()) -> str:
    """The text without the given values, in any of their usual encodings, and without what looks like a secret."""
    spellings = {spelling for secret in secrets if len(secret) >= _SHORTEST for spelling in _spellings(secret)}
    for spelling in sorted(spellings, key=len, reverse=True):
        text = text.replace(spelling, HIDDEN)
    for shape, replacement in _SHAPES:
        text = shape.sub(replacement, text)
    return text


def _spellings(secret: str) -> Iterator[str]:
    yield secret
    yield quote(secret, safe="")
    yield quote(secret, safe="").lower()
    yield quote_plus(secret)
    yield json.dumps(secret)[1:-1]
    yield json.dumps(secret, ensure_ascii=False)[1:-1]
    yield json.dumps(secret)[1:-1].replace("/", "\\/")
    for shift in range(3):
        yield from _inside_base64(secret.encode(), shift)


def _inside_base64(secret: bytes, shift: int) -> Iterator[str]:
    """The characters that the secret alone decides, wherever it starts within a longer encoded text."""
    whole = base64.b64encode(bytes(shift) + secret).decode().rstrip("=")
    left = (shift * 8 + 5) // 6
    right = (shift + len(secret)) * 8 // 6
    sure = whole[left:right]
    if len(sure) >= _SHORTEST:
        yield sure
        yield sure.replace("+", "-").replace("/", "_")


class Redacting(logging.Filter):
    """Rewrites every record that passes: message, arguments, traceback. `secrets` is asked each time."""

    def __init__(self, secrets: Callable[[], Iterable[str]] = tuple) -> None:
        super().__init__()
        self._secrets = secrets

    def filter(self, record: logging.LogRecord) -> bool:
        secrets = tuple(self._secrets())
        record.msg = redact(record.getMessage(), secrets)
        record.args = ()
        if record.exc_info:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
            record.exc_info = None
        if record.exc_text:
            record.exc_text = redact(record.exc_text, secrets)
        if record.stack_info:
            record.stack_info = redact(record.stack_info, secrets)
        return True


_TALKATIVE: Final = ("urllib3", "urllib3.connectionpool", "urllib3.util.retry", "requests", "dlt")


def guard_logs(redacting: Redacting) -> None:
    """Puts the filter on the loggers that print requests and on every handler there is: call it after set-up."""
    for name in _TALKATIVE:
        logger = logging.getLogger(name)
        logger.addFilter(redacting)
        for handler in logger.handlers:
            handler.addFilter(redacting)
    for handler in logging.getLogger().handlers:
        handler.addFilter(redacting)
