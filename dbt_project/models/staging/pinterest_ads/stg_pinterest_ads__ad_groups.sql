select
    _datasource_id as datasource_id,
    _synced_at as synced_at,
    ad_account_id as account_id,
    ad_group_id,
    campaign_id,
    name as ad_group_name,
    status,
    summary_status,
    {{ from_micros("budget_micro") }} as budget,
    budget_type,
    {{ from_micros("bid_micro") }} as bid,
    billable_event,
    starts_at,
    ends_at,
    created_at,
    updated_at,
    upper(currency) as currency
from {{ source('raw_pinterest_ads', 'ad_groups') }}
