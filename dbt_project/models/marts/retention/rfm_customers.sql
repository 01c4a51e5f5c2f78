select
    scores.customer_key,
    scores.as_of,
    cast(scores.recency_days as integer) as recency_days,
    cast(scores.orders as bigint) as orders,
    workspace.currency,
    {{ as_money('scores.revenue') }} as lifetime_revenue,
    scores.recency_score,
    scores.frequency_score,
    scores.monetary_score,
    scores.segment,
    workspace.calculated_at
from {{ ref('int_customers__rfm') }} as scores
cross join {{ ref('stg_workspace__settings') }} as workspace
where scores.month = date_trunc('month', {{ workspace_day('workspace.calculated_at') }})
