-- One row per ad group (ad set) of any ads platform, with the name of today.
{% set sources = [
    ('meta_ads', ref('stg_meta_ads__ad_sets')),
    ('google_ads', ref('stg_google_ads__ad_groups')),
    ('tiktok_ads', ref('stg_tiktok_ads__ad_groups')),
    ('microsoft_ads', ref('stg_microsoft_ads__ad_groups')),
    ('pinterest_ads', ref('stg_pinterest_ads__ad_groups')),
    ('amazon_ads', ref('stg_amazon_ads__ad_groups')),
] %}
{% for platform, model in sources %}
select '{{ platform }}' as platform, datasource_id, account_id, ad_group_id, ad_group_name
from {{ model }}
{% if not loop.last %}union all by name{% endif %}
{% endfor %}
