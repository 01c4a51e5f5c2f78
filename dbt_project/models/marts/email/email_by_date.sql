{% set events = [
    ('email_deliveries', 'Received Email'), ('email_opens', 'Opened Email'), ('email_clicks', 'Clicked Email'),
    ('email_bounces', 'Bounced Email'), ('sms_deliveries', 'Received SMS'), ('sms_clicks', 'Clicked SMS'),
] %}
with counted as (
    select
        day,
        {% for name, event in events %}
        coalesce(sum(events) filter (metric = '{{ event }}'), 0) as {{ name }}{{ ',' if not loop.last }}
        {% endfor %}
    from {{ ref('stg_klaviyo__events_daily') }}
    group by day
),

flows as (
    select day, sum(attributed_revenue) as flow_revenue
    from {{ ref('email_by_flow') }}
    group by day
)

select
    days.day,
    {{ fiscal_columns('days.day') }},
    workspace.currency,
    {% for name, _ in events %}
    cast({{ of_the_day('counted.' ~ name, 'counted.day', 'coverage.status') }} as bigint) as {{ name }},
    {% endfor %}
    {{ as_money(of_the_day('flows.flow_revenue', 'flows.day', 'coverage.status')) }} as flow_revenue,
    coverage.status as coverage,
    workspace.calculated_at
from {{ ref('int_days') }} as days
cross join {{ ref('stg_workspace__settings') }} as workspace
left join counted on counted.day = days.day
left join flows on flows.day = days.day
{{ join_coverage("'klaviyo'", 'days.day') }}
