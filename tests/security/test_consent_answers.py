"""What comes back from a consent page is believed only if it answers our question, in time, for this workspace."""

import base64
import dataclasses
import hashlib
import os
import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import shopify
from hypothesis import given
from hypothesis import strategies as st
from merchant import SHOP, consent

from resources.access import network
from resources.connecting import Consent, bound_state, granted
from resources.door import Internet
from resources.errors import Refused
from resources.platform import App, OAuth
from resources.platforms import platform, platforms
from resources.platforms.shopify.grant import sealed_by
from resources.secret import Secret
from resources.settings import Settings
from resources.stores import Stores
from sandbox.serve import Sandbox

BY_CONSENT = [declared.key for declared in platforms() if isinstance(declared.auth, OAuth)]
VERIFIER = Secret("v" * 43)
APP = App(client_id="id", client_secret=Secret("canary-client-secret"))


def question(now: datetime, key: str = "shopify", workspace_id: str = "ws_1") -> Consent:
    return Consent(
        platform=platform(key),
        workspace_id=workspace_id,
        account=SHOP if key == "shopify" else "",
        redirect="http://127.0.0.1:9/callback",
        state=bound_state("nonce", VERIFIER, workspace_id),
        verifier=VERIFIER,
        opted_in=frozenset(),
        asked_at=now,
    )


@pytest.mark.parametrize("key", BY_CONSENT)
def test_an_answer_in_time_is_taken_and_a_late_one_is_not(key: str, now: datetime) -> None:
    asked = question(now, key)
    auth = platform(key).auth
    assert isinstance(auth, OAuth)
    answer = {"state": asked.state, auth.code_parameter: "c-1"}
    assert asked.check(answer, now + timedelta(minutes=10)) == "c-1"
    with pytest.raises(Refused, match="too late"):
        asked.check(answer, now + timedelta(minutes=10, seconds=1))


def test_an_answer_for_one_workspace_is_none_for_another(now: datetime) -> None:
    mine, theirs = question(now), question(now, workspace_id="ws_2")
    with pytest.raises(Refused, match="another question"):
        theirs.check({"state": mine.state, "code": "c"}, now)
    # nor may a question be asked for one workspace with the state of another
    with pytest.raises(Refused, match="another question"):
        dataclasses.replace(theirs, state=mine.state).check({"state": mine.state, "code": "c"}, now)


@given(st.text(max_size=80))
def test_no_made_up_state_is_taken(state: str) -> None:
    now = datetime.fromisoformat("2026-03-14T09:26:53+00:00")
    asked = question(now)
    if state != asked.state:
        with pytest.raises(Refused, match="another question"):
            asked.check({"state": state, "code": "c"}, now)


@pytest.mark.parametrize("key", BY_CONSENT)
def test_the_challenge_is_sent_where_the_platform_has_pkce_and_the_verifier_never(key: str, now: datetime) -> None:
    address = question(now, key).address("our-app")
    sent = parse_qs(urlsplit(address).query)
    auth = platform(key).auth
    assert isinstance(auth, OAuth)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.reveal().encode()).digest()).rstrip(b"=").decode()
    assert sent.get("code_challenge") == ([challenge] if auth.pkce else None)
    assert sent.get("code_challenge_method") == (["S256"] if auth.pkce else None)
    assert VERIFIER.reveal() not in address


def signed(answer: Mapping[str, str]) -> dict[str, str]:
    """Signed by Shopify's own library."""
    shopify.Session.setup(api_key="id", secret=APP.client_secret.reveal())
    return {**answer, "hmac": shopify.Session.calculate_hmac(dict(answer))}


@given(st.dictionaries(st.text(max_size=8).filter(lambda name: not name.endswith("[]") and name != "hmac"), st.text()))
def test_shopify_s_own_library_and_we_agree_on_the_seal(more: dict[str, str]) -> None:
    assert sealed_by(signed({**more, "shop": SHOP}), APP, SHOP)


@pytest.mark.parametrize(
    "forge",
    [
        lambda answer: {name: value for name, value in answer.items() if name != "hmac"},
        lambda answer: answer | {"hmac": ""},
        lambda answer: answer | {"hmac": "é" * 64},
        lambda answer: answer | {"code": "another"},
        lambda answer: answer | {"more": "x"},
        lambda answer: {"code": f"{answer['code']}&shop={SHOP}", "hmac": answer["hmac"]},
        lambda _: signed({"code": "c", "shop": "someone-else.myshopify.com"}),
    ],
)
def test_a_forged_seal_is_not_taken(forge: Callable[[dict[str, str]], dict[str, str]]) -> None:
    assert not sealed_by(forge(signed({"code": "c", "shop": SHOP, "state": "s"})), APP, SHOP)


def test_a_code_is_only_traded_when_the_seal_is_right(stores: Stores, sandbox: Sandbox) -> None:
    asked = question(stores.clock())
    answer = consent(sandbox, asked.address(sandbox.apps["shopify"].client_id))
    with pytest.raises(Refused, match="seal"):
        granted(stores, asked, answer | {"timestamp": "0"})
    assert granted(stores, asked, answer).access.reveal().startswith("shpat_")


@pytest.mark.parametrize("key", BY_CONSENT)
def test_without_a_sandbox_the_real_platform_is_asked(
    key: str, home: Path, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is sent: only where it would go."""
    monkeypatch.setenv(f"IGNYTE_{key.upper()}_CLIENT_ID", "our-live-app")
    monkeypatch.setenv(f"IGNYTE_{key.upper()}_CLIENT_SECRET", "canary")
    live, auth = Settings(home=home), platform(key).auth
    app = live.app(key)
    assert app is not None
    assert isinstance(network(live), Internet)
    assert network(live).trust().get_ca_certs()
    assert isinstance(auth, OAuth)
    parts = urlsplit(question(now, key).address(app.client_id))
    assert (parts.scheme, parts.hostname) == ("https", urlsplit(auth.authorize_url.format(account=SHOP)).hostname)
    assert not re.search(r"localhost|127[.]|[.]test$|sandbox", parts.hostname or "")
    assert parse_qs(parts.query)[auth.client_id_parameter] == ["our-live-app"]
    assert os.environ[f"IGNYTE_{key.upper()}_CLIENT_SECRET"] not in parts.query


def test_a_sandbox_home_never_sees_a_live_registration(stores: Stores, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IGNYTE_SHOPIFY_CLIENT_ID", "our-live-app")
    monkeypatch.setenv("IGNYTE_SHOPIFY_CLIENT_SECRET", "canary")
    app = stores.settings.app("shopify")
    assert app is not None
    assert app.client_id != "our-live-app"
    assert not isinstance(network(stores.settings), Internet)
