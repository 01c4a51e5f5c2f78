-- What Amazon reports by day and by product is all there, where there is a rate for it.
{% set days, products = ref('amazon_by_date'), ref('amazon_by_product') %}
{{ adds_up([
    ('units by day', 'select sum(units) from ' ~ days, 'select sum(units_ordered) from ' ~ ref('stg_amazon_seller__sales_traffic_daily') ~ ' where day in (select day from ' ~ days ~ ')'),
    ('units by product', 'select sum(units) from ' ~ products, 'select sum(units_ordered) from ' ~ ref('stg_amazon_seller__sales_traffic_by_asin')),
    ('sessions by product', 'select sum(sessions) from ' ~ products, 'select sum(sessions) from ' ~ ref('stg_amazon_seller__sales_traffic_by_asin')),
]) }}
