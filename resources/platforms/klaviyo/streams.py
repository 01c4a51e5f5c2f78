"""What is kept of Klaviyo: the tables and their columns. Amounts are in the account's currency."""

from datetime import timedelta
from typing import Final

from resources.columns import Column, Personal, boolean, date, integer, json_text, money, text, timestamp
from resources.platform import Keep, Stream

_LIST: Final = "data[]"
_HOUR: Final = timedelta(hours=1)
_RESTATED: Final = timedelta(days=35)  # well past the usual attribution window
_EVENTS_MOVE: Final = timedelta(days=30)  # events can be sent in later with a time that has passed
_ACCOUNT: Final = text("account_id", "The account at Klaviyo.", "@account_id")
_CURRENCY: Final = text("currency", "The account's currency.", "@currency")
_ZONE: Final = text("time_zone", "The account's time zone, in which its days are cut.", "@time_zone")
_NAME: Final = text("name", "Its name.", "attributes.name")
_CREATED: Final = timestamp("created_at", "When it was made.", "attributes.created")
_UPDATED: Final = timestamp("updated_at", "When it last changed.", "attributes.updated")

CAMPAIGNS = Stream(
    name="campaigns",
    description="One row per campaign of e-mail, SMS or mobile push, unsent and archived ones included.",
    key=("id",),
    cursor="updated_at",
    lookback=_HOUR,
    records=_LIST,
    columns=(
        text("id", "Klaviyo's id of the campaign."),
        _ACCOUNT,
        text("channel", "email, sms or mobile_push.", "@channel"),
        _NAME,
        text("status", "Draft, Scheduled, Sent, Cancelled and so on.", "attributes.status"),
        boolean("archived", "Whether it was put away.", "attributes.archived"),
        timestamp("scheduled_at", "When it was scheduled.", "attributes.scheduled_at"),
        timestamp("sent_at", "When it was sent.", "attributes.send_time"),
        json_text(
            "audiences", "Ids of the lists and segments it went to or left out, as JSON.", "attributes.audiences"
        ),
        timestamp("created_at", "When it was made.", "attributes.created_at"),
        timestamp("updated_at", "When it last changed.", "attributes.updated_at"),
    ),
)
FLOWS = Stream(
    name="flows",
    description="One row per flow: messages that something sets off.",
    key=("id",),
    cursor="updated_at",
    lookback=_HOUR,
    records=_LIST,
    columns=(
        text("id", "Klaviyo's id of the flow."),
        _ACCOUNT,
        _NAME,
        text("status", "draft, manual or live.", "attributes.status"),
        boolean("archived", "Whether it was put away.", "attributes.archived"),
        text("trigger_type", "What sets it off.", "attributes.trigger_type"),
        _CREATED,
        _UPDATED,
    ),
)
LISTS = Stream(
    name="lists",
    description="One row per list of recipients.",
    key=("id",),
    cursor="updated_at",
    lookback=_HOUR,
    records=_LIST,
    columns=(
        text("id", "Klaviyo's id of the list."),
        _ACCOUNT,
        _NAME,
        text("opt_in_process", "single_opt_in or double_opt_in.", "attributes.opt_in_process"),
        _CREATED,
        _UPDATED,
    ),
)
SEGMENTS = Stream(
    name="segments",
    description="One row per segment: recipients who meet a condition.",
    key=("id",),
    cursor="updated_at",
    lookback=_HOUR,
    records=_LIST,
    columns=(
        text("id", "Klaviyo's id of the segment."),
        _ACCOUNT,
        _NAME,
        boolean("is_active", "Whether it is kept up to date.", "attributes.is_active"),
        boolean("is_starred", "Whether somebody marked it.", "attributes.is_starred"),
        _CREATED,
        _UPDATED,
    ),
)
METRICS = Stream(
    name="metrics",
    description="One row per kind of event that Klaviyo counts.",
    key=("id",),
    cursor=None,
    cursor_reason="the list is short and has no filter by change, so the whole of it is read each time",
    records=_LIST,
    columns=(
        text("id", "Klaviyo's id of the metric."),
        _ACCOUNT,
        text("name", "What is counted, such as Placed Order.", "attributes.name"),
        text("integration", "Where its events come from.", "attributes.integration.name", optional=True),
        _CREATED,
        _UPDATED,
    ),
)
PROFILES = Stream(
    name="profiles",
    description="One row per person who can be written to; who was merged or deleted there stays here until erased.",
    key=("id",),
    cursor="updated_at",
    keep=Keep(age_column="updated_at"),
    lookback=_HOUR,
    records=_LIST,
    needs="profiles:read",
    columns=(
        text("id", "Klaviyo's id of the person.", personal=Personal.CUSTOMER_ID),
        _ACCOUNT,
        text("email", "The e-mail address.", "attributes.email", Personal.EMAIL),
        text(
            "external_id",
            "The id that the shop gave.",
            "attributes.external_id",
            Personal.CUSTOMER_ID,
            issuer="shopify",
        ),
        text(
            "newsletter_consent",
            "SUBSCRIBED, UNSUBSCRIBED or NEVER_SUBSCRIBED to e-mail.",
            "attributes.subscriptions.email.marketing.consent",
            optional=True,
        ),
        text(
            "sms_consent",
            "The same for text messages.",
            "attributes.subscriptions.sms.marketing.consent",
            optional=True,
        ),
        timestamp("last_event_at", "When something was last counted of them.", "attributes.last_event_date"),
        _CREATED,
        _UPDATED,
    ),
)

