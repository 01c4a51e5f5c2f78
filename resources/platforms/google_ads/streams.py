"""What is kept of Google Ads: the tables and their columns."""

from datetime import timedelta

from resources.columns import Column, boolean, date, integer, json_text, money, number, text
from resources.platform import Keep, Stream

# conversions are credited to the day of the click until their window closes, which is 30 days unless set otherwise
_RESTATED = timedelta(days=30)
_LIST = "results[]?"
_WHOLE = "the list is short and has no order by change, so the whole of it is read each time"

_ACCOUNT = text("account_id", "The account: its ten digits.", "@account_id")
_CURRENCY = text("currency", "The account's currency.", "@currency")
_ZONE = text("time_zone", "The account's time zone, in which its days are cut.", "@time_zone")
_CAMPAIGN = text("campaign_id", "The campaign.", "campaign.id")
_AD_GROUP = text("ad_group_id", "The ad group.", "adGroup.id")
_AD = text("ad_id", "The ad.", "adGroupAd.ad.id")

ACCOUNTS = Stream(
    name="accounts",
    description="The account: its currency and time zone.",
    key=("account_id",),
    cursor=None,
    cursor_reason=_WHOLE,
    records=_LIST,
    columns=(
        text("account_id", "The account: its ten digits.", "customerClient.id"),
        text("name", "Its name.", "customerClient.descriptiveName", optional=True),
        text("currency", "Its currency.", "customerClient.currencyCode"),
        text("time_zone", "Its time zone, in which its days are cut.", "customerClient.timeZone"),
        boolean("manager", "Whether it only manages others.", "customerClient.manager", optional=True),
        text("status", "ENABLED, SUSPENDED, CANCELED or CLOSED.", "customerClient.status"),
        integer(
            "level", "How far below the account that was asked; 0 is itself.", "customerClient.level", optional=True
        ),
        boolean("test_account", "Whether it never shows real ads.", "customerClient.testAccount", optional=True),
    ),
)
CAMPAIGNS = Stream(
    name="campaigns",
    description="One row per campaign, removed ones included.",
    key=("account_id", "campaign_id"),
    cursor=None,
    cursor_reason=_WHOLE,
    records=_LIST,
    columns=(
        _ACCOUNT,
        _CAMPAIGN,
        text("name", "Its name.", "campaign.name"),
        text("status", "As set: ENABLED, PAUSED, REMOVED.", "campaign.status"),
        text("serving_status", "As it runs.", "campaign.servingStatus", optional=True),
        text("primary_status", "Why it runs or does not.", "campaign.primaryStatus", optional=True),
        text("channel_type", "SEARCH, SHOPPING, PERFORMANCE_MAX and so on.", "campaign.advertisingChannelType"),
        text("channel_sub_type", "The same, finer.", "campaign.advertisingChannelSubType", optional=True),
        text("bidding_strategy_type", "How it bids.", "campaign.biddingStrategyType", optional=True),
        text("budget_resource", "The budget it spends, as Google names it.", "campaign.campaignBudget", optional=True),
        text("starts_at", "First moment, in the account's time zone.", "campaign.startDateTime", optional=True),
        text("ends_at", "Last moment, in the account's time zone.", "campaign.endDateTime", optional=True),
        _CURRENCY,
    ),
)
AD_GROUPS = Stream(
    name="ad_groups",
    description="One row per ad group, removed ones included.",
    key=("account_id", "ad_group_id"),
    cursor=None,
    cursor_reason=_WHOLE,
    records=_LIST,
    columns=(
        _ACCOUNT,
        _AD_GROUP,
        _CAMPAIGN,
        text("name", "Its name.", "adGroup.name"),
        text("status", "As set: ENABLED, PAUSED, REMOVED.", "adGroup.status"),
        text("type", "What kind of ads it holds.", "adGroup.type", optional=True),
        integer(
            "cpc_bid_micros", "Bid per click, in millionths of the currency.", "adGroup.cpcBidMicros", optional=True
        ),
        _CURRENCY,
    ),
)
ADS = Stream(
    name="ads",
    description="One row per ad, removed ones included. Performance Max campaigns have none.",
    key=("account_id", "ad_group_id", "ad_id"),
    cursor=None,
    cursor_reason=_WHOLE,
    records=_LIST,
    columns=(
        _ACCOUNT,
        _AD_GROUP,
        _AD,
        _CAMPAIGN,
        text("status", "As set: ENABLED, PAUSED, REMOVED.", "adGroupAd.status"),
        text("type", "What kind of ad it is.", "adGroupAd.ad.type", optional=True),
        text("name", "Its name; many ads have none.", "adGroupAd.ad.name", optional=True),
        json_text("final_urls", "Where a click leads, as a JSON list.", "adGroupAd.ad.finalUrls", optional=True),
        text("ad_strength", "Google's rating of its texts.", "adGroupAd.adStrength", optional=True),
        text("primary_status", "Why it runs or does not.", "adGroupAd.primaryStatus", optional=True),
    ),
)

_FIGURES: tuple[Column, ...] = (
    integer("impressions", "Times shown.", "metrics.impressions"),
    integer("clicks", "Clicks.", "metrics.clicks"),
    integer("cost_micros", "Spent, in millionths of the account's currency.", "metrics.costMicros"),
    # what did not happen may be left out of a row
    number("conversions", "Conversions of the actions that count.", "metrics.conversions", optional=True),
    money("conversions_value", "What these were worth.", "metrics.conversionsValue", optional=True),
    number("all_conversions", "Conversions of all actions.", "metrics.allConversions", optional=True),
    money("all_conversions_value", "What these were worth.", "metrics.allConversionsValue", optional=True),
    integer(
        "view_through_conversions",
        "Conversions after a sight without a click.",
        "metrics.viewThroughConversions",
        optional=True,
    ),
    integer("interactions", "Clicks, views or whatever the format counts.", "metrics.interactions", optional=True),
    _CURRENCY,
    _ZONE,
)


def _daily(name: str, level: str, key: tuple[str, ...], ids: tuple[Column, ...]) -> Stream:
    return Stream(
        name=name,
        description=f"One row per {level} and day on which something happened; the day is the account's.",
        key=("account_id", *key, "date"),
        cursor="date",
        keep=Keep(age_column="date"),
        lookback=_RESTATED,
        records=_LIST,
        columns=(_ACCOUNT, *ids, date("date", "The day, in the account's time zone.", "segments.date"), *_FIGURES),
    )


CAMPAIGN_DAILY = _daily("campaign_daily", "campaign", ("campaign_id",), (_CAMPAIGN,))
AD_GROUP_DAILY = _daily("ad_group_daily", "ad group", ("ad_group_id",), (_CAMPAIGN, _AD_GROUP))
AD_DAILY = _daily("ad_daily", "ad", ("ad_group_id", "ad_id"), (_CAMPAIGN, _AD_GROUP, _AD))
