"""What a request's headers may say."""

import re
from collections.abc import Mapping
from typing import Final

from resources.door.address import Unfit
from resources.operations import Graphql, Keys

_TUNNELS: Final = frozenset({"x-http-method-override", "x-http-method", "x-method-override", "x-method"})
# these frame or route the message, or hide its body from the rules: the transport alone writes them
_RESERVED: Final = frozenset(
    {
        "host", "content-length", "transfer-encoding", "content-encoding", "connection", "keep-alive", "upgrade",
        "te", "trailer", "expect", "cookie", "proxy-authorization", "proxy-connection", "forwarded", "x-forwarded-host",
        "x-original-url", "x-rewrite-url", "range", "via",
    }
)  # fmt: skip
_NAME: Final = re.compile(r"[A-Za-z0-9-]+")
_VALUE: Final = re.compile(r"[ -~]*")
_JSON: Final = re.compile(r"application/(?:[\w.+-]+\+)?json(?:\s*;.*)?", re.IGNORECASE)
_FORM: Final = re.compile(r"application/x-www-form-urlencoded(?:\s*;.*)?", re.IGNORECASE)


def check_headers(headers: Mapping[str, str]) -> None:
    """Looks at the names and the spelling.

    Raises:
        Unfit: a header tunnels another verb, is not the caller's to set, or could split the message.
    """
    for name, value in headers.items():
        if _NAME.fullmatch(name) is None or _VALUE.fullmatch(value) is None:
            raise Unfit("a header holds a character that does not belong there")
        if name.lower() in _TUNNELS:
            raise Unfit("a header tunnels another verb")
        if name.lower() in _RESERVED or name.lower().startswith("proxy-"):
            raise Unfit("a header is set that only the transport may set")


def check_content_type(headers: Mapping[str, str], rule: Keys | Graphql) -> None:
    """Looks at whether the receiver will read the body as the rules did.

    Raises:
        Unfit: the body is announced as something else.
    """
    wanted = _FORM if isinstance(rule, Keys) and rule.form else _JSON
    for name, value in headers.items():
        if name.lower() == "content-type" and wanted.fullmatch(value) is None:
            raise Unfit("the body is announced as something other than what the operation takes")
