-- One row per order that is a sale: its days, its customer and its amounts in the workspace's currency.
with goods as (
    select
        order_id,
        sum(gross) filter (not is_gift_card) as goods,
        sum(gross) filter (is_gift_card) as gift_cards,
        sum(quantity) filter (not is_gift_card) as units,
        coalesce(bool_or(requires_shipping), false) as requires_shipping
    from {{ ref('stg_shopify__order_lines') }}
    group by order_id
),

payments as (
    select order_id, min(coalesce(processed_at, created_at)) as paid_at
    from {{ ref('stg_shopify__transactions') }}
    where kind in ('SALE', 'CAPTURE') and status = 'SUCCESS' and not coalesce(is_test, false)
    group by order_id
),

shipments as (
    select order_id, min(created_at) as fulfilled_at
    from {{ ref('stg_shopify__fulfilments') }}
    where status = 'SUCCESS'
    group by order_id
),

-- a guest's order is joined by e-mail to the customer that the shop may know
known as (
    select email_key, min(customer_key) as customer_key
    from {{ ref('stg_shopify__customers') }}
    where email_key is not null
    group by email_key
),

sales as (
    select
        orders.*,
        coalesce(goods.goods, 0) - case when orders.is_tax_included then coalesce(orders.tax, 0) else 0 end as gross_sales,
        coalesce(goods.gift_cards, 0) as gift_card_sales,
        coalesce(goods.units, 0) as units,
        coalesce(goods.requires_shipping, false) as requires_shipping,
        -- what costs nothing is paid when it is ordered: no payment will ever come
        coalesce(payments.paid_at, if(orders.total = 0, orders.created_at, null)) as paid_at,
        shipments.fulfilled_at,
        coalesce(orders.customer_key, known.customer_key, orders.email_key) as buyer_key
    from {{ ref('stg_shopify__orders') }} as orders
    left join goods using (order_id)
    left join payments using (order_id)
    left join shipments using (order_id)
    left join known using (email_key)
    where not orders.is_test
      -- cancelled before any money was taken: nothing was sold, and no refund will ever balance it
      and not (
          orders.cancelled_at is not null
          and coalesce(orders.financial_status, '') in ('', 'PENDING', 'AUTHORIZED', 'VOIDED', 'EXPIRED')
      )
),

dated as (
    select sales.*, {{ workspace_day('sales.created_at') }} as ordered_on
    from sales
    cross join {{ ref('stg_workspace__settings') }} as workspace
)

select
    dated.order_id,
    dated.datasource_id,
    dated.buyer_key as customer_key,
    {{ without_contacts("coalesce(dated.source_name, 'unknown')") }} as sales_channel,
    dated.ordered_on,
    dated.created_at,
    dated.fulfilled_at,
    {{ workspace_day('dated.paid_at') }} as paid_on,
    {{ workspace_day('dated.fulfilled_at') }} as fulfilled_on,
    {{ workspace_day('dated.closed_at') }} as closed_on,
    {{ workspace_day('dated.cancelled_at') }} as cancelled_on,
    dated.cancelled_at is not null as is_cancelled,
    dated.requires_shipping,
    dated.is_tax_included,
    dated.currency,
    {{ has_rate('dated.currency') }} as is_converted,
    case when dated.buyer_key is not null then row_number() over (
        partition by dated.buyer_key order by dated.created_at, dated.order_id
    ) end as nth_order,
    dated.units,
    {{ in_workspace_currency('dated.gross_sales', 'dated.currency') }} as gross_sales,
    {{ in_workspace_currency('dated.gift_card_sales', 'dated.currency') }} as gift_card_sales,
    {{ in_workspace_currency('coalesce(dated.shipping, 0)', 'dated.currency') }} as shipping,
    {{ in_workspace_currency('coalesce(dated.discounts, 0)', 'dated.currency') }} as discounts,
    {{ in_workspace_currency('coalesce(dated.tax, 0)', 'dated.currency') }} as tax,
    {{ in_workspace_currency('coalesce(dated.tip, 0)', 'dated.currency') }} as tips
from dated
cross join {{ ref('stg_workspace__settings') }} as workspace
{{ join_rates('dated.currency', 'dated.ordered_on') }}
