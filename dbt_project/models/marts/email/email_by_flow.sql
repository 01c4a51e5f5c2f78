select
    messages.day,
    {{ fiscal_columns('messages.day') }},
    messages.flow_id,
    {{ without_contacts('flows.name') }} as flow_name,
    messages.message_id,
    messages.channel,
    messages.time_zone,
    workspace.currency,
    {{ email_figures('messages') }}
    coverage.status as coverage,
    workspace.calculated_at
from {{ ref('stg_klaviyo__flow_daily') }} as messages
left join {{ ref('stg_klaviyo__flows') }} as flows using (datasource_id, flow_id)
cross join {{ ref('stg_workspace__settings') }} as workspace
{{ join_rates('messages.currency', 'messages.day') }}
{{ join_coverage("'klaviyo'", 'messages.day') }}
