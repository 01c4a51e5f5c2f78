"""Klaviyo's own client reads what we read, into models that know each field."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from klaviyo_api import KlaviyoAPI, openapi_client
from openapi_client.rest import RESTClientObject
from our_rows import Ours, arranged, money

pytestmark = pytest.mark.slow


@pytest.fixture
def client(ours: Callable[[str], Ours]) -> KlaviyoAPI:
    mine = ours("klaviyo")
    made = KlaviyoAPI(mine.token, max_retries=2)
    made.configuration.proxy = f"http://{mine.sandbox.proxy}"
    made.configuration.ssl_ca_cert = str(mine.sandbox.ca_file)
    # it opened its connections before it could be told of a proxy
    made.api_client.rest_client = RESTClientObject(made.configuration)
    return made


def records(ask: Callable[..., Any], **more: object) -> Iterator[Any]:
    cursor = None
    while True:
        page = ask(page_cursor=cursor, **more)
        yield from page.data
        cursor = page.links.next
        if not cursor:
            return


def test_profiles_are_the_same(ours: Callable[[str], Ours], client: KlaviyoAPI) -> None:
    theirs = [
        (each.id, each.attributes.email, each.attributes.updated)
        for each in records(client.Profiles.get_profiles, page_size=100)
    ]
    assert ours("klaviyo").rows("profiles", "id", "email", "updated_at") == arranged(theirs)
    assert len(theirs) > 100


def test_campaigns_and_flows_are_the_same(ours: Callable[[str], Ours], client: KlaviyoAPI) -> None:
    campaigns = [
        (each.id, each.attributes.name, each.attributes.status, each.attributes.send_time)
        for channel in ("email", "sms")
        for each in records(client.Campaigns.get_campaigns, filter=f"equals(messages.channel,'{channel}')")
    ]
    assert ours("klaviyo").rows("campaigns", "id", "name", "status", "sent_at") == arranged(campaigns)
    flows = [(each.id, each.attributes.name, each.attributes.status) for each in records(client.Flows.get_flows)]
    assert ours("klaviyo").rows("flows", "id", "name", "status") == arranged(flows)


def test_campaign_figures_are_the_same(ours: Callable[[str], Ours], client: KlaviyoAPI) -> None:
    mine = ours("klaviyo")
    columns = ("campaign_id", "message_id", "recipients", "opens_unique", "clicks_unique", "conversion_value")
    [(metric,)] = set(mine.rows("campaign_monthly", "conversion_metric_id"))
    asked = {
        "timeframe": {"start": "2026-02-01T00:00:00-05:00", "end": "2026-03-01T00:00:00-05:00"},
        "conversion_metric_id": metric,
        "statistics": list(columns[2:]),
    }
    body = openapi_client.CampaignValuesRequestDTO.from_dict(
        {"data": {"type": "campaign-values-report", "attributes": asked}}
    )
    theirs = [
        (row.groupings["campaign_id"], row.groupings["campaign_message_id"], *map(money, row.statistics.values()))
        for row in client.Reporting.query_campaign_values(body).data.attributes.results
    ]
    february = [row[1:] for row in mine.rows("campaign_monthly", "month", *columns) if (row[0].month == 2)]
    assert arranged(february) == arranged(theirs)
