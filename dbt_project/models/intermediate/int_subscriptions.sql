-- One row per subscription: the days on which it was live, and what it brings in a month at its price of today.
select
    subscriptions.subscription_id,
    subscriptions.customer_key,
    {{ workspace_day('subscriptions.created_at') }} as started_on,
    -- one that ran out has no day of cancelling; it last changed when it ran out
    case when subscriptions.status <> 'active' then
        {{ workspace_day('coalesce(subscriptions.cancelled_at, subscriptions.updated_at)') }}
    end as ended_on,
    subscriptions.status = 'cancelled' as is_cancelled,
    {{ in_workspace_currency('subscriptions.monthly_value', 'subscriptions.currency') }} as monthly_value
from {{ ref('stg_recharge__subscriptions') }} as subscriptions
cross join {{ ref('stg_workspace__settings') }} as workspace
{{ join_rates('subscriptions.currency', workspace_day('workspace.calculated_at')) }}
