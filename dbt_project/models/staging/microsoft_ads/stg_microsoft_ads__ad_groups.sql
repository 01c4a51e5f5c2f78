select
    _datasource_id as datasource_id,
    _synced_at as synced_at,
    account_id,
    ad_group_id,
    campaign_id,
    name as ad_group_name,
    status,
    try_cast(json_extract_string(start_date, '$.Year') || '-' || json_extract_string(start_date, '$.Month') || '-' || json_extract_string(start_date, '$.Day') as date) as start_date,
    try_cast(json_extract_string(end_date, '$.Year') || '-' || json_extract_string(end_date, '$.Month') || '-' || json_extract_string(end_date, '$.Day') as date) as end_date,
    network,
    cpc_bid,
    upper(currency) as currency
from {{ source('raw_microsoft_ads', 'ad_groups') }}
