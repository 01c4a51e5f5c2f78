select
    _datasource_id as datasource_id,
    _synced_at as synced_at,
    ad_account_id as account_id,
    campaign_id,
    name as campaign_name,
    objective,
    status,
    summary_status,
    {{ from_micros("daily_spend_cap_micro") }} as daily_spend_cap,
    {{ from_micros("lifetime_spend_cap_micro") }} as lifetime_spend_cap,
    starts_at,
    ends_at,
    created_at,
    updated_at,
    upper(currency) as currency
from {{ source('raw_pinterest_ads', 'campaigns') }}
