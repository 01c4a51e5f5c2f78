-- One row per metric, segment and day, for all metrics that have a value over several days. Segment is "all" or a platform.
{% set marts = [
    'amazon_by_date', 'blended_by_date', 'brand_metrics_by_date', 'email_by_date', 'fulfilment_by_date',
    'paid_media_by_account', 'payments_by_date', 'profit_by_date', 'site_traffic_by_date', 'subscriptions_by_date',
] %}
{% for mart in marts %}
-- depends_on: {{ ref(mart) }}
{% endfor %}
{% set parts = metrics_by_date() %}
{{ parts | join('\nunion all\n') if parts else "select null where false" }}
