"""The authorization code flow that all pretend vendors share: consent at once, codes, access and refresh tokens."""

import base64
import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import urlencode, urlsplit

from sandbox.calls import Answer, Call, redirected, said
from sandbox.state import Consent
from sandbox.tokens import Facts, public

_CODE_LASTS: Final = 300
_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True, kw_only=True)
class ClientApp:
    """The registration at a pretend vendor: public values, listed in sandbox.json."""

    client_id: str = ""
    client_secret: str = ""
    developer_token: str = ""
    account: str = ""  # where consent is asked for at the account's own address
    keys: "ApiKeys | None" = None


@dataclass(frozen=True, kw_only=True)
class ApiKeys:
    """Keys that a person would paste: by label, what each may do. Revoking the platform replaces them by new ones."""

    platform: str
    prefix: str
    length: int
    grants: Mapping[str, tuple[str, ...]]

    def of_epoch(self, epoch: int) -> dict[str, str]:
        """Label to key."""
        return {label: public(f"{self.platform}|{label}|{epoch}", self.length, self.prefix) for label in self.grants}

    def holder(self, call: Call, key: str) -> tuple[str, ...] | None:
        """What the key may do; None if it is none of those that live."""
        for label, living in self.of_epoch(call.state.epoch(self.platform)).items():
            if key == living:
                return self.grants[label]
        return None


@dataclass(frozen=True, kw_only=True)
class Flow:
    """How one platform's flow looks.

    `scopes` is a regex of what can be granted, `lasts` how many seconds an access token lives (0: for ever),
    `account` says whose consent it is, `sealed` may add parameters to the answer that goes back.
    """

    platform: str
    app: ClientApp
    scopes: str
    account: Callable[[Call], str]
    separator: str = " "
    client_id: str = "client_id"
    access_prefix: str = ""
    refresh_prefix: str = ""
    code_prefix: str = ""
    lasts: int = 3600
    refresh_lasts: int = 0
    sealed: Callable[[Call, dict[str, str]], dict[str, str]] = lambda _call, given: given

    def authorize(self, call: Call) -> Answer:
        """The consent page, which the synthetic merchant accepts at once. Only loopback addresses are redirected to."""
        asked = call.arguments
        target = asked.get("redirect_uri", "")
        if asked.get(self.client_id) != self.app.client_id:
            return _shown("The application was not found: the client id is wrong.")
        if urlsplit(target).hostname not in _LOOPBACK:
            return _shown("The redirect address is not one that this application registered.")
        state = {"state": asked["state"]} if "state" in asked else {}
        wanted = tuple(scope for scope in re.split(r"[,\s]+", asked.get("scope", "")) if scope)
        answer = call.state.consents.get(self.platform, Consent())
        if answer.deny:
            return _back(target, {"error": "access_denied", "error_description": "The user denied access.", **state})
        if not all(re.fullmatch(self.scopes, scope) for scope in wanted):
            return _back(target, {"error": "invalid_scope", "error_description": "A scope is not known.", **state})
        code = self._issue(call, answer.scopes if answer.scopes is not None else wanted, target)
        return _back(target, self.sealed(call, {"code": code, **state}))

    def _issue(self, call: Call, scopes: tuple[str, ...], target: str) -> str:
        facts = Facts(
            kind="code",
            platform=self.platform,
            account=self.account(call),
            scopes=scopes,
            epoch=call.state.epoch(self.platform),
            expires=int(call.state.clock()) + _CODE_LASTS,
            # the moment to the fraction, since two codes of one second must differ
            extra=(target, call.arguments.get("code_challenge", ""), str(call.state.clock())),
        )
        return call.state.mint.make(self.code_prefix, facts)

    def client_is_ours(self, call: Call) -> bool:
        """Whether id and secret are right, in the body or as basic authentication."""
        given = call.fields.get(self.client_id, ""), call.fields.get("client_secret", "")
        scheme, _, packed = call.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "basic":
            name, _, secret = base64.b64decode(packed + "==").decode("utf-8", "replace").partition(":")
            given = name, secret
        return given == (self.app.client_id, self.app.client_secret)

    def redeem(self, call: Call, code: str, *, redirect: str | None = None) -> Facts | None:
        """What the code stands for; None if it is wrong, old, used, or asked for with another address or verifier."""
        facts = call.state.mint.read(code, self.code_prefix)
        if not self._lives(call, facts, "code") or not facts:
            return None
        target, challenge, _ = facts.extra
        if redirect is not None and redirect != target:
            return None
        verifier = call.fields.get("code_verifier", "").encode()
        if challenge and base64.urlsafe_b64encode(hashlib.sha256(verifier).digest()).rstrip(b"=").decode() != challenge:
            return None
        return facts if call.state.spend(code) else None

    def access(self, call: Call, facts: Facts, *, lasts: int | None = None) -> str:
        """A new access token for what `facts` grants; it lives `lasts` seconds, 0 for ever."""
        seconds = self.lasts if lasts is None else lasts
        expires = int(call.state.clock()) + seconds if seconds else 0
        return call.state.mint.make(self.access_prefix, replace(facts, kind="access", expires=expires, extra=()))

    def refresh(self, call: Call, facts: Facts, *, generation: int = 0) -> str:
        """A refresh token; with the generation it had, the same again."""
        expires = int(call.state.clock()) + self.refresh_lasts if self.refresh_lasts else 0
        kept = replace(facts, kind="refresh", expires=expires, generation=generation, extra=())
        return call.state.mint.make(self.refresh_prefix, kept)

    def refreshed(self, call: Call, token: str, *, rotates: bool) -> Facts | None:
        """What the refresh token stands for. One that rotates dies once its successor was used."""
        facts = call.state.mint.read(token, self.refresh_prefix)
        if not self._lives(call, facts, "refresh") or not facts:
            return None
        chain = f"{self.platform}|{facts.account}|{facts.epoch}"
        return facts if not rotates or call.state.advance(chain, facts.generation) else None

    def holder(self, call: Call, token: str) -> Facts | None:
        """What the access token stands for; None if it is wrong, expired or revoked."""
        facts = call.state.mint.read(token, self.access_prefix)
        return facts if self._lives(call, facts, "access") else None

    def expired(self, call: Call, token: str) -> bool:
        facts = call.state.mint.read(token, self.access_prefix)
        return bool(facts and facts.expires and facts.expires <= call.state.clock())

    def _lives(self, call: Call, facts: Facts | None, kind: str) -> bool:
        return (
            facts is not None
            and (facts.kind, facts.platform) == (kind, self.platform)
            and facts.epoch == call.state.epoch(self.platform)
            and (not facts.expires or facts.expires > call.state.clock())
        )


def _shown(message: str) -> Answer:
    return Answer(status=400, body=f"<!doctype html><p>{message}".encode(), kind="text/html; charset=utf-8")


def _back(target: str, given: Mapping[str, str]) -> Answer:
    return redirected(f"{target}{'&' if urlsplit(target).query else '?'}{urlencode(given)}")


def refused(error: str, description: str, *, status: int = 400) -> Answer:
    """An error of the token endpoint, as RFC 6749 writes it."""
    return said({"error": error, "error_description": description}, status=status)
