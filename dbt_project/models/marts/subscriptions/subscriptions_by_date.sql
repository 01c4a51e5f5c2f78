with charges as (
    select
        day,
        sum(orders) as subscription_orders,
        sum(orders) filter (is_first) as new_subscription_orders,
        sum(revenue) as subscription_revenue,
        coalesce(sum(revenue) filter (is_first), sum(revenue) * 0) as new_subscription_revenue,
        coalesce(sum(revenue) filter (not is_first), sum(revenue) * 0) as recurring_revenue,
        count(*) filter (not is_converted) as not_converted
    from {{ ref('int_subscription_charges') }}
    group by day
),

-- the shop knows all orders, the subscription platform which of them are its own
shop_orders as (
    select
        orders.ordered_on as day,
        count(*) as orders,
        count(deliveries.shop_order_id) as orders_by_subscription,
        count(distinct orders.customer_key) as customers,
        count(distinct orders.customer_key) filter (deliveries.shop_order_id is not null) as customers_by_subscription
    from {{ ref('int_orders__valued') }} as orders
    left join (select distinct shop_order_id from {{ ref('stg_recharge__orders') }}) as deliveries
        on orders.order_id = 'gid://shopify/Order/' || deliveries.shop_order_id
    group by orders.ordered_on
),

ended as (
    select
        ended_on as day,
        count(*) filter (is_cancelled) as cancellations,
        count(distinct customer_key) filter (is_cancelled) as cancelled_subscribers
    from {{ ref('int_subscriptions') }}
    where ended_on is not null
    group by ended_on
),

-- at the end of each day
live as (
    select
        days.day,
        count(distinct subscriptions.customer_key) as active_subscribers,
        count(subscriptions.subscription_id) as active_subscriptions,
        sum(subscriptions.monthly_value) as mrr,
        count(subscriptions.subscription_id) - count(subscriptions.monthly_value) as not_converted
    from {{ ref('int_days') }} as days
    left join {{ ref('int_subscriptions') }} as subscriptions
        on subscriptions.started_on <= days.day
        and (subscriptions.ended_on is null or subscriptions.ended_on > days.day)
    group by days.day
),

known as (
    select
        days.day,
        workspace.currency,
        {{ fiscal_columns('days.day') }},
        {% for figure in [
            'subscription_orders', 'new_subscription_orders', 'subscription_revenue', 'new_subscription_revenue',
            'recurring_revenue',
        ] %}
        {{ of_the_day('charges.' ~ figure, 'charges.day', 'coverage.status') }} as {{ figure }},
        {% endfor %}
        {% for figure in ['orders', 'orders_by_subscription', 'customers', 'customers_by_subscription'] %}
        case when {{ was_read('coverage.status') }} and {{ was_read('shop.status') }} then coalesce(shop_orders.{{ figure }}, 0) end as {{ figure }},
        {% endfor %}
        {% for figure in ['cancellations', 'cancelled_subscribers'] %}
        {{ of_the_day('ended.' ~ figure, 'ended.day', 'coverage.status') }} as {{ figure }},
        {% endfor %}
        {% for figure in ['active_subscribers', 'active_subscriptions', 'mrr'] %}
        {{ of_the_day('live.' ~ figure, 'nullif(live.active_subscriptions, 0)', 'coverage.status') }} as {{ figure }},
        {% endfor %}
        coalesce(charges.not_converted, 0) + coalesce(live.not_converted, 0) as not_converted,
        coverage.status as coverage,
        workspace.calculated_at
    from {{ ref('int_days') }} as days
    cross join {{ ref('stg_workspace__settings') }} as workspace
    left join charges on charges.day = days.day
    left join shop_orders on shop_orders.day = days.day
    left join ended on ended.day = days.day
    left join live on live.day = days.day
    left join {{ ref('coverage_by_date') }} as shop on shop.platform = 'shopify' and shop.day = days.day
    {{ join_coverage("'recharge'", 'days.day') }}
)

select
    day,
    fiscal_year,
    fiscal_quarter,
    fiscal_month,
    currency,
    cast(subscription_orders as bigint) as subscription_orders,
    cast(coalesce(new_subscription_orders, subscription_orders * 0) as bigint) as new_subscription_orders,
    {{ as_money('subscription_revenue') }} as subscription_revenue,
    {{ as_money('new_subscription_revenue') }} as new_subscription_revenue,
    {{ as_money('recurring_revenue') }} as recurring_revenue,
    cast(orders as bigint) as shop_orders,
    cast(orders_by_subscription as bigint) as shop_orders_by_subscription,
    cast(customers as bigint) as shop_customers,
    cast(customers_by_subscription as bigint) as shop_customers_by_subscription,
    {{ safe_ratio('orders_by_subscription', 'orders') }} as take_rate_orders,
    {{ safe_ratio('customers_by_subscription', 'customers') }} as take_rate_customers,
    cast(active_subscribers as bigint) as active_subscribers,
    cast(active_subscriptions as bigint) as active_subscriptions,
    {{ as_money('mrr') }} as mrr,
    cast(cancellations as bigint) as cancellations,
    cast(cancelled_subscribers as bigint) as cancelled_subscribers,
    cast(not_converted as bigint) as not_converted,
    coverage,
    calculated_at
from known
