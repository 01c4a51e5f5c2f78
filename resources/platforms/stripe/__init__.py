"""Stripe: what is asked of an account, and nothing else."""

from resources.operations import Keys, Operation, Purpose
from resources.platform import Feed, Grade, OAuth, Platform, Scopes
from resources.platforms.stripe import grant, pages, streams
from resources.reading import Format

_HOST = r"api\.stripe\.com"
_CONNECT = r"connect\.stripe\.com"
_LIST_KEYS = frozenset({"limit", "starting_after", "created[gte]", "created[lt]"})

PLATFORM = Platform(
    key="stripe",
    title="Stripe",
    version=pages.VERSION,
    auth=OAuth(
        authorize_url=f"https://{grant.CONNECT}/oauth/authorize",
        exchange=grant.exchange,
        revoke=grant.revoke,
        extra={"scope": "read_only"},
    ),
    scopes=Scopes(
        required=("read_only",),
        optional={
            "disputes": "disputed charges; a restricted key needs Read on disputes for it",
            "balance_transactions": "fees and payout composition; a restricted key needs Read on balance transactions",
        },
        refused=("read_write",),
    ),
    best_grade=Grade.PROVED,
    hosts=(_HOST, _CONNECT),
    operations=(
        Operation(
            name="lists",
            method="GET",
            host=_HOST,
            path=r"/v1/(charges|refunds|payouts|balance_transactions|disputes)",
            query=_LIST_KEYS,
        ),
        Operation(
            name="account", method="GET", host=_HOST, path="/v1/account", purpose=Purpose.PROVE, query=frozenset()
        ),
        Operation(
            name="token",
            method="POST",
            host=_CONNECT,
            path="/oauth/token",
            purpose=Purpose.AUTHORIZE,
            body=Keys(allowed=frozenset({"client_secret", "code", "grant_type"}), form=True),
        ),
        Operation(
            name="give_back",
            method="POST",
            host=_CONNECT,
            path="/oauth/deauthorize",
            purpose=Purpose.REVOKE,
            body=Keys(allowed=frozenset({"client_id", "stripe_user_id", "client_secret"}), form=True),
        ),
    ),
    feeds=tuple(
        Feed(name=stream.name, format=Format.JSON, read=pages.lists(stream.name), streams=(stream,))
        for stream in (
            streams.CHARGES,
            streams.REFUNDS,
            streams.PAYOUTS,
            streams.DISPUTES,
            streams.BALANCE_TRANSACTIONS,
        )
    ),
    headers=lambda token: {"Authorization": f"Bearer {token.reveal()}", "Stripe-Version": pages.VERSION},
    judge=grant.judge,
    prove=grant.prove,
    accounts=grant.accounts,
    limits="Charges change for months without a date of change, so the last 120 days are read again at each sync.",
)
