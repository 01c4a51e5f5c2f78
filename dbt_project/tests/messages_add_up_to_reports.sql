-- Campaigns that were sent, flows and events hold all of Klaviyo's reports.
{% set campaigns, flows, days = ref('email_by_campaign'), ref('email_by_flow'), ref('email_by_date') %}
{% set monthly = ref('stg_klaviyo__campaign_monthly') ~ " where campaign_id in (select campaign_id from " ~ ref('stg_klaviyo__campaigns') ~ " where status = 'sent' and sent_at is not null)" %}
{% set events = ref('stg_klaviyo__events_daily') ~ ' where day in ' ~ days_read(days) %}
{{ adds_up([
    ('sends of campaigns', 'select sum(sends) from ' ~ campaigns, 'select sum(recipients) from ' ~ monthly),
    ('clicks of campaigns', 'select sum(clicks) from ' ~ campaigns, 'select sum(clicks) from ' ~ monthly),
    ('sends of flows', 'select sum(sends) from ' ~ flows, 'select sum(recipients) from ' ~ ref('stg_klaviyo__flow_daily')),
    ('opens by day', 'select sum(email_opens) from ' ~ days, 'select sum(events) from ' ~ events ~ " and metric = 'Opened Email'"),
    ('flow revenue', 'select sum(flow_revenue) from ' ~ days, 'select sum(attributed_revenue) from ' ~ flows ~ ' where day in ' ~ days_read(days)),
]) }}
