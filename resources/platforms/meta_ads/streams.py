"""What is kept of Meta Ads: the tables and their columns."""

from datetime import timedelta

from resources.columns import Column, date, integer, json_text, money, text, timestamp
from resources.platform import Keep, Stream

# Meta restates a day's figures until the longest attribution window, 28 days, has passed
_RESTATED = timedelta(days=28)
_LIST = "data[]"
_WHOLE = "the list is short and has no order by change, so the whole of it is read each time"

_ACCOUNT = text("account_id", "The ad account, without act_.", "@account_id")
_CURRENCY = text("currency", "The ad account's currency.", "@currency")
_ZONE = text("time_zone", "The ad account's time zone, in which its days are cut.", "@time_zone")

ACCOUNTS = Stream(
    name="accounts",
    description="The ad account: its currency and time zone.",
    key=("account_id",),
    cursor=None,
    cursor_reason=_WHOLE,
    records="",
    columns=(
        text("account_id", "The ad account, without act_."),
        text("name", "Its name."),
        text("currency", "Its currency."),
        text("time_zone", "Its time zone, in which its days are cut.", "timezone_name"),
        integer("status", "1 active, 2 disabled, 3 unsettled and so on, as Meta numbers it.", "account_status"),
    ),
)
CAMPAIGNS = Stream(
    name="campaigns",
    description="One row per campaign, archived ones included.",
    key=("account_id", "campaign_id"),
    cursor=None,
    cursor_reason=_WHOLE,
    records=_LIST,
    columns=(
        _ACCOUNT,
        text("campaign_id", "The campaign.", "id"),
        text("name", "Its name."),
        text("objective", "What it aims at."),
        text("status", "As set: ACTIVE, PAUSED, ARCHIVED."),
        text("effective_status", "As it runs."),
        integer("daily_budget_minor", "Daily budget in the currency's smallest unit.", "daily_budget", optional=True),
        timestamp("created_at", "When it was made.", "created_time"),
        timestamp("updated_at", "When it last changed.", "updated_time"),
        _CURRENCY,
    ),
)
AD_SETS = Stream(
    name="ad_sets",
    description="One row per ad set: Meta's ad group.",
    key=("account_id", "ad_set_id"),
    cursor=None,
    cursor_reason=_WHOLE,
    records=_LIST,
    columns=(
        _ACCOUNT,
        text("ad_set_id", "The ad set.", "id"),
        text("campaign_id", "Its campaign."),
        text("name", "Its name."),
        text("status", "As set."),
        text("effective_status", "As it runs."),
        text("optimization_goal", "What its delivery is optimised for."),
        timestamp("updated_at", "When it last changed.", "updated_time"),
    ),
)
ADS = Stream(
    name="ads",
    description="One row per ad.",
    key=("account_id", "ad_id"),
    cursor=None,
    cursor_reason=_WHOLE,
    records=_LIST,
    columns=(
        _ACCOUNT,
        text("ad_id", "The ad.", "id"),
        text("ad_set_id", "Its ad set.", "adset_id"),
        text("campaign_id", "Its campaign."),
        text("name", "Its name."),
        text("status", "As set."),
        text("effective_status", "As it runs."),
        timestamp("created_at", "When it was made.", "created_time"),
        timestamp("updated_at", "When it last changed.", "updated_time"),
    ),
)

_FIGURES: tuple[Column, ...] = (
    integer("impressions", "Times shown."),
    integer("clicks", "All clicks, not only those on links."),
    integer("link_clicks", "Clicks on links.", "inline_link_clicks", optional=True),
    integer("reach", "People who saw it; not additive over days.", optional=True),
    money("spend", "Spent, in the account's currency."),
    # action types overlap, so they are kept as they come and one type is chosen when they are read
    json_text("actions", "Counts by action type, as a JSON list.", optional=True),
    json_text("action_values", "Values by action type, as a JSON list.", optional=True),
    _CURRENCY,
    _ZONE,
)


def _daily(name: str, level: str, ids: tuple[Column, ...]) -> Stream:
    return Stream(
        name=name,
        description=f"One row per {level} and day with any delivery; the day is one in the account's time zone.",
        key=("account_id", ids[-1].name, "date"),
        cursor="date",
        keep=Keep(age_column="date"),
        lookback=_RESTATED,
        records=_LIST,
        columns=(_ACCOUNT, *ids, date("date", "The day, in the account's time zone.", "date_start"), *_FIGURES),
    )


_CAMPAIGN = text("campaign_id", "The campaign.")
_AD_SET = text("ad_set_id", "The ad set.", "adset_id")
CAMPAIGN_DAILY = _daily("campaign_daily", "campaign", (_CAMPAIGN,))
AD_SET_DAILY = _daily("ad_set_daily", "ad set", (_CAMPAIGN, _AD_SET))
AD_DAILY = _daily("ad_daily", "ad", (_CAMPAIGN, _AD_SET, text("ad_id", "The ad.")))
