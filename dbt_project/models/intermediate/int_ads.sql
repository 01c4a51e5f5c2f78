-- One row per ad of any ads platform, with the name of today. Microsoft's ads have none.
{% set sources = [
    ('meta_ads', ref('stg_meta_ads__ads'), 'ad_name'),
    ('google_ads', ref('stg_google_ads__ads'), 'ad_name'),
    ('tiktok_ads', ref('stg_tiktok_ads__ads'), 'ad_name'),
    ('microsoft_ads', ref('stg_microsoft_ads__ads'), 'cast(null as varchar)'),
    ('pinterest_ads', ref('stg_pinterest_ads__ads'), 'ad_name'),
    ('amazon_ads', ref('stg_amazon_ads__ads'), 'ad_name'),
] %}
{% for platform, model, name in sources %}
select '{{ platform }}' as platform, datasource_id, account_id, ad_id, {{ name }} as ad_name
from {{ model }}
{% if not loop.last %}union all by name{% endif %}
{% endfor %}
