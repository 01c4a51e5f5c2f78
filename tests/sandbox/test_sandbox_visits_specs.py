"""The pretend Google Analytics, Klaviyo and Recharge against the official descriptions."""

from typing import Any

import pytest
from official import check, needs_specs, spec
from stranger import Client
from visitors import ADMIN, DATA, EVERYTHING, google, klaviyo, recharge


@needs_specs
def test_google_s_replies_are_as_its_discovery_documents_say(client: Client) -> None:
    headers, data, admin = google(client), spec("google_analytics/analyticsdata.v1beta.json"), ADMIN
    report = client.ask("POST", f"{DATA}:runReport", headers=headers, json=EVERYTHING).json()
    check(data, "/schemas/RunReportResponse", report)
    check(data, "/schemas/Metadata", client.ask("GET", f"{DATA}/metadata", headers=headers).json())
    described, prefix = spec("google_analytics/analyticsadmin.v1beta.trimmed.json"), "GoogleAnalyticsAdminV1beta"
    for path, name in (("accountSummaries", "ListAccountSummariesResponse"), ("properties/412345678", "Property")):
        reply = client.ask("GET", f"{admin}/{path}", headers=headers).json()
        check(described, f"/schemas/{prefix}{name}", reply)


@needs_specs
@pytest.mark.parametrize(
    ("at", "change"),
    [
        ("GetMetricResponseCollectionCompoundDocument", {"data": [{"type": "metric"}]}),
        ("GetMetricResponseCollectionCompoundDocument", {"data": {}}),
        (
            "GetCampaignResponseCollectionCompoundDocument",
            {"data": [{"type": "campaign", "id": "c", "attributes": {}}]},
        ),
    ],
)
def test_a_reply_that_is_not_as_described_is_found_out(at: str, change: dict[str, Any]) -> None:
    described = spec("klaviyo/openapi.stable.2026-07-15.trimmed.json")
    with pytest.raises(AssertionError):
        check(described, f"/components/schemas/{at}", {"links": {"self": "https://a.klaviyo.com/"}, **change})
    with pytest.raises(AssertionError):
        check(spec("google_analytics/analyticsdata.v1beta.json"), "/schemas/RunReportResponse", {"rowz": []})


def without_empty_links(answer: dict[str, Any]) -> dict[str, Any]:
    """The description knows no empty link, although Klaviyo itself sends null at the end of a list."""
    return {**answer, "links": {name: link for name, link in answer.get("links", {}).items() if link}}


@needs_specs
@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("accounts", "GetAccountResponseCollection"),
        ("campaigns?filter=equals(messages.channel,'email')", "GetCampaignResponseCollectionCompoundDocument"),
        ("flows", "GetFlowResponseCollectionCompoundDocument"),
        ("lists", "GetListListResponseCollectionCompoundDocument"),
        ("segments", "GetSegmentListResponseCollectionCompoundDocument"),
        ("metrics", "GetMetricResponseCollectionCompoundDocument"),
        (
            "profiles?additional-fields[profile]=subscriptions",
            "GetProfileResponsePluralConversationsCollectionCompoundDocument",
        ),
    ],
)
def test_klaviyos_lists_are_as_its_openapi_says(client: Client, path: str, name: str) -> None:
    answer = klaviyo(client, path).json()
    assert answer["data"]
    described = spec("klaviyo/openapi.stable.2026-07-15.trimmed.json")
    check(described, f"/components/schemas/{name}", without_empty_links(answer))


def report(kind: str, **more: object) -> dict[str, object]:
    frame = {"start": "2026-10-01T04:00:00Z", "end": "2026-11-01T04:00:00Z"}
    asked = {"statistics": ["opens", "conversion_value"], "timeframe": frame, "conversion_metric_id": "PlcOrd", **more}
    return {"data": {"type": kind, "attributes": asked}}


@needs_specs
@pytest.mark.parametrize(
    ("path", "asked", "question", "name"),
    [
        (
            "campaign-values-reports",
            report("campaign-values-report"),
            "CampaignValuesRequestDTO",
            "PostCampaignValuesResponseDTO",
        ),
        ("flow-values-reports", report("flow-values-report"), "FlowValuesRequestDTO", "PostFlowValuesResponseDTO"),
        (
            "flow-series-reports",
            report("flow-series-report", interval="daily"),
            "FlowSeriesRequestDTO",
            "PostFlowSeriesResponseDTO",
        ),
        (
            "metric-aggregates",
            {
                "data": {
                    "type": "metric-aggregate",
                    "attributes": {
                        "metric_id": "OpnEml",
                        "measurements": ["count", "sum_value"],
                        "interval": "day",
                        "filter": [
                            "greater-or-equal(datetime,2026-10-01T04:00:00Z)",
                            "less-than(datetime,2026-11-01T04:00:00Z)",
                        ],
                    },
                }
            },
            "MetricAggregateQuery",
            "PostMetricAggregateResponse",
        ),
    ],
)
def test_klaviyos_reports_are_as_its_openapi_says(
    client: Client, path: str, asked: dict[str, object], question: str, name: str
) -> None:
    described = spec("klaviyo/openapi.stable.2026-07-15.trimmed.json")
    check(described, f"/components/schemas/{question}", asked)
    answer = klaviyo(client, path, json=asked).json()
    check(described, f"/components/schemas/{name}", without_empty_links(answer))


@needs_specs
@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("customers", "Customer"),
        ("addresses", "Address"),
        ("subscriptions", "Subscription"),
        ("charges", "Charge"),
        ("orders", "Order"),
        ("products", "Product"),
        ("store", "Store"),
        ("token_information", "TokenInformation"),
    ],
)
def test_recharges_records_are_as_its_clients_model_them(client: Client, path: str, name: str) -> None:
    models = spec("recharge/recharge-2021-11.models.jsonschema.json")["models"]
    answer = recharge(client, path).json()[path]
    for record in answer if isinstance(answer, list) else [answer]:
        # the model shouts what real answers say in lower case
        loud = {"status", "type"} if name in ("Subscription", "Charge") else set()
        heard = {key: str(value).upper() if key in loud else value for key, value in record.items()}
        check({"model": models[name], "$defs": models[name].get("$defs", {})}, "/model", heard)
