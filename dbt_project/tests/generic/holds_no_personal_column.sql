{#
  Fails for a column named as a personal one of any source, and for a text that has the shape of an e-mail address, of a
  phone number or of a customer's id. Shapes count because a name alone does not keep a value out.
#}
{% test holds_no_personal_column(model) %}
    {%- set personal = [] -%}
    {%- set columns = [] -%}
    {%- if execute -%}
        {%- for table in graph.sources.values() -%}
            {%- for column in table.columns.values() if column.config.meta.get('personal') or column.meta.get('personal') -%}
                {%- do personal.append(column.name) -%}
            {%- endfor -%}
        {%- endfor -%}
        {%- set columns = adapter.get_columns_in_relation(model) -%}
    {%- endif %}
with offences as (
    select null as column_name, null as why where false
    {% for column in columns %}
    {% if column.name in personal %}
    union all select '{{ column.name }}', 'named as a personal column of a source'
    {% endif %}
    {% if column.is_string() %}
    union all
    select '{{ column.name }}', 'holds a value of a personal shape'
    from {{ model }}
    where regexp_matches({{ column.name }}, '[^\s@]+@[^\s@]+\.[a-zA-Z]{2,}|^\+[0-9][0-9 ()-]{6,}$|/Customer/[0-9]|^cus_[a-zA-Z0-9]')
    {% endif %}
    {% endfor %}
)

select distinct column_name, why from offences
{% endtest %}
