with orders as (
    select
        ordered_on as day, sales_channel,
        count(*) as orders,
        sum(units) as units,
        sum(gross_sales) as gross_sales,
        sum(shipping) as shipping,
        sum(discounts) as discounts,
        count(*) filter (not is_converted) as not_converted
    from {{ ref('int_orders__valued') }}
    group by all
),

refunds as (
    select
        refunded_on as day, sales_channel, sum(refunds) as refunds, count(*) filter (not is_converted) as not_converted
    from {{ ref('int_refunds__valued') }}
    group by all
),

of_the_shop as (
    select
        day,
        'dtc' as channel,
        'shopify' as platform,
        sales_channel,
        coalesce(orders.orders, 0) as orders,
        coalesce(orders.units, 0) as units,
        {% for amount in ['gross_sales', 'shipping', 'discounts'] %}
        if(orders.day is null, 0, orders.{{ amount }}) as {{ amount }},
        {% endfor %}
        if(refunds.day is null, 0, refunds.refunds) as refunds,
        coalesce(orders.not_converted, 0) + coalesce(refunds.not_converted, 0) as not_converted
    from orders
    full outer join refunds using (day, sales_channel)
),

together as (
    select *, gross_sales + shipping as gross_revenue, gross_sales + shipping - discounts - refunds as net_sales
    from of_the_shop
    union all by name
    -- Amazon says what was ordered, and neither shipping nor discounts nor refunds of a day
    select
        day,
        'marketplaces' as channel,
        'amazon_seller' as platform,
        marketplace_name as sales_channel,
        orders,
        units,
        ordered_sales as gross_sales,
        not_converted
    from {{ ref('amazon_by_date') }}
    where {{ was_read('coverage') }} and orders is not null
)

select
    together.day,
    {{ fiscal_columns('together.day') }},
    together.channel,
    together.platform,
    together.sales_channel,
    workspace.currency,
    cast(together.orders as bigint) as orders,
    cast(together.units as bigint) as units,
    {% for amount in ['gross_sales', 'shipping', 'gross_revenue', 'discounts', 'refunds', 'net_sales'] %}
    {{ as_money('together.' ~ amount) }} as {{ amount }},
    {% endfor %}
    {{ as_money(safe_ratio('together.net_sales', 'together.orders')) }} as aov,
    {{ safe_ratio('together.refunds', 'together.gross_revenue') }} as refund_rate,
    cast(together.not_converted as bigint) as not_converted,
    coverage.status as coverage,
    workspace.calculated_at
from together
cross join {{ ref('stg_workspace__settings') }} as workspace
{{ join_coverage('together.platform', 'together.day') }}
