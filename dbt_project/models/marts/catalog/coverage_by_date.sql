with platforms as (
    {% for key in platforms() %}
    select '{{ key }}' as platform{% if not loop.last %} union all{% endif %}
    {% else %}
    select cast(null as varchar) as platform where false
    {% endfor %}
),

spans as (
    select
        platform,
        count(*) as datasources,
        min(first_day) as first_day,
        -- the datasource that is furthest behind decides, and one never read to the end has nothing
        case when count(last_day) = count(*) then min(last_day) end as last_day,
        min(last_success) as last_success
    from {{ ref('int_datasource_spans') }}
    group by platform
)

select
    days.day,
    platforms.platform,
    case
        when spans.platform is null then 'not_connected'
        when spans.last_day is null or spans.first_day is null then 'missing'
        when days.day < spans.first_day or days.day > spans.last_day then 'missing'
        when days.day = spans.last_day then 'partial'
        else 'complete'
    end as status,
    cast(coalesce(spans.datasources, 0) as integer) as datasources,
    spans.last_success,
    workspace.calculated_at
from {{ ref('int_days') }} as days
cross join platforms
cross join {{ ref('stg_workspace__settings') }} as workspace
left join spans using (platform)
