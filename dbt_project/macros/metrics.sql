{# The metrics that marts declare in their columns' meta: a list of (model, column, metric). Known only once the project is parsed. #}
{% macro declared_metrics() -%}
    {%- set found = [] -%}
    {%- if execute -%}
        {%- for model in graph.nodes.values() | selectattr('resource_type', 'equalto', 'model') | sort(attribute='name') -%}
            {%- for column in model.columns.values() -%}
                {%- set meta = column.config.meta or column.meta -%}
                {%- for metric in ([meta.metric] if meta.metric else []) + (meta.more_metrics or []) -%}
                    {%- do found.append((model, column, metric)) -%}
                {%- endfor -%}
            {%- endfor -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(found) }}
{%- endmacro %}

{# The same as one VALUES row each, for metric_catalog. #}
{% macro metric_rows() -%}
    {%- set rows = [] -%}
    {%- for model, column, metric in declared_metrics() -%}
        {%- do rows.append(metric_row(model, column, metric)) -%}
    {%- endfor -%}
    {{ return(rows) }}
{%- endmacro %}

{% macro metric_row(model, column, metric) -%}
    {%- set over_days = metric.over_days or 'none' -%}
    {%- set said = [
        metric.name or column.name, metric.label, metric.definition or column.description, metric.formula, metric.included,
        metric.excluded, metric.date_anchor, metric.sources | join(', '), metric.unit, metric.good_direction,
        model.config.meta.grain, model.name, column.name, metric.only_where,
        'ratio of the sums of ' ~ over_days.divide ~ ' and ' ~ over_days.by if over_days is mapping else over_days,
    ] -%}
    (
    {%- for text in said %}{{ quoted(text) }}, {% endfor -%}
    {{ 'true' if metric.ours else 'false' }})
{%- endmacro %}

{# A text as an SQL literal on one line. #}
{% macro quoted(text) -%}
    '{{ (text or '') | trim | replace('\n', ' ') | replace("'", "''") }}'
{%- endmacro %}

{# Which column of which mart measures a metric, as VALUES rows: the declaring one, and those that name it. #}
{% macro measuring_rows() -%}
    {%- set rows = [] -%}
    {%- if execute -%}
        {%- for model in graph.nodes.values() | selectattr('resource_type', 'equalto', 'model') | sort(attribute='name') -%}
            {%- for column in model.columns.values() -%}
                {%- set meta = column.config.meta or column.meta -%}
                {%- set names = ([meta.metric.name or column.name] if meta.metric else []) + ([meta.measures] if meta.measures else []) -%}
                {%- for metric in meta.more_metrics or [] -%}{%- do names.append(metric.name) -%}{%- endfor -%}
                {%- for name in names -%}
                    {%- do rows.append('(' ~ quoted(name) ~ ', ' ~ quoted(model.name) ~ ', ' ~ quoted(column.name) ~ ', ' ~ quoted(model.config.meta.grain) ~ ', ' ~ quoted(model.path.split('/')[1]) ~ ')') -%}
                {%- endfor -%}
            {%- endfor -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(rows) }}
{%- endmacro %}

{#
  Each metric that has a value over several days, by day: its sum (`sum`), the two sums of a ratio (`ratio`) or what stood
  at the day's end (`last`). A day of which any row is unknown is unknown.
#}
{% macro metrics_by_date() -%}
    {%- set parts = [] -%}
    {%- for model, column, metric in declared_metrics() if metric.over_days and not metric.only_where -%}
        {%- set is_ratio = metric.over_days is mapping -%}
        {%- set top = metric.over_days.divide if is_ratio else column.name -%}
        {%- set bottom = metric.over_days.by if is_ratio else 'null' -%}
        {%- set part -%}
    select
        {{ quoted(metric.name or column.name) }} as metric,
        {{ quoted('ratio' if is_ratio else metric.over_days) }} as kind,
        {{ quoted(metric.unit) }} as unit,
        {{ quoted(metric.good_direction) }} as good_direction,
        {{ model.config.meta.segment or "'all'" }} as segment,
        day,
        cast(if(count({{ top }}) = count(*), sum({{ top }}), null) as decimal(28, 6)) as top,
        cast({% if is_ratio %}if(count({{ bottom }}) = count(*), sum({{ bottom }}), null){% else %}null{% endif %} as decimal(28, 6)) as bottom
    from {{ ref(model.name) }}
    group by segment, day
        {%- endset -%}
        {%- do parts.append(part) -%}
    {%- endfor -%}
    {{ return(parts) }}
{%- endmacro %}
