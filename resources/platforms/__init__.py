"""The sources: one folder each, of one shape, none knowing another."""

from importlib import import_module
from typing import Final

from resources.errors import Refused
from resources.platform import Platform

KEYS: Final = (
    "shopify",
    "google_ads",
    "meta_ads",
    "tiktok_ads",
    "pinterest_ads",
    "microsoft_ads",
    "amazon_ads",
    "google_analytics",
    "amazon_seller",
    "stripe",
    "klaviyo",
    "recharge",
)


def platform(key: str) -> Platform:
    """The declaration of one platform.

    Raises:
        Refused: there is no such platform.
    """
    if key not in KEYS:
        raise Refused("there is no such platform.", to=key, do_next=f"Known are: {', '.join(KEYS)}.")
    declared: Platform = import_module(f"resources.platforms.{key}").PLATFORM
    return declared


def platforms() -> tuple[Platform, ...]:
    return tuple(platform(key) for key in KEYS)
