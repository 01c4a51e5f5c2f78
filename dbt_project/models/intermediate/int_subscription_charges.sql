-- One row per charge of a subscription platform that went through, without tax, before refunds.
with charges as (
    select
        charges.*,
        {{ workspace_day('coalesce(charges.processed_at, charges.created_at)') }} as charged_on
    from {{ ref('stg_recharge__charges') }} as charges
    cross join {{ ref('stg_workspace__settings') }} as workspace
    where charges.status in ('success', 'refunded', 'partially_refunded')
)

select
    charges.charge_id,
    charges.datasource_id,
    charges.charged_on as day,
    charges.customer_key,
    charges.type = 'checkout' as is_first,
    greatest(coalesce(charges.orders_count, 1), 1) as orders,
    {{ has_rate('charges.currency') }} as is_converted,
    {{ in_workspace_currency('charges.total - coalesce(charges.tax, 0)', 'charges.currency') }} as revenue
from charges
cross join {{ ref('stg_workspace__settings') }} as workspace
{{ join_rates('charges.currency', 'charges.charged_on') }}
