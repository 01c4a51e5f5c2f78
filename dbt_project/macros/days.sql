{# The calendar day of a moment in the workspace's time zone. #}
{% macro workspace_day(moment) -%}
    cast(timezone(workspace.time_zone, {{ moment }}) as date)
{%- endmacro %}
