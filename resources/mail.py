"""Mail to the contacts of workspaces: over TLS with a verified certificate, or not at all."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Final, Protocol
from urllib.parse import unquote, urlsplit

from resources.errors import Refused, Stop, TryLater
from resources.secret import Secret
from resources.settings import Settings

_SECONDS: Final = 20.0
_PORTS: Final = {"smtps": 465, "smtp": 587}


class Mailer(Protocol):
    """Whatever sends one message; a refusal by the other side is a `Stop`, anything passing a `TryLater`."""

    def send(self, to: str, subject: str, text: str) -> None: ...


@dataclass(frozen=True, kw_only=True)
class Smtp:
    """A server at `smtps://` (TLS from the start) or `smtp://` (STARTTLS, insisted on).

    `ca` is a file of authorities that stands in for the public ones.
    """

    url: Secret
    sender: str
    ca: Path | None = None

    def send(self, to: str, subject: str, text: str) -> None:
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = self.sender, to, subject
        message.set_content(text)
        with _said(), self._connected() as server:
            server.send_message(message)

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        there = urlsplit(self.url.reveal())
        host, port = there.hostname or "", there.port or _PORTS[there.scheme]
        trust = ssl.create_default_context(cafile=str(self.ca) if self.ca else None)
        trust.minimum_version = ssl.TLSVersion.TLSv1_2
        if there.scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=_SECONDS, context=trust)
        else:
            server = smtplib.SMTP(host, port, timeout=_SECONDS)
        with server:
            if there.scheme == "smtp":
                server.starttls(context=trust)
            if there.username and there.password:
                server.login(unquote(there.username), unquote(there.password))
            yield server


def mailer(settings: Settings) -> Smtp:
    """The server that the settings name.

    Raises:
        Refused: there is none, or one that is not reached over TLS, or no sender.
    """
    there = urlsplit(settings.smtp_url.get_secret_value() if settings.smtp_url else "")
    if there.scheme not in _PORTS or not there.hostname or "@" not in settings.smtp_from:
        raise Refused(
            "it names no mail server that is reached over TLS, or no sender.",
            to="IGNYTE_SMTP_URL",
            do_next="Set it to smtps://user:password@host or smtp://… (STARTTLS), and IGNYTE_SMTP_FROM.",
        )
    return Smtp(url=Secret(there.geturl()), sender=settings.smtp_from, ca=settings.smtp_ca)


@contextmanager
def _said() -> Iterator[None]:
    # what the other side says may repeat an address, so only its number is told
    try:
        yield
    except smtplib.SMTPRecipientsRefused:
        raise Stop("the address was refused.", to="notice", do_next="Correct the contact.") from None
    except smtplib.SMTPResponseException as error:
        kind = TryLater if error.smtp_code < 500 else Stop  # noqa: PLR2004 -- SMTP's own line between the two
        raise kind(f"the mail server said {error.smtp_code}.", to="notice", do_next="It is tried again.") from None
    except (smtplib.SMTPException, OSError) as error:
        raise TryLater(f"the mail server can't be used ({type(error).__name__}).", to="notice") from None
