"""What is kept of TikTok Ads: the tables and their columns."""

from datetime import timedelta
from functools import partial

from resources.columns import Column, date, epoch, integer, json_text, money, number, text, timestamp
from resources.platform import Keep, Stream

# a day's figures move until the longest attribution window, 28 days, has passed
_RESTATED = timedelta(days=28)
_LIST = "data.list[]"
_WHOLE = "the list is short and has no order by change, so the whole of it is read each time"
_MISSING = ("-",)

_ADVERTISER = text("advertiser_id", "The advertiser: the account.", "@advertiser_id")
_CURRENCY = text("currency", "The account's currency.", "@currency")
_ZONE = text("time_zone", "The account's time zone, in which its days are cut.", "@time_zone")
_CREATED = timestamp("created_at", "When it was made.", "create_time")
_UPDATED = timestamp("updated_at", "When it last changed.", "modify_time")
_OPERATION = text("operation_status", "As set: ENABLE or DISABLE.")
_SECONDARY = text("secondary_status", "As it runs.")

ADVERTISERS = Stream(
    name="advertisers",
    description="The advertiser: its currency and time zone.",
    key=("advertiser_id",),
    cursor=None,
    cursor_reason=_WHOLE,
    records=_LIST,
    columns=(
        text("advertiser_id", "The advertiser: the account."),
        text("name", "Its name."),
        text("currency", "Its currency."),
        text("time_zone", "Its time zone by the POSIX sign: Etc/GMT+8 lies west.", "timezone"),
        text("display_time_zone", "Its time zone by name.", "display_timezone", optional=True),
        text("country", "Its country.", optional=True),
        text("status", "STATUS_ENABLE and so on."),
        epoch("created_at", "When it was made.", "create_time"),
    ),
)
CAMPAIGNS = Stream(
    name="campaigns",
    description="One row per campaign, deleted ones included.",
    key=("advertiser_id", "campaign_id"),
    cursor=None,
    cursor_reason=_WHOLE,
    records=_LIST,
    columns=(
        _ADVERTISER,
        text("campaign_id", "The campaign."),
        text("name", "Its name.", "campaign_name"),
        text("objective", "What it aims at.", "objective_type"),
        money("budget", "Budget, in the account's currency.", optional=True),
        text("budget_mode", "Whether the budget is one a day or for all time.", optional=True),
        _OPERATION,
        _SECONDARY,
        _CREATED,
        _UPDATED,
        _CURRENCY,
    ),
)
AD_GROUPS = Stream(
    name="ad_groups",
    description="One row per ad group, deleted ones included.",
    key=("advertiser_id", "ad_group_id"),
    cursor=None,
    cursor_reason=_WHOLE,
    records=_LIST,
    columns=(
        _ADVERTISER,
        text("ad_group_id", "The ad group.", "adgroup_id"),
        text("campaign_id", "Its campaign."),
        text("name", "Its name.", "adgroup_name"),
        money("budget", "Budget, in the account's currency.", optional=True),
        text("bid_type", "How it bids.", optional=True),
        text("billing_event", "What is paid for.", optional=True),
        text("optimization_goal", "What its delivery is optimised for; `conversion` counts this.", optional=True),
        json_text("placements", "Where it is shown, as a JSON list.", optional=True),
        _OPERATION,
        _SECONDARY,
        _CREATED,
        _UPDATED,
        _CURRENCY,
    ),
)
ADS = Stream(
    name="ads",
    description="One row per ad, deleted ones included.",
    key=("advertiser_id", "ad_id"),
    cursor=None,
    cursor_reason=_WHOLE,
    records=_LIST,
    columns=(
        _ADVERTISER,
        text("ad_id", "The ad."),
        text("ad_group_id", "Its ad group.", "adgroup_id"),
        text("campaign_id", "Its campaign."),
        text("name", "Its name.", "ad_name"),
        text("ad_format", "Video, images and so on.", optional=True),
        _OPERATION,
        _SECONDARY,
        _CREATED,
        _UPDATED,
    ),
)


def _metric(kind: partial[Column], name: str, description: str) -> Column:
    return kind(name, description, f"metrics.{name}", missing=_MISSING)


_FIGURES: tuple[Column, ...] = (
    _metric(money, "spend", "Spent, in the account's currency."),
    _metric(integer, "impressions", "Times shown."),
    _metric(integer, "clicks", "Clicks on links."),
    _metric(integer, "reach", "People who saw it; not additive over days."),
    _metric(number, "conversion", "Conversions, on the day of the click or view. Not additive over objectives."),
    _metric(number, "real_time_conversion", "Conversions, on the day on which they happened."),
    _metric(number, "complete_payment", "Purchases on the website."),
    _metric(
        money, "total_complete_payment_rate", "What purchases on the website were worth; no rate, despite the name."
    ),
    _CURRENCY,
    _ZONE,
)


def _daily(name: str, level: str, *ids: Column) -> Stream:
    return Stream(
        name=name,
        description=f"One row per {level}, way of buying and day; the day is one in the account's time zone.",
        key=("advertiser_id", "service_type", ids[-1].name, "date"),
        cursor="date",
        keep=Keep(age_column="date"),
        lookback=_RESTATED,
        records=_LIST,
        columns=(
            _ADVERTISER,
            text("service_type", "AUCTION, or RESERVATION for what was booked ahead.", "@service_type"),
            *ids,
            date("date", "The day, in the account's time zone.", "dimensions.stat_time_day"),
            *_FIGURES,
        ),
    )


# a report is cut by one id alone; those above it come among the metrics
_CAMPAIGN = text("campaign_id", "Its campaign.", "metrics.campaign_id", missing=_MISSING)
_AD_GROUP = text("ad_group_id", "Its ad group.", "metrics.adgroup_id", missing=_MISSING)
CAMPAIGN_DAILY = _daily("campaign_daily", "campaign", text("campaign_id", "The campaign.", "dimensions.campaign_id"))
AD_GROUP_DAILY = _daily(
    "ad_group_daily", "ad group", _CAMPAIGN, text("ad_group_id", "The ad group.", "dimensions.adgroup_id")
)
AD_DAILY = _daily("ad_daily", "ad", _CAMPAIGN, _AD_GROUP, text("ad_id", "The ad.", "dimensions.ad_id"))
