{{ cohorts('quarter') }}
