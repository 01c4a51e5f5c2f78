select
    _datasource_id as datasource_id,
    _synced_at as synced_at,
    id as refund_id,
    created_at,
    charge_id,
    {{ from_stripe_units("amount_minor", "currency") }} as amount,
    upper(currency) as currency,
    status,
    reason,
    balance_transaction_id
from {{ source('raw_stripe', 'refunds') }}
