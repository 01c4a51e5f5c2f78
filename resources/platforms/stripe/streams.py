"""What is kept of Stripe: the tables and their columns. Amounts are integers in the currency's smallest unit."""

from datetime import timedelta

from resources.columns import Column, Personal, boolean, epoch, integer, text
from resources.platform import Keep, Stream

_RECORDS = "data[]"


def _minor(name: str, description: str) -> Column:
    return integer(name, f"{description}, in the currency's smallest unit.", name.removesuffix("_minor"))


_ID = text("id", "Stripe's id.")
_CREATED = epoch("created_at", "When it was made.", "created")
_CURRENCY = text("currency", "Currency in lower case, such as usd.")
_LIVE = boolean("livemode", "False for test data.")

CHARGES = Stream(
    name="charges",
    description="One row per attempt to charge a buyer.",
    key=("id",),
    cursor="created_at",
    keep=Keep(age_column="created_at"),
    lookback=timedelta(days=120),
    records=_RECORDS,
    columns=(
        _ID,
        _CREATED,
        _minor("amount_minor", "Amount"),
        _minor("amount_captured_minor", "Captured"),
        _minor("amount_refunded_minor", "Given back so far"),
        _CURRENCY,
        text("status", "succeeded, pending or failed."),
        boolean("paid", "Whether it went through."),
        boolean("captured", "Whether it was captured."),
        boolean("refunded", "Whether all of it was given back."),
        boolean("disputed", "Whether the buyer disputes it."),
        text("failure_code", "Why it failed."),
        text("order_id", "The shop's order, where the shop writes it.", "metadata.order_id", optional=True),
        text("balance_transaction_id", "Its line in the balance.", "balance_transaction"),
        text("customer_id", "Stripe's id of the buyer.", "customer", Personal.CUSTOMER_ID),
        text("email", "The buyer's e-mail address.", "billing_details.email", Personal.EMAIL),
        text("description", "Free text on the charge.", personal=Personal.FREE_TEXT),
        text("card_brand", "Brand of the card.", "payment_method_details.card.brand", optional=True),
        _LIVE,
    ),
)
REFUNDS = Stream(
    name="refunds",
    description="One row per refund of a charge.",
    key=("id",),
    cursor="created_at",
    keep=Keep(age_column="created_at"),
    lookback=timedelta(days=45),
    records=_RECORDS,
    belongs_to=(("charge_id", "charges"),),
    columns=(
        _ID,
        _CREATED,
        text("charge_id", "The charge.", "charge"),
        _minor("amount_minor", "Amount given back"),
        _CURRENCY,
        text("status", "succeeded, pending, failed, canceled."),
        text("reason", "Why it was given back."),
        text("balance_transaction_id", "Its line in the balance.", "balance_transaction"),
    ),
)
PAYOUTS = Stream(
    name="payouts",
    description="One row per transfer to the merchant's bank.",
    key=("id",),
    cursor="created_at",
    keep=Keep(age_column="created_at"),
    lookback=timedelta(days=30),
    records=_RECORDS,
    columns=(
        _ID,
        _CREATED,
        epoch("arrives_at", "When it reaches the bank.", "arrival_date"),
        _minor("amount_minor", "Amount"),
        _CURRENCY,
        text("status", "paid, pending, in_transit, canceled, failed."),
        boolean("automatic", "Whether Stripe's schedule made it."),
        text("balance_transaction_id", "Its line in the balance.", "balance_transaction"),
        _LIVE,
    ),
)
DISPUTES = Stream(
    name="disputes",
    description="One row per charge that a buyer disputes.",
    key=("id",),
    cursor="created_at",
    keep=Keep(age_column="created_at"),
    lookback=timedelta(days=180),
    records=_RECORDS,
    needs="disputes",
    belongs_to=(("charge_id", "charges"),),
    columns=(
        _ID,
        _CREATED,
        text("charge_id", "The charge.", "charge"),
        _minor("amount_minor", "Amount disputed"),
        _CURRENCY,
        text("status", "needs_response, under_review, won, lost and so on."),
        text("reason", "What the buyer claims."),
        _LIVE,
    ),
)
BALANCE_TRANSACTIONS = Stream(
    name="balance_transactions",
    description="One row per movement of the balance: charges, refunds, fees, payouts.",
    key=("id",),
    cursor="created_at",
    keep=Keep(age_column="created_at"),
    lookback=timedelta(days=7),
    records=_RECORDS,
    needs="balance_transactions",
    belongs_to=(("source_id", "charges"), ("source_id", "refunds"), ("source_id", "disputes")),
    columns=(
        _ID,
        _CREATED,
        epoch("available_at", "When it can be paid out.", "available_on"),
        _minor("amount_minor", "Amount before fees"),
        _minor("fee_minor", "Fees"),
        _minor("net_minor", "Amount after fees"),
        _CURRENCY,
        text("type", "What moved the balance."),
        text("reporting_category", "The same, grouped as in Stripe's reports."),
        text("source_id", "The charge, refund, dispute or payout behind it.", "source"),
        text("status", "available or pending."),
    ),
)
