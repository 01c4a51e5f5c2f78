with costs as (
    select
        ordered_on as day, product_id, variant_id, sku,
        sum(units) as units,
        sum(cogs) as known_cogs,
        coalesce(sum(units) filter (cogs is null), 0) as units_without_cost,
        max(unit_cost) as unit_cost,
        max(cost_file) as cost_file,
        max(cost_effective_from) as cost_effective_from
    from {{ ref('int_order_lines__valued') }}
    group by all
),

known as (
    select
        sales.*,
        costs.unit_cost,
        costs.cost_file,
        costs.cost_effective_from,
        coalesce(costs.units_without_cost, 0) as units_without_cost,
        if(coalesce(costs.units_without_cost, 0) = 0, coalesce(costs.known_cogs, 0), null) as cogs,
        brand.payment_fees as fees_of_the_day
    from {{ ref('sales_by_product') }} as sales
    left join costs
        on costs.day = sales.day
        and costs.product_id is not distinct from sales.product_id
        and costs.variant_id is not distinct from sales.variant_id
        and costs.sku is not distinct from sales.sku
    left join {{ ref('brand_metrics_by_date') }} as brand on brand.day = sales.day
),

shared as (
    select
        *,
        -- fees are of payments, so they fall to what was paid for, whatever was returned
        {{ allotted('fees_of_the_day', '(gross_sales - discounts)', 'day', "product_id, variant_id, sku") }} as payment_fees
    from known
)

select
    day,
    fiscal_year,
    fiscal_quarter,
    fiscal_month,
    product_id,
    product_title,
    variant_id,
    variant_title,
    sku,
    currency,
    units,
    revenue,
    {{ as_money('unit_cost') }} as unit_cost,
    {{ as_money('cogs') }} as cogs,
    {{ as_money('revenue - cogs') }} as product_gross_profit,
    {{ safe_ratio('revenue - cogs', 'revenue') }} as gross_margin,
    {{ as_money('payment_fees') }} as payment_fees,
    {{ as_money('revenue - cogs - coalesce(payment_fees, 0)') }} as product_contribution_margin,
    if(units_without_cost = 0, 'complete', 'no cost data') as cost_status,
    {{ without_contacts('cost_file') }} as cost_file,
    cost_effective_from,
    coverage,
    calculated_at
from shared
