{{ paid_media('ad_group') }}
