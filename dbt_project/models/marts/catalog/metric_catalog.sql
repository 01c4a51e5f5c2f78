-- depends_on: {{ ref('brand_metrics_by_date') }}
-- depends_on: {{ ref('paid_media_by_date') }}
-- depends_on: {{ ref('customers') }}
{% set columns = [
    'name', 'label', 'definition', 'formula', 'included', 'excluded', 'date_anchor', 'sources', 'unit', 'good_direction',
    'grain', 'model', 'column_name',
] %}
{% set rows = metric_rows() %}
select
    {% for column in columns %}
    cast(nullif(metrics.{{ column }}, '') as varchar) as {{ column }},
    {% endfor %}
    workspace.calculated_at as last_calculated
from (
    {% if rows %}
    values {{ rows | join(',\n    ') }}
    {% else %}
    select {{ (["''"] * (columns | length)) | join(', ') }} where false
    {% endif %}
) as metrics ({{ columns | join(', ') }})
cross join {{ ref('stg_workspace__settings') }} as workspace
