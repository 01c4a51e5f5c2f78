-- Each column that measures a metric names one that is defined, goals and changes are of such, and each day has all platforms.
{{ adds_up([
    ('columns of unknown metrics', 'select count(*) from ' ~ ref('metric_columns') ~ ' where metric not in (select name from ' ~ ref('metric_catalog') ~ ')', 'select 0'),
    ('metrics without a column', 'select count(*) from ' ~ ref('metric_catalog') ~ ' where name not in (select metric from ' ~ ref('metric_columns') ~ ')', 'select 0'),
    ('changes of unknown metrics', 'select count(*) from ' ~ ref('metric_changes') ~ ' where metric not in (select name from ' ~ ref('metric_catalog') ~ ')', 'select 0'),
    ('changes', 'select count(*) from ' ~ ref('metric_changes'), 'select 2 * count(distinct (metric, segment)) from ' ~ ref('int_metrics__by_date')),
    ('goals', 'select count(*) from ' ~ ref('targets_by_month'), 'select count(*) from ' ~ ref('stg_workspace__metric_targets')),
    ('coverage', 'select count(*) from ' ~ ref('coverage_by_date'), 'select count(*) * ' ~ (platforms() | length) ~ ' from ' ~ ref('int_days')),
]) }}
