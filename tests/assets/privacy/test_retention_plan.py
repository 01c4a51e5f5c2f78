"""What a plan holds, whatever the facts: the shortest rule, nothing before its time, nothing that is held."""

import datetime as dt
from dataclasses import replace
from itertools import pairwise

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.privacy.cutoffs import ages, cut_offs, expired, without_expired
from assets.privacy.plan import Act, Facts, Plan, plan
from resources.control_plane.facts import Connection, Datasource, Sync, Workspace, WorkspaceState
from resources.control_plane.privacy_facts import (
    Backup,
    BackupState,
    ErasurePolicy,
    Regime,
    Request,
    RequestKind,
    RequestState,
    Rule,
)
from resources.platforms import platform, platforms

NOW = dt.datetime(2026, 6, 15, 12, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
PLATFORMS = {key: platform(key) for key in ("shopify", "amazon_seller", "recharge", "meta_ads")}
FEW = settings(max_examples=40, deadline=None)
STREAMS = sorted({stream.name for declared in PLATFORMS.values() for stream in declared.streams})


def workspace(name: str = "ws_a", **changes: object) -> Workspace:
    made = Workspace(
        id=name,
        name=name,
        region="eu-central-1",
        currency="USD",
        time_zone="UTC",
        fiscal_year_start=1,
        primary_platform="shopify",
        state=WorkspaceState.ACTIVE,
        created_at=NOW - 900 * DAY,
        state_since=NOW - 900 * DAY,
        grace_days=30,
        hold="",
        restricted="",
        erasure=ErasurePolicy.DELETE,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def datasource(key: str, of: str = "ws_a", connection: Connection = Connection.CONNECTED) -> Datasource:
    return Datasource(
        id=f"ds_{key}_{of}",
        workspace_id=of,
        platform=key,
        account="1",
        account_name="1",
        currency=None,
        time_zone=None,
        settings={},
        scopes=frozenset(),
        grade="proved",
        opted_in=frozenset(),
        connection=connection,
        sync=Sync.ACTIVE,
        reason="",
        fence=1,
        connected_at=NOW - 900 * DAY,
        last_attempt=None,
        last_success=None,
        last_error=None,
    )


def rule(days: int, key: str = "", stream: str = "", of: str = "ws_a") -> Rule:
    return Rule(workspace_id=of, platform=key, stream=stream, days=days, reason=f"because of {days}", set_at=NOW)


def backup(of: str, expires_at: dt.datetime, state: BackupState = BackupState.COMPLETE) -> Backup:
    return Backup(
        id=f"bak_{of}_{expires_at:%Y%m%d%H}",
        workspace_id=of,
        key_id="key",
        state=state,
        place="here",
        files=1,
        bytes=1,
        sha256="0",
        generation=0,
        created_at=expires_at - 30 * DAY,
        expires_at=expires_at,
        verified_at=None,
    )


def request(of: str, due_at: dt.datetime, state: RequestState = RequestState.RECEIVED) -> Request:
    return Request(
        id=f"req_{of}_{due_at:%Y%m%d%H}",
        workspace_id=of,
        kind=RequestKind.ERASE,
        channel="mail",
        regime=Regime.GDPR,
        policy=ErasurePolicy.DELETE,
        subject=None,
        key_id=None,
        target="",
        commitment="c",
        external_id="",
        state=state,
        outcome="",
        received_at=due_at - 30 * DAY,
        due_at=due_at,
        finished_at=None,
        certificate_id=None,
    )


moments = st.integers(-24 * 800, 24 * 60).map(lambda hours: NOW + dt.timedelta(hours=hours))
rules_ = st.builds(
    rule,
    st.integers(1, 900),
    st.sampled_from(["", *PLATFORMS]),
    st.sampled_from(["", *STREAMS]),
    st.sampled_from(["ws_a", "ws_b"]),
)
workspaces_ = st.tuples(
    *(
        st.builds(
            workspace,
            st.just(name),
            state=st.sampled_from(WorkspaceState),
            state_since=moments,
            grace_days=st.integers(0, 90),
            hold=st.sampled_from(["", "a lawsuit"]),
        )
        for name in ("ws_a", "ws_b")
    )
)


@st.composite
def facts_(draw: st.DrawFn, *, counted: bool = True) -> Facts:
    sources = tuple(
        datasource(key, of, draw(st.sampled_from([Connection.CONNECTED, Connection.DISCONNECTED])))
        for key in PLATFORMS
        for of in ("ws_a", "ws_b")
    )
    places = [(each.id, stream.name) for each in sources for stream in PLATFORMS[each.platform].streams]
    rows = draw(st.dictionaries(st.sampled_from(places), st.integers(1, 9), max_size=20)) if counted else None
    where = st.sampled_from(["ws_a", "ws_b"])
    return Facts(
        workspaces=draw(workspaces_),
        datasources=sources,
        rules=tuple(draw(st.lists(rules_, max_size=6))),
        platforms=PLATFORMS,
        backups=tuple(draw(st.lists(st.builds(backup, where, moments, st.sampled_from(BackupState)), max_size=4))),
        requests=tuple(draw(st.lists(st.builds(request, where, moments, st.sampled_from(RequestState)), max_size=4))),
        audit_until=draw(st.none() | moments),
        rows=rows,
    )


@FEW
@given(st.lists(rules_, max_size=8), st.sampled_from(sorted(PLATFORMS)))
def test_the_shortest_rule_wins_for_every_stream(rules: list[Rule], key: str) -> None:
    declared = PLATFORMS[key]
    limits = cut_offs(declared, rules, NOW)
    for stream in declared.streams:
        days = [each.days for each in rules if each.platform in ("", key) and each.stream in ("", stream.name)]
        days += [stream.keep.at_most.days] if stream.keep.at_most else []
        limit = limits.get(stream.name)
        assert limit == expired(declared, stream, rules, NOW)
        if stream.keep.age_column:
            assert (limit.days if limit else None) == min(days, default=None)
        elif limit is not None:
            above = [limits[parent].days for _, parent in stream.belongs_to if parent in limits]
            assert limit.days == min(days + above)
        if limit is not None:
            assert limit.before == NOW - limit.days * DAY
            assert str(limit.days) in limit.why


@FEW
@given(st.lists(rules_, max_size=6), rules_, st.sampled_from(sorted(PLATFORMS)))
def test_a_rule_more_never_keeps_a_row_longer(rules: list[Rule], more: Rule, key: str) -> None:
    before, after = cut_offs(PLATFORMS[key], rules, NOW), cut_offs(PLATFORMS[key], [*rules, more], NOW)
    assert set(before) <= set(after)
    assert all(after[name].before >= limit.before for name, limit in before.items())


@FEW
@given(facts_(counted=False), st.lists(st.integers(0, 24 * 120), min_size=2, max_size=4).map(sorted))
def test_time_only_adds_to_a_plan(facts: Facts, hours: list[int]) -> None:
    plans = [plan(facts, NOW + dt.timedelta(hours=each)) for each in hours]
    for earlier, later in pairwise(plans):
        there = {(item.act, item.subject, item.stream): item for item in later.items}
        purged = {item.workspace_id for item in later.of(Act.PURGE)}
        for item in earlier.items:
            if item.workspace_id in purged and item.act in (Act.CUT, Act.KEEP):
                continue
            same = there[item.act, item.subject, item.stream]
            assert same.before is None or item.before is None or same.before >= item.before


@FEW
@given(facts_())
def test_nothing_of_a_held_workspace_is_touched(facts: Facts) -> None:
    held = {each.id for each in facts.workspaces if each.hold}
    made = plan(facts, NOW)
    assert not [item for item in made.todo if item.workspace_id in held]
    assert not (held and [item for item in made.todo if item.act is Act.DROP])
    for item in made.items:
        if item.workspace_id in held and item.act not in (Act.KEEP, Act.REMIND):
            assert "a lawsuit" in item.blocked
            assert item.line(done=False).startswith("would not ")


@FEW
@given(facts_())
def test_nothing_is_planned_before_its_rule_has_run_out(facts: Facts) -> None:
    known = {each.id: each for each in facts.workspaces}
    for item in plan(facts, NOW).items:
        if item.act is Act.PURGE:
            gone = known[item.workspace_id]
            assert gone.state is WorkspaceState.CANCELLED
            assert gone.state_since + gone.grace_days * DAY <= NOW
        elif item.act is Act.CUT:
            assert item.rows
            assert item.before
            assert item.before < NOW
            assert known[item.workspace_id].state is not WorkspaceState.DELETED
        elif item.act is Act.REMIND:
            assert item.due - NOW <= 7 * DAY
        elif item.act is not Act.KEEP:
            assert item.due <= NOW


def carried_out(facts: Facts, made: Plan) -> Facts:
    """A world in which everything that was to be done is done."""
    gone = {(item.act, item.subject, item.stream) for item in made.todo}
    return replace(
        facts,
        workspaces=tuple(
            replace(each, state=WorkspaceState.DELETED) if (Act.PURGE, each.id, "") in gone else each
            for each in facts.workspaces
        ),
        backups=tuple(
            replace(each, state=BackupState.EXPIRED) if (Act.EXPIRE, each.id, "") in gone else each
            for each in facts.backups
        ),
        audit_until=None if made.of(Act.DROP) and not made.of(Act.DROP)[0].blocked else facts.audit_until,
        rows={place: rows for place, rows in (facts.rows or {}).items() if (Act.CUT, *place) not in gone},
    )


@FEW
@given(facts_())
def test_planning_again_after_it_is_done_finds_nothing_to_do(facts: Facts) -> None:
    made = plan(facts, NOW)
    again = plan(carried_out(facts, made), NOW)
    assert again.todo == ()
    assert {item.line(done=False) for item in again.items} <= {item.line(done=False) for item in made.items}


@FEW
@given(facts_())
def test_before_and_after_are_said_in_the_same_words(facts: Facts) -> None:
    for item in plan(facts, NOW).items:
        assert item.line(done=True) == item.line(done=False).replace("would ", "did ", 1)


def test_amazon_s_orders_are_kept_for_eighteen_months_whatever_a_workspace_wants() -> None:
    declared = PLATFORMS["amazon_seller"]
    limits = cut_offs(declared, [rule(4000)], NOW)
    assert {name for name, limit in limits.items() if limit.days == 548} == {
        stream.name for stream in declared.streams if stream.keep.at_most
    }
    assert "18 months" in limits["orders"].why
    facts = Facts(
        workspaces=(workspace(),),
        datasources=(datasource("amazon_seller"),),
        platforms=PLATFORMS,
        rows={("ds_amazon_seller_ws_a", "orders"): 3},
        marts={"raw_amazon_seller.orders": ("amazon_by_date",)},
    )
    (item,) = plan(facts, NOW).todo
    assert item.marts == ("amazon_by_date",)
    assert item.line(done=False) == (
        "would cut 3 rows from before 2024-12-14 out of orders of datasource ds_amazon_seller_ws_a (amazon_seller) "
        f"(548 days: {declared.streams[1].keep.reason})"
    )


def test_rows_without_an_age_are_kept_whole_and_the_plan_says_so() -> None:
    facts = Facts(
        workspaces=(workspace(),),
        datasources=(datasource("shopify"),),
        rules=(rule(90),),
        platforms=PLATFORMS,
        rows={},
    )
    kept = plan(facts, NOW).of(Act.KEEP)
    assert {item.stream for item in kept} == {
        "products",
        "variants",
        "inventory_items",
        "inventory_levels",
        "locations",
    }
    assert all("kept whole" in item.line(done=False) and "90 days" in item.why for item in kept)


@pytest.mark.parametrize(
    ("left", "words"),
    [(8, None), (7, "due within 7 days"), (3, "due within 3 days"), (1, "due within 1 day"), (-1, "overdue")],
)
def test_open_requests_are_said_seven_three_and_one_days_before(left: int, words: str | None) -> None:
    facts = Facts(workspaces=(workspace(),), requests=(request("ws_a", NOW + left * DAY),))
    lines = [item.line(done=False) for item in plan(facts, NOW).items]
    assert lines == [] if words is None else words in lines[0]


def test_every_stream_has_an_age_or_a_reason_why_not() -> None:
    """A new stream of events without an age column would be kept for ever by accident."""
    ageless = {f"{p.key}.{s.name}" for p in platforms() for s in p.streams if not ages(p, s)}
    listing = {"accounts", "campaigns", "ad_groups", "ad_sets", "ads", "advertisers", "profiles", "marketplaces"}
    listing |= {"products", "variants", "inventory_items", "inventory_levels", "locations"}
    listing |= {"flows", "lists", "segments", "metrics"}
    assert {name.partition(".")[2] for name in ageless} <= listing


def test_what_is_read_anew_brings_nothing_back_that_is_past_its_limit() -> None:
    declared = PLATFORMS["shopify"]
    old, new = NOW - 100 * DAY, NOW - 10 * DAY
    tables = {
        "orders": pa.table({"id": ["o1", "o2", "o3"], "created_at": [old, new, None]}),
        "order_lines": pa.table({"id": ["l1", "l2", "l3", "l4"], "order_id": ["o1", "o2", "o1", None]}),
        "refunds": pa.table({"id": ["r1", "r2"], "order_id": ["o1", "o2"]}),
        "refund_lines": pa.table({"refund_id": ["r1", "r2"], "order_line_id": ["l1", "l2"]}),
        "products": pa.table({"id": ["p1"], "created_at": [old]}),
    }
    with duckdb.connect() as connection:
        left = without_expired(connection, declared, tables, cut_offs(declared, [rule(30)], NOW))
        same = without_expired(connection, declared, tables, {})
    assert {name: table.column(0).to_pylist() for name, table in left.items()} == {
        "orders": ["o2", "o3"],
        "order_lines": ["l2", "l4"],
        "refunds": ["r2"],
        "refund_lines": ["r2"],
        "products": ["p1"],
    }
    assert all(left[name].schema == table.schema for name, table in tables.items())
    assert same == tables


def test_a_rule_for_what_belongs_to_something_counts_by_that_things_age() -> None:
    declared = PLATFORMS["shopify"]
    tables = {
        "orders": pa.table({"id": ["o1", "o2"], "created_at": [NOW - 50 * DAY, NOW - 10 * DAY]}),
        "order_lines": pa.table({"id": ["l1", "l2"], "order_id": ["o1", "o2"]}),
    }
    limits = cut_offs(declared, [rule(30, "shopify", "order_lines"), rule(365, "shopify", "orders")], NOW)
    with duckdb.connect() as connection:
        left = without_expired(connection, declared, tables, limits)
    assert left["orders"].num_rows == 2
    assert left["order_lines"].column("id").to_pylist() == ["l2"]
