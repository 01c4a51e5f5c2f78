select
    _datasource_id as datasource_id,
    _synced_at as synced_at,
    advertiser_id as account_id,
    campaign_id,
    name as campaign_name,
    objective,
    operation_status as status,
    secondary_status as effective_status,
    budget,
    budget_mode,
    created_at,
    updated_at,
    upper(currency) as currency
from {{ source('raw_tiktok_ads', 'campaigns') }}
