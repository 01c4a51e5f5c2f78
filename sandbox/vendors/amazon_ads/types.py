"""The types of report that Amazon Ads makes: what each is grouped by, which columns it has, how far back it goes."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from sandbox.world.marketing import Ad


@dataclass(frozen=True, kw_only=True)
class ReportType:
    """One type of one product. `entity` is what a row is about; `days` is how long a day is kept."""

    product: str
    days: int
    columns: frozenset[str]
    entity: Callable[[Ad], int]


_BASE: Final = {"date", "startDate", "endDate", "impressions", "clicks", "cost", "campaignId", "campaignName"}
_BUDGET: Final = {"campaignBudgetCurrencyCode"}
_WINDOWS: Final = {
    f"{figure}{days}d" for figure in ("purchases", "sales", "unitsSoldClicks") for days in (1, 7, 14, 30)
} | {"spend"}
_OTHERS: Final = {"purchases", "purchasesClicks", "sales", "salesClicks", "unitsSold", "unitsSoldClicks"}
_GROUP: Final = {"adGroupId", "adGroupName"}


def _campaign(ad: Ad) -> int:
    return ad.group.campaign.id


def _group(ad: Ad) -> int:
    return ad.group.id


def _ad(ad: Ad) -> int:
    return ad.id


def _type(product: str, days: int, entity: Callable[[Ad], int], *more: set[str]) -> ReportType:
    return ReportType(product=product, days=days, entity=entity, columns=frozenset[str]().union(_BASE, _BUDGET, *more))


_SP, _SB, _SD = "SPONSORED_PRODUCTS", "SPONSORED_BRANDS", "SPONSORED_DISPLAY"
# by product, type, and what it is grouped by, in order of the alphabet
REPORTS: Final[dict[tuple[str, str, tuple[str, ...]], ReportType]] = {
    (_SP, "spCampaigns", ("campaign",)): _type(_SP, 95, _campaign, _WINDOWS, {"campaignStatus"}),
    (_SP, "spCampaigns", ("adGroup", "campaign")): _type(_SP, 95, _group, _WINDOWS, _GROUP, {"campaignStatus"}),
    (_SP, "spAdvertisedProduct", ("advertiser",)): _type(
        _SP, 95, _ad, _WINDOWS, _GROUP, {"adId", "advertisedAsin", "advertisedSku", "campaignStatus"}
    ),
    (_SB, "sbCampaigns", ("campaign",)): _type(_SB, 60, _campaign, _OTHERS, {"campaignStatus"}),
    (_SB, "sbAdGroup", ("adGroup",)): _type(_SB, 60, _group, _OTHERS, _GROUP, {"campaignStatus"}),
    (_SB, "sbAds", ("ads",)): _type(_SB, 60, _ad, _OTHERS, _GROUP, {"adId", "campaignStatus"}),
    (_SD, "sdCampaigns", ("campaign",)): _type(_SD, 65, _campaign, _OTHERS, {"campaignStatus"}),
    (_SD, "sdAdGroup", ("adGroup",)): _type(_SD, 65, _group, _OTHERS, _GROUP),
    (_SD, "sdAdvertisedProduct", ("advertiser",)): _type(
        _SD, 65, _ad, _OTHERS, _GROUP, {"adId", "promotedAsin", "promotedSku"}
    ),
}
