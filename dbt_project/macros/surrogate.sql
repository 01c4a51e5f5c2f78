{#
  Stands for an identifier of a person: the same within a workspace, unknowable without its key. Lengths come first, so
  that no key and identifier can be cut elsewhere to the same text. Null for null; an error where there is no key.
#}
{% macro surrogate(identifier) -%}
    {%- set key = "cast(getvariable('surrogate_key') as varchar)" -%}
    case
        when {{ identifier }} is null then null
        when coalesce({{ key }}, '') = '' then cast(error('the session has no surrogate key') as varchar)
        else sha256(concat(strlen({{ key }}), ':', {{ key }}, strlen({{ identifier }}), ':', {{ identifier }}))
    end
{%- endmacro %}
