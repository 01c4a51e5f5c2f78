select
    ads.day,
    ads.platform,
    ads.account_id,
    {{ without_contacts('datasources.account_name') }} as account_name,
    ads.campaign_id,
    {{ without_contacts('campaigns.campaign_name') }} as campaign_name,
    campaigns.campaign_status,
    ads.time_zone,
    ads.currency as account_currency,
    {{ as_money('ads.spend') }} as spend_in_account_currency,
    workspace.currency,
    {{ as_money('ads.spend_in_workspace_currency') }} as spend,
    cast(ads.impressions as bigint) as impressions,
    cast(ads.clicks as bigint) as clicks,
    cast(ads.conversions as double) as conversions,
    {{ as_money('ads.value_in_workspace_currency') }} as conversion_value,
    {{ safe_ratio('ads.conversion_value', 'ads.spend') }} as roas,
    {{ as_money(safe_ratio('ads.spend_in_workspace_currency', 'ads.conversions')) }} as cpa,
    {{ as_money(safe_ratio('ads.spend_in_workspace_currency', 'ads.clicks')) }} as cpc,
    {{ safe_ratio('ads.clicks', 'ads.impressions') }} as ctr,
    workspace.calculated_at
from {{ ref('int_ad_performance_daily') }} as ads
left join {{ ref('int_ad_campaigns') }} as campaigns using (datasource_id, platform, account_id, campaign_id)
left join {{ ref('stg_workspace__datasources') }} as datasources using (datasource_id)
cross join {{ ref('stg_workspace__settings') }} as workspace
where ads.level = 'campaign'
