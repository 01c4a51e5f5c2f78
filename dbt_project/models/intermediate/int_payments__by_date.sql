-- One row per datasource and day of the workspace on which money moved at the payment provider.
with charges as (
    select charge_id, datasource_id, created_at, currency, amount_captured
    from {{ ref('stg_stripe__charges') }}
    where status = 'succeeded' and is_captured and coalesce(is_live, true)
),

movements as (
    select datasource_id, created_at, currency, 'charges' as kind, amount_captured as amount
    from charges
    union all by name
    select refunds.datasource_id, refunds.created_at, refunds.currency, 'refunds' as kind, refunds.amount
    from {{ ref('stg_stripe__refunds') }} as refunds
    where refunds.status in ('succeeded', 'pending')
      and refunds.charge_id in (select charge_id from charges)
    union all by name
    -- what is paid out has left the balance, but it is no cost
    {% for kind in ['fee', 'net'] %}
    select datasource_id, created_at, currency, '{{ kind }}' as kind, {{ kind }} as amount
    from {{ ref('stg_stripe__balance_transactions') }}
    where coalesce(type, '') not in ('payout', 'payout_cancel', 'payout_failure')
    {% if not loop.last %}union all by name{% endif %}
    {% endfor %}
)

select
    movements.datasource_id,
    {{ workspace_day('movements.created_at') }} as day,
    count(*) filter (kind = 'charges') as charge_count,
    count(*) filter (movements.currency <> workspace.currency) as movements_not_converted,
    {% for kind in ['charges', 'refunds', 'fee', 'net'] %}
    sum({{ in_workspace_currency('amount', 'movements.currency') }})
        filter (kind = '{{ kind }}') as {{ kind }}{{ ',' if not loop.last }}
    {% endfor %}
from movements
cross join {{ ref('stg_workspace__settings') }} as workspace
group by all
