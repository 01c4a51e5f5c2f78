with visits as (
    select
        traffic.day,
        sum(traffic.sessions) as sessions,
        sum(traffic.engaged_sessions) as engaged_sessions,
        sum(traffic.users) as users,
        sum(traffic.new_users) as new_users,
        sum(traffic.purchases) as purchases,
        sum({{ in_workspace_currency('traffic.revenue', 'traffic.currency') }}) as site_revenue,
        -- unknown for one property is unknown for all
        if(count(traffic.converting_sessions) = count(*), sum(traffic.converting_sessions), null) as converting_sessions,
        count(*) filter (not {{ has_rate('traffic.currency') }}) as not_converted,
        bool_or(traffic.is_thresholded or traffic.has_other_row or traffic.is_sampled or traffic.is_restricted) as is_approximate,
        bool_or(traffic.is_provisional) as is_provisional
    from {{ ref('stg_google_analytics__daily') }} as traffic
    cross join {{ ref('stg_workspace__settings') }} as workspace
    {{ join_rates('traffic.currency', 'traffic.day') }}
    group by traffic.day
),

known as (
    select
        days.day,
        workspace.currency,
        {{ fiscal_columns('days.day') }},
        {% for figure in [
            'sessions', 'engaged_sessions', 'users', 'new_users', 'purchases', 'site_revenue', 'converting_sessions',
        ] %}
        {{ of_the_day('visits.' ~ figure, 'visits.day', 'coverage.status') }} as {{ figure }},
        {% endfor %}
        visits.not_converted,
        visits.is_approximate,
        visits.is_provisional,
        coverage.status as coverage,
        workspace.calculated_at
    from {{ ref('int_days') }} as days
    cross join {{ ref('stg_workspace__settings') }} as workspace
    left join visits using (day)
    {{ join_coverage("'google_analytics'", 'days.day') }}
)

select
    day,
    fiscal_year,
    fiscal_quarter,
    fiscal_month,
    currency,
    {% for count in ['sessions', 'engaged_sessions', 'users', 'new_users', 'purchases'] %}
    cast({{ count }} as bigint) as {{ count }},
    {% endfor %}
    {{ as_money('site_revenue') }} as site_revenue,
    cast(converting_sessions as bigint) as converting_sessions,
    {{ safe_ratio('converting_sessions', 'sessions') }} as conversion_rate,
    {{ safe_ratio('purchases', 'sessions') }} as purchases_per_session,
    coalesce(is_approximate, false) as is_approximate,
    coalesce(is_provisional, false) as is_provisional,
    cast(coalesce(not_converted, 0) as bigint) as not_converted,
    coverage,
    calculated_at
from known
