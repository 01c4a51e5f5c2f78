with balance as (
    select source_id, any_value(amount) as amount, any_value(currency) as currency, sum(fee) as fee
    from {{ ref('stg_stripe__balance_transactions') }}
    where type in ('charge', 'payment', 'refund', 'payment_refund')
    group by source_id
),

charges as (
    select
        charges.charge_id,
        charges.shop_order_id,
        {{ workspace_day('charges.created_at') }} as day,
        coalesce(balance.amount, charges.amount_captured) as amount,
        balance.fee,
        coalesce(balance.currency, charges.currency) as currency
    from {{ ref('stg_stripe__charges') }} as charges
    left join balance on balance.source_id = charges.charge_id
    cross join {{ ref('stg_workspace__settings') }} as workspace
    where charges.status = 'succeeded' and charges.is_captured and coalesce(charges.is_live, true)
      and charges.shop_order_id is not null
),

movements as (
    select shop_order_id, day, currency, 'charged' as kind, amount from charges
    union all by name
    select shop_order_id, day, currency, 'fees' as kind, fee as amount from charges where fee is not null
    union all by name
    select
        charges.shop_order_id,
        {{ workspace_day('refunds.created_at') }} as day,
        coalesce(balance.currency, refunds.currency) as currency,
        'given_back' as kind,
        coalesce(-balance.amount, refunds.amount) as amount
    from {{ ref('stg_stripe__refunds') }} as refunds
    inner join charges using (charge_id)
    left join balance on balance.source_id = refunds.refund_id
    cross join {{ ref('stg_workspace__settings') }} as workspace
    where refunds.status in ('succeeded', 'pending')
    union all by name
    select
        regexp_extract(payments.order_id, '[0-9]+$') as shop_order_id,
        {{ workspace_day('coalesce(payments.processed_at, payments.created_at)') }} as day,
        payments.currency,
        if(payments.kind = 'REFUND', 'shop_refunds', 'shop_payments') as kind,
        payments.amount
    from {{ ref('stg_shopify__transactions') }} as payments
    cross join {{ ref('stg_workspace__settings') }} as workspace
    where payments.status = 'SUCCESS' and not coalesce(payments.is_test, false)
      and payments.kind in ('SALE', 'CAPTURE', 'REFUND') and lower(payments.gateway) like '%stripe%'
),

sums as (
    select
        movements.shop_order_id,
        min(movements.day) filter (kind in ('charged', 'shop_payments')) as paid_on,
        count(*) filter (not {{ has_rate('movements.currency') }}) as not_converted,
        {% for kind in ['charged', 'fees', 'given_back', 'shop_payments', 'shop_refunds'] %}
        count(*) filter (kind = '{{ kind }}') as {{ kind }}_count,
        sum({{ in_workspace_currency('movements.amount', 'movements.currency') }}) filter (kind = '{{ kind }}') as {{ kind }}{{ ',' if not loop.last }}
        {% endfor %}
    from movements
    cross join {{ ref('stg_workspace__settings') }} as workspace
    {{ join_rates('movements.currency', 'movements.day') }}
    group by movements.shop_order_id
),

compared as (
    select
        *,
        {% for kind in ['charged', 'given_back', 'shop_payments', 'shop_refunds'] %}
        if({{ kind }}_count = 0, 0, {{ kind }}) as {{ kind }}_or_none{{ ',' if not loop.last }}
        {% endfor %}
    from sums
)

select
    'gid://shopify/Order/' || compared.shop_order_id as order_id,
    compared.paid_on,
    workspace.currency,
    {{ as_money('compared.shop_payments_or_none') }} as shop_payments,
    {{ as_money('compared.charged_or_none') }} as charges,
    {{ as_money('compared.charged_or_none - compared.shop_payments_or_none') }} as charges_less_shop_payments,
    {{ as_money('compared.shop_refunds_or_none') }} as shop_refunds,
    {{ as_money('compared.given_back_or_none') }} as payment_refunds,
    {{ as_money('compared.given_back_or_none - compared.shop_refunds_or_none') }} as refunds_less_shop_refunds,
    {{ as_money('compared.fees') }} as fees,
    case
        when compared.not_converted > 0 then 'not_converted'
        when compared.charged_count = 0 then 'not_at_stripe'
        when compared.shop_payments_count = 0 then 'not_in_shop'
        when compared.charged_or_none <> compared.shop_payments_or_none then 'amounts_differ'
        when compared.given_back_or_none <> compared.shop_refunds_or_none then 'refunds_differ'
        else 'matched'
    end as status,
    workspace.calculated_at
from compared
cross join {{ ref('stg_workspace__settings') }} as workspace
