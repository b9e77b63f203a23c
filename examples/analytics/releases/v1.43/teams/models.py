from django.db import models


class Team(models.Model):
    name = models.CharField(max_length=200)
    slug = models.CharField(max_length=48, unique=True)
    timezone = models.CharField(max_length=64, default="UTC")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "team"
