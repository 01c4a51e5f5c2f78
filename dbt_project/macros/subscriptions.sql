{# What a subscription brings in a month of 365 / 12 days. A price is for one charge, however many deliveries that pays. #}
{% macro monthly_value(price, quantity, unit, every) -%}
    cast({{ price }} * {{ quantity }} * case lower({{ unit }})
        when 'day' then 365.0 / 12
        when 'week' then 365.0 / 84
        when 'month' then 1
    end / nullif({{ every }}, 0) as decimal(18, 6))
{%- endmacro %}
