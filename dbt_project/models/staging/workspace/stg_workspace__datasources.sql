select
    datasource_id,
    platform,
    account as account_id,
    account_name,
    upper(currency) as currency,
    time_zone,
    connection,
    sync,
    last_success
from {{ source('workspace', 'datasources') }}
where connection <> 'disconnected'
