-- One row per currency and day that has a rate into the workspace's: the last one said, at most seven days old.
with said as (
    select rates.day, rates.from_currency as currency, rates.rate, rates.rate_source, 1 as choice
    from {{ ref('stg_workspace__fx_rates') }} as rates
    inner join {{ ref('stg_workspace__settings') }} as workspace on rates.to_currency = workspace.currency
    union all by name
    select
        rates.day, rates.to_currency as currency, cast(1 / rates.rate as decimal(18, 9)) as rate, rates.rate_source, 2 as choice
    from {{ ref('stg_workspace__fx_rates') }} as rates
    inner join {{ ref('stg_workspace__settings') }} as workspace on rates.from_currency = workspace.currency
),

chosen as (
    select day as rate_day, currency, rate, rate_source
    from said
    qualify row_number() over (partition by currency, day order by choice, rate_source, rate) = 1
),

spans as (
    select
        *,
        cast(least(
            rate_day + 7, coalesce(lead(rate_day) over (partition by currency order by rate_day) - 1, rate_day + 7)
        ) as date) as until_day
    from chosen
)

select
    cast(unnest(generate_series(rate_day, until_day, interval 1 day)) as date) as day,
    currency,
    rate,
    rate_day,
    rate_source
from spans
