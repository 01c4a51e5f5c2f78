{{ cohorts('month') }}
