-- depends_on: {{ ref('metric_catalog') }}
{% set columns = ['metric', 'model', 'column_name', 'grain', 'subject'] %}
{% set rows = measuring_rows() %}
select {% for column in columns %}cast({{ column }} as varchar) as {{ column }}{{ ', ' if not loop.last }}{% endfor %}
from (
    {% if rows %}
    values {{ rows | join(',\n    ') }}
    {% else %}
    select {{ (["''"] * (columns | length)) | join(', ') }} where false
    {% endif %}
) as measured ({{ columns | join(', ') }})
