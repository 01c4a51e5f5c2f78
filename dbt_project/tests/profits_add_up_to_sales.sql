-- Profit is sales less costs to the last penny, by day and by product, and the fees shared out are the day's fees.
{% set days, products, lines = ref('profit_by_date'), ref('profit_by_product'), ref('int_order_lines__valued') %}
{{ adds_up([
    ('profit and costs are the sales', 'select sum(gross_profit + cogs) from ' ~ days, 'select sum(net_sales) from ' ~ days ~ " where cost_status = 'complete'"),
    ('costs by day', 'select sum(cogs) from ' ~ days, 'select sum(cogs) from ' ~ lines ~ ' where ordered_on in (select day from ' ~ days ~ " where cost_status = 'complete')"),
    ('costs by product', 'select sum(cogs) from ' ~ products, 'select sum(cogs) from (select sum(cogs) as cogs from ' ~ lines ~ ' group by ordered_on, product_id, variant_id, sku having coalesce(sum(units) filter (cogs is null), 0) = 0)'),
    ('sales by product', 'select sum(revenue) from ' ~ products, 'select sum(revenue) from ' ~ ref('sales_by_product')),
    ('fees by product', 'select sum(payment_fees) from ' ~ products, 'select sum(payment_fees) from ' ~ days ~ ' where day in (select day from ' ~ products ~ ')'),
]) }}
