-- One row per day from the first that any datasource knows to the day of the calculation.
with bounds as (
    select
        min(spans.first_day) as first_day,
        greatest(max(spans.last_day), max({{ workspace_day('workspace.calculated_at') }})) as last_day
    from {{ ref('int_datasource_spans') }} as spans
    cross join {{ ref('stg_workspace__settings') }} as workspace
)

select cast(unnest(generate_series(first_day, last_day, interval 1 day)) as date) as day
from bounds
where first_day is not null
