"""What the page shows: its sections and their metrics, by their names in the catalogue."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, kw_only=True)
class Section:
    """Metrics shown together, once one of the platforms is connected. `unknown` is said if none has a figure."""

    title: str
    platforms: tuple[str, ...]
    metrics: tuple[str, ...]
    unknown: str = "No figures yet."


ADS: Final = ("google_ads", "meta_ads", "tiktok_ads", "pinterest_ads", "microsoft_ads", "amazon_ads")
# ratios that people read as per cent
SHARES: Final = frozenset(
    {"refund_rate", "gross_margin", "conversion_rate", "take_rate_orders", "ad_attributed_share", "ctr"}
)
SECTIONS: Final = (
    Section(
        title="Sales",
        platforms=("shopify",),
        metrics=(
            *("net_sales", "orders", "aov", "gross_sales"),
            *("discounts", "refunds", "refund_rate", "new_customers"),
        ),
    ),
    Section(
        title="Profit",
        platforms=("shopify",),
        metrics=("gross_profit", "gross_margin", "contribution_margin", "profit_roas"),
        unknown="No cost data: no cost was in force for what was sold. See ignyte costs upload.",
    ),
    Section(title="Marketing", platforms=ADS, metrics=("ad_spend", "mer", "shop_mer", "blended_cac")),
    Section(
        title="Site traffic",
        platforms=("google_analytics",),
        metrics=("sessions", "site_purchases", "conversion_rate", "site_revenue"),
    ),
    Section(
        title="Subscriptions",
        platforms=("recharge",),
        metrics=("subscription_revenue", "active_subscribers", "mrr", "take_rate_orders"),
    ),
    Section(
        title="Email and SMS",
        platforms=("klaviyo",),
        metrics=("email_deliveries", "email_opens", "email_clicks", "flow_revenue"),
    ),
    Section(
        title="Amazon",
        platforms=("amazon_seller",),
        metrics=("amazon_ordered_sales", "amazon_units", "amazon_sessions", "ad_attributed_share"),
    ),
    Section(
        title="Payments",
        platforms=("stripe",),
        metrics=("payment_charges", "payment_refunds", "payment_fees", "payments_net"),
    ),
)
