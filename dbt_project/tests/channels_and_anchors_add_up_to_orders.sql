-- However sales are cut, the parts are the orders and refunds that there are.
{% set orders, refunds = ref('int_orders__valued'), ref('int_refunds__valued') %}
{% set channels, anchors = ref('sales_by_channel'), ref('sales_by_date_anchor') %}
{% set pairs = [
    ('orders by channel', 'select sum(orders) from ' ~ channels ~ " where channel = 'dtc'", 'select count(*) from ' ~ orders),
    ('gross_sales by channel', 'select sum(gross_sales) from ' ~ channels ~ " where channel = 'dtc'", 'select sum(gross_sales) from ' ~ orders),
    ('refunds by channel', 'select sum(refunds) from ' ~ channels ~ " where channel = 'dtc'", 'select sum(refunds) from ' ~ refunds),
    ('sales at Amazon', 'select sum(gross_sales) from ' ~ channels ~ " where channel = 'marketplaces'", 'select sum(ordered_sales) from ' ~ ref('amazon_by_date') ~ ' where ' ~ was_read('coverage')),
] %}
{% for anchor, column in [('created', 'ordered_on'), ('paid', 'paid_on'), ('fulfilled', 'fulfilled_on'), ('closed', 'closed_on')] %}
{% set read = column ~ ' in ' ~ days_read(anchors) %}
{% set here = ' from ' ~ anchors ~ " where date_anchor = '" ~ anchor ~ "'" %}
{% do pairs.append(('orders ' ~ anchor, 'select sum(orders)' ~ here, 'select count(*) from ' ~ orders ~ ' where ' ~ read)) %}
{% do pairs.append(('gross_revenue ' ~ anchor, 'select sum(gross_revenue)' ~ here, 'select sum(gross_sales + shipping) from ' ~ orders ~ ' where ' ~ read)) %}
{% do pairs.append(('refunds ' ~ anchor, 'select sum(refunds)' ~ here, 'select sum(refunds) from ' ~ refunds ~ ' where refunded_on in ' ~ days_read(anchors))) %}
{% endfor %}
{{ adds_up(pairs) }}
