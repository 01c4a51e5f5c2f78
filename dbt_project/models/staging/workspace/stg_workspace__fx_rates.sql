select
    day,
    upper(from_currency) as from_currency,
    upper(to_currency) as to_currency,
    rate,
    source as rate_source
from {{ source('workspace', 'fx_rates') }}
where rate > 0
