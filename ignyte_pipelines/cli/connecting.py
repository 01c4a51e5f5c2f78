"""Connecting an account from the command line, step by step."""

import getpass
import secrets
import sys
import webbrowser
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

import orjson
import typer

from ignyte_pipelines.cli.output import say
from ignyte_pipelines.cli.sandbox_line import require
from ignyte_pipelines.consent import agree, listening
from resources.access import app_of
from resources.connecting import Consent, Introduced, asked, bound_state, connect, granted, introduce, key_grant
from resources.control_plane.facts import Datasource, Workspace
from resources.lifecycle import Event
from resources.lifecycle import require as require_state
from resources.platform import Account, ApiKey, Grant, Platform
from resources.secret import Secret
from resources.settings import Settings
from resources.stores import Stores

_CAREFUL: Final = "read_only"  # the sandbox's name for the key that a careful person would make
_PERSON_SECONDS: Final = 300.0
_VERIFIER_BYTES: Final = 64


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What is to be connected.

    `account` is "" where the platform tells it; `key` is a pasted key, if one was given.
    """

    workspace: Workspace
    platform: Platform
    account: str
    opted_in: frozenset[str]
    key: Secret | None = None
    port: int = 0
    all_accounts: bool = False


@dataclass(frozen=True, kw_only=True)
class Connected:
    """The connected datasources, and what was asked for and found on the way."""

    datasources: tuple[Datasource, ...]
    asked: tuple[str, ...]
    introduced: Introduced


def join(stores: Stores, wish: Wish, tell: Callable[[str], None] = say) -> Connected:
    """Takes an account from the first question to a queued first sync.

    Raises:
        Problem: see its kinds; nothing was connected.
        typer.BadParameter: the grant reaches several accounts and none of them was named.
    """
    require(stores.settings)
    require_state(stores.plane.workspaces.get(wish.workspace.id), Event.CONNECT, stores.clock())
    declared, by_key = wish.platform, isinstance(wish.platform.auth, ApiKey)
    wanted = (*declared.scopes.required, *sorted(asked(declared, wish.opted_in)))
    tell(f"{declared.title}: asking for [bold]{', '.join(wanted)}[/]")
    grant = key_grant(declared, _key(stores.settings, wish)) if by_key else _asked(stores, wish)
    introduced = introduce(stores, declared, wish.account, grant, wish.opted_in)
    accounts = introduced.accounts if wish.all_accounts else (_chosen(introduced.accounts, wish.account),)
    datasources = tuple(
        connect(stores, wish.workspace, declared, account, introduced, wish.opted_in) for account in accounts
    )
    return Connected(datasources=datasources, asked=wanted, introduced=introduced)


def wish_for(
    settings: Settings,
    workspace: Workspace,
    declared: Platform,
    *,
    account: str,
    optional: Iterable[str],
    port: int = 0,
) -> Wish:
    """A checked wish.

    Raises:
        typer.BadParameter: a scope is not one of the platform's optional ones, or the account is missing.
    """
    opted_in = frozenset(optional)
    if unknown := sorted(opted_in - set(declared.scopes.optional)):
        known = ", ".join(declared.scopes.optional) or "none"
        raise typer.BadParameter(f"{', '.join(unknown)}: optional are {known}", param_hint="--optional")
    if needs_account(declared) and not account:
        account = pretend_account(settings, declared.key)
        if not account:
            raise typer.BadParameter(f"{declared.title} is asked at the account's own address", param_hint="--account")
    return Wish(workspace=workspace, platform=declared, account=account, opted_in=opted_in, port=port)


def needs_account(declared: Platform) -> bool:
    return not isinstance(declared.auth, ApiKey) and "{account}" in declared.auth.authorize_url


def pretend_account(settings: Settings, platform: str) -> str:
    """The account that the sandbox has at this platform, where it tells one; "" in a live home."""
    return str(_pretend(settings, platform).get("account") or "")


def played(settings: Settings) -> frozenset[str]:
    """The platforms that the sandbox of this home plays; none in a live home."""
    return frozenset(_apps(settings))


def _pretend(settings: Settings, platform: str) -> dict[str, Any]:
    return _apps(settings).get(platform, {})


def _apps(settings: Settings) -> dict[str, dict[str, Any]]:
    if settings.sandbox is None:
        return {}
    found: dict[str, dict[str, Any]] = orjson.loads(settings.sandbox_file.read_bytes())["apps"]
    return found


def _asked(stores: Stores, wish: Wish) -> Grant:
    """Asks a person for consent: in a browser, or the sandbox's own merchant in a sandbox home."""
    app = app_of(stores.settings, wish.platform)
    verifier = Secret(secrets.token_urlsafe(_VERIFIER_BYTES))
    state = bound_state(secrets.token_urlsafe(), verifier, wish.workspace.id)
    with listening(state, wish.port) as listener:
        consent = Consent(
            platform=wish.platform,
            workspace_id=wish.workspace.id,
            account=wish.account,
            redirect=listener.redirect,
            state=state,
            verifier=verifier,
            opted_in=wish.opted_in,
            asked_at=stores.clock(),
        )
        address = consent.address(app.client_id)
        if sandbox := stores.settings.sandbox:
            agree(sandbox, address)
        else:
            say(f"Open this address if no browser opens by itself, and consent there:\n{address}")
            webbrowser.open(address)
        return granted(stores, consent, listener.answer(_PERSON_SECONDS))


def _key(settings: Settings, wish: Wish) -> str:
    """The key of a platform that is connected by one: given, from stdin, the sandbox's own, or typed without echo."""
    if wish.key:
        return wish.key.reveal()
    if keys := _pretend(settings, wish.platform.key).get("keys"):
        return str(keys[_CAREFUL])
    auth = wish.platform.auth
    say(auth.how if isinstance(auth, ApiKey) else "")
    return getpass.getpass(f"{wish.platform.title} key (not shown): ", stream=sys.stderr)


def _chosen(accounts: tuple[Account, ...], named: str) -> Account:
    fitting = [each for each in accounts if named in {each.id, each.name}] if named else list(accounts)
    if len(fitting) == 1:
        return fitting[0]
    reached = ", ".join(f"{each.id} ({each.name})" for each in accounts)
    why = "is not among the accounts that the grant reaches" if named else "name one of the accounts that it reaches"
    raise typer.BadParameter(f"{why}: {reached}", param_hint="--account")
