select
    _datasource_id as datasource_id,
    _synced_at as synced_at,
    account_id,
    campaign_id,
    name as campaign_name,
    objective,
    status,
    effective_status,
    daily_budget_minor,
    created_at,
    updated_at,
    upper(currency) as currency
from {{ source('raw_meta_ads', 'campaigns') }}
