{# Null where there is nothing to divide by: a rate of nothing is unknown, not zero. #}
{% macro safe_ratio(numerator, denominator) -%}
    cast({{ numerator }} as double) / nullif(cast({{ denominator }} as double), 0)
{%- endmacro %}

{# The amount if it is in the workspace's currency, else null: an amount without a rate is never added to others. Rounded here, once, so that sums are exact. #}
{% macro in_workspace_currency(amount, currency) -%}
    cast(case when upper({{ currency }}) = workspace.currency then {{ amount }} end as decimal(18, 4))
{%- endmacro %}

{#
  Stripe counts in the currency's smallest unit. UGX and ISK have none, yet Stripe still writes them with two decimals.
  Multiplied, since a division would leave exact decimals for floats.
#}
{% macro from_stripe_units(amount, currency) -%}
    cast(cast({{ amount }} as decimal(19, 0)) * case
        when upper({{ currency }}) in (
            'BIF', 'CLP', 'DJF', 'GNF', 'JPY', 'KMF', 'KRW', 'MGA', 'PYG', 'RWF', 'VND', 'VUV', 'XAF', 'XOF', 'XPF'
        ) then cast(1 as decimal(4, 3))
        when upper({{ currency }}) in ('BHD', 'JOD', 'KWD', 'OMR', 'TND') then cast(0.001 as decimal(4, 3))
        else cast(0.01 as decimal(4, 3))
    end as decimal(18, 6))
{%- endmacro %}

{# How marts hold money: four decimals carry every currency's smallest unit. #}
{% macro as_money(amount) -%}
    cast({{ amount }} as decimal(18, 4))
{%- endmacro %}

{# Millionths of a currency's unit, as several ads platforms count. Multiplied, since a division would leave exact decimals for floats. #}
{% macro from_micros(amount) -%}
    cast({{ amount }} * cast(0.000001 as decimal(7, 6)) as decimal(18, 6))
{%- endmacro %}
