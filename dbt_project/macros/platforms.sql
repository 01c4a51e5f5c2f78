{# The platforms there are: one schema of raw tables each. Known only once the project is parsed. #}
{% macro platforms() -%}
    {%- set keys = [] -%}
    {%- if execute -%}
        {%- for table in graph.sources.values() if table.source_name.startswith('raw_') -%}
            {%- do keys.append(table.source_name[4:]) if table.source_name[4:] not in keys -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(keys) }}
{%- endmacro %}
