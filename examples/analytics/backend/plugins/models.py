from django.db import models


class PluginConfig(models.Model):
    team = models.ForeignKey("teams.Team", on_delete=models.CASCADE)
    name = models.CharField(max_length=200)
    enabled = models.BooleanField(default=False)
    config = models.JSONField(default=dict)
    priority = models.IntegerField(default=0)

    class Meta:
        db_table = "plugin_config"
