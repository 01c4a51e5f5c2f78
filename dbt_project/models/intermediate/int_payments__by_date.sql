-- One row per datasource and day of the workspace on which money moved at the payment provider.
with balance as (
    select source_id, type, any_value(amount) as amount, any_value(currency) as currency
    from {{ ref('stg_stripe__balance_transactions') }}
    where type in ('charge', 'payment', 'refund', 'payment_refund')
    group by source_id, type
),

-- a payment in a foreign currency is known in the account's own once it is on the balance: no rate is needed
charges as (
    select
        charges.charge_id,
        charges.datasource_id,
        charges.created_at,
        coalesce(balance.currency, charges.currency) as currency,
        coalesce(balance.amount, charges.amount_captured) as amount
    from {{ ref('stg_stripe__charges') }} as charges
    left join balance on balance.source_id = charges.charge_id and balance.type in ('charge', 'payment')
    where charges.status = 'succeeded' and charges.is_captured and coalesce(charges.is_live, true)
),

movements as (
    select datasource_id, created_at, currency, 'charges' as kind, amount
    from charges
    union all by name
    select
        refunds.datasource_id,
        refunds.created_at,
        coalesce(balance.currency, refunds.currency) as currency,
        'refunds' as kind,
        coalesce(-balance.amount, refunds.amount) as amount
    from {{ ref('stg_stripe__refunds') }} as refunds
    left join balance on balance.source_id = refunds.refund_id and balance.type in ('refund', 'payment_refund')
    where refunds.status in ('succeeded', 'pending')
      and refunds.charge_id in (select charge_id from charges)
    union all by name
    select datasource_id, created_at, currency, 'disputes' as kind, amount
    from {{ ref('stg_stripe__disputes') }}
    where coalesce(is_live, true)
    union all by name
    -- a bank's day is a date at midnight in UTC, whatever the workspace's zone
    select datasource_id, arrives_at as created_at, currency, 'payouts' as kind, amount
    from {{ ref('stg_stripe__payouts') }}
    where status in ('paid', 'in_transit') and coalesce(is_live, true)
    union all by name
    -- what is paid out has left the balance, but it is no cost
    {% for kind in ['fee', 'net'] %}
    select datasource_id, created_at, currency, '{{ kind }}' as kind, {{ kind }} as amount
    from {{ ref('stg_stripe__balance_transactions') }}
    where coalesce(type, '') not in ('payout', 'payout_cancel', 'payout_failure')
    {% if not loop.last %}union all by name{% endif %}
    {% endfor %}
),

dated as (
    select
        movements.*,
        if(movements.kind = 'payouts', cast(timezone('UTC', movements.created_at) as date), {{ workspace_day('movements.created_at') }}) as day
    from movements
    cross join {{ ref('stg_workspace__settings') }} as workspace
)

select
    dated.datasource_id,
    dated.day,
    count(*) filter (kind = 'charges') as charge_count,
    count(*) filter (kind = 'disputes') as dispute_count,
    count(*) filter (not {{ has_rate('dated.currency') }}) as movements_not_converted,
    {% for kind in ['charges', 'refunds', 'disputes', 'payouts', 'fee', 'net'] %}
    sum({{ in_workspace_currency('amount', 'dated.currency') }})
        filter (kind = '{{ kind }}') as {{ kind }}{{ ',' if not loop.last }}
    {% endfor %}
from dated
cross join {{ ref('stg_workspace__settings') }} as workspace
{{ join_rates('dated.currency', 'dated.day') }}
group by all
