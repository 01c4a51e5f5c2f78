select
    workspace_id,
    upper(currency) as currency,
    time_zone,
    fiscal_year_start,
    primary_platform,
    calculated_at
from {{ source('workspace', 'settings') }}
