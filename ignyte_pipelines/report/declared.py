"""What the page shows: its sections, their figures, and how a figure of several days is made from daily ones."""

from dataclasses import dataclass
from typing import Final

BRAND: Final = "brand_metrics_by_date"


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One metric of a daily table.

    Over several days `column` is summed; with `per` it is the sum of one column over the sum of another, since
    a mean of daily ratios is nobody's ratio. A ratio that is a share is shown in per cent.
    """

    name: str
    column: str
    per: str | None = None
    model: str = BRAND
    is_share: bool = False


@dataclass(frozen=True, kw_only=True)
class Section:
    """Figures that are shown together, once one of the platforms is connected."""

    title: str
    platforms: tuple[str, ...]
    figures: tuple[Figure, ...]


ADS: Final = ("google_ads", "meta_ads", "tiktok_ads", "pinterest_ads", "microsoft_ads", "amazon_ads")
SECTIONS: Final = (
    Section(
        title="Sales",
        platforms=("shopify",),
        figures=(
            Figure(name="net_sales", column="net_sales"),
            Figure(name="orders", column="orders"),
            Figure(name="aov", column="net_sales", per="orders"),
            Figure(name="gross_sales", column="gross_sales"),
            Figure(name="discounts", column="discounts"),
            Figure(name="refunds", column="refunds"),
            Figure(name="refund_rate", column="refunds", per="gross_revenue", is_share=True),
            Figure(name="new_customers", column="new_customers"),
        ),
    ),
    Section(
        title="Marketing",
        platforms=ADS,
        figures=(
            Figure(name="ad_spend", column="ad_spend"),
            Figure(name="mer", column="net_sales", per="ad_spend"),
            Figure(name="blended_cac", column="ad_spend", per="new_customers"),
        ),
    ),
    Section(
        title="Payments",
        platforms=("stripe",),
        figures=(
            Figure(name="payment_charges", column="payment_charges"),
            Figure(name="payment_refunds", column="payment_refunds"),
            Figure(name="payment_fees", column="payment_fees"),
            Figure(name="payments_net", column="payments_net"),
        ),
    ),
)
