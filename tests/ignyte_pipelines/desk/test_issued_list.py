"""The list of sub-processors that is handed out names who got it, on the page and in the log."""

from datetime import datetime
from pathlib import Path

import pytest

from ignyte_pipelines.desk.list_page import issued
from resources.errors import Refused
from resources.notices import announce
from resources.register import Action, Category, Subprocessor
from resources.settings import Settings
from resources.stores import open_stores


def test_a_copy_is_marked_and_on_the_record(home: Path, now: datetime) -> None:
    with open_stores(Settings(home=home), clock=lambda: now) as stores:
        who = Subprocessor(
            name="<b>Post</b>",
            category=Category.EMAIL,
            purpose="sends",
            data="addresses",
            location="Frankfurt",
            safeguard="DPA",
        )
        announce(stores, Action.ADD, who, now)
        page = issued(stores, "Acme & Sons")
        acts = [entry for entry in stores.audit.entries() if entry.id == page.act_id]
        with pytest.raises(Refused):
            issued(stores, "two\nlines")
    assert page.html.count("Acme &amp; Sons · 2026-03-14") == 2
    assert "&lt;b&gt;Post" in page.html
    assert "<b>Post" not in page.html
    assert next(entry.details.get("to") for entry in acts) == "Acme & Sons"
    assert page.version == 1
