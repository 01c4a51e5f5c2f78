{# The change as a share of the earlier value. From nothing, or from less than nothing, there is no percentage. #}
{% macro percentage_change(now, before) -%}
    case when {{ before }} > 0 then ({{ now }} - {{ before }}) / {{ before }} end
{%- endmacro %}
