{{ paid_media('campaign') }}
