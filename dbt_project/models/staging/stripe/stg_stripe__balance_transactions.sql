select
    _datasource_id as datasource_id,
    _synced_at as synced_at,
    id as balance_transaction_id,
    created_at,
    available_at,
    {{ from_stripe_units("amount_minor", "currency") }} as amount,
    {{ from_stripe_units("fee_minor", "currency") }} as fee,
    {{ from_stripe_units("net_minor", "currency") }} as net,
    upper(currency) as currency,
    type,
    reporting_category,
    source_id,
    status
from {{ source('raw_stripe', 'balance_transactions') }}
