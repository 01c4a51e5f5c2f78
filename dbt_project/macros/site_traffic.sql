{# Visits as Google counts them, one row per day, property and `dimensions`. Each report is asked for on its own. #}
{% macro site_traffic(model, dimensions) -%}
select
    traffic.day,
    {{ fiscal_columns('traffic.day') }},
    traffic.property_id,
    {% for dimension in dimensions %}
    {{ without_contacts('traffic.' ~ dimension) }} as {{ dimension }},
    {% endfor %}
    traffic.time_zone,
    workspace.currency,
    cast(traffic.sessions as bigint) as sessions,
    cast(traffic.engaged_sessions as bigint) as engaged_sessions,
    cast(traffic.users as bigint) as users,
    cast(traffic.new_users as bigint) as new_users,
    cast(traffic.purchases as bigint) as purchases,
    {{ in_workspace_currency('traffic.revenue', 'traffic.currency') }} as site_revenue,
    cast(traffic.converting_sessions as bigint) as converting_sessions,
    {{ safe_ratio('traffic.converting_sessions', 'traffic.sessions') }} as conversion_rate,
    {{ safe_ratio('traffic.purchases', 'traffic.sessions') }} as purchases_per_session,
    traffic.is_thresholded or traffic.has_other_row or traffic.is_sampled or traffic.is_restricted as is_approximate,
    traffic.is_provisional,
    coverage.status as coverage,
    workspace.calculated_at
from {{ ref(model) }} as traffic
cross join {{ ref('stg_workspace__settings') }} as workspace
{{ join_rates('traffic.currency', 'traffic.day') }}
{{ join_coverage("'google_analytics'", 'traffic.day') }}
{%- endmacro %}
