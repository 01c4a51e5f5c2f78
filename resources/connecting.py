"""Connecting an account: the address where a person consents, and what follows once they did."""

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlencode

from resources.access import app_of, bare_door
from resources.control_plane.facts import Datasource, Workspace
from resources.errors import AskAgain, Refused
from resources.platform import Account, ApiKey, Grade, Grant, OAuth, Platform, Proof, Scopes
from resources.residency import require
from resources.secret import Secret
from resources.stores import Stores

_CONSENT_LASTS: Final = timedelta(minutes=10)
_AGAIN: Final = "Start connecting again."


def bound_state(nonce: str, verifier: Secret, workspace_id: str) -> str:
    """A state that fits one workspace only. The nonce has no dot; the verifier never leaves this process before."""
    seal = hmac.new(verifier.reveal().encode(), f"{nonce}.{workspace_id}".encode(), hashlib.sha256).hexdigest()
    return f"{nonce}.{seal}"


@dataclass(frozen=True, kw_only=True)
class Consent:
    """One question to a person, on its way: bound to a workspace by `state`, and soon out of date."""

    platform: Platform
    workspace_id: str
    account: str  # "" where the platform tells the account afterwards
    redirect: str
    state: str
    verifier: Secret
    opted_in: frozenset[str]
    asked_at: datetime

    def address(self, client_id: str) -> str:
        """The address at which the person is asked; only read scopes are in it."""
        auth = _oauth(self.platform)
        scopes = [*self.platform.scopes.required, *sorted(asked(self.platform, self.opted_in))]
        challenge = base64.urlsafe_b64encode(hashlib.sha256(self.verifier.reveal().encode()).digest()).rstrip(b"=")
        parameters = {
            # a consent page may know the app by another id than the token endpoint: then both, with a slash between
            auth.client_id_parameter: client_id.partition("/")[0],
            "redirect_uri": self.redirect,
            "response_type": "code",
            "scope": auth.scope_separator.join(scopes),
            "state": self.state,
            **({"code_challenge": challenge.decode(), "code_challenge_method": "S256"} if auth.pkce else {}),
            **auth.extra,
        }
        return f"{auth.authorize_url.format(account=self.account)}?{urlencode(parameters)}"

    def check(self, answer: Mapping[str, str], now: datetime) -> str:
        """The code in the answer that came back.

        Raises:
            Refused: the answer is not to this question, or too late, or the person said no.
        """
        expected = bound_state(self.state.partition(".")[0], self.verifier, self.workspace_id)
        if not (_same(self.state, expected) and _same(answer.get("state", ""), expected)):
            raise Refused("the answer belongs to another question.", to=self.platform.title, do_next=_AGAIN)
        if now - self.asked_at > _CONSENT_LASTS:
            raise Refused("the answer came too late.", to=self.platform.title, do_next=_AGAIN)
        parameter = _oauth(self.platform).code_parameter
        if parameter not in answer:
            raise Refused("consent was not given.", to=self.platform.title, do_next=_AGAIN)
        return answer[parameter]


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())


def asked(declared: Platform, opted_in: frozenset[str]) -> frozenset[str]:
    """The optional scopes that are asked for by name; a platform with one fixed scope covers them by that."""
    fixed = isinstance(declared.auth, OAuth) and "scope" in declared.auth.extra
    return frozenset() if fixed else opted_in


def _oauth(declared: Platform) -> OAuth:
    if not isinstance(declared.auth, OAuth):
        raise Refused("it is connected with a key.", to=declared.title, do_next="Give the key instead.")
    return declared.auth


def granted(stores: Stores, consent: Consent, answer: Mapping[str, str]) -> Grant:
    """Trades the code that came back for a grant.

    Raises:
        Refused: the answer is not to this question, is too late or unsealed, or the person said no.
    """
    code = consent.check(answer, stores.clock())
    auth, app = _oauth(consent.platform), app_of(stores.settings, consent.platform)
    if auth.sealed_by and not auth.sealed_by(answer, app, consent.account):
        raise Refused("the answer does not carry the platform's seal.", to=consent.platform.title, do_next=_AGAIN)
    with bare_door(stores, consent.platform, consent.account) as door:
        return auth.exchange(door, app, code, consent.redirect, consent.verifier.reveal())


