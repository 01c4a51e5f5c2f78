-- One row per refund of a sale, on the day it was made; the tax that went back with it is apart.
with taxes as (
    select refund_id, sum(tax) as tax
    from {{ ref('stg_shopify__refund_lines') }}
    group by refund_id
),

refunds as (
    select
        refunds.refund_id,
        refunds.order_id,
        refunds.datasource_id,
        refunds.currency,
        sales.customer_key,
        sales.sales_channel,
        {{ workspace_day('coalesce(refunds.created_at, refunds.processed_at)') }} as refunded_on,
        refunds.amount,
        -- an exchange gives goods back but no money, and then no tax either
        least(coalesce(taxes.tax, 0), refunds.amount) as tax
    from {{ ref('stg_shopify__refunds') }} as refunds
    inner join {{ ref('int_orders__valued') }} as sales using (order_id)
    left join taxes using (refund_id)
    cross join {{ ref('stg_workspace__settings') }} as workspace
)

select
    refunds.refund_id,
    refunds.order_id,
    refunds.datasource_id,
    refunds.customer_key,
    refunds.sales_channel,
    refunds.refunded_on,
    {{ has_rate('refunds.currency') }} as is_converted,
    {{ in_workspace_currency('refunds.amount - refunds.tax', 'refunds.currency') }} as refunds,
    {{ in_workspace_currency('refunds.tax', 'refunds.currency') }} as refunded_tax
from refunds
cross join {{ ref('stg_workspace__settings') }} as workspace
{{ join_rates('refunds.currency', 'refunds.refunded_on') }}
