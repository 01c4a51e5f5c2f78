-- Each table of ads holds all rows of its level, and its amounts are those of the platforms, not sums of another level.
{% set ads = ref('int_ad_performance_daily') %}
{% set pairs = [] %}
{% for level, mart in [('campaign', 'paid_media_by_date'), ('ad_group', 'paid_media_by_ad_group'), ('ad', 'paid_media_by_ad')] %}
{% set there = ' from ' ~ ads ~ " where level = '" ~ level ~ "'" %}
{% do pairs.append(('rows of ' ~ level, 'select count(*) from ' ~ ref(mart), 'select count(*)' ~ there)) %}
{% do pairs.append(('spend of ' ~ level, 'select sum(spend_in_account_currency) from ' ~ ref(mart), 'select sum(cast(spend as decimal(18, 4)))' ~ there)) %}
{% do pairs.append(('clicks of ' ~ level, 'select sum(clicks) from ' ~ ref(mart), 'select sum(clicks)' ~ there)) %}
{% endfor %}
{% set of_accounts = ref('paid_media_by_account') %}
{% do pairs.append(('spend of accounts', 'select sum(spend) from ' ~ of_accounts, 'select sum(ads.spend_in_workspace_currency) from ' ~ ads ~ ' as ads inner join ' ~ of_accounts ~ " as accounts using (day, platform, account_id) where ads.level = 'campaign' and " ~ was_read('accounts.coverage'))) %}
{% do pairs.append(('spend of all platforms', 'select sum(ad_spend) from ' ~ ref('blended_by_date'), 'select sum(ad_spend) from ' ~ ref('brand_metrics_by_date'))) %}
{{ adds_up(pairs) }}
