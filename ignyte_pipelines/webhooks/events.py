"""What a platform's event means here: a request, a purge, or the end of reading. Only written down: Dagster acts."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from assets.privacy.requests import due, receive
from resources.audit import service
from resources.columns import Personal
from resources.control_plane.facts import Connection, Datasource, Workspace, WorkspaceState
from resources.control_plane.privacy_facts import Regime, RequestKind
from resources.identity import Identifier, Subject
from resources.stores import Stores

_CHANNEL: Final = "webhook"
_REQUESTS: Final = {"customers/data_request": RequestKind.ACCESS, "customers/redact": RequestKind.ERASE}
# topic → a field that only its body has: the topic itself is a header, which no seal covers
_MARKS: Final = {
    "customers/data_request": "data_request",
    "customers/redact": "orders_to_redact",
    "shop/redact": "shop_domain",
    "app/uninstalled": "myshopify_domain",
}


@dataclass(frozen=True, kw_only=True)
class Heard:
    """What came of an event: the requests that stand for it, and the datasources that are read no more."""

    requests: tuple[str, ...] = ()
    stopped: tuple[str, ...] = ()


def fits(topic: str, said: Mapping[str, Any]) -> bool:
    """Whether it is one of Shopify's four topics, with the body of that topic."""
    marks = [mark for other, mark in _MARKS.items() if other != topic and mark != "shop_domain"]
    return topic in _MARKS and _MARKS[topic] in said and not any(mark in said for mark in marks)


def shopify(stores: Stores, topic: str, event_id: str, said: Mapping[str, Any]) -> Heard:
    """One of Shopify's four. The same event twice is once; a shop that nobody connected is nobody's."""
    shop = str(said.get("myshopify_domain") or said.get("shop_domain"))
    shops = [each for each in _standing(stores, "shopify") if each[1].account == shop]
    if topic in _REQUESTS:
        person = _customer(said.get("customer"))
        if person is None:
            return Heard()
        places = {workspace.id: workspace for workspace, _ in shops}
        return Heard(
            requests=tuple(
                receive(
                    stores,
                    workspace,
                    _REQUESTS[topic],
                    person,
                    channel=_CHANNEL,
                    regime=Regime.SHOPIFY,
                    external_id=f"shopify:{event_id}",
                ).id
                for workspace in places.values()
            )
        )
    if topic == "app/uninstalled":
        # said again later, it must not end a connection that was made since
        if not stores.plane.requests.note_step("webhook shopify", event_id, stores.clock()):
            return Heard()
        why = "the app was uninstalled at Shopify."
        return Heard(stopped=tuple(_stop(stores, shop_, why) for _, shop_ in shops if _is_read(shop_)))
    # Shopify sends it two days after an uninstallation; a replayed one must not take a shop that came back
    gone = [each for _, each in shops if not _is_read(each)]
    return Heard(requests=tuple(_purge(stores, each, Regime.SHOPIFY, f"shopify:{event_id}") for each in gone))


def meta(stores: Stores, said: Mapping[str, Any], *, delete: bool, code: str) -> Heard:
    """A person took our app's access back, or asks for what came through it to be deleted."""
    person = str(said.get("user_id", ""))
    given = [each for _, each in _standing(stores, "meta_ads") if person and each.settings.get("granted_by") == person]
    why = "the person who gave access at Meta took it back."
    stopped = tuple(_stop(stores, each, why) for each in given if _is_read(each))
    if not delete:
        return Heard(stopped=stopped)
    return Heard(stopped=stopped, requests=tuple(_purge(stores, each, Regime.META, f"meta:{code}") for each in given))


def _standing(stores: Stores, platform: str) -> Iterator[tuple[Workspace, Datasource]]:
    for workspace in stores.plane.workspaces.all():
        if workspace.state is not WorkspaceState.DELETED:
            for datasource in stores.plane.datasources.of(workspace.id, platform):
                yield workspace, datasource


def _is_read(datasource: Datasource) -> bool:
    return datasource.connection is Connection.CONNECTED


def _stop(stores: Stores, datasource: Datasource, why: str) -> str:
    target = f"datasource {datasource.id}"
    said = {"why": why}
    stores.audit.event(
        "datasource.grant_gone", target, actor=service("webhooks"), workspace_id=datasource.workspace_id, details=said
    )
    stores.plane.datasources.needs_reauthorization(datasource.id, why, stores.clock())
    return datasource.id


def _purge(stores: Stores, datasource: Datasource, regime: Regime, external_id: str) -> str:
    now = stores.clock()
    made = stores.plane.requests.receive(
        workspace_id=datasource.workspace_id,
        kind=RequestKind.PURGE,
        target=datasource.id,
        channel=_CHANNEL,
        regime=regime,
        external_id=f"{external_id}:{datasource.id}",
        due_at=due(regime, now),
        now=now,
    )
    stores.audit.event(
        "privacy.purge", f"request {made.id}", actor=service("webhooks"), workspace_id=datasource.workspace_id
    )
    return made.id


def _customer(said: object) -> Subject | None:
    if not isinstance(said, Mapping):
        return None
    found = [
        Identifier(kind=kind, value=str(said[name]), issuer="shopify" if kind is Personal.CUSTOMER_ID else "")
        for name, kind in (("id", Personal.CUSTOMER_ID), ("email", Personal.EMAIL), ("phone", Personal.PHONE))
        if said.get(name)
    ]
    return Subject(identifiers=tuple(found)) if found else None
