"""The receiver: a small HTTPS server with five addresses, each of which believes a valid seal and nothing else."""

import hashlib
import logging
import threading
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import parse_qs

import orjson
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from assets.privacy.paper import Paper, paragraph, printed
from ignyte_pipelines.webhooks import events
from ignyte_pipelines.webhooks.signatures import meta_request, shopify_sealed
from resources.door.redaction import redact
from resources.errors import Problem
from resources.stores import Stores

_LONGEST: Final = 1024 * 1024  # bytes; a real event has a few hundred
_OLDEST: Final = timedelta(days=3)  # Shopify tries for hours; what is older is a replay
_QUIET: Final = timedelta(minutes=1)
_FIELDS: Final = 100
_logger: Final = logging.getLogger(__name__)
_BUSY: Final = Response(status_code=503, headers={"Retry-After": "60"})


class Receiver:
    """The addresses. `public` is where platforms and people reach it, for the status page's own address."""

    def __init__(self, stores: Stores, public: str) -> None:
        self._stores, self._public = stores, public.rstrip("/")
        # one event at a time: each is a few rows, and the same one may come twice at once
        self._turn = threading.Lock()
        self._refusals: dict[str, datetime] = {}

    @property
    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/webhooks/shopify", self._shopify, methods=["POST"]),
                Route("/webhooks/meta/deauthorize", self._meta_deauthorize, methods=["POST"]),
                Route("/webhooks/meta/data-deletion", self._meta_deletion, methods=["POST"]),
                Route("/deletion/{code:str}", self._status, methods=["GET"]),
                Route("/healthy", lambda _: Response("ok"), methods=["GET"]),
            ]
        )

    async def _shopify(self, request: Request) -> Response:
        body, app = await _body(request), self._stores.settings.app("shopify")
        if body is None:
            return Response(status_code=413)
        seal = request.headers.get("x-shopify-hmac-sha256", "")
        if app is None or not shopify_sealed(body, seal, app.client_secret):
            return await run_in_threadpool(self._refused, "shopify")
        said, topic = _object(body), request.headers.get("x-shopify-topic", "")
        event_id = request.headers.get("x-shopify-event-id") or request.headers.get("x-shopify-webhook-id", "")
        if said is None or not event_id or self._old(request) or not events.fits(topic, said):
            return Response(status_code=400)
        return await run_in_threadpool(self._heard, lambda: events.shopify(self._stores, topic, event_id, said))

    async def _meta_deauthorize(self, request: Request) -> Response:
        said = await self._meta_said(request)
        if isinstance(said, Response):
            return said
        return await run_in_threadpool(self._heard, lambda: events.meta(self._stores, said, delete=False, code=""))

    async def _meta_deletion(self, request: Request) -> Response:
        said = await self._meta_said(request)
        if isinstance(said, Response):
            return said
        # the same request gets the same code, without its being kept anywhere
        code = hashlib.sha256(orjson.dumps(said, option=orjson.OPT_SORT_KEYS)).hexdigest()[:24]
        answer = await run_in_threadpool(self._heard, lambda: events.meta(self._stores, said, delete=True, code=code))
        if answer.status_code != 200:  # noqa: PLR2004 -- HTTP's own word for it
            return answer
        return JSONResponse({"url": f"{self._public}/deletion/{code}", "confirmation_code": code})

    async def _meta_said(self, request: Request) -> Mapping[str, Any] | Response:
        body, app = await _body(request), self._stores.settings.app("meta_ads")
        if body is None:
            return Response(status_code=413)
        form = parse_qs(body.decode("utf-8", "replace"), max_num_fields=_FIELDS)
        said = meta_request(form.get("signed_request", [""])[0], app.client_secret) if app else None
        return await run_in_threadpool(self._refused, "meta_ads") if said is None else said

    async def _status(self, request: Request) -> Response:
        code = request.path_params["code"]
        found = await run_in_threadpool(self._of_code, code)
        if not found:
            text = "Nothing is kept under this code: what it stands for was never here, or is long gone."
        elif all(state == "done" for state in found):
            text = "Everything that came through the access you gave is deleted, and the deletion was verified."
        else:
            text = "The deletion is under way. It is finished within 30 days of the request, usually within three."
        page = printed(
            Paper(title="Deletion of data", lead=f"Code {code[:40]}", parts=(paragraph("Where it stands", text),))
        )
        return HTMLResponse(page, headers={"Cache-Control": "no-store"})

    def _of_code(self, code: str) -> list[str]:
        return [each.state.value for each in self._stores.plane.requests.known_as(f"meta:{code}:")]

    def _heard(self, act: Any) -> Response:  # noqa: ANN401 -- a call that writes rows
        try:
            with self._turn:
                heard: events.Heard = act()
        except Problem as problem:
            _logger.warning("An event was not taken: %s", redact(str(problem)))
            return _BUSY
        return JSONResponse({"requests": len(heard.requests), "stopped": len(heard.stopped)})

    def _refused(self, platform: str) -> Response:
        """401, and a line in the log; at most one a minute, or a stranger could fill it."""
        try:
            with self._turn:
                now, last = self._stores.clock(), self._refusals.get(platform)
                if last is None or now - last >= _QUIET:
                    self._refusals[platform] = now
                    self._stores.audit.event("webhook.refused", platform, details={"why": "its seal is not right"})
        except Problem as problem:
            _logger.warning("A refusal was not written down: %s", redact(str(problem)))
        return Response(status_code=401)

    def _old(self, request: Request) -> bool:
        triggered = request.headers.get("x-shopify-triggered-at")
        if triggered is None:
            return False
        try:
            at = datetime.fromisoformat(triggered)
        except ValueError:
            return True
        return at.tzinfo is None or self._stores.clock() - at > _OLDEST


async def _body(request: Request) -> bytes | None:
    """The bytes as they came; None if there are too many."""
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > _LONGEST:
            return None
    return body


def _object(body: bytes) -> Mapping[str, Any] | None:
    try:
        said = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    return said if isinstance(said, dict) else None
