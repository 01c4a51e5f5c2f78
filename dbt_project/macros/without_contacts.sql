{# Free text of the business, in which somebody may have put an e-mail address or a phone number. #}
{% macro without_contacts(text) -%}
    regexp_replace(
        regexp_replace({{ text }}, '[^\s@]+@[^\s@]+\.[a-zA-Z]{2,}', '(e-mail)', 'g'),
        '\+[0-9][0-9 ()-]{6,}', '(phone)', 'g'
    )
{%- endmacro %}
