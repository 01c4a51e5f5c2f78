{#
  The figure of one action type in Meta's list of actions. Types overlap (a purchase is also an omni purchase), so they are
  never added up: the widest one that the row has is taken. No list, or none of the types in it, means that none happened.
#}
{% macro meta_purchases(actions) -%}
    coalesce({% for action_type in ['omni_purchase', 'purchase', 'offsite_conversion.fb_pixel_purchase'] %}
        list_filter(
            from_json({{ actions }}, '[{"action_type": "VARCHAR", "value": "DECIMAL(18,6)"}]'),
            lambda action: action.action_type = '{{ action_type }}'
        )[1].value,{% endfor %}
        0
    )
{%- endmacro %}
