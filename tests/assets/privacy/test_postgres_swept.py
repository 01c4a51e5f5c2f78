"""A control plane on Postgres is searched table by table, and its search proves itself without leaving a trace."""

import zlib
from datetime import datetime

import pytest
from sqlalchemy import create_engine, text

from assets.privacy.needles import Needle, Needles, needles_of
from assets.privacy.postgres_swept import search
from resources.columns import Personal
from resources.control_plane import ControlPlane
from resources.identity import subject

pytestmark = pytest.mark.slow
MAIL = "Wren.Canary+Juniper@Example.COM"
CANARY = "Canary.0123456789@Example.invalid"


def test_whatever_column_it_lies_in(postgres_url: str, now: datetime) -> None:
    needles = Needles(
        [*needles_of("her", subject(emails=(MAIL,)).identifiers), Needle(label="c", kind=Personal.EMAIL, text=CANARY)]
    )
    with ControlPlane(postgres_url) as plane:
        plane.workspaces.create("Juniper", now=now)
    _, found, control = search(postgres_url, needles, CANARY, "c")
    assert (found["her"], control) == (0, (4, 4))
    with ControlPlane(postgres_url) as plane:
        workspace = plane.workspaces.all()[0]
        plane.workspaces.hold(workspace.id, f"asked by {MAIL.upper()}")
    engine = create_engine(postgres_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE public.events (body bytea)"))
        connection.execute(text("INSERT INTO public.events VALUES (:body)"), {"body": zlib.compress(MAIL.encode())})
    with engine.connect() as connection:
        planted = text("SELECT count(*) FROM pg_class WHERE relname LIKE 'planted%'")
        assert connection.execute(planted).scalar() == 0
    engine.dispose()
    cells, found, control = search(postgres_url, needles, CANARY, "c")
    assert (found["her"], control, cells > 10) == (2, (4, 4), True)
