with costs as (
    select
        ordered_on as day,
        sum(units) as units,
        sum(cogs) as known_cogs,
        coalesce(sum(units) filter (cogs is null), 0) as units_without_cost
    from {{ ref('int_order_lines__valued') }}
    group by ordered_on
),

known as (
    select
        brand.day,
        brand.fiscal_year,
        brand.fiscal_quarter,
        brand.fiscal_month,
        brand.currency,
        brand.net_sales,
        brand.ad_spend,
        brand.payment_fees,
        brand.sales_coverage,
        brand.ads_coverage,
        brand.payments_coverage,
        brand.calculated_at,
        coalesce(costs.units_without_cost, 0) as units_without_cost,
        case
            when not {{ was_read('brand.sales_coverage') }} then null
            when coalesce(costs.units, 0) > 0 and costs.units_without_cost = costs.units then 'no cost data'
            when coalesce(costs.units_without_cost, 0) > 0 then 'some costs missing'
            else 'complete'
        end as cost_status,
        -- a sum that leaves out the costs nobody told would pass for profit
        case
            when {{ was_read('brand.sales_coverage') }} and coalesce(costs.units_without_cost, 0) = 0
                then coalesce(costs.known_cogs, 0)
        end as cogs
    from {{ ref('brand_metrics_by_date') }} as brand
    left join costs using (day)
),

profits as (
    select
        *,
        net_sales - cogs as gross_profit,
        net_sales - cogs - coalesce(payment_fees, 0) as contribution_margin
    from known
)

select
    day,
    fiscal_year,
    fiscal_quarter,
    fiscal_month,
    currency,
    net_sales,
    {{ as_money('cogs') }} as cogs,
    {{ as_money('gross_profit') }} as gross_profit,
    {{ safe_ratio('gross_profit', 'net_sales') }} as gross_margin,
    payment_fees,
    {{ as_money('contribution_margin') }} as contribution_margin,
    ad_spend,
    {{ as_money('contribution_margin - ad_spend') }} as contribution_after_ads,
    {{ safe_ratio('gross_profit', 'ad_spend') }} as profit_roas,
    {{ safe_ratio('contribution_margin', 'ad_spend') }} as contribution_roas,
    {{ safe_ratio('net_sales', 'gross_profit') }} as break_even_roas,
    cast(units_without_cost as bigint) as units_without_cost,
    cost_status,
    sales_coverage,
    ads_coverage,
    payments_coverage,
    calculated_at
from profits
