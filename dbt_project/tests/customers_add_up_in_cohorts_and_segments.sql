-- Each customer is in one cohort and one segment, and cohorts hold all that customers ever spent.
{% set customers = ref('customers') %}
{% set pairs = [
    ('customers by month of repurchase', 'select sum(customers) from ' ~ ref('repurchase_by_month'), 'select count(*) from ' ~ customers),
    ('customers with scores', 'select count(*) from ' ~ ref('rfm_customers'), 'select count(*) from ' ~ customers ~ ' where first_order_on <= (select max(day) from ' ~ ref('int_days') ~ ')'),
    ('customers in segments', 'select sum(segment_size) from ' ~ ref('rfm_segments_by_month') ~ ' where month = (select max(month) from ' ~ ref('rfm_segments_by_month') ~ ')', 'select count(*) from ' ~ ref('rfm_customers')),
] %}
{% for period in ['month', 'quarter'] %}
{% set cohorts = ref('cohorts_by_' ~ period) %}
{% do pairs.append(('customers by ' ~ period, 'select sum(customers) from ' ~ cohorts ~ ' where ' ~ period ~ 's_since = 0', 'select count(*) from ' ~ customers)) %}
{% do pairs.append(('orders by ' ~ period, 'select sum(orders) from ' ~ cohorts, 'select sum(orders) from ' ~ customers)) %}
{% do pairs.append(('revenue by ' ~ period, 'select sum(revenue) from ' ~ cohorts, 'select sum(lifetime_revenue) from ' ~ customers)) %}
{% do pairs.append(('nobody missing in the first ' ~ period, 'select sum(active_customers) from ' ~ cohorts ~ ' where ' ~ period ~ 's_since = 0', 'select count(*) from ' ~ customers)) %}
{% endfor %}
{{ adds_up(pairs) }}
