{#
  The figures of one level of advertising, one row per day and thing advertised. Platforms state each level on its own: a
  level is never the sum of the one below, since what was deleted below still counts above.
#}
{% macro paid_media(level) -%}
{%- set with_ad_groups = level in ('ad_group', 'ad') -%}
select
    ads.day,
    {{ fiscal_columns('ads.day') }},
    ads.platform,
    ads.account_id,
    {{ without_contacts('datasources.account_name') }} as account_name,
    ads.campaign_id,
    {{ without_contacts('campaigns.campaign_name') }} as campaign_name,
    {% if level == 'campaign' %}
    campaigns.campaign_status,
    {% endif %}
    {% if with_ad_groups %}
    ads.ad_group_id,
    {{ without_contacts('ad_groups.ad_group_name') }} as ad_group_name,
    {% endif %}
    {% if level == 'ad' %}
    ads.ad_id,
    {{ without_contacts('single_ads.ad_name') }} as ad_name,
    {% endif %}
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
    coverage.status as coverage,
    workspace.calculated_at
from {{ ref('int_ad_performance_daily') }} as ads
left join {{ ref('int_ad_campaigns') }} as campaigns using (datasource_id, platform, account_id, campaign_id)
{% if with_ad_groups %}
left join {{ ref('int_ad_groups') }} as ad_groups using (datasource_id, platform, account_id, ad_group_id)
{% endif %}
{% if level == 'ad' %}
left join {{ ref('int_ads') }} as single_ads using (datasource_id, platform, account_id, ad_id)
{% endif %}
left join {{ ref('stg_workspace__datasources') }} as datasources using (datasource_id)
cross join {{ ref('stg_workspace__settings') }} as workspace
{{ join_coverage('ads.platform', 'ads.day') }}
where ads.level = '{{ level }}'
{%- endmacro %}
