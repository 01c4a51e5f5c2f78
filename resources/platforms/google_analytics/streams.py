"""What is kept of Google Analytics: one table a report, each by day, and the columns that they share."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from resources.columns import Column, boolean, date, integer, json_text, money, number, text
from resources.platform import Keep, Stream

# credit for a purchase can move between channels for up to 12 days
_RESTATED: Final = timedelta(days=14)
_WHERE: Final[dict[str, tuple[str, str]]] = {
    "sessionDefaultChannelGroup": ("channel_group", "Google's default channel group, such as Paid Search."),
    "sessionSource": ("source", "Where the session came from (utm_source)."),
    "sessionMedium": ("medium", "By which means (utm_medium)."),
    "sessionCampaignName": ("campaign", "The campaign (utm_campaign)."),
    "sessionManualAdContent": ("content", "Which ad or link (utm_content)."),
}
_SOURCE: Final = ("sessionSource", "sessionMedium")
_FIGURES: Final[dict[str, tuple[str, str]]] = {
    "sessions": ("sessions", "Sessions that began."),
    "engagedSessions": ("engaged_sessions", "Sessions of ten seconds, two pages or a key event."),
    "totalUsers": ("users", "People, as far as Google can tell them apart; not additive."),
    "newUsers": ("new_users", "Those seen for the first time."),
    "ecommercePurchases": ("purchases", "Purchases."),
    "purchaseRevenue": ("revenue", "Their worth less refunds, in the property's currency."),
    "sessionKeyEventRate:purchase": ("purchase_rate", "Share of the sessions in which something was bought."),
}
DIMENSIONS: Final = ("date", *_WHERE)
METRICS: Final = tuple(_FIGURES)


@dataclass(frozen=True, kw_only=True)
class Report:
    """One question: which dimensions beside the date, and the table that its answers fill."""

    dimensions: tuple[str, ...]
    stream: Stream


def _where(dimension: str, place: int) -> Column:
    name, said = _WHERE[dimension]
    return text(name, said, f"dimensionValues[{place}].value")


def _figure(metric: str, place: int) -> Column:
    name, said = _FIGURES[metric]
    make = {"revenue": money, "purchase_rate": number}.get(name, integer)
    return make(name, said, f"metricValues[{place}].value")


# how far the figures can be trusted stands beside the rows, and is left out where there is nothing to say
_DOUBTS: Final = (
    boolean("is_thresholded", "Whether small groups may be hidden.", "^.metadata.subjectToThresholding", optional=True),
    boolean("has_other_row", "Whether rare values lie in (other).", "^.metadata.dataLossFromOtherRow", optional=True),
    json_text("sampling", "How it was sampled, if it was, as JSON.", "^.metadata.samplingMetadatas", optional=True),
    json_text(
        "restrictions", "What the role may not see, as JSON.", "^.metadata.schemaRestrictionResponse", optional=True
    ),
    text("currency", "The currency of the revenue.", "^.metadata.currencyCode"),
    text("time_zone", "The property's time zone, in which its days are cut.", "^.metadata.timeZone"),
)


def _report(name: str, description: str, *dimensions: str) -> Report:
    where = tuple(_where(dimension, place) for place, dimension in enumerate(dimensions, start=1))
    stream = Stream(
        name=name,
        description=f"One row per {description}; the day is one in the property's zone.",
        key=("property_id", "date", *(column.name for column in where)),
        cursor="date",
        keep=Keep(age_column="date"),
        lookback=_RESTATED,
        records="rows[]?",
        # a session that Google moves to another channel leaves no row behind to be updated
        replaces=("property_id", "date"),
        columns=(
            text("property_id", "The property.", "@property_id"),
            date("date", "The day.", "dimensionValues[0].value"),
            *where,
            *(_figure(metric, place) for place, metric in enumerate(METRICS)),
            *_DOUBTS,
        ),
    )
    return Report(dimensions=("date", *dimensions), stream=stream)


REPORTS: Final = (
    _report("daily", "day, the only one whose users are those of the whole property"),
    _report("channel_daily", "day and default channel group", "sessionDefaultChannelGroup"),
    _report("source_daily", "day, channel group, source and medium", "sessionDefaultChannelGroup", *_SOURCE),
    _report(
        "campaign_daily",
        "day, channel group, source, medium and campaign",
        "sessionDefaultChannelGroup",
        *_SOURCE,
        "sessionCampaignName",
    ),
    _report(
        "content_daily",
        "day, source, medium, campaign and content",
        *_SOURCE,
        "sessionCampaignName",
        "sessionManualAdContent",
    ),
)
