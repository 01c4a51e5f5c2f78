-- New and recurring revenue are all of it, the days hold the charges, and months agree with days on who is there.
{% set days, months, charges = ref('subscriptions_by_date'), ref('subscriptions_by_month'), ref('int_subscription_charges') %}
{{ adds_up([
    ('revenue', 'select sum(subscription_revenue) from ' ~ days, 'select sum(revenue) from ' ~ charges ~ ' where day in ' ~ days_read(days)),
    ('parts of revenue', 'select sum(new_subscription_revenue + recurring_revenue) from ' ~ days, 'select sum(subscription_revenue) from ' ~ days),
    ('cancellations', 'select sum(cancellations) from ' ~ days, 'select count(*) from ' ~ ref('int_subscriptions') ~ ' where is_cancelled and ended_on in ' ~ days_read(days)),
    ('subscribers at the end of complete months', 'select sum(subscribers_at_end) from ' ~ months ~ ' where is_complete', 'select sum(days.active_subscribers) from ' ~ days ~ ' as days inner join ' ~ months ~ ' as months on days.day = last_day(months.month) where months.is_complete and months.subscribers_at_end is not null'),
]) }}
