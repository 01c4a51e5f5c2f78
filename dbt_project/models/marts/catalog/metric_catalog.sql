{% set marts = [
    'amazon_by_date', 'amazon_by_product', 'blended_by_date', 'brand_metrics_by_date', 'cohorts_by_month',
    'cohorts_by_quarter', 'customers', 'email_by_campaign', 'email_by_date', 'email_by_flow',
    'fulfilment_by_date', 'inventory_levels', 'metric_changes', 'paid_media_by_account', 'paid_media_by_ad',
    'paid_media_by_ad_group', 'paid_media_by_date', 'payments_by_date', 'payments_by_order', 'profit_by_date',
    'profit_by_product', 'repurchase_by_month', 'rfm_customers', 'rfm_segments_by_month', 'sales_by_channel',
    'sales_by_date_anchor', 'sales_by_product', 'site_traffic_by_campaign', 'site_traffic_by_channel',
    'site_traffic_by_content', 'site_traffic_by_date', 'site_traffic_by_source', 'subscriptions_by_date',
    'subscriptions_by_month', 'targets_by_month',
] %}
{% for mart in marts %}
-- depends_on: {{ ref(mart) }}
{% endfor %}
{% set columns = [
    'name', 'label', 'definition', 'formula', 'included', 'excluded', 'date_anchor', 'sources', 'unit', 'good_direction',
    'grain', 'model', 'column_name', 'only_where', 'over_days',
] %}
{% set rows = metric_rows() %}
select
    {% for column in columns %}
    cast(nullif(metrics.{{ column }}, '') as varchar) as {{ column }},
    {% endfor %}
    metrics.ours,
    workspace.calculated_at as last_calculated
from (
    {% if rows %}
    values {{ rows | join(',\n    ') }}
    {% else %}
    select {{ (["''"] * (columns | length)) | join(', ') }}, false where false
    {% endif %}
) as metrics ({{ columns | join(', ') }}, ours)
cross join {{ ref('stg_workspace__settings') }} as workspace
