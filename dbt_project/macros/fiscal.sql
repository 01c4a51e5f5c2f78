{# The day in the workspace's fiscal calendar, as three columns. A fiscal year has the number of the calendar year in which it ends. #}
{% macro fiscal_columns(day) -%}
    {%- set month = "(month(" ~ day ~ ") - workspace.fiscal_year_start + 12) % 12" -%}
    cast(
        year({{ day }}) + if(workspace.fiscal_year_start > 1 and month({{ day }}) >= workspace.fiscal_year_start, 1, 0)
        as integer
    ) as fiscal_year,
    cast({{ month }} // 3 + 1 as integer) as fiscal_quarter,
    cast({{ month }} + 1 as integer) as fiscal_month
{%- endmacro %}
