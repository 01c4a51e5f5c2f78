select
    _datasource_id as datasource_id,
    _synced_at as synced_at,
    account_id,
    campaign_id,
    name as campaign_name,
    channel_type,
    channel_sub_type,
    status,
    serving_status,
    primary_status,
    bidding_strategy_type,
    budget_resource,
    starts_at,
    ends_at,
    upper(currency) as currency
from {{ source('raw_google_ads', 'campaigns') }}
