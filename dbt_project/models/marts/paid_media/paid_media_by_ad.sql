{{ paid_media('ad') }}
