"""Where buyers come from: channels by weight, paid ones by an ad that ran."""

import random
from collections.abc import Mapping
from typing import Final

from sandbox.world.entities import Touch
from sandbox.world.marketing import Ad

# of each platform its weight, channel, source and medium
PAID: Final = {
    "google_ads": (16, "Paid Search", "google", "cpc"),
    "meta_ads": (16, "Paid Social", "facebook", "paid_social"),
    "tiktok_ads": (6, "Paid Social", "tiktok", "paid_social"),
    "pinterest_ads": (4, "Paid Social", "pinterest", "paid_social"),
    "microsoft_ads": (4, "Paid Search", "bing", "cpc"),
}
FREE: Final = (
    (18, "Direct", "(direct)", "(none)"),
    (14, "Organic Search", "google", "organic"),
    (2, "Organic Search", "bing", "organic"),
    (12, "Email", "klaviyo", "email"),
    (5, "Organic Social", "instagram", "social"),
    (3, "Referral", "goodsoap.example", "referral"),
)


class Touches:
    """Draws touches; the ads are those that run."""

    def __init__(self, ads: Mapping[str, tuple[Ad, ...]]) -> None:
        self._choices: list[tuple[Touch, ...]] = []
        self._weights: list[int] = []
        for platform, (weight, channel, source, medium) in PAID.items():
            self._add(weight, tuple(_of(ad, platform, channel, source, medium) for ad in ads[platform]))
        for weight, channel, source, medium in FREE:
            campaigns = EMAIL_CAMPAIGNS if channel == "Email" else ("(not set)",)
            self._add(
                weight,
                tuple(Touch(channel=channel, source=source, medium=medium, campaign=name) for name in campaigns),
            )

    def _add(self, weight: int, touches: tuple[Touch, ...]) -> None:
        self._choices.append(touches)
        self._weights.append(weight)

    def pick(self, rng: random.Random) -> Touch:
        return rng.choice(rng.choices(self._choices, self._weights)[0])


def _of(ad: Ad, platform: str, channel: str, source: str, medium: str) -> Touch:
    return Touch(
        channel=channel,
        source=source,
        medium=medium,
        campaign=ad.group.campaign.name,
        content=ad.name,
        platform=platform,
        ad_id=ad.id,
    )


EMAIL_CAMPAIGNS: Final = ("newsletter", "welcome_flow", "abandoned_cart_flow", "post_purchase_flow")
