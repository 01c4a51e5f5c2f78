with shipped as (
    select
        fulfilled_on as day,
        count(*) as orders_fulfilled,
        sum(epoch(fulfilled_at - created_at)) / 3600 as hours_to_ship
    from {{ ref('int_orders__valued') }}
    where fulfilled_on is not null
    group by fulfilled_on
),

parcels as (
    select
        {{ workspace_day('parcels.created_at') }} as day,
        sum(parcels.quantity) as units_fulfilled
    from {{ ref('stg_shopify__fulfilments') }} as parcels
    inner join {{ ref('int_orders__valued') }} as orders using (order_id)
    cross join {{ ref('stg_workspace__settings') }} as workspace
    where parcels.status = 'SUCCESS'
    group by 1
),

arrived as (
    select
        {{ workspace_day('parcels.delivered_at') }} as day,
        count(*) as deliveries,
        sum(epoch(parcels.delivered_at - parcels.created_at)) / 3600 as hours_to_deliver
    from {{ ref('stg_shopify__fulfilments') }} as parcels
    inner join {{ ref('int_orders__valued') }} as orders using (order_id)
    cross join {{ ref('stg_workspace__settings') }} as workspace
    where parcels.status = 'SUCCESS' and parcels.delivered_at is not null
    group by 1
),

-- orders that go up on the day they are placed and down on the day they are shipped or cancelled
steps as (
    select ordered_on as day, 1 as step
    from {{ ref('int_orders__valued') }} where requires_shipping
    union all
    -- an imported order may have been shipped before the shop knew of it
    select greatest(ordered_on, least(coalesce(fulfilled_on, cancelled_on), coalesce(cancelled_on, fulfilled_on))) as day, -1 as step
    from {{ ref('int_orders__valued') }}
    where requires_shipping and coalesce(fulfilled_on, cancelled_on) is not null
),

waiting as (
    select days.day, sum(coalesce(moved.step, 0)) over (order by days.day) as orders_waiting
    from {{ ref('int_days') }} as days
    left join (select day, sum(step) as step from steps group by day) as moved using (day)
),

known as (
    select
        days.day,
        {{ fiscal_columns('days.day') }},
        {{ of_the_day('shipped.orders_fulfilled', 'shipped.day', 'coverage.status') }} as orders_fulfilled,
        {{ of_the_day('parcels.units_fulfilled', 'parcels.day', 'coverage.status') }} as units_fulfilled,
        {{ of_the_day('shipped.hours_to_ship', 'shipped.day', 'coverage.status') }} as hours_to_ship,
        {{ of_the_day('arrived.deliveries', 'arrived.day', 'coverage.status') }} as deliveries,
        {{ of_the_day('arrived.hours_to_deliver', 'arrived.day', 'coverage.status') }} as hours_to_deliver,
        {{ of_the_day('waiting.orders_waiting', 'waiting.day', 'coverage.status') }} as orders_waiting,
        coverage.status as coverage,
        workspace.calculated_at
    from {{ ref('int_days') }} as days
    cross join {{ ref('stg_workspace__settings') }} as workspace
    left join shipped on shipped.day = days.day
    left join parcels on parcels.day = days.day
    left join arrived on arrived.day = days.day
    left join waiting on waiting.day = days.day
    {{ join_coverage("'shopify'", 'days.day') }}
)

select
    day,
    fiscal_year,
    fiscal_quarter,
    fiscal_month,
    cast(orders_fulfilled as bigint) as orders_fulfilled,
    cast(units_fulfilled as bigint) as units_fulfilled,
    cast(hours_to_ship as double) as hours_to_ship,
    {{ safe_ratio('hours_to_ship', 'orders_fulfilled') }} as average_hours_to_ship,
    cast(deliveries as bigint) as parcels_delivered,
    cast(hours_to_deliver as double) as hours_to_deliver,
    {{ safe_ratio('hours_to_deliver', 'deliveries') }} as average_hours_to_deliver,
    cast(orders_waiting as bigint) as orders_waiting,
    coverage,
    calculated_at
from known
