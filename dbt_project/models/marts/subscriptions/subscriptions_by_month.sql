with today as (
    select {{ workspace_day('workspace.calculated_at') }} as day
    from {{ ref('stg_workspace__settings') }} as workspace
),

months as (
    select
        cast(date_trunc('month', days.day) as date) as month,
        -- every day of the month so far has to be known
        bool_and({{ was_read('coverage.status') }}) as is_known,
        last_day(max(days.day)) < max(today.day) as is_complete
    from {{ ref('int_days') }} as days
    cross join today
    {{ join_coverage("'recharge'", 'days.day') }}
    where days.day <= today.day
    group by 1
),

people as (
    select
        months.month,
        subscriptions.customer_key,
        bool_or(subscriptions.started_on < months.month and coalesce(subscriptions.ended_on >= months.month, true)) as was_live,
        bool_or(
            subscriptions.started_on <= last_day(months.month)
            and coalesce(subscriptions.ended_on > last_day(months.month), true)
        ) as is_live,
        count(*) filter (subscriptions.is_cancelled and date_trunc('month', subscriptions.ended_on) = months.month) as cancellations,
        min(subscriptions.started_on) >= months.month as is_new
    from months
    inner join {{ ref('int_subscriptions') }} as subscriptions on subscriptions.started_on <= last_day(months.month)
    where subscriptions.customer_key is not null
    group by months.month, subscriptions.customer_key
),

counted as (
    select
        month,
        count(*) filter (was_live) as subscribers_at_start,
        count(*) filter (is_new) as new_subscribers,
        sum(cancellations) as cancellations,
        count(*) filter (cancellations > 0) as cancelled_subscribers,
        count(*) filter (was_live and cancellations > 0) as churned_subscribers,
        count(*) filter (was_live and not is_live) as lost_subscribers,
        count(*) filter (is_live) as subscribers_at_end
    from people
    group by month
),

known as (
    select
        months.month,
        months.is_complete,
        {% for figure in [
            'subscribers_at_start', 'new_subscribers', 'cancellations', 'cancelled_subscribers', 'churned_subscribers',
            'lost_subscribers', 'subscribers_at_end',
        ] %}
        cast(case when months.is_known then coalesce(counted.{{ figure }}, 0) end as bigint) as {{ figure }}{{ ',' if not loop.last }}
        {% endfor %}
    from months
    left join counted using (month)
)

select
    known.month,
    {{ fiscal_columns('known.month') }},
    known.subscribers_at_start,
    known.new_subscribers,
    known.cancellations,
    known.cancelled_subscribers,
    known.churned_subscribers,
    known.lost_subscribers,
    known.subscribers_at_end,
    {{ safe_ratio('known.churned_subscribers', 'known.subscribers_at_start') }} as churn_rate,
    {{ safe_ratio('known.cancellations', 'known.subscribers_at_start') }} as cancellation_rate,
    known.is_complete,
    workspace.calculated_at
from known
cross join {{ ref('stg_workspace__settings') }} as workspace
