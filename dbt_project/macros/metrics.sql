{# The metrics that marts declare in their columns' meta, as one VALUES row each. #}
{% macro metric_rows() -%}
    {%- set rows = [] -%}
    {%- if execute -%}
        {%- for model in graph.nodes.values() | selectattr('resource_type', 'equalto', 'model') | sort(attribute='name') -%}
            {%- for column in model.columns.values() -%}
                {%- set metric = column.config.meta.get('metric') or column.meta.get('metric') -%}
                {%- if metric -%}{%- do rows.append(metric_row(model, column, metric)) -%}{%- endif -%}
            {%- endfor -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(rows) }}
{%- endmacro %}

{% macro metric_row(model, column, metric) -%}
    {%- set said = [
        metric.name or column.name, metric.label, column.description, metric.formula, metric.included, metric.excluded,
        metric.date_anchor, metric.sources | join(', '), metric.unit, metric.good_direction, model.config.meta.grain,
        model.name, column.name,
    ] -%}
    (
    {%- for text in said -%}
        '{{ (text or '') | trim | replace('\n', ' ') | replace("'", "''") }}'{{ ', ' if not loop.last }}
    {%- endfor -%}
    )
{%- endmacro %}
