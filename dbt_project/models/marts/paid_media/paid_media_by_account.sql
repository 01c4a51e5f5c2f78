with accounts as (
    -- reports may write the account's id in another way than the account itself does
    select datasource_id, any_value(account_id) as account_id
    from {{ ref('int_ad_performance_daily') }}
    group by datasource_id
),

ads as (
    select
        datasource_id,
        day,
        any_value(currency) as currency,
        sum(spend) as spend,
        sum(spend_in_workspace_currency) as spend_in_workspace_currency,
        sum(impressions) as impressions,
        sum(clicks) as clicks,
        sum(conversions) as conversions,
        sum(conversion_value) as conversion_value,
        sum(value_in_workspace_currency) as value_in_workspace_currency
    from {{ ref('int_ad_performance_daily') }}
    where level = 'campaign'
    group by datasource_id, day
),

known as (
    select
        days.day,
        spans.* exclude (account_id),
        coalesce(accounts.account_id, spans.account_id) as account_id,
        coalesce(ads.currency, spans.currency) as account_currency,
        {{ coverage_of('days.day', 'spans', 'spans.datasource_id') }} as coverage,
        ads.day as found,
        ads.* exclude (datasource_id, day, currency)
    from {{ ref('int_days') }} as days
    inner join {{ ref('int_datasource_spans') }} as spans on spans.is_ads
    left join accounts on accounts.datasource_id = spans.datasource_id
    left join ads on ads.datasource_id = spans.datasource_id and ads.day = days.day
),

figures as (
    select
        day, platform, account_id, account_name, time_zone, account_currency, coverage,
        {% for figure in [
            'spend', 'spend_in_workspace_currency', 'impressions', 'clicks', 'conversions', 'conversion_value',
            'value_in_workspace_currency',
        ] %}
        {{ of_the_day(figure, 'found', 'coverage') }} as {{ figure }}{{ ',' if not loop.last }}
        {% endfor %}
    from known
)

select
    ads.day,
    {{ fiscal_columns('ads.day') }},
    ads.platform,
    ads.account_id,
    {{ without_contacts('ads.account_name') }} as account_name,
    ads.time_zone,
    ads.account_currency,
    {{ as_money('ads.spend') }} as spend_in_account_currency,
    workspace.currency,
    {{ as_money('ads.spend_in_workspace_currency') }} as spend,
    cast(ads.impressions as bigint) as impressions,
    cast(ads.clicks as bigint) as clicks,
    cast(ads.conversions as double) as conversions,
    {{ as_money('ads.value_in_workspace_currency') }} as conversion_value,
    {{ safe_ratio('ads.conversion_value', 'ads.spend') }} as roas,
    {{ as_money(safe_ratio('ads.spend_in_workspace_currency', 'ads.conversions')) }} as cpa,
    {{ as_money(safe_ratio('ads.spend_in_workspace_currency', 'ads.clicks')) }} as cpc,
    {{ safe_ratio('ads.clicks', 'ads.impressions') }} as ctr,
    ads.coverage,
    workspace.calculated_at
from figures as ads
cross join {{ ref('stg_workspace__settings') }} as workspace
