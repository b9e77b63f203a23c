from django.db import models


class Tag(models.Model):
    team = models.ForeignKey("teams.Team", on_delete=models.CASCADE)
    name = models.CharField(max_length=100)

    class Meta:
        db_table = "tag"


class Dashboard(models.Model):
    team = models.ForeignKey("teams.Team", on_delete=models.CASCADE)
    name = models.CharField(max_length=400)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "dashboard"
