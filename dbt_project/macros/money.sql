{# Null where there is nothing to divide by: a rate of nothing is unknown, not zero. #}
{% macro safe_ratio(numerator, denominator) -%}
    cast({{ numerator }} as double) / nullif(cast({{ denominator }} as double), 0)
{%- endmacro %}

{# Brings the rate of the day into the workspace's currency, as `fx`, for in_workspace_currency. #}
{% macro join_rates(currency, day) -%}
    left join {{ ref('int_fx_rates') }} as fx on fx.currency = upper({{ currency }}) and fx.day = {{ day }}
{%- endmacro %}

{# The amount in the workspace's currency, null where there is no rate: such an amount is never added to others. Rounded here, once, so that sums are exact. #}
{% macro in_workspace_currency(amount, currency) -%}
    cast(case
        when upper({{ currency }}) = workspace.currency then {{ amount }} else ({{ amount }}) * fx.rate
    end as decimal(18, 4))
{%- endmacro %}

{# Whether an amount in that currency can be stated in the workspace's. #}
{% macro has_rate(currency) -%}
    (upper({{ currency }}) = workspace.currency or fx.rate is not null)
{%- endmacro %}

{# The part of `amount` that falls to a row by its `weight` among the rows of `whole`. The parts add up to the amount exactly. #}
{% macro allotted(amount, weight, whole, by) -%}
    {%- set up_to = "sum(" ~ weight ~ ") over (partition by " ~ whole ~ " order by " ~ by ~ " rows unbounded preceding)" -%}
    {%- set all = "nullif(cast(sum(" ~ weight ~ ") over (partition by " ~ whole ~ ") as double), 0)" -%}
    coalesce(
        cast({{ amount }} * cast({{ up_to }} as double) / {{ all }} as decimal(18, 4))
        - cast({{ amount }} * cast({{ up_to }} - {{ weight }} as double) / {{ all }} as decimal(18, 4)),
        -- where nothing weighs anything, the first has it all
        if(row_number() over (partition by {{ whole }} order by {{ by }}) = 1, {{ amount }}, {{ amount }} * 0)
    )
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
