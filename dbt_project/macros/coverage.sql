{# What is known of a day. `spans` has first_day and last_day of the source; `connected` is null where there is none. #}
{% macro coverage_of(day, spans, connected) -%}
    case
        when {{ connected }} is null then 'not_connected'
        when {{ spans }}.last_day is null or {{ spans }}.first_day is null then 'missing'
        when {{ day }} < {{ spans }}.first_day or {{ day }} > {{ spans }}.last_day then 'missing'
        when {{ day }} = {{ spans }}.last_day then 'partial'
        else 'complete'
    end
{%- endmacro %}

{# Brings a platform's coverage of the day, as `coverage.status`. #}
{% macro join_coverage(platform, day) -%}
    left join {{ ref('coverage_by_date') }} as coverage on coverage.platform = {{ platform }} and coverage.day = {{ day }}
{%- endmacro %}

{# Whether a day was read, in full or so far. #}
{% macro was_read(status) -%}
    {{ status }} in ('complete', 'partial')
{%- endmacro %}

{# The sum of a day's rows: zero where the day was read and had none, null where it was not read or no amount has a rate. #}
{% macro of_the_day(value, found, status) -%}
    case when {{ was_read(status) }} then if({{ found }} is null, 0, {{ value }}) end
{%- endmacro %}
