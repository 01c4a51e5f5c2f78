"""What the product's own search finds, and what it must not take for a find."""

import base64
import hashlib
import json
from pathlib import Path
from urllib.parse import quote

import pytest

from assets.privacy.files_swept import COPY, Files, FileSearch
from assets.privacy.needles import Needle, Needles, needles_of
from assets.privacy.planted import planted_files
from resources.columns import Personal
from resources.identity import subject

MAIL = "Wren.Canary+Juniper@Example.COM"
FOLDED = MAIL.lower()
PERSON = Needles(needles_of("her", subject(emails=(MAIL,), phones=("+1 555 014 2777",)).identifiers))
CUSTOMER = Needles(needles_of("her", subject(ids=("shopify:gid://shopify/Customer/7073924100001",)).identifiers))


@pytest.mark.parametrize(
    "content",
    [
        f"x{MAIL}y".encode(),
        f"x{FOLDED}y".encode(),
        MAIL.swapcase().encode(),
        MAIL.upper().encode("utf-16-le"),
        MAIL.encode("utf-16-be"),
        json.dumps(MAIL).replace("@", "\\u0040").encode(),
        quote(MAIL, safe="").encode(),
        quote(FOLDED, safe="").lower().encode(),
        FOLDED.encode().hex().upper().encode(),
        *(base64.b64encode(b"-" * shift + FOLDED.encode() + b"tail") for shift in range(3)),
        *(base64.urlsafe_b64encode(b"-" * shift + MAIL.encode() + b"tail") for shift in range(3)),
        b"(555) 014-2777 is hers: +1 (555) 014-2777",
        b'{"phone":"15550142777"}',
        "+1 555 014 2777".encode("utf-16-le"),
    ],
)
def test_every_spelling_is_found(content: bytes) -> None:
    assert PERSON.within(b"before " + content + b" behind") == {"her"}


@pytest.mark.parametrize(
    "content", [b"", b"nobody@example.com", FOLDED.replace("+", "-").encode(), b"+1 555 014 2778", b"\0" * 99]
)
def test_nothing_else_is_found(content: bytes) -> None:
    assert PERSON.within(content) == set()


@pytest.mark.parametrize(
    ("content", "hers"),
    [
        (b"gid://shopify/Customer/7073924100001", True),
        (b'"customer":7073924100001,', True),
        (b"17073924100001", False),
        (b"70739241000012", False),
        (b"a 170739241000013 and 7073924100001.", True),
    ],
)
def test_a_number_within_a_number_is_another_number(content: bytes, *, hers: bool) -> None:
    assert CUSTOMER.within(content) == ({"her"} if hers else set())


def test_a_short_id_is_not_looked_for_in_bytes() -> None:
    assert Needles(needles_of("her", subject(ids=("recharge:42",)).identifiers)).within(b"42") == set()


def test_many_people_are_told_apart_across_pieces() -> None:
    people = Needles(Needle(label=f"p{n}", kind=Personal.EMAIL, text=f"person.{n}@example.com") for n in range(500))
    # in the seam between two pieces
    content = b"x" * (32 * 1024 * 1024 - 9) + b"person.77@example.com" + b"y" * 99
    assert people.within(content) == {"p77"}


def test_every_format_is_seen_through(tmp_path: Path) -> None:
    search = FileSearch(PERSON)
    with planted_files(tmp_path / "planted", MAIL) as planted:
        assert len(planted) >= 20
        for how, file in planted.items():
            seen = Files()
            search.file(file, seen, name="planted")
            assert seen.found == {"her": 1}, how
    search.close()


def test_names_links_and_copies_are_found(tmp_path: Path) -> None:
    (tmp_path / f"{FOLDED}.csv").write_text("nothing")
    (tmp_path / "link").symlink_to(f"/nowhere/{FOLDED}")
    (tmp_path / "renamed").write_bytes(b"what is to be gone")
    gone = {hashlib.sha256(b"what is to be gone").hexdigest(): 18}
    seen, search = Files(), FileSearch(PERSON, gone=gone)
    search.folder(tmp_path, seen)
    search.close()
    assert (seen.files, seen.found["her"], seen.found[COPY]) == (3, 2, 1)


TEXTS = Needles(needles_of("her", subject(emails=("ann@x.com",), phones=("+1 555 0123",)).identifiers), texts=True)


@pytest.mark.parametrize(
    ("text", "hers"),
    [
        ("ann@x.com", True),
        ("joann@x.com", False),
        ("ann@x.com.au", False),
        ("m=joann%40x.com", False),
        ("m=%20ann%40x.com&", True),
        ('["a\\nANN@x.com"]', True),
        ("see ann@x.com.", True),
        ("joann@x.com, ann@x.com", True),
        ("+1 (555) 01-23", True),
        ("0015550123", True),
        ("12 1-555-0123", True),
        ("9915550123", False),
        ("7001555012399", False),
    ],
)
def test_a_part_of_a_longer_address_or_number_is_not_hers(text: str, *, hers: bool) -> None:
    assert TEXTS.within(f"before\n{text}\nbehind".encode()) == ({"her"} if hers else set())
