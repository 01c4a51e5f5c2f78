{% set anchors = [('created', 'ordered_on'), ('paid', 'paid_on'), ('fulfilled', 'fulfilled_on'), ('closed', 'closed_on')] %}
with orders as (
    {% for anchor, column in anchors %}
    select
        '{{ anchor }}' as date_anchor,
        {{ column }} as day,
        count(*) as orders,
        sum(units) as units,
        sum(gross_sales) as gross_sales,
        sum(shipping) as shipping,
        sum(discounts) as discounts,
        count(*) filter (not is_converted) as not_converted
    from {{ ref('int_orders__valued') }}
    where {{ column }} is not null
    group by {{ column }}
    {% if not loop.last %}union all by name{% endif %}
    {% endfor %}
),

refunds as (
    select refunded_on as day, sum(refunds) as refunds, count(*) filter (not is_converted) as not_converted
    from {{ ref('int_refunds__valued') }}
    group by refunded_on
),

known as (
    select
        days.day,
        anchors.date_anchor,
        workspace.currency,
        {{ fiscal_columns('days.day') }},
        {% for figure in ['orders', 'units', 'gross_sales', 'shipping', 'discounts'] %}
        {{ of_the_day('orders.' ~ figure, 'orders.day', 'coverage.status') }} as {{ figure }},
        {% endfor %}
        {{ of_the_day('refunds.refunds', 'refunds.day', 'coverage.status') }} as refunds,
        coalesce(orders.not_converted, 0) + coalesce(refunds.not_converted, 0) as not_converted,
        coverage.status as coverage,
        workspace.calculated_at
    from {{ ref('int_days') }} as days
    cross join (values {% for anchor, _ in anchors %}('{{ anchor }}'){{ ', ' if not loop.last }}{% endfor %}) as anchors (date_anchor)
    cross join {{ ref('stg_workspace__settings') }} as workspace
    left join orders on orders.day = days.day and orders.date_anchor = anchors.date_anchor
    left join refunds on refunds.day = days.day
    {{ join_coverage("'shopify'", 'days.day') }}
)

select
    day,
    date_anchor,
    fiscal_year,
    fiscal_quarter,
    fiscal_month,
    currency,
    cast(orders as bigint) as orders,
    cast(units as bigint) as units,
    {{ as_money('gross_sales') }} as gross_sales,
    {{ as_money('shipping') }} as shipping,
    {{ as_money('gross_sales + shipping') }} as gross_revenue,
    {{ as_money('discounts') }} as discounts,
    {{ as_money('refunds') }} as refunds,
    {{ as_money('gross_sales + shipping - discounts - refunds') }} as net_sales,
    {{ as_money(safe_ratio('gross_sales + shipping - discounts - refunds', 'orders')) }} as aov,
    cast(not_converted as bigint) as not_converted,
    coverage,
    calculated_at
from known
