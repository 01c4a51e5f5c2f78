select
    _datasource_id as datasource_id,
    _synced_at as synced_at,
    transaction_id,
    posted_at,
    type,
    status,
    description,
    amount,
    upper(currency) as currency,
    marketplace_id,
    related,
    breakdowns
from {{ source('raw_amazon_seller', 'transactions') }}
