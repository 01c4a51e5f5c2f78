-- One row per campaign of any ads platform, with the names of today.
{% set sources = [
    ('meta_ads', ref('stg_meta_ads__campaigns'), 'effective_status'),
    ('google_ads', ref('stg_google_ads__campaigns'), 'status'),
    ('tiktok_ads', ref('stg_tiktok_ads__campaigns'), 'effective_status'),
    ('microsoft_ads', ref('stg_microsoft_ads__campaigns'), 'status'),
    ('pinterest_ads', ref('stg_pinterest_ads__campaigns'), 'summary_status'),
    ('amazon_ads', ref('stg_amazon_ads__campaigns'), 'state'),
] %}
{% for platform, model, status in sources %}
select
    '{{ platform }}' as platform,
    datasource_id,
    account_id,
    campaign_id,
    campaign_name,
    {{ status }} as campaign_status
from {{ model }}
{% if not loop.last %}union all by name{% endif %}
{% endfor %}
