-- One row per sku or product and span of days in which a cost holds: from its date until the next one's.
with said as (
    select
        if(sku is not null, 'sku', 'product') as kind,
        coalesce(sku, product_number) as item,
        cost,
        currency,
        effective_from,
        file_name
    from {{ ref('stg_workspace__costs') }}
    where coalesce(sku, product_number) is not null
    -- a later file may correct a cost of the same date; both stay in the history
    qualify row_number() over (
        partition by kind, item, effective_from order by uploaded_at desc, file_name desc, cost desc
    ) = 1
)

select
    *,
    coalesce(lead(effective_from) over (partition by kind, item order by effective_from), date '9999-12-31') as effective_until
from said
