select
    metric,
    cast(date_trunc('month', month) as date) as month,
    target
from {{ source('workspace', 'metric_targets') }}
