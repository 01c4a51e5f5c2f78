-- What the days hold is what the orders and refunds hold, exactly: nothing is lost or counted twice.
with days as (
    select
        coalesce(sum(orders), 0) as orders,
        coalesce(sum(gross_sales), 0) as gross_sales,
        coalesce(sum(discounts), 0) as discounts,
        coalesce(sum(shipping), 0) as shipping,
        coalesce(sum(tax), 0) as tax,
        coalesce(sum(refunds), 0) as refunds
    from {{ ref('brand_metrics_by_date') }}
),

covered as (
    select day from {{ ref('brand_metrics_by_date') }} where sales_coverage in ('complete', 'partial')
),

orders as (
    select
        count(*) as orders,
        coalesce(sum(gross_sales), 0) as gross_sales,
        coalesce(sum(discounts), 0) as discounts,
        coalesce(sum(shipping), 0) as shipping,
        coalesce(sum(tax), 0) as tax
    from {{ ref('int_orders__valued') }}
    where ordered_on in (select day from covered)
),

refunds as (
    select coalesce(sum(refunds), 0) as refunds
    from {{ ref('int_refunds__valued') }}
    where refunded_on in (select day from covered)
)

select days.*, orders.* as in_orders, refunds.refunds as in_refunds
from days
cross join orders
cross join refunds
where days.orders <> orders.orders
   or days.gross_sales <> orders.gross_sales
   or days.discounts <> orders.discounts
   or days.shipping <> orders.shipping
   or days.tax <> orders.tax
   or days.refunds <> refunds.refunds