def key_grant(declared: Platform, pasted: str) -> Grant:
    """A pasted key as a grant; stray spaces are forgiven, a key of the wrong kind is not."""
    if not isinstance(declared.auth, ApiKey):
        raise Refused("it is connected by consent, not with a key.", to=declared.title, do_next="Leave the key out.")
    key = pasted.strip()
    if not re.fullmatch(declared.auth.pattern, key):
        raise AskAgain("this is not such a key.", to=declared.title, do_next=declared.auth.how)
    return Grant(access=Secret(key))


def prove(scopes: Scopes, proof: Proof, title: str, opted_in: Iterable[str]) -> None:
    """Compares what was granted with what is asked for.

    Raises:
        Refused: the grant allows changes that it need not allow.
        AskAgain: something needed is missing.
    """
    if proof.grade is Grade.ATTESTED:
        return
    writing = sorted(s for s in proof.granted if any(re.fullmatch(pattern, s) for pattern in scopes.refused))
    if writing:
        raise Refused(
            f"the grant can change things ({', '.join(writing)}).",
            to=title,
            do_next=f"Give access again with just: {', '.join(scopes.required)}.",
        )
    missing = sorted({*scopes.required, *opted_in} - proof.granted)
    if missing:
        raise AskAgain(
            f"the grant lacks {', '.join(missing)}.", to=title, do_next="Give access again and leave these ticked."
        )


@dataclass(frozen=True, kw_only=True)
class Introduced:
    """A proven grant and the accounts it reaches."""

    grant: Grant
    proof: Proof
    accounts: tuple[Account, ...]


def introduce(
    stores: Stores, declared: Platform, account: str, grant: Grant, opted_in: frozenset[str] = frozenset()
) -> Introduced:
    """Asks the platform what the grant allows and which accounts it reaches; refuses one that allows too much."""
    with bare_door(stores, declared, account, grant.access, reaches=grant.reaches) as door:
        proof = declared.prove(door, grant)
        prove(declared.scopes, proof, declared.title, asked(declared, opted_in))
        accounts = tuple(declared.accounts(door))
    if not accounts:
        raise AskAgain("the grant reaches no account.", to=declared.title, do_next="Give access with a role on one.")
    return Introduced(grant=grant, proof=proof, accounts=accounts)


def connect(
    stores: Stores,
    workspace: Workspace,
    declared: Platform,
    account: Account,
    introduced: Introduced,
    opted_in: frozenset[str] = frozenset(),
) -> Datasource:
    """Writes the datasource down, seals its credential and queues its first sync."""
    if stores.credentials is None:
        raise Refused("this process may not keep credentials.", to=declared.title, do_next="Connect in a sync process.")
    require(stores.settings, workspace.id, workspace.region)
    said = {"platform": declared.key, "grade": introduced.proof.grade.value, "scopes": tuple(introduced.proof.granted)}
    with stores.audit.act("datasource.connect", declared.key, workspace_id=workspace.id, details=said) as act:
        datasource = _written_down(stores, workspace, declared, account, introduced, opted_in)
        act.found(datasource=datasource.id)
        stores.credentials.store(datasource, introduced.grant, stores.clock())
        stores.plane.due.set_rhythm(datasource.id, declared.every, stores.clock())
    return datasource


def _written_down(
    stores: Stores,
    workspace: Workspace,
    declared: Platform,
    account: Account,
    introduced: Introduced,
    opted_in: frozenset[str],
) -> Datasource:
    return stores.plane.datasources.connect(
        workspace_id=workspace.id,
        platform=declared.key,
        account=account.id,
        account_name=account.name,
        currency=account.currency,
        time_zone=account.time_zone,
        settings=dict(account.settings),
        scopes=introduced.proof.granted,
        grade=introduced.proof.grade.value,
        opted_in=opted_in,
        now=stores.clock(),
    )
