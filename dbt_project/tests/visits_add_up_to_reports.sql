-- Each table of visits holds all that its own report of Google holds.
{% set pairs = [] %}
{% for part in ['channel', 'source', 'campaign', 'content'] %}
{% set mart, report = ref('site_traffic_by_' ~ part), ref('stg_google_analytics__' ~ part ~ '_daily') %}
{% for figure in ['sessions', 'purchases'] %}
{% do pairs.append((figure ~ ' by ' ~ part, 'select sum(' ~ figure ~ ') from ' ~ mart, 'select sum(' ~ figure ~ ') from ' ~ report)) %}
{% endfor %}
{% endfor %}
{% set days, report = ref('site_traffic_by_date'), ref('stg_google_analytics__daily') %}
{% do pairs.append(('sessions by day', 'select sum(sessions) from ' ~ days, 'select sum(sessions) from ' ~ report ~ ' where day in ' ~ days_read(days))) %}
{{ adds_up(pairs) }}
