"""What is kept of Pinterest Ads: the tables and their columns. Micro amounts are millionths of a currency unit."""

from datetime import timedelta

from resources.columns import Column, date, epoch, integer, json_text, number, text
from resources.platform import Keep, Stream

# conversions are put on the day of the click and come in for 30 days, and then the figures settle for three
_RESTATED = timedelta(days=33)
_LIST = "items[]"
_WHOLE = "the list is short and has no order by change, so the whole of it is read each time"

_ACCOUNT = text("ad_account_id", "The ad account.", "@ad_account_id")
_CURRENCY = text("currency", "The ad account's currency.", "@currency")
_ZONE = text("time_zone", "UTC, in which Pinterest cuts its days.", "@time_zone")
_STATUS = text("status", "As set: ACTIVE, PAUSED, ARCHIVED.")
_RUNS = text("summary_status", "As it runs.", optional=True)
_CREATED = epoch("created_at", "When it was made.", "created_time", optional=True)
_UPDATED = epoch("updated_at", "When it last changed.", "updated_time", optional=True)
_STARTS = epoch("starts_at", "When it starts to run.", "start_time", optional=True)
_ENDS = epoch("ends_at", "When it stops; null if never.", "end_time", optional=True)

# who owns the account (name and id of a person) is left where it is
ACCOUNTS = Stream(
    name="accounts",
    description="The ad account: its currency and time zone.",
    key=("ad_account_id",),
    cursor_reason=_WHOLE,
    records="",
    columns=(
        text("ad_account_id", "The ad account.", "id"),
        text("name", "Its name.", optional=True),
        text("currency", "Its currency."),
        _ZONE,
        text("country", "Its country.", optional=True),
        json_text("permissions", "The roles that our access has on it, as a JSON list.", optional=True),
        _CREATED,
        _UPDATED,
    ),
)
CAMPAIGNS = Stream(
    name="campaigns",
    description="One row per campaign, archived ones included.",
    key=("ad_account_id", "campaign_id"),
    cursor_reason=_WHOLE,
    records=_LIST,
    columns=(
        _ACCOUNT,
        text("campaign_id", "The campaign.", "id"),
        text("name", "Its name."),
        text("objective", "What it aims at.", "objective_type", optional=True),
        _STATUS,
        _RUNS,
        integer("daily_spend_cap_micro", "Most to spend a day, in millionths.", "daily_spend_cap", optional=True),
        integer("lifetime_spend_cap_micro", "Most to spend ever, in millionths.", "lifetime_spend_cap", optional=True),
        _STARTS,
        _ENDS,
        _CREATED,
        _UPDATED,
        _CURRENCY,
    ),
)
AD_GROUPS = Stream(
    name="ad_groups",
    description="One row per ad group.",
    key=("ad_account_id", "ad_group_id"),
    cursor_reason=_WHOLE,
    records=_LIST,
    columns=(
        _ACCOUNT,
        text("ad_group_id", "The ad group.", "id"),
        text("campaign_id", "Its campaign."),
        text("name", "Its name."),
        _STATUS,
        _RUNS,
        integer("budget_micro", "Its budget, in millionths.", "budget_in_micro_currency", optional=True),
        text("budget_type", "Whether the budget is for a day or for ever.", optional=True),
        integer("bid_micro", "Its bid, in millionths.", "bid_in_micro_currency", optional=True),
        text("billable_event", "What is paid for: CLICKTHROUGH, IMPRESSION.", optional=True),
        _STARTS,
        _ENDS,
        _CREATED,
        _UPDATED,
        _CURRENCY,
    ),
)
ADS = Stream(
    name="ads",
    description="One row per ad, which is a promoted pin.",
    key=("ad_account_id", "ad_id"),
    cursor_reason=_WHOLE,
    records=_LIST,
    columns=(
        _ACCOUNT,
        text("ad_id", "The ad.", "id"),
        text("ad_group_id", "Its ad group."),
        text("campaign_id", "Its campaign."),
        text("pin_id", "The pin that is shown.", optional=True),
        text("name", "Its name; may be null.", optional=True),
        _STATUS,
        _RUNS,
        text("creative_type", "REGULAR, VIDEO, CAROUSEL and so on.", optional=True),
        text("review_status", "Whether Pinterest approved it.", optional=True),
        _CREATED,
        _UPDATED,
    ),
)

# _1 is what was paid for; _2 (what people passed on) is left out, so that clicks compare with other platforms'
_FIGURES: tuple[Column, ...] = (
    integer("impressions", "Times shown that were paid for.", "IMPRESSION_1", optional=True),
    integer("clicks", "Clicks on the ad that were paid for.", "CLICKTHROUGH_1", optional=True),
    integer("outbound_clicks", "Paid clicks that left Pinterest.", "OUTBOUND_CLICK_1", optional=True),
    integer("spend_micro", "Spent, in millionths of the account's currency.", "SPEND_IN_MICRO_DOLLAR"),
    number("conversions", "Conversions of all kinds.", "TOTAL_CONVERSIONS", optional=True),
    integer(
        "conversion_value_micro",
        "What they were worth, in millionths.",
        "TOTAL_CONVERSIONS_VALUE_IN_MICRO_DOLLAR",
        optional=True,
    ),
    number("checkouts", "Purchases.", "TOTAL_CHECKOUT", optional=True),
    integer(
        "checkout_value_micro",
        "What they were worth, in millionths.",
        "TOTAL_CHECKOUT_VALUE_IN_MICRO_DOLLAR",
        optional=True,
    ),
    integer("click_window_days", "Days after a click in which a conversion counts.", "@click_window_days"),
    integer("view_window_days", "Days after a view in which a conversion counts.", "@view_window_days"),
    text("conversion_report_time", "The day a conversion is put on.", "@conversion_report_time"),
    _CURRENCY,
    _ZONE,
)
_WINDOWS = ("click_window_days", "view_window_days", "conversion_report_time")


def _daily(name: str, level: str, ids: tuple[Column, ...]) -> Stream:
    return Stream(
        name=name,
        description=f"One row per {level} and day with any delivery; the day is one in UTC.",
        key=("ad_account_id", ids[-1].name, "date", *_WINDOWS),
        cursor="date",
        keep=Keep(age_column="date"),
        lookback=_RESTATED,
        records="*[]",
        columns=(_ACCOUNT, *ids, date("date", "The day, in UTC.", "DATE"), *_FIGURES),
    )


_CAMPAIGN = text("campaign_id", "The campaign.", "CAMPAIGN_ID")
_AD_GROUP = text("ad_group_id", "Its ad group.", "AD_GROUP_ID")
CAMPAIGN_DAILY = _daily("campaign_daily", "campaign", (_CAMPAIGN,))
AD_GROUP_DAILY = _daily("ad_group_daily", "ad group", (_CAMPAIGN, _AD_GROUP))
AD_DAILY = _daily("ad_daily", "ad", (_CAMPAIGN, _AD_GROUP, text("ad_id", "The ad.", "PIN_PROMOTION_ID")))
