from django.db import models
from django_deprecate_fields import deprecate_field


class Team(models.Model):
    name = models.CharField(max_length=200)
    slug = models.CharField(max_length=48, unique=True)
    timezone = models.CharField(max_length=64, default="UTC")
    created_at = models.DateTimeField(auto_now_add=True)
    # DEPRECATED: custom domains went with v1.40; the helper takes the field out of the running app
    domain = deprecate_field(models.CharField(max_length=253, null=True))

    class Meta:
        db_table = "team"
