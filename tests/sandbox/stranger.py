"""A client that reaches the sandbox as a stranger would: over TLS, by its proxy, with production addresses."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests

from sandbox.serve import Sandbox

CALLBACK = "http://127.0.0.1:9/callback"
SHOP = "https://juniper-and-rye.myshopify.com"
SHOPIFY_READS = "read_orders,read_customers,read_products,read_inventory,read_fulfillments"


@dataclass
class Client:
    box: Sandbox
    session: requests.Session = field(default_factory=requests.Session)

    def __post_init__(self) -> None:
        self.session.trust_env = False
        self.session.verify = str(self.box.ca_file)
        self.session.proxies = {"https": f"http://{self.box.proxy}"}

    def ask(self, method: str, url: str, **more: Any) -> requests.Response:  # noqa: ANN401 -- what requests takes
        return self.session.request(method, url, timeout=10, allow_redirects=False, **more)

    def consent(self, url: str, **asked: str) -> dict[str, str]:
        reply = self.ask("GET", url, params={"redirect_uri": CALLBACK, "state": "st", **asked})
        assert reply.status_code == 302, reply.text
        assert reply.headers["location"].startswith(CALLBACK)
        return {name: values[0] for name, values in parse_qs(urlsplit(reply.headers["location"]).query).items()}

    def shopify(self, scopes: str = SHOPIFY_READS, *, expiring: str = "1") -> dict[str, Any]:
        app = self.box.apps["shopify"]
        given = self.consent(f"{SHOP}/admin/oauth/authorize", client_id=app.client_id, scope=scopes)
        body = {"client_id": app.client_id, "client_secret": app.client_secret, "code": given["code"]}
        reply = self.ask("POST", f"{SHOP}/admin/oauth/access_token", json={**body, "expiring": expiring})
        answer: dict[str, Any] = reply.json()
        return answer

    def graphql(self, token: str, document: str, /, **variables: object) -> requests.Response:
        return self.ask(
            "POST",
            f"{SHOP}/admin/api/2026-10/graphql.json",
            json={"query": document, "variables": variables},
            headers={"X-Shopify-Access-Token": token},
        )

    def meta(self, scopes: str = "ads_read,business_management,read_insights") -> str:
        app = self.box.apps["meta_ads"]
        dialog = "https://www.facebook.com/v26.0/dialog/oauth"
        given = self.consent(dialog, client_id=app.client_id, scope=scopes)
        form = {"client_id": app.client_id, "client_secret": app.client_secret, "code": given["code"]}
        url = "https://graph.facebook.com/v26.0/oauth/access_token"
        return str(self.ask("POST", url, data={**form, "redirect_uri": CALLBACK}).json()["access_token"])

    def graph(self, token: str, path: str, method: str = "GET", **more: Any) -> requests.Response:  # noqa: ANN401 -- as above
        url = f"https://graph.facebook.com/v26.0/{path}"
        return self.ask(method, url, headers={"Authorization": f"Bearer {token}"}, **more)

    def stripe(self) -> dict[str, Any]:
        app = self.box.apps["stripe"]
        given = self.consent(
            "https://connect.stripe.com/oauth/authorize",
            client_id=app.client_id,
            scope="read_only",
            response_type="code",
        )
        form = {"client_secret": app.client_secret, "code": given["code"], "grant_type": "authorization_code"}
        answer: dict[str, Any] = self.ask("POST", "https://connect.stripe.com/oauth/token", data=form).json()
        return answer

    def api(self, key: str, path: str, **params: object) -> requests.Response:
        url = f"https://api.stripe.com/v1/{path}"
        return self.ask("GET", url, params=params, headers={"Authorization": f"Bearer {key}"})

    def control(self, method: str, path: str, **more: Any) -> requests.Response:  # noqa: ANN401 -- as above
        return self.ask(method, f"https://sandbox.ignyte.test{path}", **more)
