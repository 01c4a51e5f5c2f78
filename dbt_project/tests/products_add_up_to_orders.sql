-- The goods of all products are the goods of all orders, exactly; refunds of products are never more than the refunds.
{% set orders, refunds = ref('int_orders__valued'), ref('int_refunds__valued') %}
{% set products, lines = ref('sales_by_product'), ref('int_order_lines__valued') %}
{{ adds_up([
    ('gross_sales', 'select sum(gross_sales) from ' ~ products, 'select sum(gross_sales) from ' ~ orders ~ ' where order_id in (select order_id from ' ~ lines ~ ')'),
    ('orders without goods', 'select 0', 'select sum(gross_sales) from ' ~ orders ~ ' where order_id not in (select order_id from ' ~ lines ~ ') and not is_tax_included'),
    ('units', 'select sum(units) from ' ~ products, 'select sum(units) from ' ~ orders),
    ('discounts', 'select sum(discounts) from ' ~ products, 'select sum(discounts) from ' ~ lines),
    ('refunds', 'select sum(refunds) from ' ~ products, 'select sum(refunds) from ' ~ ref('int_refund_lines__valued')),
]) }}
union all
select 'more refunded for lines than was refunded', lines.refunds, refunds.refunds
from (select refund_id, sum(refunds) as refunds from {{ ref('int_refund_lines__valued') }} group by refund_id) as lines
inner join {{ refunds }} as refunds using (refund_id)
where lines.refunds > refunds.refunds
