"""The sandbox's shop, connected once, and its bulk export of orders as bytes."""

from collections.abc import Iterator
from typing import Final

from ignyte_pipelines.consent import agree, listening
from resources.access import app_of, open_door
from resources.connecting import Consent, bound_state, connect, granted, introduce
from resources.control_plane.facts import Datasource
from resources.platforms import platform
from resources.reading import Window
from resources.secret import Secret
from resources.stores import Stores

_SHOP: Final = "juniper-and-rye.myshopify.com"


def connected(stores: Stores) -> Datasource:
    """The shop's datasource; the workspace and the connection are made on the first call."""
    workspaces = stores.plane.workspaces.all()
    if workspaces:
        return stores.plane.datasources.of(workspaces[0].id)[0]
    workspace = stores.plane.workspaces.create("benchmark", now=stores.clock())
    declared = platform("shopify")
    verifier = Secret("v" * 43)
    state = bound_state("benchmark", verifier, workspace.id)
    with listening(state) as waiting:
        question = Consent(
            platform=declared,
            workspace_id=workspace.id,
            account=_SHOP,
            redirect=waiting.redirect,
            state=state,
            verifier=verifier,
            opted_in=frozenset(),
            asked_at=stores.clock(),
        )
        sandbox = stores.settings.sandbox
        assert sandbox is not None, "the benchmark runs on the sandbox only"
        agree(sandbox, question.address(app_of(stores.settings, declared).client_id))
        grant = granted(stores, question, waiting.answer(10))
    introduced = introduce(stores, declared, _SHOP, grant)
    return connect(stores, workspace, declared, introduced.accounts[0], introduced)


def export(stores: Stores, datasource: Datasource) -> Iterator[bytes]:
    """The orders of the shop as the pieces of JSONL that every contender starts from."""
    with open_door(stores, datasource) as door:
        window = Window(since=None, until=stores.clock())
        for page in platform("shopify").feeds[0].read(door, window):
            yield page.body
