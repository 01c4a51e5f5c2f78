select
    nullif(trim(sku), '') as sku,
    -- ids come as a number or as the shop's own long form, which ends in the number
    nullif(regexp_extract(product_id, '[0-9]+$'), '') as product_number,
    cost,
    upper(nullif(trim(currency), '')) as currency,
    effective_from,
    file_name,
    uploaded_at
from {{ source('workspace', 'costs') }}
