import pickle
def test_it(finished):
    print('WARN',finished.warnings)
    from resources.warehouse.metrics import open_metrics
    with open_metrics(finished.stores, finished.workspace) as c:
        names=[n for (n,) in c.execute("select table_name from duckdb_tables() where database_name='metrics'").fetchall()]
        d={n:c.execute(f'select * from {n}').df() for n in names}
    pickle.dump(d,open('/tmp/marts_gen/marts.pkl','wb'))
