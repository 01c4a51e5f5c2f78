select
    _datasource_id as datasource_id,
    _synced_at as synced_at,
    marketplace_id,
    name as marketplace_name,
    country,
    upper(currency) as currency,
    time_zone,
    domain,
    store_name,
    is_participating,
    region
from {{ source('raw_amazon_seller', 'marketplaces') }}
