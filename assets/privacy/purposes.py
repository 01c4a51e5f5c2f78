"""Why each platform's data is processed, as the record of processing and every access export say it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

BASIS: Final = "on the instructions of the merchant, who is the controller (GDPR art. 28)"
_ADS: Final = "what advertising cost and what the platform claims it brought, by day and campaign"
PURPOSES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "shopify": "sales, refunds, fulfilment and repeat purchases of the shop, by day, product and cohort",
        "google_ads": _ADS,
        "meta_ads": _ADS,
        "tiktok_ads": _ADS,
        "pinterest_ads": _ADS,
        "microsoft_ads": _ADS,
        "amazon_ads": _ADS,
        "google_analytics": "visits and conversions of the site, counted by day, channel and campaign",
        "amazon_seller": "sales, stock and traffic on the marketplaces, by day and product",
        "stripe": "charges, refunds, disputes, fees and payouts, by day",
        "klaviyo": "deliveries, opens, clicks and attributed revenue of messages, and how many can be reached",
        "recharge": "subscriptions, their renewals and ends, and recurring revenue",
    }
)