_FIGURES: Final[tuple[tuple[str, str], ...]] = (
    ("recipients", "People it was sent to; Klaviyo counts test sends as well."),
    ("delivered", "Those it reached."),
    ("bounced", "Those it did not reach."),
    ("opens", "Times opened."),
    ("opens_unique", "People who opened it."),
    ("clicks", "Clicks."),
    ("clicks_unique", "People who clicked."),
    ("unsubscribes", "Times somebody unsubscribed from it."),
    ("spam_complaints", "Times it was marked as spam."),
    ("conversions", "Conversions that Klaviyo gives it credit for, by the account's own attribution window."),
    ("conversion_uniques", "People behind those conversions."),
)
STATISTICS: Final = (*(name for name, _ in _FIGURES), "conversion_value")
_METRIC: Final = (
    text("conversion_metric_id", "What was counted as a conversion.", "@conversion_metric_id"),
    text("conversion_metric", "Its name.", "@conversion_metric"),
)


def _statistics(at: str) -> tuple[Column, ...]:
    """The figures of a report; a channel has no value for what it does not know."""
    counts = (integer(name, said, at + name, optional=True) for name, said in _FIGURES)
    return (*counts, money("conversion_value", "What those conversions were worth.", at + "conversion_value"))


CAMPAIGN_MONTHLY = Stream(
    name="campaign_monthly",
    description="One row per message of a campaign and month in which it was sent, with all that came of it so far.",
    key=("campaign_id", "message_id", "channel", "month"),
    cursor="month",
    keep=Keep(age_column="month"),
    lookback=_RESTATED,
    records="data.attributes.results[]",
    columns=(
        _ACCOUNT,
        text("campaign_id", "The campaign.", "groupings.campaign_id"),
        text("message_id", "Its message.", "groupings.campaign_message_id"),
        text("channel", "email, sms or push-notification.", "groupings.send_channel"),
        date("month", "First day of the month, in the account's zone.", "@month"),
        *_METRIC,
        *_statistics("statistics."),
        _CURRENCY,
        _ZONE,
    ),
)
FLOW_DAILY = Stream(
    name="flow_daily",
    description="One row per message of a flow and day; the day is one in the account's zone.",
    key=("flow_id", "message_id", "channel", "date"),
    cursor="date",
    keep=Keep(age_column="date"),
    lookback=_RESTATED,
    records="[]",
    columns=(
        _ACCOUNT,
        text("flow_id", "The flow."),
        text("message_id", "Its message.", "flow_message_id"),
        text("channel", "email, sms or push-notification.", "send_channel"),
        date("date", "The day, in the account's zone."),
        *_METRIC,
        *_statistics(""),
        _CURRENCY,
        _ZONE,
    ),
)
EVENTS_DAILY = Stream(
    name="events_daily",
    description="One row per kind of event and day: how often, to how many, worth how much. No single event.",
    key=("metric_id", "date"),
    cursor="date",
    keep=Keep(age_column="date"),
    lookback=_EVENTS_MOVE,
    records="[]",
    columns=(
        _ACCOUNT,
        text("metric_id", "What is counted."),
        text("metric", "Its name."),
        date("date", "The day, in the account's zone."),
        integer("events", "How often it happened.", "count"),
        integer("people", "To how many people; not additive over days.", "unique"),
        money("value", "What the events were worth, in the account's currency.", "sum_value"),
        _CURRENCY,
        _ZONE,
    ),
)
