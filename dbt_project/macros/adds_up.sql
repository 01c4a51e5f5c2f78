{# The body of a conservation test: rows for each of the (name, query, query) whose two figures are not the same. #}
{% macro adds_up(pairs) -%}
    {%- for name, ours, theirs in pairs %}
select '{{ name }}' as figure, ours.figure as in_mart, theirs.figure as in_source
from (select coalesce(cast(({{ ours }}) as decimal(38, 4)), 0) as figure) as ours
cross join (select coalesce(cast(({{ theirs }}) as decimal(38, 4)), 0) as figure) as theirs
where ours.figure <> theirs.figure
    {% if not loop.last %}union all{% endif %}
    {%- endfor %}
{%- endmacro %}

{# A query for the days of a mart that were read. #}
{% macro days_read(mart, column='coverage') -%}
    (select day from {{ mart }} where {{ was_read(column) }})
{%- endmacro %}
