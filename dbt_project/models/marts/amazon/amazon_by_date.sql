with orders as (
    select
        orders.datasource_id,
        orders.marketplace_id,
        cast(timezone(coalesce(orders.time_zone, workspace.time_zone), orders.created_at) as date) as day,
        count(*) as orders
    from {{ ref('stg_amazon_seller__orders') }} as orders
    cross join {{ ref('stg_workspace__settings') }} as workspace
    where orders.channel = 'AMAZON' and orders.status not in ('CANCELLED', 'CANCELED')
    group by all
),

ads as (
    select
        profiles.marketplace_id,
        ads.day,
        sum(ads.spend_in_workspace_currency) as ad_spend,
        sum(ads.value_in_workspace_currency) as ad_sales
    from {{ ref('int_ad_performance_daily') }} as ads
    inner join {{ ref('stg_amazon_ads__profiles') }} as profiles using (datasource_id, account_id)
    where ads.platform = 'amazon_ads' and ads.level = 'campaign'
    group by all
),

known as (
    select
        days.day,
        {{ fiscal_columns('days.day') }},
        spans.account_id as marketplace_id,
        marketplaces.marketplace_name,
        spans.time_zone,
        workspace.currency,
        {{ coverage_of('days.day', 'spans', 'spans.datasource_id') }} as coverage,
        ads_coverage.status as ads_coverage,
        {{ in_workspace_currency('sales.ordered_sales', 'sales.currency') }} as ordered_sales,
        sales.day is not null and not {{ has_rate('sales.currency') }} as is_not_converted,
        sales.day as found,
        sales.units_ordered,
        sales.order_items,
        sales.sessions,
        sales.page_views,
        sales.buy_box_percent,
        orders.orders,
        ads.day as found_ads,
        ads.ad_spend,
        ads.ad_sales,
        workspace.calculated_at
    from {{ ref('int_days') }} as days
    inner join {{ ref('int_datasource_spans') }} as spans on spans.platform = 'amazon_seller'
    cross join {{ ref('stg_workspace__settings') }} as workspace
    left join {{ ref('stg_amazon_seller__sales_traffic_daily') }} as sales
        on sales.datasource_id = spans.datasource_id and sales.day = days.day
    left join {{ ref('stg_amazon_seller__marketplaces') }} as marketplaces
        on marketplaces.datasource_id = spans.datasource_id and marketplaces.marketplace_id = spans.account_id
    left join orders on orders.datasource_id = spans.datasource_id and orders.day = days.day
    left join ads on ads.marketplace_id = spans.account_id and ads.day = days.day
    left join {{ ref('coverage_by_date') }} as ads_coverage
        on ads_coverage.platform = 'amazon_ads' and ads_coverage.day = days.day
    {{ join_rates('sales.currency', 'days.day') }}
),

figures as (
    select
        *,
        -- the report has a row for each day that it knows, so no row is no zero
        case when found is not null and {{ was_read('coverage') }} then coalesce(orders, 0) end as orders_placed,
        {{ of_the_day('ad_spend', 'found_ads', 'ads_coverage') }} as spend,
        {{ of_the_day('ad_sales', 'found_ads', 'ads_coverage') }} as sales_by_ads
    from known
)

select
    day,
    fiscal_year,
    fiscal_quarter,
    fiscal_month,
    marketplace_id,
    marketplace_name,
    time_zone,
    currency,
    {{ as_money('ordered_sales') }} as ordered_sales,
    cast(orders_placed as bigint) as orders,
    cast(units_ordered as bigint) as units,
    cast(order_items as bigint) as order_items,
    cast(sessions as bigint) as sessions,
    cast(page_views as bigint) as page_views,
    cast(buy_box_percent as double) / 100 as buy_box_rate,
    {{ safe_ratio('units_ordered', 'sessions') }} as units_per_session,
    {{ as_money('spend') }} as ad_spend,
    {{ as_money('sales_by_ads') }} as ad_sales,
    {{ safe_ratio('sales_by_ads', 'ordered_sales') }} as ad_attributed_share,
    {{ safe_ratio('spend', 'ordered_sales') }} as spend_share_of_sales,
    cast(if(is_not_converted, 1, 0) as bigint) as not_converted,
    coverage,
    ads_coverage,
    calculated_at
from figures
