-- Stock is what the platforms count, and each shipped order is on one day.
{% set levels, days, orders = ref('inventory_levels'), ref('fulfilment_by_date'), ref('int_orders__valued') %}
{{ adds_up([
    ('available', 'select sum(units_available) from ' ~ levels ~ " where platform = 'shopify'", 'select sum(quantity) from ' ~ ref('stg_shopify__inventory_levels') ~ " where quantity_name = 'available'"),
    ('orders shipped', 'select sum(orders_fulfilled) from ' ~ days, 'select count(*) from ' ~ orders ~ ' where fulfilled_on in ' ~ days_read(days)),
    ('orders never below nothing', 'select least(min(orders_waiting), 0) from ' ~ days, 'select 0'),
]) }}
