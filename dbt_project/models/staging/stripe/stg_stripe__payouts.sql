select
    _datasource_id as datasource_id,
    _synced_at as synced_at,
    id as payout_id,
    created_at,
    arrives_at,
    {{ from_stripe_units("amount_minor", "currency") }} as amount,
    upper(currency) as currency,
    status,
    automatic as is_automatic,
    balance_transaction_id,
    livemode as is_live
from {{ source('raw_stripe', 'payouts') }}
