-- The days hold all charges, and so do the orders, but for charges that name no order.
{% set days, orders, moved = ref('payments_by_date'), ref('payments_by_order'), ref('int_payments__by_date') %}
{{ adds_up([
    ('charges by day', 'select sum(charges) from ' ~ days, 'select sum(charges) from ' ~ moved ~ ' where day in ' ~ days_read(days)),
    ('payouts by day', 'select sum(payouts) from ' ~ days, 'select sum(payouts) from ' ~ moved ~ ' where day in ' ~ days_read(days)),
    ('charges in both', 'select sum(charges) from ' ~ days, 'select sum(payment_charges) from ' ~ ref('brand_metrics_by_date')),
    ('differences', 'select sum(charges - shop_payments) from ' ~ orders, 'select sum(charges_less_shop_payments) from ' ~ orders),
]) }}
union all
select 'more charged for orders than charged', orders.charges, days.charges
from (select coalesce(sum(charges), 0) as charges from {{ orders }}) as orders
cross join (select coalesce(sum(charges), 0) as charges from {{ moved }}) as days
where orders.charges > days.charges
