with coverage as (
    select
        day,
        max(status) filter (platform = 'shopify') as sales_coverage,
        max(status) filter (platform = 'stripe') as payments_coverage
    from {{ ref('coverage_by_date') }}
    group by day
),

-- an ads account that has not been read to this day leaves the day's spend unknown; one that began later adds nothing
ads_coverage as (
    select
        days.day,
        case
            when count(spans.datasource_id) = 0 then 'not_connected'
            when count(*) filter (spans.last_day is null or days.day > spans.last_day) > 0 then 'missing'
            when count(*) filter (days.day >= spans.first_day) = 0 then 'missing'
            when count(*) filter (days.day = spans.last_day) > 0 then 'partial'
            else 'complete'
        end as ads_coverage
    from {{ ref('int_days') }} as days
    left join {{ ref('int_datasource_spans') }} as spans on spans.is_ads
    group by days.day
),

ads as (
    select
        day,
        sum(spend_in_workspace_currency) as ad_spend,
        count(*) - count(spend_in_workspace_currency) as ad_rows_not_converted
    from {{ ref('int_ad_performance_daily') }}
    where level = 'campaign'
    group by day
),

payments as (
    select
        day,
        sum(charges) as charges,
        sum(refunds) as refunds,
        sum(fee) as fees,
        sum(net) as net,
        sum(movements_not_converted) as movements_not_converted
    from {{ ref('int_payments__by_date') }}
    group by day
),

balance as (
    select count(*) > 0 as is_known from {{ ref('stg_stripe__balance_transactions') }}
),

-- nothing on a day that was read is zero; on a day that was not it is unknown
known as (
    select
        days.day,
        workspace.currency,
        {{ fiscal_columns('days.day') }},
        workspace.calculated_at,
        coverage.sales_coverage,
        ads_coverage.ads_coverage,
        coverage.payments_coverage,
        {% set has_sales = "coverage.sales_coverage in ('complete', 'partial')" %}
        {% set has_ads = "ads_coverage.ads_coverage in ('complete', 'partial')" %}
        {% set has_payments = "coverage.payments_coverage in ('complete', 'partial')" %}
        {% for count in ['orders', 'cancelled_orders', 'orders_not_converted', 'units'] %}
        case when {{ has_sales }} then coalesce(sales.{{ count }}, 0) end as {{ count }},
        {% endfor %}
        {% for amount in ['gross_sales', 'gift_card_sales', 'shipping', 'discounts', 'tax', 'tips'] %}
        case when sales.has_orders and {{ has_sales }} then sales.{{ amount }} when {{ has_sales }} then 0 end as {{ amount }},
        {% endfor %}
        {% for amount in ['refunds', 'refunded_tax'] %}
        case when sales.has_refunds and {{ has_sales }} then sales.{{ amount }} when {{ has_sales }} then 0 end as {{ amount }},
        {% endfor %}
        case when {{ has_sales }} then coalesce(sales.refunds_not_converted, 0) end as refunds_not_converted,
        -- orders without any customer mean that the shop does not show them to us
        {% for count in ['new_customers', 'customers'] %}
        case
            when {{ has_sales }} and coalesce(sales.orders, 0) > 0 and sales.orders_with_customer = 0 then null
            when {{ has_sales }} then coalesce(sales.{{ count }}, 0)
        end as {{ count }},
        {% endfor %}
        case when {{ has_ads }} then if(ads.day is null, 0, ads.ad_spend) end as ad_spend,
        case when {{ has_ads }} then coalesce(ads.ad_rows_not_converted, 0) end as ad_rows_not_converted,
        case when {{ has_payments }} then coalesce(payments.charges, 0) end as charges,
        case when {{ has_payments }} then coalesce(payments.refunds, 0) end as payment_refunds,
        case when {{ has_payments }} and balance.is_known then coalesce(payments.fees, 0) end as payment_fees,
        case when {{ has_payments }} and balance.is_known then coalesce(payments.net, 0) end as payments_net,
        case when {{ has_payments }} then coalesce(payments.movements_not_converted, 0) end as payments_not_converted
    from {{ ref('int_days') }} as days
    left join coverage on coverage.day = days.day
    left join ads_coverage on ads_coverage.day = days.day
    left join {{ ref('int_sales__by_date') }} as sales on sales.day = days.day
    left join ads on ads.day = days.day
    left join payments on payments.day = days.day
    cross join balance
    cross join {{ ref('stg_workspace__settings') }} as workspace
),

totals as (
    select
        *,
        gross_sales + shipping as gross_revenue,
        gross_sales + shipping - discounts - refunds as net_sales
    from known
)

select
    day,
    fiscal_year,
    fiscal_quarter,
    fiscal_month,
    currency,
    cast(orders as bigint) as orders,
    cast(cancelled_orders as bigint) as cancelled_orders,
    cast(units as bigint) as units,
    {{ as_money('gross_sales') }} as gross_sales,
    {{ as_money('shipping') }} as shipping,
    {{ as_money('gross_revenue') }} as gross_revenue,
    {{ as_money('discounts') }} as discounts,
    {{ as_money('refunds') }} as refunds,
    {{ as_money('net_sales') }} as net_sales,
    {{ as_money('tax') }} as tax,
    {{ as_money('tips') }} as tips,
    {{ as_money('net_sales + tax - refunded_tax') }} as total_sales,
    {{ as_money('gift_card_sales') }} as gift_card_sales,
    {{ as_money(safe_ratio('net_sales', 'orders')) }} as aov,
    {{ safe_ratio('refunds', 'gross_revenue') }} as refund_rate,
    cast(new_customers as bigint) as new_customers,
    cast(customers - new_customers as bigint) as returning_customers,
    {{ as_money('ad_spend') }} as ad_spend,
    {{ safe_ratio('net_sales', 'ad_spend') }} as mer,
    {{ as_money(safe_ratio('ad_spend', 'new_customers')) }} as blended_cac,
    {{ as_money('charges') }} as payment_charges,
    {{ as_money('payment_refunds') }} as payment_refunds,
    {{ as_money('payment_fees') }} as payment_fees,
    {{ as_money('payments_net') }} as payments_net,
    cast(orders_not_converted + refunds_not_converted as bigint) as sales_not_converted,
    cast(ad_rows_not_converted as bigint) as ad_rows_not_converted,
    cast(payments_not_converted as bigint) as payments_not_converted,
    sales_coverage,
    ads_coverage,
    payments_coverage,
    calculated_at
from totals
