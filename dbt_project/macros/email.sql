{# What came of messages, as the sender's own reports have it. Rates are of deliveries: what did not arrive could not be read. #}
{% macro email_figures(rows) -%}
    cast({{ rows }}.recipients as bigint) as sends,
    cast({{ rows }}.delivered as bigint) as deliveries,
    cast({{ rows }}.bounced as bigint) as bounces,
    cast({{ rows }}.opens as bigint) as opens,
    cast({{ rows }}.opens_unique as bigint) as people_who_opened,
    cast({{ rows }}.clicks as bigint) as clicks,
    cast({{ rows }}.clicks_unique as bigint) as people_who_clicked,
    cast({{ rows }}.unsubscribes as bigint) as unsubscribes,
    cast({{ rows }}.spam_complaints as bigint) as spam_complaints,
    {{ safe_ratio(rows ~ '.opens_unique', rows ~ '.delivered') }} as open_rate,
    {{ safe_ratio(rows ~ '.clicks_unique', rows ~ '.delivered') }} as click_rate,
    cast({{ rows }}.conversions as bigint) as attributed_orders,
    {{ in_workspace_currency(rows ~ '.conversion_value', rows ~ '.currency') }} as attributed_revenue,
{%- endmacro %}
