-- One row per campaign of any ads platform, with the names of today.
select
    'meta_ads' as platform,
    datasource_id,
    account_id,
    campaign_id,
    campaign_name,
    effective_status as campaign_status
from {{ ref('stg_meta_ads__campaigns') }}
