select
    _datasource_id as datasource_id,
    _synced_at as synced_at,
    {{ surrogate('id') }} as profile_key,
    {{ surrogate("nullif(lower(trim(email)), '')") }} as email_key,
    {{ surrogate("nullif(external_id, '')") }} as external_key,
    account_id,
    lower(newsletter_consent) as newsletter_consent,
    lower(sms_consent) as sms_consent,
    last_event_at,
    created_at,
    updated_at
from {{ source('raw_klaviyo', 'profiles') }}
