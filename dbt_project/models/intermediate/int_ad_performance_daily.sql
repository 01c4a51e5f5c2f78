-- One row per platform, account, level, thing advertised and day of the account. Each level holds all of the spend.
{% set columns = [
    'datasource_id', 'day', 'account_id', 'campaign_id', 'ad_group_id', 'ad_id', 'currency', 'time_zone',
    'spend', 'impressions', 'clicks', 'conversions', 'conversion_value',
] %}
{% set sources = [
    ('meta_ads', 'campaign', ref('stg_meta_ads__campaign_daily')),
    ('meta_ads', 'ad_group', ref('stg_meta_ads__ad_set_daily')),
    ('meta_ads', 'ad', ref('stg_meta_ads__ad_daily')),
    ('google_ads', 'campaign', ref('stg_google_ads__campaign_daily')),
    ('google_ads', 'ad_group', ref('stg_google_ads__ad_group_daily')),
    ('google_ads', 'ad', ref('stg_google_ads__ad_daily')),
    ('tiktok_ads', 'campaign', ref('stg_tiktok_ads__campaign_daily')),
    ('tiktok_ads', 'ad_group', ref('stg_tiktok_ads__ad_group_daily')),
    ('tiktok_ads', 'ad', ref('stg_tiktok_ads__ad_daily')),
    ('microsoft_ads', 'campaign', ref('stg_microsoft_ads__campaign_daily')),
    ('microsoft_ads', 'ad_group', ref('stg_microsoft_ads__ad_group_daily')),
    ('microsoft_ads', 'ad', ref('stg_microsoft_ads__ad_daily')),
    ('pinterest_ads', 'campaign', ref('stg_pinterest_ads__campaign_daily')),
    ('pinterest_ads', 'ad_group', ref('stg_pinterest_ads__ad_group_daily')),
    ('pinterest_ads', 'ad', ref('stg_pinterest_ads__ad_daily')),
    ('amazon_ads', 'campaign', ref('stg_amazon_ads__campaign_daily')),
    ('amazon_ads', 'ad_group', ref('stg_amazon_ads__ad_group_daily')),
    ('amazon_ads', 'ad', ref('stg_amazon_ads__ad_daily')),
] %}
with every_platform as (
    {% for platform, level, model in sources %}
    select '{{ platform }}' as platform, '{{ level }}' as level, {{ columns | join(', ') }}
    from {{ model }}
    {% if not loop.last %}union all by name{% endif %}
    {% endfor %}
)

select
    every_platform.*,
    {{ in_workspace_currency('every_platform.spend', 'every_platform.currency') }} as spend_in_workspace_currency,
    {{ in_workspace_currency('every_platform.conversion_value', 'every_platform.currency') }} as value_in_workspace_currency
from every_platform
cross join {{ ref('stg_workspace__settings') }} as workspace
{{ join_rates('every_platform.currency', 'every_platform.day') }}
