select
    _datasource_id as datasource_id,
    _synced_at as synced_at,
    account_id,
    campaign_id,
    name as campaign_name,
    campaign_type,
    status,
    budget_type,
    daily_budget,
    time_zone_name,
    bid_strategy_id,
    upper(currency) as currency
from {{ source('raw_microsoft_ads', 'campaigns') }}
