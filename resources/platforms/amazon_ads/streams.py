"""What is kept of Amazon Ads: the tables and their columns. Money is in major units of the profile's currency."""

from datetime import timedelta

from resources.columns import Column, date, integer, json_text, money, text, timestamp
from resources.platform import Keep, Stream

# an order counts for the click up to 14 days before it, and is restated for 28 days after that
_RESTATED = timedelta(days=42)
_WHOLE = "an export holds all there is and has no order by change, so the whole of it is read each time"

_PROFILE = text("profile_id", "The profile: one advertiser in one country.", "@profile_id")
_CURRENCY = text("currency", "The profile's currency.", "@currency")
_ZONE = text("time_zone", "The profile's time zone, in which its days are cut.", "@time_zone")
_PRODUCT = text("ad_product", "SPONSORED_PRODUCTS, SPONSORED_BRANDS or SPONSORED_DISPLAY.", "adProduct", optional=True)
_STATE = text("state", "As set: ENABLED, PAUSED, ARCHIVED.")
_DELIVERY = text("delivery_status", "Whether it runs.", "deliveryStatus", optional=True)
_CREATED = timestamp("created_at", "When it was made.", "creationDateTime", optional=True)
_UPDATED = timestamp("updated_at", "When it last changed.", "lastUpdatedDateTime", optional=True)
_BUDGET = "budgetCaps.budgetValue.monetaryBudget"

PROFILES = Stream(
    name="profiles",
    description="The profile: its country, currency and time zone.",
    key=("profile_id",),
    cursor_reason="one row",
    columns=(
        text("profile_id", "The profile.", "profileId"),
        text("region", "Which of Amazon's three regions serves it: na, eu, fe.", "@region"),
        text("country", "Its country.", "countryCode"),
        text("currency", "Its currency.", "currencyCode"),
        text("time_zone", "Its time zone, in which its days are cut.", "timezone"),
        text("account_id", "The advertiser's account.", "accountInfo.id"),
        text("account_type", "seller or vendor.", "accountInfo.type"),
        text("name", "The advertiser's business name.", "accountInfo.name"),
        text("marketplace_id", "The marketplace.", "accountInfo.marketplaceStringId"),
    ),
)
CAMPAIGNS = Stream(
    name="campaigns",
    description="One row per campaign of all three products, archived ones included.",
    key=("profile_id", "campaign_id"),
    cursor_reason=_WHOLE,
    columns=(
        _PROFILE,
        text("campaign_id", "The campaign.", "campaignId"),
        _PRODUCT,
        text("name", "Its name."),
        _STATE,
        _DELIVERY,
        text("portfolio_id", "Its portfolio.", "portfolioId", optional=True),
        date("starts_on", "Its first day.", "startDate", optional=True),
        date("ends_on", "Its last day; null if none is set.", "endDate", optional=True),
        text("cost_type", "What is paid for: CPC, VCPM.", "costType", optional=True),
        text(
            "budget_period",
            "What the budget is for: DAILY, LIFETIME.",
            "budgetCaps.recurrenceTimePeriod",
            optional=True,
        ),
        money("budget", "Its budget.", f"{_BUDGET}.amount", optional=True),
        text("budget_currency", "The budget's currency.", f"{_BUDGET}.currencyCode", optional=True),
        _CREATED,
        _UPDATED,
        _CURRENCY,
    ),
)
AD_GROUPS = Stream(
    name="ad_groups",
    description="One row per ad group of all three products.",
    key=("profile_id", "ad_group_id"),
    cursor_reason=_WHOLE,
    columns=(
        _PROFILE,
        text("ad_group_id", "The ad group.", "adGroupId"),
        text("campaign_id", "Its campaign.", "campaignId"),
        _PRODUCT,
        text("name", "Its name."),
        _STATE,
        _DELIVERY,
        money("default_bid", "What a click is worth unless said otherwise.", "bid.defaultBid", optional=True),
        _CREATED,
        _UPDATED,
        _CURRENCY,
    ),
)
ADS = Stream(
    name="ads",
    description="One row per ad of all three products.",
    key=("profile_id", "ad_id"),
    cursor_reason=_WHOLE,
    columns=(
        _PROFILE,
        text("ad_id", "The ad.", "adId"),
        text("ad_group_id", "Its ad group.", "adGroupId"),
        text("campaign_id", "Its campaign, where the export names it.", "campaignId", optional=True),
        _PRODUCT,
        text("ad_type", "PRODUCT_AD, VIDEO, IMAGE and so on.", "adType", optional=True),
        text("name", "Its name; most ads have none.", optional=True),
        _STATE,
        _DELIVERY,
        json_text(
            "products", "What it advertises, as a JSON list of ASINs and SKUs.", "creative.products", optional=True
        ),
        _CREATED,
        _UPDATED,
    ),
)

# Sponsored Products counts by click within a window; the other two count views too, and clicks apart
_FIGURES: tuple[Column, ...] = (
    integer("impressions", "Times shown."),
    integer("clicks", "Clicks."),
    money("cost", "Spent."),
    integer("purchases_14d", "Orders within 14 days of a click (Sponsored Products).", "purchases14d", optional=True),
    money("sales_14d", "What they were worth (Sponsored Products).", "sales14d", optional=True),
    integer("units_14d", "Units in them (Sponsored Products).", "unitsSoldClicks14d", optional=True),
    integer("purchases", "Orders within 14 days of a click or view (Brands, Display).", optional=True),
    money("sales", "What they were worth (Brands, Display).", optional=True),
    integer("units_sold", "Units in them (Brands, Display).", "unitsSold", optional=True),
    integer("purchases_clicks", "Those of a click only (Brands, Display).", "purchasesClicks", optional=True),
    money("sales_clicks", "What those were worth (Brands, Display).", "salesClicks", optional=True),
    integer("units_sold_clicks", "Units in those (Brands, Display).", "unitsSoldClicks", optional=True),
    _CURRENCY,
    _ZONE,
)


def _daily(name: str, level: str, ids: tuple[Column, ...], *more: Column) -> Stream:
    return Stream(
        name=name,
        description=f"One row per {level} and day with any delivery; the day is one in the profile's time zone.",
        key=("profile_id", "ad_product", ids[-1].name, "date"),
        cursor="date",
        keep=Keep(age_column="date"),
        lookback=_RESTATED,
        columns=(
            _PROFILE,
            text("ad_product", "SPONSORED_PRODUCTS, SPONSORED_BRANDS or SPONSORED_DISPLAY.", "@ad_product"),
            *ids,
            date("date", "The day, in the profile's time zone."),
            *more,
            *_FIGURES,
        ),
    )


_CAMPAIGN = text("campaign_id", "The campaign.", "campaignId")
_AD_GROUP = text("ad_group_id", "The ad group.", "adGroupId")
CAMPAIGN_DAILY = _daily("campaign_daily", "campaign", (_CAMPAIGN,))
AD_GROUP_DAILY = _daily("ad_group_daily", "ad group", (_CAMPAIGN, _AD_GROUP))
AD_DAILY = _daily(
    "ad_daily",
    "ad",
    (_CAMPAIGN, _AD_GROUP, text("ad_id", "The ad.", "adId")),
    text("advertised_asin", "The product it advertises (Sponsored Products).", "advertisedAsin", optional=True),
    text("advertised_sku", "The seller's number of that product.", "advertisedSku", optional=True),
    text("promoted_asin", "The product it advertises (Sponsored Display).", "promotedAsin", optional=True),
    text("promoted_sku", "The seller's number of that product.", "promotedSku", optional=True),
)
