{# A count that a report states as a share of another count only. Null where the share is not told. #}
{% macro part_of(count, share) -%}
    cast(round({{ share }} * {{ count }}) as bigint)
{%- endmacro %}

{# Visits as Google counts them, one row per day, property and `dimensions`. Each report is asked for on its own. #}
{% macro site_traffic(model, dimensions) -%}
with masked as (
    select
        traffic.* exclude ({{ dimensions | join(', ') }}),
        {% for dimension in dimensions %}
        {{ without_contacts('traffic.' ~ dimension) }} as {{ dimension }}{{ ',' if not loop.last }}
        {% endfor %}
    from {{ ref(model) }} as traffic
),

-- two addresses in a link become one word once they are masked
visits as (
    select
        day, property_id, {{ dimensions | join(', ') }}, time_zone, currency,
        {% for count in ['sessions', 'engaged_sessions', 'users', 'new_users', 'purchases', 'revenue'] %}
        sum({{ count }}) as {{ count }},
        {% endfor %}
        if(count(converting_sessions) = count(*), sum(converting_sessions), null) as converting_sessions,
        bool_or(is_thresholded or has_other_row or is_sampled or is_restricted) as is_approximate,
        bool_or(is_provisional) as is_provisional
    from masked
    group by all
)

select
    visits.day,
    {{ fiscal_columns('visits.day') }},
    visits.property_id,
    {% for dimension in dimensions %}
    visits.{{ dimension }},
    {% endfor %}
    visits.time_zone,
    workspace.currency,
    {% for count in ['sessions', 'engaged_sessions', 'users', 'new_users', 'purchases'] %}
    cast(visits.{{ count }} as bigint) as {{ count }},
    {% endfor %}
    {{ in_workspace_currency('visits.revenue', 'visits.currency') }} as site_revenue,
    cast(visits.converting_sessions as bigint) as converting_sessions,
    {{ safe_ratio('visits.converting_sessions', 'visits.sessions') }} as conversion_rate,
    {{ safe_ratio('visits.purchases', 'visits.sessions') }} as purchases_per_session,
    visits.is_approximate,
    visits.is_provisional,
    coverage.status as coverage,
    workspace.calculated_at
from visits
cross join {{ ref('stg_workspace__settings') }} as workspace
{{ join_rates('visits.currency', 'visits.day') }}
{{ join_coverage("'google_analytics'", 'visits.day') }}
{%- endmacro %}
