"""The pretend Google Analytics, Klaviyo and Recharge as strangers see them."""

import pytest
from stranger import Client
from visitors import DATA, EVERYTHING, KLAVIYO, RECHARGE, google, klaviyo, recharge

from sandbox.world import World


def test_a_report_is_cut_into_pages_that_make_the_whole(client: Client) -> None:
    headers = google(client)
    whole = client.ask("POST", f"{DATA}:runReport", headers=headers, json=EVERYTHING).json()
    asked = {**EVERYTHING, "limit": "300"}
    parts = [
        client.ask("POST", f"{DATA}:runReport", headers=headers, json={**asked, "offset": str(place)}).json()["rows"]
        for place in range(0, whole["rowCount"], 300)
    ]
    assert [row for part in parts for row in part] == whole["rows"]
    assert len(whole["rows"]) == whole["rowCount"]


def test_a_report_filters_and_names_its_range_when_there_are_two(client: Client) -> None:
    headers = google(client)
    exact = {"fieldName": "sessionSourceMedium", "stringFilter": {"value": "google / cpc"}}
    asked = {**EVERYTHING, "dimensionFilter": {"filter": exact}}
    rows = client.ask("POST", f"{DATA}:runReport", headers=headers, json=asked).json()["rows"]
    assert {row["dimensionValues"][1]["value"] for row in rows} == {"google / cpc"}
    two = {**EVERYTHING, "dateRanges": [*EVERYTHING["dateRanges"], {"startDate": "yesterday", "endDate": "today"}]}
    named = client.ask("POST", f"{DATA}:runReport", headers=headers, json=two).json()
    assert [each["name"] for each in named["dimensionHeaders"]][-1] == "dateRange"


def test_a_report_on_days_without_visits_has_no_rows_at_all(client: Client) -> None:
    asked = {**EVERYTHING, "dateRanges": [{"startDate": "2019-01-01", "endDate": "2019-01-31"}]}
    empty = client.ask("POST", f"{DATA}:runReport", headers=google(client), json=asked).json()
    assert "rows" not in empty
    assert "rowCount" not in empty


def test_what_readonly_permits_too_much_is_seen_as_a_write(client: Client) -> None:
    reply = client.ask("POST", f"{DATA}/audienceExports", headers=google(client), json={})
    assert reply.ok
    assert [seen.path for seen in client.box.state.writes_seen] == ["/v1beta/properties/412345678/audienceExports"]


@pytest.mark.parametrize("path", ["campaigns", "campaigns?filter=equals(name,'x')"])
def test_campaigns_want_their_channel_named(client: Client, path: str) -> None:
    assert klaviyo(client, path).json()["errors"][0]["source"] == {"parameter": "filter"}


def test_klaviyos_pages_go_on_by_links_and_honour_the_fields(client: Client, world: World) -> None:
    url, ids = "profiles?page[size]=100&fields[profile]=email&sort=-updated", []
    while url:
        answer = klaviyo(client, url).json()
        assert {name for row in answer["data"] for name in row["attributes"]} == {"email"}
        ids += [row["id"] for row in answer["data"]]
        url = (answer["links"]["next"] or "").removeprefix(f"{KLAVIYO}/")
    assert sorted(ids) == sorted(person.klaviyo_id for person in world.people)


def test_klaviyo_refuses_a_key_without_the_scope_and_any_write(client: Client) -> None:
    assert klaviyo(client, "flows", "no_flows").json()["errors"][0]["code"] == "permission_denied"
    assert klaviyo(client, "flows", "no_flows").status_code == 403
    assert klaviyo(client, "profiles", json={"data": {}}).status_code == 403
    assert client.box.state.writes_seen


def test_recharges_cursor_stands_alone(client: Client) -> None:
    first = recharge(client, "subscriptions", limit="10").json()
    following = recharge(client, "subscriptions", limit="10", cursor=first["next_cursor"]).json()
    ids = [row["id"] for row in (*first["subscriptions"], *following["subscriptions"])]
    assert ids == sorted(ids, reverse=True)
    assert len(set(ids)) == 20
    beside = recharge(client, "subscriptions", cursor=first["next_cursor"], status="active")
    assert beside.status_code == 422
    assert recharge(client, "subscriptions", updated_at_min="test").status_code == 422


def test_recharge_keeps_to_the_token_s_scopes(client: Client) -> None:
    assert recharge(client, "products", "narrow").status_code == 403
    assert (
        recharge(client, "token_information", "writing").json()["token_information"]["scopes"][-1].startswith("write")
    )
    assert client.ask("GET", f"{RECHARGE}/orders").json() == {"error": "bad authentication"}
