with provider as (
    select
        day,
        {% for figure in ['charge_count', 'charges', 'refunds', 'fee', 'net', 'dispute_count', 'disputes', 'payouts', 'movements_not_converted'] %}
        sum({{ figure }}) as {{ figure }}{{ ',' if not loop.last }}
        {% endfor %}
    from {{ ref('int_payments__by_date') }}
    group by day
),

-- what the shop says went through the same provider
shop as (
    select
        {{ workspace_day('coalesce(payments.processed_at, payments.created_at)') }} as day,
        payments.kind,
        payments.amount,
        payments.currency
    from {{ ref('stg_shopify__transactions') }} as payments
    cross join {{ ref('stg_workspace__settings') }} as workspace
    where payments.status = 'SUCCESS' and not coalesce(payments.is_test, false) and lower(payments.gateway) like '%stripe%'
),

shop_days as (
    select
        shop.day,
        coalesce(sum({{ in_workspace_currency('shop.amount', 'shop.currency') }}) filter (shop.kind in ('SALE', 'CAPTURE')), 0) as shop_payments,
        coalesce(sum({{ in_workspace_currency('shop.amount', 'shop.currency') }}) filter (shop.kind = 'REFUND'), 0) as shop_refunds
    from shop
    cross join {{ ref('stg_workspace__settings') }} as workspace
    {{ join_rates('shop.currency', 'shop.day') }}
    group by shop.day
),

balance as (
    select count(*) > 0 as is_known from {{ ref('stg_stripe__balance_transactions') }}
),

known as (
    select
        days.day,
        workspace.currency,
        {{ fiscal_columns('days.day') }},
        {% for figure in ['charge_count', 'charges', 'refunds', 'dispute_count', 'disputes', 'payouts', 'movements_not_converted'] %}
        {{ of_the_day('coalesce(provider.' ~ figure ~ ', 0)', 'provider.day', 'coverage.status') }} as {{ figure }},
        {% endfor %}
        {% for figure in ['fee', 'net'] %}
        case when balance.is_known then {{ of_the_day('coalesce(provider.' ~ figure ~ ', 0)', 'provider.day', 'coverage.status') }} end as {{ figure }},
        {% endfor %}
        {% for figure in ['shop_payments', 'shop_refunds'] %}
        {{ of_the_day('shop_days.' ~ figure, 'shop_days.day', 'sales.status') }} as {{ figure }},
        {% endfor %}
        coverage.status as coverage,
        sales.status as sales_coverage,
        workspace.calculated_at
    from {{ ref('int_days') }} as days
    cross join balance
    cross join {{ ref('stg_workspace__settings') }} as workspace
    left join provider on provider.day = days.day
    left join shop_days on shop_days.day = days.day
    left join {{ ref('coverage_by_date') }} as sales on sales.platform = 'shopify' and sales.day = days.day
    {{ join_coverage("'stripe'", 'days.day') }}
)

select
    day,
    fiscal_year,
    fiscal_quarter,
    fiscal_month,
    currency,
    cast(charge_count as bigint) as charge_count,
    {{ as_money('charges') }} as charges,
    {{ as_money('refunds') }} as payment_refunds,
    {{ safe_ratio('refunds', 'charges') }} as payment_refund_rate,
    {{ as_money('fee') }} as fees,
    {{ as_money('net') }} as net,
    cast(dispute_count as bigint) as dispute_count,
    {{ as_money('disputes') }} as disputes,
    {{ as_money('payouts') }} as payouts,
    {{ as_money('shop_payments') }} as shop_payments,
    {{ as_money('charges - shop_payments') }} as charges_less_shop_payments,
    {{ as_money('shop_refunds') }} as shop_refunds,
    {{ as_money('refunds - shop_refunds') }} as refunds_less_shop_refunds,
    cast(movements_not_converted as bigint) as not_converted,
    coverage,
    sales_coverage,
    calculated_at
from known
