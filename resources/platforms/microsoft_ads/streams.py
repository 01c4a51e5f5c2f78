"""What is kept of Microsoft Ads: the tables and their columns."""

from datetime import timedelta

from resources.columns import Column, date, integer, json_text, money, number, text, timestamp
from resources.platform import Keep, Stream

# conversions are credited to the day of the click until their window closes, which is 30 days unless set otherwise
_RESTATED = timedelta(days=30)
_WHOLE = "the list is short and has no order by change, so the whole of it is read each time"
_MISSING = ("--", "")

_ACCOUNT = text("account_id", "The account: its number inside Microsoft.", "@account_id")
_CURRENCY = text("currency", "The account's currency.", "@currency")
_ZONE = text("time_zone", "The account's time zone.", "@time_zone")

ACCOUNTS = Stream(
    name="accounts",
    description="The account: its currency and time zone.",
    key=("account_id",),
    cursor=None,
    cursor_reason=_WHOLE,
    records="Accounts[]",
    columns=(
        text("account_id", "The account: its number inside Microsoft.", "Id"),
        text("number", "The number that people see.", "Number"),
        text("name", "Its name.", "Name"),
        text("currency", "Its currency.", "CurrencyCode"),
        text("time_zone_name", "Its time zone, as Microsoft names it.", "TimeZone"),
        text("status", "Active, Pause, Suspended and so on.", "AccountLifeCycleStatus"),
        text("manager_id", "The manager account above it.", "ParentCustomerId"),
        timestamp("updated_at", "When it last changed.", "LastModifiedTime"),
    ),
)
CAMPAIGNS = Stream(
    name="campaigns",
    description="One row per campaign.",
    key=("account_id", "campaign_id"),
    cursor=None,
    cursor_reason=_WHOLE,
    records="Campaigns[]?",
    columns=(
        _ACCOUNT,
        text("campaign_id", "The campaign.", "Id"),
        text("name", "Its name.", "Name"),
        text("status", "Active, Paused, BudgetPaused and so on.", "Status"),
        text("campaign_type", "Search, Shopping, PerformanceMax and so on.", "CampaignType"),
        text("budget_type", "How the budget is spent over the day.", "BudgetType", optional=True),
        money("daily_budget", "Budget a day, in the account's currency.", "DailyBudget", optional=True),
        text("time_zone_name", "Its time zone, as Microsoft names it.", "TimeZone", optional=True),
        text("bid_strategy_id", "The bid strategy it shares.", "BidStrategyId", optional=True),
        _CURRENCY,
    ),
)
AD_GROUPS = Stream(
    name="ad_groups",
    description="One row per ad group.",
    key=("account_id", "ad_group_id"),
    cursor=None,
    cursor_reason=_WHOLE,
    records="Reply.AdGroups[]?",
    columns=(
        _ACCOUNT,
        text("ad_group_id", "The ad group.", "Id"),
        text("campaign_id", "Its campaign.", "^.CampaignId"),
        text("name", "Its name.", "Name"),
        text("status", "Active, Paused, Expired and so on.", "Status"),
        json_text("start_date", "First day, as an object of Day, Month and Year.", "StartDate", optional=True),
        json_text("end_date", "Last day, likewise.", "EndDate", optional=True),
        text("network", "Where it is shown.", "Network", optional=True),
        money("cpc_bid", "Bid per click, in the account's currency.", "CpcBid.Amount", optional=True),
        _CURRENCY,
    ),
)
ADS = Stream(
    name="ads",
    description="One row per ad. Ads have no names here.",
    key=("account_id", "ad_id"),
    cursor=None,
    cursor_reason=_WHOLE,
    records="Reply.Ads[]?",
    columns=(
        _ACCOUNT,
        text("ad_id", "The ad.", "Id"),
        text("ad_group_id", "Its ad group.", "^.AdGroupId"),
        text("campaign_id", "Its campaign.", "^.CampaignId"),
        text("type", "What kind of ad it is.", "Type"),
        text("status", "Active, Paused, Inactive.", "Status"),
        text("editorial_status", "Whether it was approved.", "EditorialStatus", optional=True),
        json_text("final_urls", "Where a click leads, as a JSON list.", "FinalUrls", optional=True),
    ),
)

_FIGURES: tuple[Column, ...] = (
    text("currency", "The currency of the amounts.", "CurrencyCode"),
    integer("impressions", "Times shown. Clicks and conversions may come on a day without any.", "Impressions"),
    integer("clicks", "Clicks.", "Clicks"),
    money("spend", "Spent, in the account's currency.", "Spend"),
    number("conversions", "Conversions of the goals that count.", "ConversionsQualified", missing=_MISSING),
    money("revenue", "What these were worth.", "Revenue", missing=_MISSING),
    number("all_conversions", "Conversions of all goals.", "AllConversionsQualified", missing=_MISSING),
    money("all_revenue", "What these were worth.", "AllRevenue", missing=_MISSING),
    integer(
        "view_through_conversions",
        "Conversions after a sight without a click.",
        "ViewThroughConversions",
        missing=_MISSING,
    ),
    _ZONE,
)


def _daily(name: str, level: str, ids: tuple[Column, ...]) -> Stream:
    return Stream(
        name=name,
        description=f"One row per {level} and day on which something happened.",
        key=("account_id", ids[-1].name, "date"),
        cursor="date",
        keep=Keep(age_column="date"),
        lookback=_RESTATED,
        columns=(
            text("account_id", "The account: its number inside Microsoft.", "AccountId"),
            *ids,
            date("date", "The day, as Microsoft cuts it for the account.", "TimePeriod"),
            *_FIGURES,
        ),
    )


_CAMPAIGN = text("campaign_id", "The campaign.", "CampaignId")
_AD_GROUP = text("ad_group_id", "The ad group.", "AdGroupId")
CAMPAIGN_DAILY = _daily("campaign_daily", "campaign", (_CAMPAIGN,))
AD_GROUP_DAILY = _daily("ad_group_daily", "ad group", (_CAMPAIGN, _AD_GROUP))
AD_DAILY = _daily("ad_daily", "ad", (_CAMPAIGN, _AD_GROUP, text("ad_id", "The ad.", "AdId")))
