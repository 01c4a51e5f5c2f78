with figures as (
    select
        datasource_id,
        campaign_id,
        message_id,
        channel,
        any_value(currency) as currency,
        any_value(time_zone) as time_zone,
        any_value(conversion_metric) as conversion_metric,
        min(month) as month,
        {% for figure in [
            'recipients', 'delivered', 'bounced', 'opens', 'opens_unique', 'clicks', 'clicks_unique', 'unsubscribes',
            'spam_complaints', 'conversions', 'conversion_value',
        ] %}
        sum({{ figure }}) as {{ figure }}{{ ',' if not loop.last }}
        {% endfor %}
    from {{ ref('stg_klaviyo__campaign_monthly') }}
    group by datasource_id, campaign_id, message_id, channel
),

sent as (
    select
        figures.*,
        campaigns.name,
        campaigns.sent_at,
        cast(timezone(coalesce(figures.time_zone, workspace.time_zone), campaigns.sent_at) as date) as sent_on
    from figures
    inner join {{ ref('stg_klaviyo__campaigns') }} as campaigns using (datasource_id, campaign_id)
    cross join {{ ref('stg_workspace__settings') }} as workspace
    -- sends of what is not sent are tests
    where campaigns.status = 'sent' and campaigns.sent_at is not null
)

select
    sent.sent_on,
    {{ fiscal_columns('sent.sent_on') }},
    sent.campaign_id,
    {{ without_contacts('sent.name') }} as campaign_name,
    sent.message_id,
    sent.channel,
    sent.time_zone,
    workspace.currency,
    {{ email_figures('sent') }}
    workspace.calculated_at
from sent
cross join {{ ref('stg_workspace__settings') }} as workspace
{{ join_rates('sent.currency', 'sent.sent_on') }}
