"""Notices go out over TLS, to a real server of our own; what can't be sent waits and is tried again."""

import email
import email.policy
import socket
import ssl
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from resources.control_plane.facts import Workspace
from resources.errors import Refused, Stop, TryLater
from resources.mail import Smtp, mailer
from resources.notices import add_contact, announce, remove_contact, send_due
from resources.register import NOTICE, Action, Category, Standing, Subprocessor, in_force, standing
from resources.secret import Secret
from resources.settings import Settings
from resources.stores import Stores, open_stores

ADDRESS = "dpo.canary@juniper.example"
POST = Subprocessor(
    name="Post", category=Category.EMAIL, purpose="sends", data="addresses", location="Frankfurt", safeguard="DPA"
)


class Inbox:
    """Takes messages, or answers with a code."""

    def __init__(self) -> None:
        self.messages: list[tuple[list[str], str]] = []
        self.answer = "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 -- theirs
        if self.answer.startswith("250"):
            content = envelope.content or b""
            raw = content if isinstance(content, bytes) else content.encode()
            message = email.message_from_bytes(raw, policy=email.policy.default)
            self.messages.append((envelope.rcpt_tos, str(message.get_content())))
        return self.answer


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    def __init__(self, inbox: Inbox, port: int, ca: Path) -> None:
        self.inbox, self.ca = inbox, ca
        self.url = Secret(f"smtp://127.0.0.1:{port}")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    authority = trustme.CA()
    trust = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(trust)
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    inbox = Inbox()
    controller = Controller(inbox, hostname="127.0.0.1", port=free_port(), tls_context=trust, require_starttls=True)
    controller.start()
    yield Server(inbox, controller.port, tmp_path / "ca.pem")
    controller.stop()


@pytest.fixture
def moment(now: datetime) -> list[datetime]:
    return [now]


@pytest.fixture
def stores(home: Path, moment: list[datetime]) -> Iterator[Stores]:
    with open_stores(Settings(home=home), clock=lambda: moment[0]) as opened:
        yield opened


@pytest.fixture
def workspace(stores: Stores) -> Workspace:
    return stores.plane.workspaces.create("Juniper", now=stores.clock())


def smtp(server: Server) -> Smtp:
    return Smtp(url=server.url, sender="privacy@ignyte.example", ca=server.ca)


def test_every_contact_is_told_thirty_days_before(
    stores: Stores, workspace: Workspace, server: Server, moment: list[datetime]
) -> None:
    add_contact(stores, workspace, "data protection officer", ADDRESS)
    with pytest.raises(Refused, match="30 days"):
        announce(stores, Action.ADD, POST, stores.clock() + timedelta(days=29))
    made = announce(stores, Action.ADD, POST, stores.clock() + NOTICE)
    moment[0] += timedelta(days=40)
    # nobody was told, so the day that was announced has come and the change has not
    assert in_force(stores.plane.subprocessors.all(), moment[0]) == {}
    assert send_due(stores, smtp(server)).sent == 1
    ((to, text),) = server.inbox.messages
    assert to == [ADDRESS]
    assert made.id in text
    assert standing(stores.plane.subprocessors.get(made.id), moment[0]) is Standing.ANNOUNCED
    moment[0] += NOTICE
    assert list(in_force(stores.plane.subprocessors.all(), moment[0])) == ["Post"]
    assert send_due(stores, smtp(server)).sent == 0


def test_what_was_not_sent_is_tried_again_ever_more_rarely(
    stores: Stores, workspace: Workspace, server: Server, moment: list[datetime]
) -> None:
    add_contact(stores, workspace, "officer", ADDRESS)
    made = announce(stores, Action.ADD, POST, stores.clock() + NOTICE)
    server.inbox.answer = f"451 not now for {ADDRESS}"
    for _ in range(3):
        send_due(stores, smtp(server))
    (notice,) = stores.plane.subprocessors.get(made.id).notices
    assert (notice.attempts, notice.sent_at) == (1, None)
    assert ADDRESS not in notice.error
    assert "451" in notice.error
    moment[0] += timedelta(minutes=1)
    send_due(stores, smtp(server))
    (again,) = stores.plane.subprocessors.get(made.id).notices
    assert again.next_try_at - moment[0] == timedelta(minutes=2)
    server.inbox.answer = "250 OK"
    moment[0] += timedelta(hours=6)
    assert send_due(stores, smtp(server)).sent == 1


def test_an_objection_holds_a_change_up_until_it_is_settled(
    stores: Stores, workspace: Workspace, moment: list[datetime]
) -> None:
    made = announce(stores, Action.ADD, POST, stores.clock() + NOTICE)
    stores.plane.subprocessors.objected(made.id, workspace.id, "not there", moment[0])
    moment[0] += 2 * NOTICE
    assert standing(stores.plane.subprocessors.get(made.id), moment[0]) is Standing.OBJECTED
    stores.plane.subprocessors.settle(made.id, workspace.id, "Frankfurt only", moment[0])
    assert standing(stores.plane.subprocessors.get(made.id), moment[0]) is Standing.IN_FORCE


def test_an_address_lies_nowhere_in_plain_text_and_goes_with_its_contact(
    stores: Stores, workspace: Workspace, home: Path
) -> None:
    made = add_contact(stores, workspace, "officer", ADDRESS)
    stores.plane.scrub()
    files = [file for file in home.rglob("*") if file.is_file()]
    assert not [file for file in files if b"dpo.canary" in file.read_bytes()]
    remove_contact(stores, made.id)
    assert stores.plane.keys.get(made.key_id).wrapped is None
    assert stores.plane.subprocessors.contacts() == []


def test_a_stranger_s_certificate_gets_no_mail(server: Server) -> None:
    with pytest.raises(TryLater, match="SSLCertVerificationError"):
        Smtp(url=server.url, sender="privacy@ignyte.example").send(ADDRESS, "x", "y")
    assert server.inbox.messages == []


def test_a_server_without_tls_gets_no_mail() -> None:
    inbox = Inbox()
    controller = Controller(inbox, hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        with pytest.raises((TryLater, Stop)):
            Smtp(url=Secret(f"smtp://127.0.0.1:{controller.port}"), sender="a@b.example").send(ADDRESS, "x", "y")
    finally:
        controller.stop()
    assert inbox.messages == []


@pytest.mark.parametrize("url", ["", "http://mail.example", "smtps://"])
def test_a_server_that_is_not_reached_over_tls_is_refused(home: Path, url: str) -> None:
    settings = Settings(home=home, smtp_url=url or None, smtp_from="a@b.example")  # type: ignore[arg-type]
    with pytest.raises(Refused, match="TLS"):
        mailer(settings)
